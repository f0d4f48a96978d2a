namespace TypedRedis;

/// <summary>Ranks members by interactions that count less with time. The emitted <c>{Model}Trend</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class TrendStore<TEntity, TKey, TMember, TMapper> : RedisStore
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, ITrendMapper<TEntity, TKey, TMember>
{
    /// <summary>Makes a store.</summary>
    protected TrendStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected TrendStore()
    {
    }
}
