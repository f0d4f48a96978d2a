using TypedRedis.Integration.Tests.Faults;
using Xunit.Abstractions;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>A trend of a million members: no call keeps the server for 10 ms.</summary>
[Collection(FaultCollection.Name)]
public sealed class TrendCostTests(ServerFixture fixture, ITestOutputHelper output) : IClassFixture<ServerFixture>
{
    private const int Members = 1_000_000;

    [Fact]
    public async Task At_a_million_members_no_call_is_slow()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
        RedisContext redis = fixture.NewContext();
        var trend = new ClickTrend<EveryHour>(new(redis.Connection, redis.Options with { TimeProvider = clock, OperationTimeout = TimeSpan.FromMinutes(5) }));
        string key = redis.Full(new ClickTrendKey("c"));
        const int Batch = 50_000;
        for (int start = 0; start < Members; start += Batch)
            await fixture.Server.IsEmptyAfterAsync(() => trend.RecordManyAsync(Enumerable.Range(start, Batch).Select(i => new Click("c", $"{i:00000000}", 1 + (i * 7919L % 100_003)))), Batch / 100);
        long bytes = (await fixture.Server.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", "0")).Integer;
        output.WriteLine($"{bytes / (double)Members:N1} bytes per member of 8 bytes");
        Assert.InRange(bytes / Members, 50, 150);

        int next = 0;
        await fixture.Server.IsEmptyAfterAsync(() => trend.RecordAsync("c", $"new {next++}", 5));
        await fixture.Server.IsEmptyAfterAsync(() => trend.RecordManyAsync(Enumerable.Range(0, 1000).Select(i => new Click("c", $"{i * 991:00000000}"))), commands: 10);
        await fixture.Server.IsEmptyAfterAsync(() => trend.TopAsync("c", 1000));
        await fixture.Server.IsEmptyAfterAsync(() => trend.TopAsync("c", 1000, skip: Members / 2));
        await fixture.Server.IsEmptyAfterAsync(() => trend.ScoreAsync("c", "00500000"));
        await fixture.Server.IsEmptyAfterAsync(() => trend.RankAsync("c", "00500000"));
        await fixture.Server.IsEmptyAfterAsync(() => trend.CountAsync("c"));
        await fixture.Server.IsEmptyAfterAsync(() => trend.RemoveAsync("c", $"{next++:00000000}"));

        // Of weights that are spread evenly from 1 to 100,003, half are negligible after log2(50,000 · 1,000) = 25.6 half-lives.
        clock.Advance(TimeSpan.FromHours(25.6));
        await fixture.Server.IsEmptyAfterAsync(() => trend.RecordAsync("c", $"new {next++}", 5));
        await fixture.Server.IsEmptyAfterAsync(() => trend.CountAsync("c"));
        await fixture.Server.IsEmptyAfterAsync(() => trend.TopAsync("c", 1000, skip: (int)(Members * 0.6)));
        await fixture.Server.IsEmptyAfterAsync(async () => Assert.InRange(await trend.TrimAsync("c"), Members * 0.45, Members * 0.55), commands: 900);
        Assert.Equal(await trend.CountAsync("c") + 1, (await fixture.Server.ExecuteAsync("ZCARD", key)).Integer);
        await fixture.Server.IsEmptyAfterAsync(async () => Assert.True(await trend.DeleteAsync("c")));
        Assert.Empty(await fixture.Server.KeysAsync(redis.Prefix));
    }
}
