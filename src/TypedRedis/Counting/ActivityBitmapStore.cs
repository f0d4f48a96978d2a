namespace TypedRedis;

/// <summary>Records which members were active. The emitted <c>{Model}Bitmap</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class ActivityBitmapStore<TEntity, TKey, TMember, TMapper> : PeriodStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, IActivityBitmapMapper<TEntity, TKey, TMember>
{
    /// <summary>Makes a store.</summary>
    protected ActivityBitmapStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected ActivityBitmapStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;
}
