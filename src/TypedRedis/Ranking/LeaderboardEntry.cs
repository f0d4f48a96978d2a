namespace TypedRedis;

/// <summary>A place in a leaderboard.</summary>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TScore">The score's type.</typeparam>
/// <param name="Rank">The rank; the first is 1. No two members have the same: <see cref="LeaderboardTies"/> says who comes first of equal scores.</param>
/// <param name="Member">The member.</param>
/// <param name="Score">Its score.</param>
public readonly record struct LeaderboardEntry<TMember, TScore>(long Rank, TMember Member, TScore Score)
    where TMember : notnull
    where TScore : struct;

/// <summary>A score that a member has submitted.</summary>
/// <typeparam name="TScore">The score's type.</typeparam>
/// <param name="Score">The score, as it was submitted.</param>
/// <param name="At">When, by the server's clock, to the millisecond; or the time that the submission gave.</param>
public readonly record struct LeaderboardScore<TScore>(TScore Score, DateTimeOffset At)
    where TScore : struct;
