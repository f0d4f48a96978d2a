using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.ActivityBitmap;

/// <summary>Activity bitmaps by periods.</summary>
/// <param name="Active">Whose activity is recorded.</param>
/// <param name="Periods">The periods.</param>
/// <param name="MaxId">The largest id.</param>
/// <param name="IsMapped">Whether the store numbers the members.</param>
internal sealed record ActivityBitmapModel(MeasureFacts Facts, ElementModel Active, PeriodOptions Periods, long MaxId, bool IsMapped) : MeasureModel(Facts, Active);
