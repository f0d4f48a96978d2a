namespace TypedRedis;

/// <summary>Ranks members by a score. The emitted <c>{Model}Leaderboard</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TScore">The score's type.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class LeaderboardStore<TEntity, TKey, TMember, TScore, TMapper> : PeriodStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TScore : struct
    where TMapper : struct, ILeaderboardMapper<TEntity, TKey, TMember, TScore>
{
    /// <summary>Makes a store.</summary>
    protected LeaderboardStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected LeaderboardStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;
}
