namespace TypedRedis;

/// <summary>An index in which a value stands for any number of entities, in an order by their keys that stays the same: that of the bytes of the key followed by <c>{}</c>.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TValue">The member's type, the element's of a collection, or a tuple of the types of several members.</typeparam>
public class ExactIndex<TEntity, TKey, TValue> : EntityIndex<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    private readonly IndexValueWriter<TValue>? _write;

    internal ExactIndex(IndexSource<TEntity, TKey> source, int index, IndexValueWriter<TValue> write)
        : base(source, index)
        => _write = write;

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected ExactIndex()
    {
    }

    /// <summary>
    /// Walks over the entities that have a value, in constant memory: two round trips per page. An entity that has the value during the whole walk comes
    /// exactly once; one that gets or loses it meanwhile may come or not. O(log n) per page and O(fields) per entity.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="pageSize">How many entities are read at a time. Default: 100.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="RedisDecodeException">A field's value cannot be read.</exception>
    public virtual IAsyncEnumerable<TEntity> ListAsync(TValue value, int pageSize = 100, CancellationToken cancellationToken = default)
        => ListAsync(KeyOf(_write, value), IndexRange.All, pageSize, cancellationToken);

    /// <summary>Reads a page of the entities that have a value. Two round trips. O(log n) and O(fields) per entity.</summary>
    /// <param name="value">The value.</param>
    /// <param name="size">How many entries of the index; a page has as many entities or fewer.</param>
    /// <param name="after">What <see cref="IndexPage{TEntity}.Next"/> of the page before said; null for the first page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="after"/> is no cursor.</exception>
    public virtual Task<IndexPage<TEntity>> PageAsync(TValue value, int size, string? after = null, CancellationToken cancellationToken = default)
        => PageAsync(KeyOf(_write, value), IndexRange.All, size, after, cancellationToken);

    /// <summary>
    /// Counts the entities that have a value, without reading them. One round trip. O(log n), and entries of entities that have expired since the last look are removed on the way. On a
    /// cluster, where the index stands in other slots than its entities, an entity that is just being written may be counted for its old and its new value.
    /// So is what a writer that died or timed out left behind, until it is removed, and an entity that has expired, if its life was shortened during a write of it that took longer than
    /// 2 seconds, up to the time at which it would have expired by that write.
    /// </summary>
    public virtual Task<long> CountAsync(TValue value, CancellationToken cancellationToken = default)
        => CountAsync(KeyOf(_write, value), IndexRange.All, cancellationToken);
}
