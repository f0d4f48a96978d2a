namespace TypedRedis;

/// <summary>How much was counted in a period.</summary>
/// <param name="Period">The period; never a relative one.</param>
/// <param name="Count">The count; 0 where there is none.</param>
public readonly record struct PeriodCount(Period Period, long Count);
