namespace TypedRedis;

/// <summary>How much was counted in a period, or how many different members it has seen.</summary>
/// <param name="Period">The period; never a relative one.</param>
/// <param name="Count">The count, of different members an estimate; 0 where there is none.</param>
public readonly record struct PeriodCount(Period Period, long Count);
