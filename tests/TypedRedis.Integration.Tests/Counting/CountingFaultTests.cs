using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>Servers that forget scripts, connections that are cut, servers that are killed: what was answered holds, and nothing is half done.</summary>
[Collection(FaultCollection.Name)]
public sealed class CountingFaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task A_server_that_forgets_its_scripts_counts_once()
    {
        using var done = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        });
        var (views, seen, active) = (new PageViewsCounter(_redis), new SeenBitmap(_redis), new ActiveBitmap(_redis));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 30; i++)
            {
                await views.IncrementAsync("p");
                await views.IncrementManyAsync(Enumerable.Range(0, 150).Select(page => ((PageViewsCounterKey)$"many{page}", 1L)));
                await seen.MarkManyAsync(Enumerable.Range(0, 250).Select(id => new Seen("s", $"{worker}:{id}")));
                await active.MarkManyAsync(Enumerable.Range(0, 250).Select(id => new Active("web", (worker * 600_000) + id)));
                Assert.True(await active.CountAnyAsync("web", PeriodRange.OfLast(3, PeriodUnits.Day)) >= 250);
            }
        })));
        await done.CancelAsync();
        await flushing.EndsAsync();

        Assert.Equal(90, await views.GetAsync("p", Period.AllTime));
        Assert.All(await views.GetManyAsync(Enumerable.Range(0, 150).Select(page => (PageViewsCounterKey)$"many{page}"), Period.AllTime), count => Assert.Equal(90, count));
        Assert.Equal((750, 750), (await seen.CountAnyAsync("s", PeriodRange.OfLast(2, PeriodUnits.Day)), await active.CountAnyAsync("web", PeriodRange.OfLast(2, PeriodUnits.Day))));
        Assert.Equal(750, (await _redis.Database.HashValuesAsync("seen:{s}:ids")).Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_is_short_of_memory_makes_no_segment_and_loses_no_bit(bool atOnce)
    {
        var large = new LargeBitmap(_redis);
        await large.MarkManyAsync([new Large("web", 5), new Large("web", 60_000)]);
        foreach (long user in (long[])[90_000, 600_000])
        {
            await fixture.Server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
            try
            {
                await Assert.ThrowsAsync<RedisServerException>(() => atOnce ? large.MarkManyAsync([new Large("web", user)]) : large.MarkAsync("web", user));
            }
            finally
            {
                await fixture.Server.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
            }

            Assert.Equal((2L, false), (await large.CountAsync("web", Period.Today), await large.IsActiveAsync("web", user, Period.Today)));
        }

        string key = Assert.Single(await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal(7_501, (await fixture.Server.ExecuteAsync("STRLEN", key)).Integer);
        Assert.True(await fixture.Server.TimeToLiveAsync(key) > 0);
    }

    [Fact]
    public async Task A_cut_connection_loses_nothing_that_was_answered_and_leaves_nothing_half_done()
    {
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
        var redis = new RedisContext(connection, _redis.Options with { OperationTimeout = TimeSpan.FromSeconds(10) });
        await CheckAsync(redis, async () => await fixture.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_is_gone_for_a_while_loses_nothing_that_was_answered(bool isKilled)
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, ServerFixture.Patient with { Prefix = "r", OperationTimeout = TimeSpan.FromSeconds(5) });
        await CheckAsync(redis, async () =>
        {
            await (isKilled ? server.KillAsync() : server.StopAsync());
            await server.RestartAsync();
        });
        Assert.All(await Leftovers.OfAsync(server, "r"), key => Assert.EndsWith("{views:p}", key, StringComparison.Ordinal));
    }

    private static async Task CheckAsync(RedisContext redis, Func<Task> fault)
    {
        var (views, seen) = (new PageViewsCounter(redis), new SeenBitmap(redis));
        int answered = 0, uncertain = 0;
        var marked = new List<string>();
        using var done = new CancellationTokenSource();
        var counting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                if (await IsAnsweredAsync(() => views.IncrementAsync("p")))
                    Interlocked.Increment(ref answered);
                else
                    uncertain++;
            }
        });
        var marking = Task.Run(async () =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                if (await IsAnsweredAsync(() => seen.MarkAsync("s", $"v{i % 1000}")))
                    marked.Add($"v{i % 1000}");
            }
        });

        await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= 50 || counting.IsFaulted));
        await fault();
        await Bounded.SucceedsAsync(() => views.GetAsync("p", Period.AllTime));
        int before = Volatile.Read(ref answered);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= before + 50 || counting.IsFaulted));
        await done.CancelAsync();
        await Task.WhenAll(counting, marking).EndsAsync();

        long all = await views.GetAsync("p", Period.AllTime);
        Assert.InRange(all, answered, answered + uncertain);
        foreach (PeriodUnits unit in (PeriodUnits[])[PeriodUnits.Hour, PeriodUnits.Day, PeriodUnits.Week, PeriodUnits.Month, PeriodUnits.Year])
            Assert.Equal(all, await views.SumAsync("p", PeriodRange.OfLast(2, unit)));
        foreach (string visitor in marked.Distinct().Take(50))
            Assert.True(await seen.IsActiveAsync("s", visitor, Period.Today) || await seen.IsActiveAsync("s", visitor, Period.Yesterday));
    }

    private static async Task<bool> IsAnsweredAsync(Func<Task> call)
    {
        switch (await Record.ExceptionAsync(() => call().EndsAsync()))
        {
            case null:
                return true;
            case { } error when error.IsOutage():
                return false;
            case var error:
                throw new InvalidOperationException($"Not an error of the connection: {error}", error);
        }
    }
}
