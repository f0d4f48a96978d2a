using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.Leaderboard;

/// <summary>A leaderboard.</summary>
/// <param name="Player">What is ranked.</param>
/// <param name="Score">What by.</param>
/// <param name="Periods">The windows.</param>
/// <param name="Mode">What becomes of a score that is submitted again: a constant of <c>LeaderboardMode</c>.</param>
/// <param name="Ties">Who comes first of equals: a constant of <c>LeaderboardTies</c>.</param>
/// <param name="History">The history of each member; null where none is kept.</param>
/// <param name="Expires">The time to live of the window of all time.</param>
internal sealed record LeaderboardModel(
    MeasureFacts Facts,
    ElementModel Player,
    ScoreModel Score,
    PeriodOptions Periods,
    string Mode,
    string Ties,
    ScoreHistory? History,
    Expiry? Expires)
    : MeasureModel(Facts, Player);

internal enum ScoreKind
{
    Int32,
    Int64,
    Double,
    TimeSpan,
}

/// <summary>The score.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Property">The same, escaped.</param>
/// <param name="Type">Its type as emitted code writes it.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ScoreModel(string Name, string Property, string Type, ScoreKind Kind)
{
    /// <summary>The word in headers and in the manifest.</summary>
    public string Word => Kind switch
    {
        ScoreKind.Double => "number",
        ScoreKind.TimeSpan => "ticks",
        _ => "integer",
    };
}

/// <summary>How many of a member's submissions are kept, and how long after the last.</summary>
internal sealed record ScoreHistory(int Count, Span Retention);
