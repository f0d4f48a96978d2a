namespace TypedRedis;

/// <summary>An index in which a value stands for any number of entities.</summary>
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
}
