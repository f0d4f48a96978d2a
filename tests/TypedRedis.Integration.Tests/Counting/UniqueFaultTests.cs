using System.Collections.Concurrent;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>Unique counts at a million members and on bad days: who was answered for is counted.</summary>
[Collection(FaultCollection.Name)]
public sealed class UniqueFaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task At_a_million_members_and_a_year_of_days_no_call_is_slow()
    {
        var clock = new HandClock(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
        RedisContext redis = fixture.NewContext();
        RedisContextOptions options = redis.Options with { TimeProvider = clock, OperationTimeout = TimeSpan.FromMinutes(5) };
        var all = new VisitCounter<EveryUnit>(new(redis.Connection, options));
        await fixture.Server.IsEmptyAfterAsync(() => all.AddManyAsync("a", Enumerable.Range(0, 1_000_000).Select(i => $"{i}")), commands: 4000);
        Assert.InRange(await all.CountAsync("a", Period.AllTime), 975_000, 1_025_000);
        Assert.All(await fixture.Server.KeysAsync(redis.Prefix), key => Assert.InRange(fixture.Server.ExecuteAsync("MEMORY", "USAGE", key).GetAwaiter().GetResult().Integer, 1, 16_000));

        // Dense sketches are the slow ones; in Redis, copies are as good.
        byte[] sketch = (await redis.Database.StringGetAsync("{visits:a}"))!;
        const int Days = 365;
        for (int day = 0; day < Days; day++)
            await redis.Database.StringSetAsync($"{{visits:b}}:d:{clock.Now.AddDays(-day):yyyy-MM-dd}", sketch, TimeSpan.FromHours(1));
        int next = 2_000_000;
        await fixture.Server.IsEmptyAfterAsync(() => all.AddAsync("a", $"{next++}"));
        await fixture.Server.IsEmptyAfterAsync(() => all.CountAsync("a", Period.AllTime));
        await fixture.Server.IsEmptyAfterAsync(() => all.CountAsync("b", PeriodRange.OfLast(100, PeriodUnits.Day)));
        await fixture.Server.IsEmptyAfterAsync(() => all.CountAsync("b", PeriodRange.OfLast(Days, PeriodUnits.Day)), commands: 4);
        await fixture.Server.IsEmptyAfterAsync(() => all.RangeAsync("b", PeriodRange.OfLast(Days, PeriodUnits.Day)), commands: Days);
        await fixture.Server.IsEmptyAfterAsync(() => all.CountAcrossAsync(["a", "b"], PeriodRange.OfLast(Days, PeriodUnits.Day)), commands: 8);
        var days = new VisitCounter<DaysForYears>(all.Redis);
        await fixture.Server.IsEmptyAfterAsync(async () => Assert.Equal(Days, await days.DeleteAsync("b")), commands: 8);

        // All time is the one period that stays for ever.
        Assert.Equal(
            [redis.Full(new VisitKey("a"))],
            (await Task.WhenAll((await fixture.Server.KeysAsync(redis.Prefix)).Select(async key => (key, Left: await fixture.Server.TimeToLiveAsync(key))))).Where(one => one.Left < 0).Select(one => one.key));
    }

    [Fact]
    public async Task A_server_that_forgets_its_scripts_counts_everybody()
    {
        var counter = new VisitCounter<DaysForYears>(fixture.NewContext());
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
            for (int i = 0; i < 30; i++)
            {
                await counter.AddAsync("a", $"{writer} {i}");
                await counter.AddManyAsync(Enumerable.Range(0, 600).Select(n => new Visit($"s{n % 300}", $"{writer} {n}")));
                await counter.CountAsync("a", PeriodRange.OfLast(150, PeriodUnits.Day));
            }
        })));
        await done.CancelAsync();

        Assert.True(await flushing.EndsAsync() > 10);
        Assert.InRange(await counter.CountAsync("a", PeriodRange.OfLast(2, PeriodUnits.Day)), 118, 122);
        Assert.Equal(8, await counter.CountAsync("s299", PeriodRange.OfLast(2, PeriodUnits.Day)));
    }

    [Fact]
    public async Task A_server_that_is_killed_and_a_connection_that_is_cut_lose_nobody_who_was_answered_for()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        RedisContext redis = new(connection, new() { Prefix = "r", OperationTimeout = TimeSpan.FromSeconds(10), TimeProvider = new HandClock(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)) });
        var counter = new VisitCounter<DaysAndWeeks>(redis);
        var answered = new ConcurrentQueue<string>();
        using var done = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                try
                {
                    await (i % 2 == 0 ? counter.AddAsync("a", $"{writer} {i}") : counter.AddManyAsync([new("a", $"{writer} {i}")]));
                    answered.Enqueue($"{writer} {i}");
                }
                catch (Exception e) when (e.IsOutage())
                {
                }
            }
        }))];
        try
        {
            await AreAnsweredAsync(30);
            await server.KillAsync();
            await server.RestartAsync();
            await AreAnsweredAsync(30);
            await server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal");
            await AreAnsweredAsync(30);
            await server.KillAsync();
            await server.RestartAsync();
            await AreAnsweredAsync(30);
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(writers).EndsAsync();
        }

        // Who was added before changes no estimate.
        Assert.False(await counter.AddManyAsync("a", answered));
        Assert.InRange(await counter.CountAsync("a", Period.Today), answered.Count * 0.95, double.MaxValue);
        Assert.All(await server.KeysAsync("r"), key => Assert.True(server.TimeToLiveAsync(key).GetAwaiter().GetResult() > 0));

        Task AreAnsweredAsync(int more)
        {
            int before = answered.Count;
            return Bounded.BecomesTrueAsync(() => Task.FromResult(answered.Count >= before + more || writers.Any(writer => writer.IsFaulted)));
        }
    }
}
