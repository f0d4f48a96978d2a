namespace TypedRedis;

/// <summary>Who was active in a period, and how many of them were so in others.</summary>
/// <param name="Period">The period of the cohort; never a relative one.</param>
/// <param name="Size">How many were active in it.</param>
/// <param name="Returns">Per other period how many of them were.</param>
public sealed record ActivityCohort(Period Period, long Size, IReadOnlyList<CohortReturn> Returns);

/// <summary>How many of a cohort were active in a period.</summary>
/// <param name="Period">The period; never a relative one.</param>
/// <param name="Count">How many.</param>
/// <param name="Share">The same as a part of the cohort, from 0 to 1; 0 where the cohort is empty.</param>
public readonly record struct CohortReturn(Period Period, long Count, double Share);
