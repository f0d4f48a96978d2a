namespace TypedRedis;

/// <summary>An index that keeps all entities in the order of a member.</summary>
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
}

/// <summary>An index that keeps the entities of each value in the order of another member.</summary>
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
}
