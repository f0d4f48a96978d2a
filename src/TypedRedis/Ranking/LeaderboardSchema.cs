namespace TypedRedis;

/// <summary>What becomes of a member's score when it is submitted again.</summary>
public enum LeaderboardMode
{
    /// <summary>The highest stays. The highest score is first.</summary>
    Best,

    /// <summary>The lowest stays. The lowest score is first.</summary>
    Lowest,

    /// <summary>The last stays. The highest score is first.</summary>
    Latest,

    /// <summary>Scores are added up. The highest sum is first.</summary>
    Sum,
}

/// <summary>Who comes first of members with the same score.</summary>
public enum LeaderboardTies
{
    /// <summary>
    /// The order of the members' bytes, as in Redis: where the highest score is first, the greatest member (ZREVRANGE), where the lowest score is first, the least (ZRANGE).
    /// Costs nothing.
    /// </summary>
    Lexicographic,

    /// <summary>Who had the score first. Takes a second key and about as much memory again.</summary>
    FirstArrival,
}

/// <summary>What the store of a leaderboard knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
/// <param name="score">The name of the score's property.</param>
public sealed class LeaderboardSchema(string model, string score) : PeriodSchema(model)
{
    /// <summary>What becomes of a score that is submitted again.</summary>
    public LeaderboardMode Mode { get; init; }

    /// <summary>Who comes first of members with the same score.</summary>
    public LeaderboardTies Ties { get; init; }

    /// <summary>How many of a member's last submissions are kept.</summary>
    public int History { get; init; }

    /// <summary>How long a member's history stays after its last submission; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public TimeSpan HistoryRetention { get; init; } = TimeSpan.FromDays(90);

    internal override string RedisType => "zset";

    internal override string FieldName(int field) => score;

    internal override string Place(int field, string key) => $"the score '{score}' of a member of '{key}'";
}
