using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// What the periods of a model are at a time, in its time zone. A period begins at one moment and ends where the next begins, also where midnight comes twice or never.
/// Thread-safe.
/// </summary>
internal sealed class PeriodCalendar(PeriodSchema schema)
{
    private const long NoEnd = long.MaxValue;

    // Longer than the largest offset of a zone from UTC, 14 hours, and the largest change of one, 24.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(39);

    private static readonly PeriodUnits[] AllUnits =
        [PeriodUnits.Minute, PeriodUnits.Hour, PeriodUnits.Day, PeriodUnits.Week, PeriodUnits.Month, PeriodUnits.Year, PeriodUnits.AllTime];

    // The latest moment that was asked for, which is the clock's, and another one, which a caller gave: calls with a time of their own leave the first where it is.
    private PeriodMoment? _latest, _other;

    private TimeZoneInfo Zone => field ??= FindZone();

    /// <summary>The declared units, shortest first.</summary>
    public PeriodUnits[] Units => field ??= Array.FindAll(AllUnits, unit => schema.Units.HasFlag(unit));

    /// <summary>The periods that a time is in.</summary>
    /// <param name="milliseconds">The time in Unix milliseconds.</param>
    public PeriodMoment At(long milliseconds)
    {
        PeriodMoment? latest = Volatile.Read(ref _latest), other = Volatile.Read(ref _other);
        if (Has(latest))
        {
            return latest!;
        }

        if (Has(other))
        {
            return other!;
        }

        PeriodMoment made = Make(milliseconds);
        Volatile.Write(ref latest is null || made.Low >= latest.Low ? ref _latest : ref _other, made);
        return made;

        bool Has(PeriodMoment? moment) => moment is not null && milliseconds >= moment.Low && milliseconds < moment.High;
    }

    /// <summary>Looks the time zone up, so that a store of a model whose zone there is not cannot be made.</summary>
    /// <exception cref="InvalidOperationException">This machine does not know the zone.</exception>
    public void CheckZone() => _ = Zone;

    /// <summary>The period of a unit that a time is in.</summary>
    public Period Of(PeriodUnits unit, long milliseconds)
    {
        if (unit is PeriodUnits.Minute or PeriodUnits.Hour or PeriodUnits.AllTime)
        {
            return Period.OfCalendar(unit, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);
        }

        // Where clocks go back across midnight, the date is for an hour that of the day before once more; it began already.
        var period = Period.OfCalendar(unit, new DateTime(Math.Clamp(Local(milliseconds), DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks)));
        while (milliseconds >= EndOf(period))
        {
            period = period.Add(1);
        }

        while (period.Start > DateTime.MinValue && milliseconds < StartOf(period))
        {
            period = period.Add(-1);
        }

        return period;
    }

    /// <summary>When a period begins, in Unix milliseconds.</summary>
    public long StartOf(Period period) => period.Unit switch
    {
        PeriodUnits.AllTime => long.MinValue,
        PeriodUnits.Minute or PeriodUnits.Hour => Unix(period.Start),
        _ => Midnight(period.Start),
    };

    /// <summary>When a period ends, in Unix milliseconds.</summary>
    public long EndOf(Period period) => period.Unit == PeriodUnits.AllTime ? NoEnd : StartOf(period.Add(1));

    /// <summary>Until when a period stays, in Unix milliseconds; 0 for ever.</summary>
    public long UntilOf(Period period)
    {
        if (period.Unit == PeriodUnits.AllTime || schema.Retention == Timeout.InfiniteTimeSpan)
        {
            return 0;
        }

        long end = EndOf(period);
        return end + (schema.Retention is { } retention ? (long)retention.TotalMilliseconds : end - StartOf(period));
    }

    /// <summary>The key of a period that is not relative: <c>:d:2026-11-21</c> behind that of all time.</summary>
    public static byte[] KeyOf(ReadOnlySpan<byte> key, Period period)
    {
        if (period.Unit == PeriodUnits.AllTime)
        {
            return [.. key];
        }

        Span<byte> text = stackalloc byte[Period.MaxTextLength];
        int length = period.Write(text);
        byte[] whole = new byte[key.Length + 3 + length];
        key.CopyTo(whole);
        whole[key.Length] = (byte)':';
        whole[key.Length + 1] = period.Unit switch
        {
            PeriodUnits.Minute => (byte)'n',
            PeriodUnits.Hour => (byte)'h',
            PeriodUnits.Day => (byte)'d',
            PeriodUnits.Week => (byte)'w',
            PeriodUnits.Month => (byte)'m',
            _ => (byte)'y',
        };
        whole[key.Length + 2] = (byte)':';
        text[..length].CopyTo(whole.AsSpan(key.Length + 3));
        return whole;
    }

    private PeriodMoment Make(long milliseconds)
    {
        var windows = new PeriodWindow[Units.Length];
        long low = long.MinValue, high = NoEnd;
        for (int i = 0; i < windows.Length; i++)
        {
            Period period = Of(Units[i], milliseconds);
            windows[i] = new PeriodWindow(period, KeyOf([], period), UntilOf(period));
            low = Math.Max(low, StartOf(period));
            high = Math.Min(high, EndOf(period));
        }

        return new PeriodMoment(windows, low, high);
    }

    // The first moment at which the zone's clocks show midnight of the date or later. They show later ones but for the hour at which they go back.
    private long Midnight(DateTime date)
    {
        if (ReferenceEquals(Zone, TimeZoneInfo.Utc))
        {
            return Unix(date);
        }

        long before = Unix(date) - (long)Margin.TotalMilliseconds, after = Unix(date) + (long)Margin.TotalMilliseconds;
        while (after - before > 1)
        {
            long middle = before + ((after - before) / 2);
            if (Local(middle) >= date.Ticks)
            {
                after = middle;
            }
            else
            {
                before = middle;
            }
        }

        // Where clocks go back across midnight it comes twice, and the search may have found the second. The first is by the offset of the day before.
        long first = Unix(date) - (long)Offset(after - (long)TimeSpan.FromDays(1).TotalMilliseconds).TotalMilliseconds;
        return first < after && Local(first) >= date.Ticks ? first : after;
    }

    // What the zone's clocks show, in ticks: also ones that a DateTime does not hold, in the first and the last hours of the calendar.
    private long Local(long milliseconds) => Ticks(milliseconds) + Offset(milliseconds).Ticks;

    private TimeSpan Offset(long milliseconds)
        => Zone.GetUtcOffset(new DateTime(Math.Clamp(Ticks(milliseconds), DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc));

    private static long Ticks(long milliseconds) => DateTime.UnixEpoch.Ticks + (milliseconds * TimeSpan.TicksPerMillisecond);

    private static long Unix(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private TimeZoneInfo FindZone()
    {
        if (schema.TimeZone is not { } id)
        {
            return TimeZoneInfo.Utc;
        }

        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(id);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new InvalidOperationException(
                $"{schema.Model}: this machine knows no time zone '{id}'. Correct TimeZone to a name of the IANA database, such as Europe/Berlin; if it is one, install the database (the package tzdata of most Linux distributions).",
                error);
        }
    }
}

/// <summary>The periods of a model from one boundary of any of them to the next.</summary>
/// <param name="Windows">A period of each unit, shortest first.</param>
/// <param name="Low">When the last of them began, in Unix milliseconds.</param>
/// <param name="High">When the first of them ends.</param>
internal sealed record PeriodMoment(PeriodWindow[] Windows, long Low, long High)
{
    /// <summary><see cref="Low"/> as scripts compare it: in seconds, of ten digits. Boundaries of periods are whole seconds.</summary>
    public RedisValue LowText { get; } = Seconds(Low);

    /// <summary><see cref="High"/> likewise.</summary>
    public RedisValue HighText { get; } = Seconds(High);

    private static byte[] Seconds(long milliseconds) => Encoding.ASCII.GetBytes(Math.Clamp(milliseconds / 1000, 0, 9_999_999_999).ToString("D10", CultureInfo.InvariantCulture));
}

/// <summary>A period in which something is written.</summary>
/// <param name="Period">The period.</param>
/// <param name="Suffix">What follows the key of all time in its key.</param>
/// <param name="Until">Until when it stays, in Unix milliseconds; 0 for ever.</param>
internal sealed record PeriodWindow(Period Period, byte[] Suffix, long Until)
{
    /// <summary><see cref="Until"/> as scripts take it, made once.</summary>
    public RedisValue UntilText { get; } = ValueFormat.Of<long>(Until);
}
