using System.Globalization;
using System.Text;

namespace TypedRedis;

/// <summary>
/// A calendar period: the day 2026-11-21, the ISO week 2026-W47, the month 2026-11, or one that is relative to now, such as <see cref="Today"/>, which stores resolve by the
/// server's clock in the model's time zone. What stores answer is never relative.
/// </summary>
public readonly struct Period : IEquatable<Period>
{
    internal const int MaxTextLength = 16;

    private readonly long _value;       // ticks of the first moment by the calendar; of a relative period, how many periods after the current one

    private Period(PeriodUnits unit, long value, bool isRelative)
    {
        Unit = unit;
        IsRelative = isRelative;
        _value = value;
    }

    /// <summary>The one period that never ends.</summary>
    public static Period AllTime => new(PeriodUnits.AllTime, 0, isRelative: false);

    /// <summary>The current day.</summary>
    public static Period Today => Current(PeriodUnits.Day);

    /// <summary>The day before the current one.</summary>
    public static Period Yesterday => Ago(1, PeriodUnits.Day);

    /// <summary>The current ISO week.</summary>
    public static Period ThisWeek => Current(PeriodUnits.Week);

    /// <summary>The ISO week before the current one.</summary>
    public static Period LastWeek => Ago(1, PeriodUnits.Week);

    /// <summary>The current month.</summary>
    public static Period ThisMonth => Current(PeriodUnits.Month);

    /// <summary>The month before the current one.</summary>
    public static Period LastMonth => Ago(1, PeriodUnits.Month);

    /// <summary>The current year.</summary>
    public static Period ThisYear => Current(PeriodUnits.Year);

    /// <summary>One of <see cref="PeriodUnits"/>; <see cref="PeriodUnits.None"/> for the default of this type, which is no period.</summary>
    public PeriodUnits Unit { get; }

    /// <summary>Whether it depends on the time at which it is used.</summary>
    public bool IsRelative { get; }

    /// <summary>Its first moment by the calendar: in the model's time zone, for minutes and hours in UTC.</summary>
    /// <exception cref="InvalidOperationException">The period is relative, of all time, or none.</exception>
    public DateTime Start => IsRelative || Unit is PeriodUnits.AllTime or PeriodUnits.None
        ? throw new InvalidOperationException($"The period '{this}' has no start by itself.")
        : new DateTime(_value);

    /// <summary>Its first day by the calendar.</summary>
    /// <inheritdoc cref="Start" path="/exception"/>
    public DateOnly Date => DateOnly.FromDateTime(Start);

    /// <summary>The current period of a unit.</summary>
    public static Period Current(PeriodUnits unit) => Ago(0, unit);

    /// <summary>A period before the current one.</summary>
    /// <param name="count">How many periods before; 0 for the current one.</param>
    /// <param name="unit">The unit.</param>
    public static Period Ago(int count, PeriodUnits unit)
    {
        CheckUnit(unit);
        return unit == PeriodUnits.AllTime
            ? count == 0 ? AllTime : throw new ArgumentOutOfRangeException(nameof(count), count, "There is one period of all time.")
            : new(unit, -(long)count, isRelative: true);
    }

    /// <summary>A day.</summary>
    public static Period Day(DateOnly date) => new(PeriodUnits.Day, Ticks(date), isRelative: false);

    /// <summary>A day.</summary>
    public static Period Day(int year, int month, int day) => Day(new DateOnly(year, month, day));

    /// <summary>The ISO week that a day is in.</summary>
    public static Period WeekOf(DateOnly date) => new(PeriodUnits.Week, Ticks(date.AddDays(-(((int)date.DayOfWeek + 6) % 7))), isRelative: false);

    /// <summary>A week by its year and number of ISO 8601.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The year has no such week.</exception>
    public static Period Week(int isoYear, int isoWeek)
    {
        if (isoWeek < 1 || isoWeek > ISOWeek.GetWeeksInYear(isoYear))
        {
            throw new ArgumentOutOfRangeException(nameof(isoWeek), isoWeek, string.Create(CultureInfo.InvariantCulture, $"The ISO year {isoYear} has the weeks 1 to {ISOWeek.GetWeeksInYear(isoYear)}."));
        }

        return new(PeriodUnits.Week, ISOWeek.ToDateTime(isoYear, isoWeek, DayOfWeek.Monday).Ticks, isRelative: false);
    }

    /// <summary>A month.</summary>
    public static Period Month(int year, int month) => new(PeriodUnits.Month, new DateTime(year, month, 1).Ticks, isRelative: false);

    /// <summary>A year.</summary>
    public static Period Year(int year) => new(PeriodUnits.Year, new DateTime(year, 1, 1).Ticks, isRelative: false);

    /// <summary>The hour of UTC that a moment is in.</summary>
    public static Period HourOf(DateTimeOffset moment) => OfCalendar(PeriodUnits.Hour, moment.UtcDateTime);

    /// <summary>The minute of UTC that a moment is in.</summary>
    public static Period MinuteOf(DateTimeOffset moment) => OfCalendar(PeriodUnits.Minute, moment.UtcDateTime);

    /// <summary>The day of a date.</summary>
    public static implicit operator Period(DateOnly date) => Day(date);

    /// <summary>Whether two periods are the same.</summary>
    public static bool operator ==(Period left, Period right) => left.Equals(right);

    /// <summary>Whether two periods are not the same.</summary>
    public static bool operator !=(Period left, Period right) => !left.Equals(right);

    /// <summary>The period so many periods later, or earlier.</summary>
    /// <exception cref="InvalidOperationException">The period is that of all time, or none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The calendar, from the year 1 to 9999, does not have it. Of a relative period, the store says so that is asked for it.</exception>
    public Period Add(int count)
    {
        if (Unit is PeriodUnits.AllTime or PeriodUnits.None)
        {
            throw new InvalidOperationException($"No period comes after '{this}'.");
        }

        return IsRelative ? new(Unit, checked(_value + count), isRelative: true) : Moved(count);
    }

    /// <inheritdoc/>
    public bool Equals(Period other) => Unit == other.Unit && IsRelative == other.IsRelative && _value == other._value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Period other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Unit, IsRelative, _value);

    /// <summary>
    /// <c>2026-11-21</c>, <c>2026-W47</c>, <c>2026-11</c>, <c>2026</c>, <c>2026-11-21T13</c> for an hour, <c>2026-11-21T13-55</c> for a minute, <c>all</c>; for a relative one
    /// such as <c>Day-1</c>.
    /// </summary>
    public override string ToString()
    {
        if (IsRelative)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Unit}{_value:+0;-0;'+0'}");
        }

        if (Unit is PeriodUnits.AllTime or PeriodUnits.None)
        {
            return Unit == PeriodUnits.AllTime ? "all" : "none";
        }

        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Write(text)]);
    }

    internal static void CheckUnit(PeriodUnits unit)
    {
        if (unit is not (PeriodUnits.Minute or PeriodUnits.Hour or PeriodUnits.Day or PeriodUnits.Week or PeriodUnits.Month or PeriodUnits.Year or PeriodUnits.AllTime))
        {
            throw new ArgumentOutOfRangeException(nameof(unit), unit, "A period has one unit.");
        }
    }

    /// <summary>The period of a unit that a moment by the calendar is in.</summary>
    internal static Period OfCalendar(PeriodUnits unit, DateTime moment) => unit switch
    {
        PeriodUnits.Minute => new(unit, moment.Ticks - (moment.Ticks % TimeSpan.TicksPerMinute), isRelative: false),
        PeriodUnits.Hour => new(unit, moment.Ticks - (moment.Ticks % TimeSpan.TicksPerHour), isRelative: false),
        PeriodUnits.Day => new(unit, moment.Date.Ticks, isRelative: false),
        PeriodUnits.Week => WeekOf(DateOnly.FromDateTime(moment)),
        PeriodUnits.Month => Month(moment.Year, moment.Month),
        PeriodUnits.Year => Year(moment.Year),
        _ => AllTime,
    };

    /// <summary>The same, seen from the current one.</summary>
    internal Period From(Period current) => IsRelative ? current.Moved(_value) : this;

    /// <summary>How many periods after another of the same unit; both are absolute.</summary>
    internal long Since(Period earlier)
    {
        DateTime from = earlier.Start, to = Start;
        return Unit switch
        {
            PeriodUnits.Minute => (_value - earlier._value) / TimeSpan.TicksPerMinute,
            PeriodUnits.Hour => (_value - earlier._value) / TimeSpan.TicksPerHour,
            PeriodUnits.Day => (_value - earlier._value) / TimeSpan.TicksPerDay,
            PeriodUnits.Week => (_value - earlier._value) / (7 * TimeSpan.TicksPerDay),
            PeriodUnits.Month => (12L * (to.Year - from.Year)) + to.Month - from.Month,
            _ => to.Year - from.Year,
        };
    }

    private Period Moved(long count)
    {
        var start = new DateTime(_value);
        try
        {
            DateTime moved = Unit switch
            {
                PeriodUnits.Minute => start.AddMinutes(count),
                PeriodUnits.Hour => start.AddHours(count),
                PeriodUnits.Day => start.AddDays(count),
                PeriodUnits.Week => start.AddDays(7d * count),
                PeriodUnits.Month => start.AddMonths(checked((int)count)),
                PeriodUnits.Year => start.AddYears(checked((int)count)),
                _ => start,
            };
            return new(Unit, moved.Ticks, isRelative: false);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or OverflowException)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count, string.Create(CultureInfo.InvariantCulture, $"The calendar has the years 1 to 9999: there is no {Unit} so far from '{this}'."));
        }
    }

    private static long Ticks(DateOnly date) => date.ToDateTime(TimeOnly.MinValue).Ticks;

    /// <summary>Writes the text of a period that is neither relative nor of all time.</summary>
    /// <returns>How long it is, at most <see cref="MaxTextLength"/>.</returns>
    internal int Write(Span<byte> text)
    {
        var start = new DateTime(_value);
        if (Unit == PeriodUnits.Week)
        {
            Digits(text[..4], ISOWeek.GetYear(start));
            "-W"u8.CopyTo(text[4..]);
            Digits(text.Slice(6, 2), ISOWeek.GetWeekOfYear(start));
            return 8;
        }

        Digits(text[..4], start.Year);
        if (Unit == PeriodUnits.Year)
        {
            return 4;
        }

        text[4] = (byte)'-';
        Digits(text.Slice(5, 2), start.Month);
        if (Unit == PeriodUnits.Month)
        {
            return 7;
        }

        text[7] = (byte)'-';
        Digits(text.Slice(8, 2), start.Day);
        if (Unit == PeriodUnits.Day)
        {
            return 10;
        }

        text[10] = (byte)'T';
        Digits(text.Slice(11, 2), start.Hour);
        if (Unit == PeriodUnits.Hour)
        {
            return 13;
        }

        text[13] = (byte)'-';
        Digits(text.Slice(14, 2), start.Minute);
        return MaxTextLength;
    }

    private static void Digits(Span<byte> text, int number)
    {
        for (int i = text.Length - 1; i >= 0; i--)
        {
            (number, int digit) = int.DivRem(number, 10);
            text[i] = (byte)('0' + digit);
        }
    }
}
