using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>What is wrong with the usual snippets, as the page on trends says.</summary>
public sealed class TrendSnippetTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();
    private readonly HandClock _clock = new(new DateTimeOffset(2026, 11, 20, 0, 5, 0, TimeSpan.Zero));

    private IDatabase Database => _redis.Database;

    private ClickTrend<EveryHour> Trend => new(new RedisContext(_redis.Connection, _redis.Options with { TimeProvider = _clock }));

    [Fact]
    public async Task A_nightly_job_does_not_tell_what_is_old_from_what_is_new()
    {
        await CountAsync("morning", 100);
        _clock.Advance(TimeSpan.FromHours(23.8));
        await CountAsync("evening", 90);

        Assert.Equal(["morning", "evening"], (await Database.SortedSetRangeByRankAsync("hot", order: Order.Descending)).Select(one => (string)one!));
        Assert.Equal("evening", Assert.Single(await Trend.TopAsync("c", 10)).Member);       // the other is of almost 24 half-lives ago

        // And the night does not change it.
        await NightlyJobAsync();
        Assert.Equal(["morning", "evening"], (await Database.SortedSetRangeByRankAsync("hot", order: Order.Descending)).Select(one => (string)one!));

        async Task CountAsync(string article, int times)
        {
            for (int i = 0; i < times; i++)
                await Database.SortedSetIncrementAsync("hot", article, 1);
            await Trend.RecordManyAsync(Enumerable.Range(0, times).Select(_ => new Click("c", article)));
        }
    }

    [Fact]
    public async Task A_nightly_job_loses_what_is_counted_while_it_runs()
    {
        await Database.SortedSetIncrementAsync("hot", "a", 100);
        await NightlyJobAsync(meanwhile: () => Database.SortedSetIncrementAsync("hot", "a", 40));
        Assert.Equal(50, await Database.SortedSetScoreAsync("hot", "a"));       // neither 70 nor 90: all 40 are lost

        // One that is run again because nobody knows whether it ended halves twice.
        await NightlyJobAsync();
        await NightlyJobAsync();
        Assert.Equal(12.5, await Database.SortedSetScoreAsync("hot", "a"));
    }

    private async Task NightlyJobAsync(Func<Task>? meanwhile = null)
    {
        SortedSetEntry[] entries = await Database.SortedSetRangeByRankWithScoresAsync("hot");
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await Database.SortedSetAddAsync("hot", Array.ConvertAll(entries, entry => new SortedSetEntry(entry.Element, entry.Score * 0.5)));
    }

    [Fact]
    public async Task A_score_by_age_that_is_computed_when_somebody_votes_is_wrong_ever_after()
    {
        DateTimeOffset oldPosted = _clock.Now;
        await VoteAsync("old", 10, oldPosted);
        await Trend.RecordAsync("c", "old", 10);
        _clock.Advance(TimeSpan.FromHours(24));
        await VoteAsync("new", 5, _clock.Now);
        await Trend.RecordAsync("c", "new", 5);

        Assert.Equal("old", Assert.Single(await Database.SortedSetRangeByRankAsync("hot", 0, 0, Order.Descending)));
        Assert.True(Hot(10, oldPosted) < Hot(5, _clock.Now));       // as the formula itself has it now
        Assert.Equal("new", Assert.Single(await Trend.TopAsync("c", 1)).Member);

        double Hot(int votes, DateTimeOffset posted) => votes / Math.Pow((_clock.Now - posted).TotalHours + 2, 1.8);

        Task VoteAsync(string article, int votes, DateTimeOffset posted) => Database.SortedSetAddAsync("hot", article, Hot(votes, posted));
    }

    [Fact]
    public async Task A_board_by_hand_never_ends_and_a_trend_does()
    {
        await Database.SortedSetIncrementAsync("hot", "a", 100);
        await Trend.RecordAsync("c", "a", 100);
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(_redis.Prefix + "hot"));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(new ClickTrendKey("c"))), 1, (long)TimeSpan.FromHours(17).TotalMilliseconds);
    }
}
