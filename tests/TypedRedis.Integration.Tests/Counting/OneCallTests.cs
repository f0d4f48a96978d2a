using TypedRedis.Integration.Tests.Ranking;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>A write to the periods that are now is one call of one script, also where it is refused; another one is asked only for what is unusual.</summary>
public sealed class OneCallTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task What_is_usual_is_one_call()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var (views, calls, active) = (new PageViewsCounter(redis), new ApiCallsCounter(redis), new ActiveBitmap(redis));
        var (spent, visits) = (new SpentLeaderboard(redis), new VisitCounter<EveryUnit>(redis));
        for (int round = 0; round < 2; round++)
        {
            // The first round may have to load the scripts.
            await IsOneCallAsync(() => views.IncrementAsync("p", 5), round);
            await IsOneCallAsync(() => calls.TryIncrementAsync("c", 400), round);
            await IsOneCallAsync(async () => Assert.Null(await calls.TryIncrementAsync("c", 900)), round);
            await IsOneCallAsync(() => active.MarkAsync("web", 700_000 + round), round);
            await IsOneCallAsync(() => active.MarkAsync("web", 700_000), round);
            await IsOneCallAsync(() => spent.SubmitAsync(new Spent(1, "de", 7, 1.5)), round);
            await IsOneCallAsync(() => spent.RankAsync(1, ("de", 7), Period.Today), round);
            await IsOneCallAsync(() => visits.AddAsync("a", $"{round}"), round);
            await IsOneCallAsync(() => views.RangeAsync("p", PeriodRange.OfLast(30, PeriodUnits.Day)), round);
        }

        async Task IsOneCallAsync(Func<Task> step, int round)
        {
            long before = await CallsAsync();
            await step();
            if (round > 0)
                Assert.Equal(1, await CallsAsync() - before);
        }
    }

    /// <summary>MGET, which costs less than the script, cannot tell a missing count from a key of another type: it is asked where none was missing for a while.</summary>
    [Fact]
    public async Task Ranges_without_gaps_are_one_MGET()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var days = new DailyCountCounter(redis);
        PeriodRange three = PeriodRange.OfLast(3, PeriodUnits.Day);
        for (int day = 0; day < 3; day++)
            await days.IncrementAsync(1, day + 1, Berlin.At("2027-06-16T12:00Z").AddDays(-day));
        await RangesAsync(8, [3, 2, 1], scripts: 8, gets: 0);
        await RangesAsync(5, [3, 2, 1], scripts: 0, gets: 5);

        // A gap: the script tells that it is one. Then twice as many ranges without one are needed.
        await days.DeleteAsync(1, Period.Yesterday);
        await RangesAsync(1, [3, 0, 1], scripts: 1, gets: 1);
        await RangesAsync(3, [3, 0, 1], scripts: 3, gets: 0);
        await days.IncrementAsync(1, 9, Berlin.At("2027-06-15T12:00Z"));
        await RangesAsync(16, [3, 9, 1], scripts: 16, gets: 0);
        await RangesAsync(5, [3, 9, 1], scripts: 0, gets: 5);
        await days.IncrementAsync(1);
        Assert.Equal(14, await days.SumAsync(1, three));

        // No MGET answers for what is no count.
        await redis.Database.StringSetAsync("{daily:1}:d:2027-06-15", "many");
        Assert.Equal($"{redis.Prefix}{{daily:1}}:d:2027-06-15", (await Assert.ThrowsAsync<RedisDecodeException>(() => days.RangeAsync(1, three))).Key);
        await days.DeleteAsync(1, Period.Yesterday);
        await redis.Database.ListAsync("{daily:1}:d:2027-06-15");
        Assert.Equal($"{redis.Prefix}{{daily:1}}:d:2027-06-15", (await Assert.ThrowsAsync<RedisWrongTypeException>(() => days.RangeAsync(1, three))).Key);

        async Task RangesAsync(int times, long[] counts, int scripts, int gets)
        {
            long scriptsBefore = await CallsAsync(), getsBefore = await fixture.Server.CallsAsync("mget");
            for (int i = 0; i < times; i++)
                Assert.Equal(counts, (await days.RangeAsync(1, three)).Select(static one => one.Count));

            // A script that the server did not know is called a second time; those that are called ask by MGET too.
            Assert.InRange(await CallsAsync() - scriptsBefore, scripts, scripts == 0 ? 0 : scripts + 1);
            Assert.Equal(scripts + gets, await fixture.Server.CallsAsync("mget") - getsBefore);
        }
    }

    [Fact]
    public async Task What_counts_for_all_time_does_not_ask_for_the_time()
    {
        var coins = new CoinsLeaderboard(_redis);
        await coins.SubmitAsync(new Coins("g", "warm", 1));
        var other = new RedisContext(fixture.Connection, _redis.Options);
        long before = await CallsAsync();
        Assert.True(await new CoinsLeaderboard(other).SubmitAsync(new Coins("g", "ann", 3)));
        Assert.Equal(1, await CallsAsync() - before);
    }

    /// <summary>A machine that is a day behind says so once: the script, the one that tells the time, and the script again.</summary>
    [Fact]
    public async Task A_period_that_is_over_costs_two_calls_more()
    {
        var days = new DailyCountCounter(_redis);
        await days.IncrementAsync(1);
        await days.IncrementAsync(1);
        _redis.Clock.Observe(DateTimeOffset.UtcNow.AddDays(-2).ToUnixTimeMilliseconds());
        long before = await CallsAsync();
        await days.IncrementAsync(1);
        Assert.Equal(3, await CallsAsync() - before);
        Assert.Equal(3, await days.SumAsync(1, PeriodRange.OfLast(2, PeriodUnits.Day)));
    }

    private Task<long> CallsAsync() => fixture.Server.CallsAsync("evalsha");
}
