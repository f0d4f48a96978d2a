using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.UniqueCounter;

/// <summary>Unique counts by periods.</summary>
/// <param name="Seen">What is counted.</param>
/// <param name="Periods">The periods.</param>
internal sealed record UniqueCounterModel(MeasureFacts Facts, ElementModel Seen, PeriodOptions Periods) : MeasureModel(Facts, Seen);
