using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>The same while things break. Reads go on answering, nothing is older than it may be, and everything is as before when it is over.</summary>
[Collection(FaultCollection.Name)]
public sealed class NeverStaleFaultTests
{
    private const int Tasks = 4;

    [Fact]
    public Task The_links_of_messages_are_closed() => RunAsync(new(), 5, static run => run.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub"));

    [Fact]
    public Task A_link_of_messages_is_half_dead() => RunAsync(new(), 2, static async run =>
    {
        run.Proxy.Hold();
        await run.Near.UntrustedAsync();
        await run.AdvanceAsync(20);
        if (run.Round % 2 == 0)
            run.Proxy.Release();
        else
            run.Proxy.CutMessages();
    });

    [Fact]
    public Task Everything_is_flushed_and_evicted() => RunAsync(new(), 5, static run => run.Server.ExecuteAsync((run.Round % 5) switch
    {
        0 => ["FLUSHALL"],
        1 => ["FLUSHDB"],
        2 => ["SCRIPT", "FLUSH"],
        3 => ["DEL", $"{run.Prefix}thing:{{}}:~tags"],
        _ => ["DEL", $"{run.Prefix}thing:{{}}:~beat"],
    }));

    [Fact]
    public Task Memory_is_too_small() => RunAsync(new() { Configuration = new() { ["maxmemory"] = "100mb", ["maxmemory-policy"] = "allkeys-random" } }, 2, static async run =>
    {
        await run.Server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");      // evicts everything, and refuses writes
        await run.AdvanceAsync(20);
        await run.Server.ExecuteAsync("CONFIG", "SET", "maxmemory", "100mb");
    });

    [Fact]
    public Task The_server_stalls() => RunAsync(new(), 1, static async run =>
    {
        await run.Server.PauseAsync();
        await run.AdvanceAsync(30);
        await run.Server.ResumeAsync();
    });

    [Fact]
    public Task The_server_restarts() => RunAsync(new(), 2, static async run =>
    {
        await (run.Round % 2 == 0 ? run.Server.KillAsync() : run.Server.StopAsync());
        await run.AdvanceAsync(30);
        await run.Server.RestartAsync();
    });

    private sealed record Run(RedisServer Server, string Prefix, TcpProxy Proxy, ThingCache<Near> Near, int Round, Func<int, Task> AdvanceAsync);

    private static async Task RunAsync(RedisServerOptions options, int rounds, Func<Run, Task> fault)
    {
        string prefix = ServerFixture.NewPrefix();
        await using RedisServer store = await RedisServer.StartAsync();
        await using RedisServer server = await RedisServer.StartAsync(options);
        await using var proxy = new TcpProxy(server.Port);
        using ConnectionMultiplexer source = await ServerFixture.ConnectAsync(store);
        using ConnectionMultiplexer direct = await ServerFixture.ConnectAsync(server);
        using ConnectionMultiplexer behind = await ServerFixture.ConnectAsync(proxy.ConnectionString);
        var database = new Database(source.GetDatabase(), prefix) { IsSlow = true };
        RedisContextOptions impatient = new() { Prefix = prefix, CacheTimeout = TimeSpan.FromMilliseconds(500) };
        var near = new ThingCache<Near>(new RedisContext(behind, impatient), database);
        var plain = new ThingCache<Near>(new RedisContext(direct, impatient), database);
        StaleWatch<Near>[] watches = [new(near, database, 0, isFaulty: true), new(plain, database, 1, isFaulty: true)];
        var far = new StaleWatch<Shared>(new(new RedisContext(direct, impatient), database), database, 2, isFaulty: true);

        using var end = new CancellationTokenSource();
        Task running = Task.WhenAll([.. watches.Select(watch => watch.RunAsync(Tasks, int.MaxValue, end.Token)), far.RunAsync(Tasks, int.MaxValue, end.Token)]);
        try
        {
            await near.TrustedAsync();
            int scaled = WatchSize.Of(rounds * 10) / 10;
            for (int round = 0; round < scaled; round++)
            {
                await fault(new Run(server, prefix, proxy, near, round, AdvanceAsync));
                await AdvanceAsync(30);
            }

            // By themselves they are as before.
            foreach (ThingCache<Near> cache in (ThingCache<Near>[])[near, plain])
            {
                await Bounded.BecomesTrueAsync(() => Task.FromResult((cache.Statistics is { IsRedisBypassed: false, IsLocalTrusted: true }) || running.IsFaulted));
                long hits = cache.Statistics.LocalHits;
                await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics.LocalHits > hits || running.IsFaulted));
            }
        }
        finally
        {
            await end.CancelAsync();
            await running.EndsAsync();
        }

        // Reads go on, whatever happens.
        async Task AdvanceAsync(int reads)
        {
            long[] before = [.. watches.Select(static watch => watch.Reads), far.Reads];
            await Bounded.BecomesTrueAsync(() => Task.FromResult(running.IsFaulted || before.Zip([.. watches.Select(static watch => watch.Reads), far.Reads]).All(pair => pair.Second >= pair.First + reads)));
            Assert.False(running.IsFaulted, running.Exception?.ToString());
        }
    }
}
