namespace TypedRedis;

/// <summary>Lengths of calendar periods. One, or several together: <c>PeriodUnits.Day | PeriodUnits.Month</c>.</summary>
[Flags]
public enum PeriodUnits
{
    /// <summary>No period.</summary>
    None = 0,

    /// <summary>A minute of UTC.</summary>
    Minute = 1,

    /// <summary>An hour of UTC: in zones that are off by half an hour it begins at half past.</summary>
    Hour = 2,

    /// <summary>From one midnight of the time zone to the next: 23 or 25 hours where the clocks change.</summary>
    Day = 4,

    /// <summary>A week of ISO 8601: from the midnight that begins Monday. The first of a year is the one that has its first Thursday.</summary>
    Week = 8,

    /// <summary>A month of the calendar.</summary>
    Month = 16,

    /// <summary>A year of the calendar.</summary>
    Year = 32,

    /// <summary>The one period that never ends.</summary>
    AllTime = 64,
}
