namespace TypedRedis.Tests.Periods;

/// <summary>Periods and ranges as values.</summary>
public sealed class PeriodTests
{
    [Fact]
    public void Texts()
        => Cultures.ForEach(static () => Assert.Equal(
            ["2026-11-21", "2026-W47", "2026-W53", "2026-11", "2026", "2026-11-21T13", "2026-11-21T13-55", "all", "none", "Day+0", "Day-1", "Week+3"],
            ((Period[])
            [
                Period.Day(2026, 11, 21), Period.WeekOf(new(2026, 11, 21)), Period.Week(2026, 53), Period.Month(2026, 11), Period.Year(2026),
                Period.HourOf(new(2026, 11, 21, 15, 55, 30, TimeSpan.FromHours(2))), Period.MinuteOf(new(2026, 11, 21, 15, 55, 30, TimeSpan.FromHours(2))),
                Period.AllTime, default, Period.Today, Period.Yesterday, Period.ThisWeek.Add(3),
            ]).Select(period => period.ToString())));

    [Fact]
    public void Two_are_equal_that_are_the_same_period()
    {
        Period day = new DateOnly(2026, 11, 21);
        Assert.True(day == Period.Day(2026, 11, 21) && day.GetHashCode() == Period.Day(2026, 11, 21).GetHashCode() && day.Equals((object)Period.Day(2026, 11, 21)));
        Assert.True(day != Period.Day(2026, 11, 22) && day != Period.Today && !day.Equals("2026-11-21"));
        Assert.True(Period.Day(2026, 1, 1) != Period.Month(2026, 1) && Period.Month(2026, 1) != Period.Year(2026));
        Assert.True(Period.WeekOf(new(2026, 11, 16)) == Period.WeekOf(new(2026, 11, 22)) && Period.WeekOf(new(2026, 11, 15)) == Period.Week(2026, 46));
        Assert.True(Period.Today == Period.Current(PeriodUnits.Day) && Period.Yesterday == Period.Today.Add(-1) && Period.AllTime == Period.Ago(0, PeriodUnits.AllTime));
    }

    [Fact]
    public void So_many_periods_later_is_the_same_as_one_after_the_other()
    {
        Period[] starts = [Period.Day(2028, 2, 27), Period.Week(2026, 51), Period.Month(2027, 11), Period.Year(2027), Period.HourOf(new(2028, 2, 28, 23, 0, 0, default)), Period.MinuteOf(new(2026, 12, 31, 23, 59, 0, default))];
        foreach (Period start in starts)
        {
            Period period = start;
            for (int i = 1; i <= 40; i++)
            {
                period = period.Add(1);
                Assert.Equal(start.Add(i), period);
                Assert.Equal(start, period.Add(-i));
                Assert.Equal(i, period.Since(start));
                Assert.True(period.Start > start.Start && period.Unit == start.Unit);
            }
        }

        Assert.Equal("2028-02-29", Period.Day(2028, 2, 27).Add(2).ToString());
        Assert.Equal("2027-W01", Period.Week(2026, 53).Add(1).ToString());
    }

    [Fact]
    public void A_relative_one_is_seen_from_the_current_one()
    {
        Period today = Period.Day(2026, 3, 1);
        Assert.Equal(Period.Day(2026, 2, 28), Period.Yesterday.From(today));
        Assert.Equal(today, Period.Today.From(today));
        Assert.Equal(Period.Day(2020, 1, 1), Period.Day(2020, 1, 1).From(today));
        Assert.Equal(Period.Month(2025, 12), Period.Ago(3, PeriodUnits.Month).From(Period.Month(2026, 3)));
    }

    [Fact]
    public void What_is_no_period_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Period.Week(2027, 53));
        Assert.Throws<ArgumentOutOfRangeException>(() => Period.Week(2026, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Period.Ago(1, PeriodUnits.AllTime));
        Assert.Throws<ArgumentOutOfRangeException>(() => Period.Current(PeriodUnits.Day | PeriodUnits.Week));
        Assert.Throws<ArgumentOutOfRangeException>(() => Period.Current(PeriodUnits.None));
        Assert.Throws<InvalidOperationException>(() => Period.AllTime.Add(1));
        Assert.Throws<InvalidOperationException>(() => default(Period).Add(1));
        Assert.Throws<InvalidOperationException>(() => Period.Today.Start);
        Assert.Throws<InvalidOperationException>(() => Period.AllTime.Date);
    }

    [Fact]
    public void A_range_has_one_unit()
    {
        Assert.Equal("2026-11-01..2026-11-30", PeriodRange.OfDays(new(2026, 11, 1), new(2026, 11, 30)).ToString());
        Assert.Equal("2026-11", ((PeriodRange)Period.Month(2026, 11)).ToString());
        PeriodRange week = PeriodRange.OfLast(7, PeriodUnits.Day);
        Assert.Equal((Period.Ago(6, PeriodUnits.Day), Period.Today, PeriodUnits.Day), (week.First, week.Last, week.Unit));
        Assert.Equal(Period.AllTime, PeriodRange.OfLast(1, PeriodUnits.AllTime).First);
        Assert.Throws<ArgumentException>(() => new PeriodRange(Period.Today, Period.ThisWeek));
        Assert.Throws<ArgumentException>(() => new PeriodRange(default, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => PeriodRange.OfLast(0, PeriodUnits.Day));
    }
}
