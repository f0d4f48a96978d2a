using System.Globalization;

namespace TypedRedis;

/// <summary>Periods of one unit, from a first to a last, both included. One period is a range, too.</summary>
public readonly record struct PeriodRange
{
    /// <summary>Makes a range.</summary>
    /// <exception cref="ArgumentException">The periods differ in unit, or one of them is none.</exception>
    public PeriodRange(Period first, Period last)
    {
        if (first.Unit == PeriodUnits.None || first.Unit != last.Unit)
        {
            throw new ArgumentException($"A range goes from a period to one of the same unit, not from '{first}' ({first.Unit}) to '{last}' ({last.Unit}).", nameof(last));
        }

        First = first;
        Last = last;
    }

    /// <summary>The first period.</summary>
    public Period First { get; }

    /// <summary>The last period.</summary>
    public Period Last { get; }

    /// <summary>The unit of all of them.</summary>
    public PeriodUnits Unit => First.Unit;

    /// <summary>The last periods up to the current one, which is one of them: <c>PeriodRange.OfLast(7, PeriodUnits.Day)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no period in it.</exception>
    public static PeriodRange OfLast(int count, PeriodUnits unit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(Period.Ago(count - 1, unit), Period.Current(unit));
    }

    /// <summary>The days from one to another, both included.</summary>
    public static PeriodRange OfDays(DateOnly first, DateOnly last) => new(Period.Day(first), Period.Day(last));

    /// <summary>The range of one period.</summary>
    public static implicit operator PeriodRange(Period period) => new(period, period);

    /// <inheritdoc/>
    public override string ToString() => First == Last ? First.ToString() : string.Create(CultureInfo.InvariantCulture, $"{First}..{Last}");
}
