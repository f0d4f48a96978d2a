namespace TypedRedis;

/// <summary>How many different members a period has seen.</summary>
/// <param name="Period">The period; never a relative one.</param>
/// <param name="Count">The estimate.</param>
public readonly record struct UniqueCount(Period Period, long Count);
