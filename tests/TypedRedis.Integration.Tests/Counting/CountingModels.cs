namespace TypedRedis.Integration.Tests.Counting;

/// <summary>Every unit at once.</summary>
[PeriodCounter("views:{Page}", PeriodUnits.Hour | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month | PeriodUnits.Year | PeriodUnits.AllTime, Retention = "400d", TimeZone = "Europe/Berlin")]
public sealed record PageViews(string Page);

/// <summary>One unit, with bounds.</summary>
[PeriodCounter("calls:{#Client}", PeriodUnits.Hour, Retention = "400d", Minimum = -5, Maximum = 1000)]
public sealed record ApiCalls(string Client);

/// <summary>A lower bound alone.</summary>
[PeriodCounter("stock:{Id}", PeriodUnits.AllTime, Minimum = 0)]
public sealed record Stock(int Id);

/// <summary>An upper bound alone, that a double does not hold: 2^53 + 1.</summary>
[PeriodCounter("quota:{Id}", PeriodUnits.Day, Retention = "90d", Maximum = 9_007_199_254_740_993)]
public sealed record Quota(int Id);

/// <summary>One count, of all time: increments are plain commands.</summary>
[PeriodCounter("total:{Id}", PeriodUnits.AllTime)]
public sealed record Total(int Id);

/// <summary>An upper bound alone, far below 0.</summary>
[PeriodCounter("debt:{Id}", PeriodUnits.Day, Retention = "90d", Maximum = -1_000_000_000_000_000)]
public sealed record Debt(int Id);

/// <summary>Days that stay.</summary>
[PeriodCounter("kept:{Id}", PeriodUnits.Day, Retention = "never")]
public sealed record KeptDays(int Id);

/// <summary>One unit with an expiry.</summary>
[PeriodCounter("daily:{Id}", PeriodUnits.Day, Retention = "90d", TimeZone = "Europe/Berlin")]
public sealed record DailyCount(int Id);

/// <summary>Ids that are bits, in four segments.</summary>
[ActivityBitmap("active:{App}", PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month, MaxId = 2_000_000, Retention = "400d", TimeZone = "Europe/Berlin")]
public sealed record Active(string App, [property: Member] long User);

/// <summary>Ids that are bits, in one segment.</summary>
[ActivityBitmap("small:{App}", PeriodUnits.Day | PeriodUnits.Month, MaxId = 999, Retention = "400d", TimeZone = "Europe/Berlin")]
public sealed record SmallActive(string App, [property: Member] int User);

/// <summary>Members that get numbers, in one segment.</summary>
[ActivityBitmap("seen:{#Site}", PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month, MaxId = 199_999, Retention = "400d", TimeZone = "Europe/Berlin")]
public sealed record Seen(string Site, [property: Member] string Visitor);

/// <summary>Few numbers.</summary>
[ActivityBitmap("few:{Site}", PeriodUnits.Day, MaxId = 2, Retention = "30d")]
public sealed record Few(string Site, [property: Member] string Visitor);

/// <summary>Numbers beyond those whose segments every call declares.</summary>
[ActivityBitmap("many:{Site}", PeriodUnits.Day | PeriodUnits.Month, MaxId = 10_000_000, Retention = "30d")]
public sealed record Many(string Site, [property: Member] Guid Visitor);

/// <summary>Bitmaps that stay.</summary>
[ActivityBitmap("stay:{Site}", PeriodUnits.Day | PeriodUnits.AllTime, MaxId = 2_000_000, MapIds = true, Retention = "never")]
public sealed record Staying(string Site, [property: Member] long User);

/// <summary>Keys that can end like a segment.</summary>
[ActivityBitmap("part:{#App}:{Kind}:{Number}", PeriodUnits.Day | PeriodUnits.AllTime, MaxId = 2_000_000, Retention = "30d")]
public sealed record PartActive(string App, string Kind, int Number, [property: Member] long User);

/// <summary>The largest id that there can be.</summary>
[ActivityBitmap("wide:{App}", PeriodUnits.Day, MaxId = 4_294_967_294, Retention = "30d")]
public sealed record Wide(string App, [property: Member] long User);

/// <summary>The same in several units.</summary>
[ActivityBitmap("spread:{App}", PeriodUnits.Hour | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month, MaxId = 4_294_967_294, Retention = "30d")]
public sealed record Spread(string App, [property: Member] long User);

/// <summary>Ten million ids, by days.</summary>
[ActivityBitmap("large:{App}", PeriodUnits.Day, MaxId = 9_999_999, Retention = "60d")]
public sealed record Large(string App, [property: Member] long User);
