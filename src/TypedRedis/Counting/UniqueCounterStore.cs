namespace TypedRedis;

/// <summary>Estimates how many different members were seen. The emitted <c>{Model}UniqueCounter</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class UniqueCounterStore<TEntity, TKey, TMember, TMapper> : PeriodStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, IUniqueCounterMapper<TEntity, TKey, TMember>
{
    /// <summary>Makes a store.</summary>
    protected UniqueCounterStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected UniqueCounterStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;
}
