namespace TypedRedis;

/// <summary>A place of a trend.</summary>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <param name="Rank">The place, from 1.</param>
/// <param name="Member">The member.</param>
/// <param name="Score">Its score as of the reading: each interaction's weight, halved after every half-life.</param>
public readonly record struct TrendEntry<TMember>(long Rank, TMember Member, double Score)
    where TMember : notnull;
