using StackExchange.Redis;
using TypedRedis.Integration.Tests.Repositories;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>How exact unique counts are, which period they go to, what they leave in Redis, and what they refuse.</summary>
public sealed class UniqueCounterTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly RedisContext _redis = fixture.NewContext();
    private readonly HandClock _clock = new(Begin);

    private VisitCounter<TPeriods> ByHand<TPeriods>()
        where TPeriods : struct, IVisitPeriods
        => new(new RedisContext(_redis.Connection, _redis.Options with { TimeProvider = _clock }));

    private string Key(string site, string suffix = "") => _redis.Full(new VisitKey(site)) + suffix;

    [Fact]
    public void A_store_of_a_zone_that_there_is_not_cannot_be_made()
        => Assert.Contains("MarsVisit: this machine knows no time zone 'Mars/Base'", Assert.Throws<InvalidOperationException>(() => new MarsVisitUniqueCounter(fixture.NewContext())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_mean_error_of_30_counts_is_at_most_1_percent()
    {
        VisitCounter<DaysForEver> counter = ByHand<DaysForEver>();
        double error = 0;
        for (int trial = 0; trial < 30; trial++)
        {
            int count = 2000 + (trial * 1000);
            await counter.AddManyAsync($"{trial}", Enumerable.Range(0, count).Select(i => $"{trial}/{i}"));
            error += Math.Abs(await counter.CountAsync($"{trial}", Period.AllTime) - count) / (double)count;
        }

        Assert.InRange(error / 30, 0, 0.01);
    }

    /// <summary>A union in several steps is that of one PFCOUNT, and it leaves no key.</summary>
    [Fact]
    public async Task A_union_of_many_periods_is_exact_and_leaves_nothing()
    {
        VisitCounter<DaysForYears> counter = ByHand<DaysForYears>();
        const int Days = 350;
        for (int day = 0; day < Days; day++)
            await counter.AddManyAsync("a", Enumerable.Range(day * 10, day % 50 == 0 ? 2000 : 30).Select(i => $"{i}"), Begin.AddDays(-day));
        RedisKey[] days = [.. Enumerable.Range(0, Days).Select(day => (RedisKey)(Key("a") + $":d:{Begin.AddDays(-day):yyyy-MM-dd}"))];
        IDatabase database = fixture.Connection.GetDatabase();
        string[] keys = await fixture.Server.KeysAsync(_redis.Prefix);
        foreach (int count in (int[])[1, 2, 99, 100, 101, 200, 201, 350])
        {
            Assert.Equal(await database.HyperLogLogLengthAsync(days[..count]), await counter.CountAsync("a", PeriodRange.OfLast(count, PeriodUnits.Day)));
            Assert.Equal(keys, await fixture.Server.KeysAsync(_redis.Prefix));
        }

        foreach (string key in keys)
            Assert.True(await fixture.Server.TimeToLiveAsync(key) > 0, key);
        long[] each = await Task.WhenAll(days.Reverse().Select(day => database.HyperLogLogLengthAsync(day)));
        Assert.Equal(each, (await counter.RangeAsync("a", PeriodRange.OfLast(Days, PeriodUnits.Day))).Select(one => one.Count));
        Assert.Equal(0, await counter.CountAsync("nobody", PeriodRange.OfLast(Days, PeriodUnits.Day)));

        // Of many callers at once none sees another's union.
        long all = await database.HyperLogLogLengthAsync(days);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => counter.CountAsync("a", PeriodRange.OfLast(Days, PeriodUnits.Day)))), count => Assert.Equal(all, count));
        Assert.Equal(keys, await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_union_that_fails_leaves_nothing_and_names_the_key()
    {
        VisitCounter<DaysForYears> counter = ByHand<DaysForYears>();
        await counter.AddAsync("a", "x");
        foreach (int day in (int[])[5, 150])
        {
            string wrong = Key("a") + $":d:{Begin.AddDays(-day):yyyy-MM-dd}";
            await fixture.Server.ExecuteAsync("SET", wrong, "text");
            string[] keys = await fixture.Server.KeysAsync(_redis.Prefix);
            foreach (int days in (int[])[100, 200])
            {
                if (days > day)
                {
                    var error = await Assert.ThrowsAsync<RedisWrongTypeException>(() => counter.CountAsync("a", PeriodRange.OfLast(days, PeriodUnits.Day)));
                    Assert.Equal(("Tests.Visit", wrong), (error.Model, error.Key));
                }
            }

            Assert.Equal(keys, await fixture.Server.KeysAsync(_redis.Prefix));
            await fixture.Server.ExecuteAsync("DEL", wrong);
        }

        await fixture.Server.ExecuteAsync("SET", Key("a", ":union"), "text");
        Assert.Equal(Key("a", ":union"), (await Assert.ThrowsAsync<RedisWrongTypeException>(() => counter.CountAsync("a", PeriodRange.OfLast(200, PeriodUnits.Day)))).Key);
        Assert.Equal("text", (await fixture.Server.ExecuteAsync("GET", Key("a", ":union"))).Text);
        Assert.Equal(1, await counter.CountAsync("a", PeriodRange.OfLast(100, PeriodUnits.Day)));
    }

    [Fact]
    public async Task Counters_are_united_where_they_share_a_slot()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var counter = new VisitCounter<DaysForYears>(redis);
        await counter.AddManyAsync([new("eu/1", "a"), new("eu/1", "b"), new("eu/2", "b"), new("eu/3", "c"), new("asia", "d")]);
        Assert.Equal(3, await counter.CountAcrossAsync(["eu/1", "eu/2", "eu/3", "eu/1"], Period.Today));
        Assert.Equal(3, await counter.CountAcrossAsync(["eu/1", "eu/2", "eu/3"], PeriodRange.OfLast(150, PeriodUnits.Day)));
        Assert.Equal(1, await counter.CountAcrossAsync(["asia"], PeriodRange.OfLast(3, PeriodUnits.Day)));
        Assert.Equal(0, await counter.CountAcrossAsync([], Period.Today));
        Assert.Equal(4, (await cluster.KeysAsync(redis.Prefix)).Sum(keys => keys.Length));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => counter.CountAcrossAsync(["eu/1", "eu/2", "asia"], Period.Today));
        Assert.StartsWith(
            $"Tests.Visit: '{redis.Full(new VisitKey("eu/1"))}' and '{redis.Full(new VisitKey("asia"))}' do not share a cluster slot, so that the server cannot unite them. Give the template a hash tag",
            error.Message,
            StringComparison.Ordinal);

        // On one server all share one.
        VisitCounter<DaysForYears> single = ByHand<DaysForYears>();
        await single.AddManyAsync([new("eu/1", "a"), new("asia", "d")]);
        Assert.Equal(2, await single.CountAcrossAsync(["eu/1", "asia"], Period.Today));
    }

    /// <summary>However wrong this process's idea of the server's time is.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    [InlineData(400)]
    public async Task What_is_added_goes_to_the_servers_day(int daysOff)
    {
        var counter = new VisitCounter<DaysForYears>(_redis);
        await counter.AddAsync("warm", "x");
        foreach (bool many in (bool[])[false, true])
        {
            _redis.Clock.Observe(DateTimeOffset.UtcNow.AddDays(daysOff).ToUnixTimeMilliseconds());
            DateTime before = DateTime.UtcNow;
            if (many)
                Assert.True(await counter.AddManyAsync(Enumerable.Range(0, 30).Select(i => new Visit($"b{i}", "x"))));
            else
                Assert.True(await counter.AddAsync("a", "x"));
            DateTime after = DateTime.UtcNow;
            foreach (string key in await fixture.Server.KeysAsync(Key(many ? "b" : "a")[..^1]))
                Assert.Contains(key[^10..], (string[])[$"{before:yyyy-MM-dd}", $"{after:yyyy-MM-dd}"]);
            Assert.Equal(1, await counter.CountAsync(many ? "b29" : "a", Period.Today) + await counter.CountAsync(many ? "b29" : "a", Period.Yesterday));
        }

        Assert.Equal(32, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
    }

    [Fact]
    public async Task Periods_expire_after_their_retention_and_those_that_are_over_are_not_written()
    {
        VisitCounter<DaysAndWeeks> counter = ByHand<DaysAndWeeks>();
        Assert.True(await counter.AddAsync("a", "x"));
        Assert.False(await counter.AddAsync("a", "x"));
        await LivesAsync(":d:2026-11-21", new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero));
        await LivesAsync(":w:2026-W47", new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero));

        // Monday's day is over, its week is not; of the week before neither is there.
        Assert.False(await counter.AddAsync("a", "x", new DateTimeOffset(2026, 11, 17, 0, 0, 0, TimeSpan.Zero)));
        Assert.True(await counter.AddAsync("a", "y", new DateTimeOffset(2026, 11, 17, 0, 0, 0, TimeSpan.Zero)));
        Assert.False(await counter.AddAsync("a", "z", new DateTimeOffset(2026, 11, 10, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal([Key("a", ":d:2026-11-21"), Key("a", ":w:2026-W47")], await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal((1, 2, 0), (await counter.CountAsync("a", Period.Today), await counter.CountAsync("a", Period.ThisWeek), await counter.CountAsync("a", Period.LastWeek)));

        var ahead = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => counter.AddAsync("a", "x", Begin.AddMinutes(6)));
        Assert.StartsWith($"Tests.Visit: what is written has happened, but it is 2026-11-21 12:00:00Z for '{Key("a")}'.", ahead.Message, StringComparison.Ordinal);
        var tooMany = await Assert.ThrowsAsync<ArgumentException>(() => ByHand<DaysForYears>().CountAsync("a", PeriodRange.OfLast(10_001, PeriodUnits.Day)));
        Assert.Contains("has 10001 periods; the most is 10000. Ask for fewer, or declare a longer unit too and ask for that.", tooMany.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => counter.CountAcrossAsync(Enumerable.Range(0, 5001).Select(i => new VisitKey($"{i}")), PeriodRange.OfLast(2, PeriodUnits.Day)));
        await Assert.ThrowsAsync<ArgumentException>(() => counter.CountAsync("a", Period.ThisMonth));

        async Task LivesAsync(string suffix, DateTimeOffset until)
        {
            double needed = (until - Begin).TotalMilliseconds;
            Assert.InRange(await fixture.Server.TimeToLiveAsync(Key("a", suffix)), needed - 60_000, needed);
        }
    }

    [Fact]
    public async Task A_counter_is_deleted_with_all_its_periods()
    {
        VisitCounter<EveryUnit> bounded = ByHand<EveryUnit>();
        VisitCounter<DaysForEver> endless = new(ByHand<DaysForEver>().Redis.WithPrefix("endless"));
        foreach (int daysAgo in (int[])[0, 0, 1, 100, 399])
        {
            await bounded.AddAsync("a", "x", Begin.AddDays(-daysAgo));
            await endless.AddAsync("a", "x", Begin.AddDays(-daysAgo));
            await endless.AddAsync("a2", "x", Begin.AddDays(-daysAgo));
        }

        Assert.True(await bounded.DeleteAsync("a", Period.Yesterday));
        Assert.False(await bounded.DeleteAsync("a", Period.Yesterday));
        Assert.Equal(5, await endless.DeleteAsync("a"));
        Assert.Equal(0, await endless.DeleteAsync("a"));
        Assert.True(await bounded.DeleteAsync("a") > 10);
        Assert.Equal(0, await bounded.CountAsync("a", Period.AllTime));
        Assert.Equal(5, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
        Assert.Equal(5, await endless.DeleteAsync("a2"));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("")]
    [InlineData(null)]
    public async Task What_is_no_sketch_is_an_error_and_nothing_is_changed(string? text)
    {
        VisitCounter<DaysAndWeeks> counter = ByHand<DaysAndWeeks>();
        string wrong = Key("a", ":w:2026-W47");
        await fixture.Server.ExecuteAsync(text is null ? ["LPUSH", wrong, "x"] : ["SET", wrong, text], default);
        Func<Task>[] calls =
        [
            () => counter.AddAsync("a", "x"), () => counter.AddManyAsync([new("a", "x"), new("a", "y")]), () => counter.AddManyAsync("a", ["x"]),
            () => counter.CountAsync("a", Period.ThisWeek), () => counter.CountAsync("a", PeriodRange.OfLast(2, PeriodUnits.Week)), () => counter.RangeAsync("a", PeriodRange.OfLast(2, PeriodUnits.Week)),
            () => counter.CountAcrossAsync(["b", "a"], Period.ThisWeek), () => counter.DeleteAsync("a", Period.ThisWeek), () => counter.DeleteAsync("a"),
        ];
        foreach (Func<Task> call in calls)
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
            Assert.Equal(("Tests.Visit", wrong), (error.Model, error.Key));
        }

        Assert.Equal([wrong], await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task Cancelled_calls_send_nothing()
    {
        VisitCounter<DaysAndWeeks> counter = ByHand<DaysAndWeeks>();
        var cancelled = new CancellationToken(canceled: true);
        Func<Task>[] calls =
        [
            () => counter.AddAsync("a", "x", cancellationToken: cancelled), () => counter.AddManyAsync([new("a", "x")], cancellationToken: cancelled), () => counter.AddManyAsync("a", ["x"], cancellationToken: cancelled),
            () => counter.CountAsync("a", Period.Today, cancelled), () => counter.CountAsync("a", PeriodRange.OfLast(2, PeriodUnits.Day), cancelled),
            () => counter.RangeAsync("a", PeriodRange.OfLast(2, PeriodUnits.Day), cancelled), () => counter.CountAcrossAsync(["a"], Period.Today, cancelled),
            () => counter.DeleteAsync("a", cancelled), () => counter.DeleteAsync("a", Period.Today, cancelled),
        ];
        foreach (Func<Task> call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }
}
