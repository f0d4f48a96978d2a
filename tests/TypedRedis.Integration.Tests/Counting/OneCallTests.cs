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
            await IsOneCallAsync(() => active.MarkAsync("web", 300_000 + round), round);
            await IsOneCallAsync(() => active.MarkAsync("web", 300_000), round);
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
