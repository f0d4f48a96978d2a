namespace TypedRedis;

/// <summary>Counts by calendar periods. The emitted <c>{Model}Counter</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class PeriodCounterStore<TKey, TMapper> : PeriodStore<TKey>
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IPeriodCounterMapper
{
    /// <summary>Makes a store.</summary>
    protected PeriodCounterStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected PeriodCounterStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;
}
