using TypedRedis;

namespace Arcade;

/// <summary>The best score of a player, of all time, of the week and of the day in Tokyo. Who had a score first stands above those who reach it later.</summary>
[Leaderboard(
    "scores:{Game}",
    Windows = PeriodUnits.AllTime | PeriodUnits.Week | PeriodUnits.Day,
    TimeZone = "Asia/Tokyo",
    Ties = LeaderboardTies.FirstArrival,
    Retention = "14d",
    History = 20)]
public sealed record GameScore
{
    public required string Game { get; init; }

    [Member]
    public required string Player { get; init; }

    [Score]
    public required int Points { get; init; }
}

/// <summary>What players do with games, and how much it counts.</summary>
public enum GameAction
{
    [Weight(1)]
    Viewed,

    [Weight(5)]
    Played,

    [Weight(20)]
    Recommended,
}

/// <summary>Which games are talked of: what was done six hours ago counts half.</summary>
[Trending("trending:{Floor}", HalfLife = "6h")]
public sealed record GameInteraction
{
    public required string Floor { get; init; }

    [Member]
    public required string Game { get; init; }

    [Interaction]
    public required GameAction Action { get; init; }
}

/// <summary>Coins per day; a machine holds no more than 500.</summary>
[PeriodCounter("coins:{Game}", PeriodUnits.Day, TimeZone = "Asia/Tokyo", Retention = "90d", Minimum = 0, Maximum = 500)]
public sealed record CoinBox
{
    public required string Game { get; init; }
}

/// <summary>How many different people came, by the number of their card, which nobody keeps.</summary>
[UniqueCounter("guests:{Arcade}", PeriodUnits.Day | PeriodUnits.Month, TimeZone = "Asia/Tokyo", Retention = "400d")]
public sealed record Visit
{
    public required string Arcade { get; init; }

    [Member]
    public required Guid Card { get; init; }
}

/// <summary>Which members came on which day.</summary>
[ActivityBitmap("members:{Arcade}", PeriodUnits.Day, MaxId = 999_999, TimeZone = "Asia/Tokyo", Retention = "90d")]
public sealed record Attendance
{
    public required string Arcade { get; init; }

    [Member]
    public required int MemberId { get; init; }
}
