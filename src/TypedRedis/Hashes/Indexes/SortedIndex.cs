using StackExchange.Redis;

namespace TypedRedis;

/// <summary>An index that keeps all entities in the order of a member; entities of one value in an order by their keys that stays the same.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TSort">The member's type.</typeparam>
public class SortedIndex<TEntity, TKey, TSort> : EntityIndex<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TSort : struct
{
    private readonly IndexValueWriter<TSort>? _write;

    internal SortedIndex(IndexSource<TEntity, TKey> source, int index, IndexValueWriter<TSort> write)
        : base(source, index)
        => _write = write;

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected SortedIndex()
    {
    }

    /// <summary>
    /// Walks over the entities from one value to another, in constant memory: two round trips per page. An entity whose value stays the same during the whole walk comes
    /// exactly once; one whose value changes meanwhile may come once, twice or not. O(log n) per page and O(fields) per entity.
    /// </summary>
    /// <param name="from">The least value, included; null for no bound.</param>
    /// <param name="to">The largest value, included; null for no bound.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="pageSize">How many entities are read at a time. Default: 100.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="RedisDecodeException">A field's value cannot be read.</exception>
    public virtual IAsyncEnumerable<TEntity> RangeAsync(
        TSort? from = null, TSort? to = null, bool descending = false, int pageSize = 100, CancellationToken cancellationToken = default)
        => ListAsync(KeyOfAll(), RangeOf(_write, from, to, descending), pageSize, cancellationToken);

    /// <summary>Reads a page of the entities from one value to another. Two round trips. O(log n) and O(fields) per entity.</summary>
    /// <param name="size">How many entries of the index; a page has as many entities or fewer.</param>
    /// <param name="from">The least value, included; null for no bound.</param>
    /// <param name="to">The largest value, included; null for no bound.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="after">What <see cref="IndexPage{TEntity}.Next"/> of the page before said, of the same range and direction; null for the first page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="after"/> is no cursor.</exception>
    public virtual Task<IndexPage<TEntity>> PageAsync(
        int size, TSort? from = null, TSort? to = null, bool descending = false, string? after = null, CancellationToken cancellationToken = default)
        => PageAsync(KeyOfAll(), RangeOf(_write, from, to, descending), size, after, cancellationToken);

    /// <summary>Counts the entities from one value to another, both included, without reading them. One round trip. O(log n); otherwise like <see cref="ExactIndex{TEntity, TKey, TValue}.CountAsync"/>.</summary>
    public virtual Task<long> CountAsync(TSort? from = null, TSort? to = null, CancellationToken cancellationToken = default)
        => CountAsync(KeyOfAll(), RangeOf(_write, from, to, descending: false), cancellationToken);
}

/// <summary>An index that keeps the entities of each value in the order of another member; those of one order in an order by their keys that stays the same.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TValue">The type of the member that is compared for equality, or a tuple of those of several members.</typeparam>
/// <typeparam name="TSort">The type of the member that gives the order.</typeparam>
public class SortedIndex<TEntity, TKey, TValue, TSort> : EntityIndex<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TSort : struct
{
    private readonly IndexValueWriter<TValue>? _writeValue;
    private readonly IndexValueWriter<TSort>? _writeSort;

    internal SortedIndex(IndexSource<TEntity, TKey> source, int index, IndexValueWriter<TValue> writeValue, IndexValueWriter<TSort> writeSort)
        : base(source, index)
    {
        _writeValue = writeValue;
        _writeSort = writeSort;
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected SortedIndex()
    {
    }

    /// <summary>
    /// Walks over the entities of a value from one value of the other member to another, in constant memory; otherwise like <see cref="SortedIndex{TEntity, TKey, TSort}.RangeAsync"/>.
    /// </summary>
    /// <param name="value">What is compared for equality.</param>
    /// <param name="from">The least value of the other, included; null for no bound.</param>
    /// <param name="to">The largest value of the other, included; null for no bound.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="pageSize">How many entities are read at a time. Default: 100.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="RedisDecodeException">A field's value cannot be read.</exception>
    public virtual IAsyncEnumerable<TEntity> RangeAsync(
        TValue value, TSort? from = null, TSort? to = null, bool descending = false, int pageSize = 100, CancellationToken cancellationToken = default)
        => ListAsync(KeyOf(_writeValue, value), RangeOf(_writeSort, from, to, descending), pageSize, cancellationToken);

    /// <summary>Reads a page of the entities of a value from one value of the other member to another. Two round trips. O(log n) and O(fields) per entity.</summary>
    /// <param name="value">What is compared for equality.</param>
    /// <param name="size">How many entries of the index; a page has as many entities or fewer.</param>
    /// <param name="from">The least value of the other, included; null for no bound.</param>
    /// <param name="to">The largest value of the other, included; null for no bound.</param>
    /// <param name="descending">Whether the largest come first.</param>
    /// <param name="after">What <see cref="IndexPage{TEntity}.Next"/> of the page before said, of the same value, range and direction; null for the first page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ArgumentException"><paramref name="after"/> is no cursor.</exception>
    public virtual Task<IndexPage<TEntity>> PageAsync(
        TValue value, int size, TSort? from = null, TSort? to = null, bool descending = false, string? after = null, CancellationToken cancellationToken = default)
        => PageAsync(KeyOf(_writeValue, value), RangeOf(_writeSort, from, to, descending), size, after, cancellationToken);

    /// <summary>Counts the entities of a value from one value of the other member to another, both included, without reading them. One round trip. O(log n); otherwise like <see cref="ExactIndex{TEntity, TKey, TValue}.CountAsync"/>.</summary>
    /// <param name="value">What is compared for equality.</param>
    /// <param name="from">The least value of the other, included; null for no bound.</param>
    /// <param name="to">The largest value of the other, included; null for no bound.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public virtual Task<long> CountAsync(TValue value, TSort? from = null, TSort? to = null, CancellationToken cancellationToken = default)
        => CountAsync(KeyOf(_writeValue, value), RangeOf(_writeSort, from, to, descending: false), cancellationToken);
}
