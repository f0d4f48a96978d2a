using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.PeriodCounter;

/// <summary>A counter by periods.</summary>
/// <param name="Periods">The periods.</param>
/// <param name="Minimum">The least count of a period.</param>
/// <param name="Maximum">The largest.</param>
internal sealed record PeriodCounterModel(MeasureFacts Facts, PeriodOptions Periods, long Minimum, long Maximum) : MeasureModel(Facts, Element: null);
