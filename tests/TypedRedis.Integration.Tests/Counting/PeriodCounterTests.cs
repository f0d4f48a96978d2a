using System.Globalization;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>What single calls of counters do.</summary>
public sealed class PeriodCounterTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task A_range_is_that_of_one_moment()
    {
        RedisContext redis = _redis.With(new MovingClock(Berlin.At("2026-11-21T22:59:59.999Z")));
        PeriodCount[] week = await new DailyCountCounter(redis).RangeAsync(1, PeriodRange.OfLast(7, PeriodUnits.Day));
        Assert.Equal((7, Period.Day(2026, 11, 15), Period.Day(2026, 11, 21)), (week.Length, week[0].Period, week[^1].Period));
    }

    [Fact]
    public async Task A_count_stands_under_its_period_and_expires_with_its_retention()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2026-12-31T23:30Z")));
        Assert.Equal(3, await new PageViewsCounter(redis).IncrementAsync("home", 3));
        string[] keys = await fixture.Server.KeysAsync(_redis.Prefix);
        Assert.Equal(
            ["{views:home}", "{views:home}:d:2027-01-01", "{views:home}:h:2026-12-31T23", "{views:home}:m:2027-01", "{views:home}:w:2026-W53", "{views:home}:y:2027"],
            keys.Select(key => key[_redis.Prefix.Length..]));
        Assert.All(keys, key => Assert.Equal("3", _redis.Connection.GetDatabase().StringGet(key)));
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(keys[0]));
        await ExpiresAsync("{views:home}:d:2027-01-01", "2027-01-01T23:00Z");
        await ExpiresAsync("{views:home}:h:2026-12-31T23", "2027-01-01T00:00Z");
        await ExpiresAsync("{views:home}:w:2026-W53", "2027-01-03T23:00Z");
        await ExpiresAsync("{views:home}:m:2027-01", "2027-01-31T23:00Z");
        await ExpiresAsync("{views:home}:y:2027", "2027-12-31T23:00Z");

        async Task ExpiresAsync(string key, string end)
        {
            TimeSpan left = Berlin.At(end) + TimeSpan.FromDays(400) - Berlin.At("2026-12-31T23:30Z");
            Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Prefix + key), left.TotalMilliseconds - 60_000, left.TotalMilliseconds);
        }
    }

    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MinValue, -1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(-1, long.MinValue)]
    public async Task An_overflow_in_one_period_changes_none(long before, long by)
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var views = new PageViewsCounter(redis);
        await redis.Database.StringSetAsync("{views:p}:y:2027", before);
        var error = await Assert.ThrowsAsync<OverflowException>(() => views.IncrementAsync("p", by));
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"{typeof(PageViews)}: adding {by} to '{redis.Prefix}{{views:p}}:y:2027', the count of 2027, which is {before}, leaves {long.MinValue} to {long.MaxValue}. Nothing was changed."),
            error.Message);
        Assert.Null(await views.TryIncrementAsync("p", by));
        Assert.Equal([$"{redis.Prefix}{{views:p}}:y:2027"], await fixture.Server.KeysAsync(redis.Prefix));
        Assert.Equal(before, await views.GetAsync("p", Period.ThisYear));

        // What was there is as it was, with its expiry.
        await redis.Database.StringSetAsync("{views:p}:m:2027-06", 5, TimeSpan.FromHours(5));
        Assert.Null(await views.TryIncrementAsync("p", by));
        Assert.Equal(5, await views.GetAsync("p", Period.ThisMonth));
        Assert.InRange(await fixture.Server.TimeToLiveAsync($"{redis.Prefix}{{views:p}}:m:2027-06"), 1, 5 * 3_600_000);
    }

    [Fact]
    public async Task Counts_are_exact_over_64_bits()
    {
        var views = new PageViewsCounter(_redis);
        Assert.Equal((1L << 53) + 1, await views.IncrementAsync("p", (1L << 53) + 1));
        Assert.Equal((1L << 53) + 2, await views.IncrementAsync("p"));
        Assert.Equal(long.MaxValue, await views.IncrementAsync("p", long.MaxValue - (1L << 53) - 2));
        Assert.Equal(-1, await views.IncrementAsync("p", long.MinValue));
        Assert.Equal(-1, await views.IncrementAsync("p", 0));
        Assert.Equal(long.MinValue, await views.IncrementAsync("p", long.MaxValue * -1));
        Assert.Equal(long.MinValue, await views.GetAsync("p", Period.AllTime));
    }

    [Fact]
    public async Task One_count_by_the_servers_clock_is_exact_expires_and_refuses_alike()
    {
        var days = new DailyCountCounter(_redis);
        Assert.Equal(2, await days.IncrementAsync(1, 2));
        string key = Assert.Single(await fixture.Server.KeysAsync(_redis.Prefix + "{daily:1}"));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(key), TimeSpan.FromDays(90).TotalMilliseconds, TimeSpan.FromDays(91.1).TotalMilliseconds);
        Assert.Equal((1L << 53) + 3, await days.IncrementAsync(1, (1L << 53) + 1));
        Assert.Equal((1L << 53) + 2, await days.IncrementAsync(1, -1));
        await Assert.ThrowsAsync<OverflowException>(() => days.IncrementAsync(1, long.MaxValue));
        Assert.Equal((1L << 53) + 2, await days.GetAsync(1, Period.Today));
        await _redis.Connection.GetDatabase().StringSetAsync(key, "many");
        await Assert.ThrowsAsync<RedisDecodeException>(() => days.IncrementAsync(1));
        Assert.Equal("many", await _redis.Connection.GetDatabase().StringGetAsync(key));
    }

    [Fact]
    public async Task Bounds_hold_at_both_ends()
    {
        var calls = new ApiCallsCounter(_redis);
        Assert.Equal(1000, await calls.TryIncrementAsync("c", 1000));
        Assert.Null(await calls.TryIncrementAsync("c"));
        Assert.Equal(-5, await calls.IncrementAsync("c", -1005));
        Assert.Null(await calls.TryIncrementAsync("c", -1));
        Assert.Contains("leaves -5 to 1000", (await Assert.ThrowsAsync<OverflowException>(() => calls.IncrementAsync("c", long.MinValue))).Message, StringComparison.Ordinal);
        Assert.Equal(-5, await calls.GetAsync("c", Period.Current(PeriodUnits.Hour)));
        Assert.Null(await calls.TryIncrementAsync("new", 1001));
        Assert.DoesNotContain(await fixture.Server.KeysAsync(_redis.Prefix), key => key.Contains("new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bound_beyond_what_doubles_hold_is_exact()
    {
        var quota = new QuotaCounter(_redis);
        Assert.Equal((1L << 53) + 1, await quota.TryIncrementAsync(1, (1L << 53) + 1));
        Assert.Null(await quota.TryIncrementAsync(1));
        Assert.Equal(1L << 53, await quota.IncrementAsync(1, -1));
        Assert.Equal((1L << 53) + 1, await quota.TryIncrementAsync(1));
    }

    /// <summary>Whether what is added is small or beyond what doubles hold.</summary>
    [Fact]
    public async Task One_bound_alone_holds_as_it_does_for_integers()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var (stock, quota, debt) = (new StockCounter(redis), new QuotaCounter(redis), new DebtCounter(redis));
        long[] amounts = [0, 1, 2, 5, 1000, 1_000_000_000_000_000, 1L << 52, 1L << 53, (1L << 53) + 1, 1L << 62, long.MaxValue];
        var random = new Random(Seeds.Of(17));
        await HoldsAsync(by => stock.TryIncrementAsync(1, by), () => stock.GetAsync(1, Period.AllTime), 0, long.MaxValue);
        await HoldsAsync(by => quota.TryIncrementAsync(1, by), () => quota.GetAsync(1, Period.Today), long.MinValue, (1L << 53) + 1);
        await HoldsAsync(by => debt.TryIncrementAsync(1, by), () => debt.GetAsync(1, Period.Today), long.MinValue, -1_000_000_000_000_000);

        async Task HoldsAsync(Func<long, Task<long?>> add, Func<Task<long>> get, long minimum, long maximum)
        {
            long count = 0;
            for (int i = 0; i < 500; i++)
            {
                long amount = amounts[random.Next(amounts.Length)], by = random.Next(2) == 0 ? amount : -amount - random.Next(2);
                Int128 sum = (Int128)count + by;
                bool isAllowed = sum >= minimum && sum <= maximum;
                Assert.Equal(isAllowed ? (long)sum : null, await add(by));
                count = isAllowed ? (long)sum : count;
                Assert.Equal(count, await get());
            }
        }
    }

    [Theory]
    [InlineData("0", 5000)]
    [InlineData("7", long.MaxValue)]
    [InlineData("-3", long.MinValue)]
    [InlineData("many", 1)]
    public async Task Of_a_batch_the_others_are_counted(string before, long by)
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var calls = new ApiCallsCounter(redis);
        const string Refused = "calls:{b}:h:2027-06-16T12";
        await redis.Database.StringSetAsync(Refused, before, TimeSpan.FromHours(3));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => calls.IncrementManyAsync([("a", 1), ("b", by), ("d", 2)]));
        Assert.IsType(before == "many" ? typeof(RedisDecodeException) : typeof(OverflowException), error);
        Assert.Contains(before, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await redis.Database.StringGetAsync(Refused));
        Assert.Equal((long[])[1, 2], await calls.GetManyAsync(["a", "d"], Period.Current(PeriodUnits.Hour)));
    }

    [Fact]
    public async Task One_count_of_all_time_is_a_plain_command_with_the_same_answers()
    {
        var totals = new TotalCounter(_redis);
        Assert.Equal(5, await totals.IncrementAsync(1, 5));
        Assert.Equal(5, await totals.IncrementAsync(1, 0));
        Assert.Equal(2, await totals.IncrementAsync(1, -3));
        Assert.Equal(long.MinValue + 2, await totals.IncrementAsync(1, long.MinValue));
        Assert.Contains("the count of all time", (await Assert.ThrowsAsync<OverflowException>(() => totals.IncrementAsync(1, -3))).Message, StringComparison.Ordinal);
        Assert.Equal(7, await totals.IncrementAsync(2, 7, DateTimeOffset.UnixEpoch));
        Assert.Equal(7, await totals.GetAsync(2, Period.AllTime));
        Assert.Equal([$"{_redis.Prefix}{{total:1}}", $"{_redis.Prefix}{{total:2}}"], await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal(1, await totals.DeleteAsync(1));
        await Assert.ThrowsAsync<ArgumentException>(() => totals.GetAsync(2, Period.Today));
    }

    [Fact]
    public async Task Many_increments_of_a_counter_are_one()
    {
        var days = new DailyCountCounter(_redis);
        Assert.Equal((long[])[6, 10, 6, 6], await days.IncrementManyAsync([(1, 1), (2, 10), (1, 2), (1, 3)]));
        var error = await Assert.ThrowsAsync<OverflowException>(() => days.IncrementManyAsync([(1, 1), (2, long.MaxValue), (2, 1)]));
        Assert.Contains("{daily:2}", error.Message, StringComparison.Ordinal);
        Assert.Equal((long[])[6, 10], await days.GetManyAsync([1, 2], Period.Today));
        Assert.Empty(await days.IncrementManyAsync([]));
        Assert.Empty(await days.GetManyAsync([], Period.Today));
        Assert.All(await days.IncrementManyAsync(Enumerable.Range(10, 2500).Select(id => ((DailyCountCounterKey)id, (long)id))), count => Assert.InRange(count, 10, 2510));
        Assert.Equal(Enumerable.Range(10, 2500).Select(id => (long)id), await days.GetManyAsync(Enumerable.Range(10, 2500).Select(id => (DailyCountCounterKey)id), Period.Today));
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("9223372036854775808")]
    [InlineData("-")]
    [InlineData("1,2")]
    [InlineData("+5")]
    public async Task What_is_no_integer_is_an_error_and_stays(string value)
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var (views, days) = (new PageViewsCounter(redis), new DailyCountCounter(redis));
        await redis.Database.StringSetAsync("{views:p}:m:2027-06", value);
        await redis.Database.StringSetAsync("{daily:1}:d:2027-06-16", value);
        foreach (Func<Task> call in (Func<Task>[])[
            () => views.IncrementAsync("p"), () => views.TryIncrementAsync("p"), () => views.IncrementManyAsync([("p", 1)]), () => views.GetAsync("p", Period.ThisMonth),
            () => views.GetManyAsync(["p"], Period.ThisMonth), () => views.RangeAsync("p", PeriodRange.OfLast(3, PeriodUnits.Month)), () => views.SumAsync("p", Period.ThisMonth),
            () => views.TopAsync("p", Period.ThisMonth, 1)])
        {
            var error = await Assert.ThrowsAsync<RedisDecodeException>(call);
            Assert.Equal(($"{redis.Prefix}{{views:p}}:m:2027-06", typeof(PageViews).FullName), (error.Key, error.Model));
        }

        await Assert.ThrowsAsync<RedisDecodeException>(() => days.IncrementAsync(1));
        Assert.Equal([$"{redis.Prefix}{{daily:1}}:d:2027-06-16", $"{redis.Prefix}{{views:p}}:m:2027-06"], await fixture.Server.KeysAsync(redis.Prefix));
        Assert.True(await views.DeleteAsync("p", Period.ThisMonth));
    }

    [Fact]
    public async Task A_key_of_another_type_is_an_error_and_stays()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var views = new PageViewsCounter(redis);
        await redis.Database.ListAsync("{views:p}:m:2027-06");
        foreach (Func<Task> call in (Func<Task>[])[
            () => views.IncrementAsync("p"), () => views.TryIncrementAsync("p"), () => views.IncrementManyAsync([("p", 1)]), () => views.GetAsync("p", Period.ThisMonth),
            () => views.GetManyAsync(["p"], Period.ThisMonth), () => views.RangeAsync("p", PeriodRange.OfLast(3, PeriodUnits.Month)), () => views.DeleteAsync("p", Period.ThisMonth),
            () => views.DeleteAsync("p")])
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
            Assert.Equal($"{redis.Prefix}{{views:p}}:m:2027-06", error.Key);
        }

        Assert.Equal([$"{redis.Prefix}{{views:p}}:m:2027-06"], await fixture.Server.KeysAsync(redis.Prefix));
    }

    [Fact]
    public async Task An_estimate_of_the_servers_time_that_is_wrong_does_not_matter()
    {
        RedisReply time = RedisReply.Of(await fixture.Server.ExecuteAsync("TIME"));
        string day = $"{{daily:1}}:d:{TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(time.Milliseconds), Berlin.Zone):yyyy-MM-dd}";
        var days = new DailyCountCounter(_redis);
        foreach (long wrong in (long[])[time.Milliseconds - 86_400_000L * 3, time.Milliseconds + 86_400_000L * 3, 0])
        {
            _redis.Clock.Observe(wrong);
            await days.IncrementAsync(1);
            _redis.Clock.Observe(wrong);
            await days.IncrementManyAsync([(1, 1)]);
        }

        // The machine may have seen a midnight meanwhile.
        Assert.Contains((await fixture.Server.KeysAsync(_redis.Prefix)).Length, (int[])[1, 2]);
        Assert.Equal(6, await days.SumAsync(1, PeriodRange.OfLast(2, PeriodUnits.Day)));
        Assert.True(await fixture.Server.ExistsAsync(_redis.Prefix + day));
    }

    [Fact]
    public async Task A_time_that_has_not_come_is_refused()
    {
        var clock = new HandClock(Berlin.At("2027-06-16T12:00Z"));
        var days = new DailyCountCounter(_redis.With(clock));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => days.IncrementAsync(1, at: clock.Now.AddMinutes(6)));
        Assert.Equal(1, await days.IncrementAsync(1, at: clock.Now.AddMinutes(5)));
    }

    [Fact]
    public async Task A_period_whose_retention_is_over_is_not_written()
    {
        var clock = new HandClock(Berlin.At("2027-06-16T12:00Z"));
        var days = new DailyCountCounter(_redis.With(clock));
        Assert.Equal(0, await days.IncrementAsync(1, at: clock.Now.AddDays(-92)));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal(1, await days.IncrementAsync(1, at: clock.Now.AddDays(-90)));
        Assert.Empty(await Leftovers.OfAsync(fixture.Server, _redis.Prefix));
    }

    [Fact]
    public async Task Periods_that_stay_are_found_when_they_are_deleted()
    {
        var clock = new HandClock(Berlin.At("2020-01-01T12:00Z"));
        var days = new KeptDaysCounter(_redis.With(clock));
        foreach (int years in (int[])[0, 3, 5])
        {
            clock.Now = Berlin.At("2020-01-01T12:00Z").AddYears(years);
            await days.IncrementAsync(1);
            await days.IncrementAsync(11);
        }

        Assert.Equal(3, await days.DeleteAsync(1));
        Assert.Equal(3, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
    }

    [Fact]
    public async Task A_range_is_checked()
    {
        var views = new PageViewsCounter(_redis);
        await Assert.ThrowsAsync<ArgumentException>(() => views.RangeAsync("p", new(Period.Today, Period.Yesterday)));
        await Assert.ThrowsAsync<ArgumentException>(() => views.RangeAsync("p", PeriodRange.OfLast(100_001, PeriodUnits.Hour)));
        await Assert.ThrowsAsync<ArgumentException>(() => views.GetAsync("p", Period.Current(PeriodUnits.Minute)));
        await Assert.ThrowsAsync<ArgumentException>(() => views.GetAsync("p", default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => views.TopAsync("p", Period.Today, 0));
        Assert.Equal(100_000, (await views.RangeAsync("p", PeriodRange.OfLast(100_000, PeriodUnits.Hour))).Length);
    }

    [Fact]
    public async Task Writers_at_once_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var views = new PageViewsCounter(new RedisContext(_redis.Connection, _redis.Options));
            for (int i = 0; i < 50; i++)
            {
                await Task.WhenAll(views.IncrementAsync("p"), views.IncrementAsync("p", 2), views.IncrementManyAsync([("p", 3), ("q", 1), ("p", 4)]));
            }
        })));
        var counter = new PageViewsCounter(_redis);
        foreach (PeriodUnits unit in (PeriodUnits[])[PeriodUnits.Day, PeriodUnits.Month, PeriodUnits.Year])
            Assert.Equal(4 * 50 * 10, await counter.SumAsync("p", PeriodRange.OfLast(2, unit)));
        Assert.Equal(4 * 50, await counter.GetAsync("q", Period.AllTime));
    }

    private readonly record struct RedisReply(long Milliseconds)
    {
        public static RedisReply Of(TypedRedis.Testing.RedisReply time)
            => new((long.Parse(time.Items[0].Text!, CultureInfo.InvariantCulture) * 1000) + (long.Parse(time.Items[1].Text!, CultureInfo.InvariantCulture) / 1000));
    }
}
