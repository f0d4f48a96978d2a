namespace TypedRedis;

/// <summary>What stores by calendar periods know of their models.</summary>
public abstract class PeriodSchema : ModelSchema
{
    private protected PeriodSchema(string model)
        : base(model)
    {
    }

    /// <summary>The periods.</summary>
    public required PeriodUnits Units { get; init; }

    /// <summary>The time zone whose midnight ends a day; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>How long a period stays after its end; <see cref="Timeout.InfiniteTimeSpan"/> for ever; null for as long again as it is.</summary>
    public TimeSpan? Retention { get; init; }

    internal PeriodCalendar Calendar => field ??= new PeriodCalendar(this);

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;
}
