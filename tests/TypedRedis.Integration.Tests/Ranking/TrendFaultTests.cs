using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>Trends on bad days: what was answered is in the scores once, and what failed at most once.</summary>
[Collection(FaultCollection.Name)]
public sealed class TrendFaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static RedisContext StandingStill(IConnectionMultiplexer connection) => new(
        connection,
        new() { Prefix = ServerFixture.NewPrefix(), OperationTimeout = TimeSpan.FromSeconds(10), TimeProvider = new HandClock(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)) });

    [Fact]
    public async Task A_server_that_forgets_its_scripts_counts_everything_once()
    {
        var trend = new ClickTrend<EveryHour>(StandingStill(fixture.Connection));
        using var done = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            int flushes = 0;
            for (; !done.IsCancellationRequested; flushes++)
                await fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
            return flushes;
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await trend.RecordAsync("c", "a", 1);
                await trend.RecordManyAsync(Enumerable.Range(0, 500).Select(n => new Click("c", n == 0 ? "a" : $"{n}")));
                Assert.NotEmpty(await trend.TopAsync("c", 1));
            }
        })));
        await done.CancelAsync();

        Assert.True(await flushing.EndsAsync() > 10);
        Assert.Equal(400, (await trend.ScoreAsync("c", "a"))!.Value, 1e-6);
        Assert.Equal(200, (await trend.ScoreAsync("c", "499"))!.Value, 1e-6);
    }

    /// <summary>Now and then the driver 1.2.6 hands a reply to another call than its own where it is cut; see <see cref="CutConnectionTests"/>.</summary>
    [Fact]
    public async Task A_connection_that_is_cut_loses_nothing_that_was_answered()
    {
        int wrong = 0;
        for (int cut = 0; cut < 4; cut++)
        {
            using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
            int cuts = 0;
            connection.ConnectionFailed += (_, _) => Interlocked.Increment(ref cuts);
            wrong += await IsCountedAsync(StandingStill(connection), async answered =>
            {
                await answered(30);
                await fixture.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal");
                await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref cuts) > 0));
                await answered(30);
            }) ? 0 : 1;
        }

        Assert.InRange(wrong, 0, 1);
    }

    [Fact]
    public async Task A_server_that_is_killed_loses_nothing_that_was_answered()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        RedisContext redis = StandingStill(connection);
        Assert.True(await IsCountedAsync(redis, async answered =>
        {
            for (int round = 0; round < 2; round++)
            {
                await answered(30);
                await server.KillAsync();
                await server.RestartAsync();
                await answered(30);
            }
        }));
        Assert.InRange(await server.TimeToLiveAsync(redis.Full(new ClickTrendKey("c"))), 1, long.MaxValue);
    }

    /// <summary>Records while something goes wrong. Whether the score is what was answered, or that and some of what failed.</summary>
    private static async Task<bool> IsCountedAsync(RedisContext redis, Func<Func<int, Task>, Task> during)
    {
        var trend = new ClickTrend<EveryHour>(redis);
        int answered = 0;
        int failed = 0;
        using var done = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                try
                {
                    await (i % 2 == 0 ? trend.RecordAsync("c", "a", 1) : trend.RecordManyAsync([new("c", "a"), new("c", $"{writer}")]));
                    Interlocked.Increment(ref answered);
                }
                catch (Exception e) when (e.IsOutage())
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }))];
        try
        {
            await during(more =>
            {
                int before = Volatile.Read(ref answered);
                return Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= before + more || writers.Any(writer => writer.IsFaulted)));
            });
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(writers).EndsAsync();
        }

        double? score = null;
        await Bounded.SucceedsAsync(async () => score = await trend.ScoreAsync("c", "a"));
        return score >= answered - 0.001 && score <= answered + failed + 0.001;
    }
}
