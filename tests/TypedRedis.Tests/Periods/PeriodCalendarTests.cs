using System.Globalization;

namespace TypedRedis.Tests.Periods;

/// <summary>What the periods are at a time, also where midnight comes twice or never.</summary>
public sealed class PeriodCalendarTests
{
    private const PeriodUnits All = PeriodUnits.Minute | PeriodUnits.Hour | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month | PeriodUnits.Year | PeriodUnits.AllTime;

    private static readonly string?[] Zones =
    [
        null, "Europe/Berlin", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns", "Pacific/Kiritimati",
        "Africa/Cairo", "Asia/Beirut", "Asia/Tehran", "America/New_York",
    ];

    private static readonly PeriodUnits[] Units = [PeriodUnits.Minute, PeriodUnits.Hour, PeriodUnits.Day, PeriodUnits.Week, PeriodUnits.Month, PeriodUnits.Year];

    public static TheoryData<string?> EveryZone => [.. Zones];

    [Theory]
    [MemberData(nameof(EveryZone))]
    public void Every_moment_is_in_one_period_and_one_follows_the_other(string? zone)
    {
        PeriodCalendar calendar = Calendar(zone);
        var random = new Random(5);
        long first = At("1980-01-01T00:00Z"), last = At("2040-01-01T00:00Z");
        for (int i = 0; i < 300; i++)
            Check(random.NextInt64(first, last));

        // Around every change of the zone's clocks.
        for (long moment = At("2009-01-01T00:00Z"); moment < At("2013-01-01T00:00Z"); moment += 3_600_000)
        {
            if (Offset(zone, moment) != Offset(zone, moment + 3_600_000))
            {
                for (long near = moment - 7_200_000; near <= moment + 7_200_000; near += 600_000)
                    Check(near + random.Next(-1, 2));
            }
        }

        void Check(long moment)
        {
            foreach (PeriodUnits unit in Units)
            {
                Period period = calendar.Of(unit, moment);
                long start = calendar.StartOf(period), end = calendar.EndOf(period);
                Assert.True(start <= moment && moment < end, $"{period} of {zone} does not have {DateTimeOffset.FromUnixTimeMilliseconds(moment):O}");
                Assert.Equal(end, calendar.StartOf(period.Add(1)));
                Assert.Equal(start, calendar.EndOf(period.Add(-1)));
                Assert.Equal(period, calendar.Of(unit, start));
                Assert.Equal(period, calendar.Of(unit, end - 1));
                Assert.NotEqual(period, calendar.Of(unit, end));
                Assert.NotEqual(period, calendar.Of(unit, start - 1));
            }

            PeriodMoment at = calendar.At(moment);
            Assert.True(at.Low <= moment && moment < at.High);
            Assert.Equal([.. Units.Select(unit => calendar.Of(unit, moment)), Period.AllTime], at.Windows.Select(window => window.Period));
            Assert.Same(at, calendar.At(moment));
        }
    }

    [Theory]
    [InlineData(null, "2028-02-29", "2028-02-29T00:00Z", "2028-03-01T00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z")]            // 23 hours
    [InlineData("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z")]            // 25 hours
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", "2018-11-05T02:00Z")]        // begins at 01:00
    [InlineData("America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00Z", "2019-02-17T03:00Z")]        // its last hour comes twice
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00Z", "2026-03-09T04:00Z")]           // begins at 01:00
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z")]           // its first hour comes twice
    [InlineData("Asia/Kathmandu", "1986-01-01", "1985-12-31T18:30Z", "1986-01-01T18:15Z")]           // begins at 00:15
    [InlineData("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z", "2026-04-05T13:30Z")]      // half an hour twice
    [InlineData("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z", "2011-12-30T10:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z", "2011-12-30T10:00Z")]             // never was
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z", "2011-12-31T10:00Z")]
    public void A_day_goes_from_the_first_moment_of_its_date_to_that_of_the_next(string? zone, string day, string start, string end)
    {
        PeriodCalendar calendar = Calendar(zone);
        Period period = DateOnly.Parse(day, CultureInfo.InvariantCulture);
        Assert.Equal((Utc(At(start)), Utc(At(end))), (Utc(calendar.StartOf(period)), Utc(calendar.EndOf(period))));
    }

    /// <summary>Clocks that went back from 00:01 to 23:01 of the day before showed its date again for an hour; the next day had begun.</summary>
    [Fact]
    public void A_day_that_has_begun_does_not_end_where_clocks_go_back_across_midnight()
    {
        PeriodCalendar calendar = Calendar("America/St_Johns");
        long start = calendar.StartOf(Period.Day(2010, 11, 7));
        Assert.Equal(Utc(At("2010-11-07T02:30Z")), Utc(start));
        for (long moment = At("2010-11-07T01:00Z"); moment < At("2010-11-07T06:00Z"); moment += 10_000)
            Assert.Equal(Period.Day(2010, 11, moment < start ? 6 : 7), calendar.Of(PeriodUnits.Day, moment));
    }

    [Theory]
    [MemberData(nameof(EveryZone))]
    public void The_first_moments_of_the_calendar_are_in_its_first_periods(string? zone)
    {
        PeriodCalendar calendar = Calendar(zone);
        long first = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
        foreach (PeriodUnits unit in Units)
            Assert.Equal(Period.OfCalendar(unit, DateTime.MinValue), calendar.Of(unit, first));
        Assert.Equal(Units.Length + 1, calendar.At(first).Windows.Length);
    }

    [Theory]
    [InlineData("2020-12-31T12:00Z", "2020-W53")]
    [InlineData("2021-01-03T22:59Z", "2020-W53")]
    [InlineData("2021-01-03T23:00Z", "2021-W01")]
    [InlineData("2026-12-28T12:00Z", "2026-W53")]
    [InlineData("2027-01-03T22:59Z", "2026-W53")]
    [InlineData("2027-01-03T23:00Z", "2027-W01")]
    [InlineData("2024-12-29T23:00Z", "2025-W01")]
    public void Weeks_are_those_of_ISO_8601_from_Monday_in_the_zone(string moment, string week)
        => Assert.Equal(week, Calendar("Europe/Berlin").Of(PeriodUnits.Week, At(moment)).ToString());

    [Theory]
    [InlineData("2028-02-29T22:59Z", "2028-02-29", "2028-02", "2028")]
    [InlineData("2028-02-29T23:00Z", "2028-03-01", "2028-03", "2028")]
    [InlineData("2026-12-31T22:59:59.999Z", "2026-12-31", "2026-12", "2026")]
    [InlineData("2026-12-31T23:00Z", "2027-01-01", "2027-01", "2027")]
    public void Midnight_of_the_zone_ends_days_months_and_years(string moment, string day, string month, string year)
        => Assert.Equal([day, month, year], ((PeriodUnits[])[PeriodUnits.Day, PeriodUnits.Month, PeriodUnits.Year]).Select(unit => Calendar("Europe/Berlin").Of(unit, At(moment)).ToString()));

    [Fact]
    public void Times_of_callers_do_not_push_the_clocks_moment_out()
    {
        PeriodCalendar calendar = Calendar("Europe/Berlin");
        PeriodMoment now = calendar.At(At("2026-11-21T13:55Z"));
        for (int day = 1; day < 20; day++)
        {
            PeriodMoment then = calendar.At(At("2026-11-21T13:55Z") - (day * 86_400_000L));
            Assert.Same(now, calendar.At(At("2026-11-21T13:55Z")));
            Assert.Same(then, calendar.At(At("2026-11-21T13:55Z") - (day * 86_400_000L)));
        }

        PeriodMoment next = calendar.At(At("2026-11-22T13:55Z"));
        Assert.NotSame(next, calendar.At(At("2026-11-21T13:55Z")));
        Assert.Same(next, calendar.At(At("2026-11-22T13:55Z")));
    }

    [Fact]
    public void A_zone_that_there_is_not_is_named_before_the_first_call()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Calendar("Mars/Base").CheckZone());
        Assert.Contains("this machine knows no time zone 'Mars/Base'", error.Message, StringComparison.Ordinal);
        Calendar("Europe/Berlin").CheckZone();
    }

    [Fact]
    public void Minutes_and_hours_are_those_of_UTC()
    {
        PeriodCalendar calendar = Calendar("Asia/Kathmandu");
        Assert.Equal("2026-11-21T13-55", calendar.Of(PeriodUnits.Minute, At("2026-11-21T13:55:30Z")).ToString());
        Assert.Equal(At("2026-11-21T13:00Z"), calendar.StartOf(calendar.Of(PeriodUnits.Hour, At("2026-11-21T13:55:30Z"))));
    }

    [Fact]
    public void A_period_stays_for_the_retention_after_its_end()
    {
        Period day = Period.Day(2026, 10, 25);
        Assert.Equal(At("2026-11-24T23:00Z"), Calendar("Europe/Berlin", TimeSpan.FromDays(30)).UntilOf(day));
        Assert.Equal(At("2026-10-27T00:00Z"), Calendar("Europe/Berlin", retention: null).UntilOf(day));     // 25 hours more
        Assert.Equal(0, Calendar("Europe/Berlin", Timeout.InfiniteTimeSpan).UntilOf(day));
        Assert.Equal(0, Calendar("Europe/Berlin", TimeSpan.FromDays(30)).UntilOf(Period.AllTime));
    }

    [Fact]
    public void Keys_of_periods_differ_in_letter_and_text()
    {
        PeriodMoment moment = Calendar("Europe/Berlin").At(At("2026-11-21T13:55:30Z"));
        Assert.Equal(
            [":n:2026-11-21T13-55", ":h:2026-11-21T13", ":d:2026-11-21", ":w:2026-W47", ":m:2026-11", ":y:2026", ""],
            moment.Windows.Select(window => System.Text.Encoding.ASCII.GetString(window.Suffix)));
    }

    [Fact]
    public void A_zone_that_is_unknown_is_an_error_that_names_it()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Calendar("Europe/Berlim").At(0));
        Assert.Contains("Shop.Views", error.Message, StringComparison.Ordinal);
        Assert.Contains("'Europe/Berlim'", error.Message, StringComparison.Ordinal);
    }

    private static PeriodCalendar Calendar(string? zone) => Calendar(zone, TimeSpan.FromDays(1));

    private static PeriodCalendar Calendar(string? zone, TimeSpan? retention)
        => new(new PeriodCounterSchema("Shop.Views") { Units = All, TimeZone = zone, Retention = retention });

    private static TimeSpan Offset(string? zone, long moment)
        => (zone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(zone)).GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(moment));

    private static long At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static string Utc(long moment) => DateTimeOffset.FromUnixTimeMilliseconds(moment).ToString("u", CultureInfo.InvariantCulture);
}
