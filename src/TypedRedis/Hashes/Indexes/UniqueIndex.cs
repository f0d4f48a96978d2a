using StackExchange.Redis;

namespace TypedRedis;

/// <summary>An index in which a value stands for at most one entity.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TValue">The member's type, or a tuple of those of several members.</typeparam>
public class UniqueIndex<TEntity, TKey, TValue> : EntityIndex<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    private readonly IndexValueWriter<TValue>? _write;

    internal UniqueIndex(IndexSource<TEntity, TKey> source, int index, IndexValueWriter<TValue> write)
        : base(source, index)
        => _write = write;

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected UniqueIndex()
    {
    }

    /// <summary>
    /// Finds the entity that has a value. One round trip; on a cluster, where the index stands in another slot, two, and four if the entity is changed meanwhile. O(fields).
    /// </summary>
    /// <returns>The entity, or null where none has the value.</returns>
    /// <exception cref="RedisDecodeException">A field's value cannot be read.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<TEntity?> FindAsync(TValue value, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Source.FindAsync(KeyOf(_write, value), cancellationToken);
    }

    /// <summary>
    /// Finds the entities that have values, in the order of the values; null where none has one. Pipelined: one round trip per 1,000 values, on a cluster two. O(values).
    /// </summary>
    /// <inheritdoc cref="FindAsync" path="/exception"/>
    public virtual Task<TEntity?[]> FindManyAsync(IEnumerable<TValue> values, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey[] keys = [.. values.Select(value => KeyOf(_write, value))];
        return Source.FindAsync(keys, cancellationToken);
    }
}
