namespace TypedRedis;

/// <summary>Writes what a leaderboard ranks and reads it back. Implemented by the emitted <c>{Model}LeaderboardMapper</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">Its key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TScore">The score's type.</typeparam>
public interface ILeaderboardMapper<TEntity, TKey, TMember, TScore> : IMemberMapper<TEntity, TKey, TMember>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TScore : struct
{
    /// <summary>What the store knows of the model.</summary>
    static abstract LeaderboardSchema Schema { get; }

    /// <summary>The score of an instance.</summary>
    static abstract TScore ScoreOf(TEntity entity);

    /// <summary>Writes a score.</summary>
    /// <exception cref="RedisEncodeException">A double cannot hold it exactly.</exception>
    static abstract double WriteScore(TScore score, in CodecContext context);

    /// <summary>Reads a score back.</summary>
    static abstract TScore ReadScore(double score, in CodecContext context);
}
