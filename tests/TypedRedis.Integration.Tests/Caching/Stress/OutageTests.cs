using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>Redis is away, or does not answer, and comes back.</summary>
[Collection(FaultCollection.Name)]
public sealed class OutageTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    public enum Outage
    {
        Killed,
        Stalled,
    }

    [Theory]
    [InlineData(Outage.Killed)]
    [InlineData(Outage.Stalled)]
    public async Task Reads_go_on_and_writes_throw(Outage outage)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using var bench = new CacheBench(server);
        ThingCache<Near> cache = await bench.NewAsync<Near>(timeout: Short);
        for (int i = 0; i < 20; i++)
            bench.Source.Put(i);
        await cache.KeepAsync(1);
        await (outage == Outage.Killed ? server.KillAsync() : server.PauseAsync());
        bench.Source.Put(1, revision: 2);
        await cache.UntrustedAsync();

        // Until it is known that Redis does not answer, and then at once.
        await Bounded.BecomesTrueAsync(async () =>
        {
            Assert.Equal(2, await cache.RevisionAsync(1));
            return cache.Statistics.IsRedisBypassed;
        });
        Assert.Equal(20, (await cache.GetManyAsync(Enumerable.Range(0, 20).Select(static id => new ThingKey(id))).EndsAsync()).Count(static thing => thing is not null));
        Assert.False((await cache.TryGetAsync(1).AsTask().EndsAsync()).IsFound);
        foreach (Func<Task> write in (Func<Task>[])[
            () => cache.InvalidateAsync(1), () => cache.InvalidateManyAsync([1, 2]), () => cache.InvalidateTagAsync(Things.Tag("a")), () => cache.ClearAsync(),
            () => cache.SetAsync(new Thing { Id = 1 }), () => cache.SetManyAsync([new Thing { Id = 1 }])])
        {
            Exception? error = await Record.ExceptionAsync(() => write().EndsAsync());
            Assert.True(error.IsOutage(), error?.ToString() ?? "no error");
        }

        // One load for those who come together: those who come after it has begun share the next one. It takes a moment, so that they do come together.
        var gate = new Gate();
        bench.Source.Hold = gate.All;
        int before = bench.Source.Loads;
        Task<Thing?> first = cache.GetAsync(5).AsTask();
        await gate.ReachedAsync();
        Task<Thing?>[] callers = [.. Enumerable.Range(0, 300).Select(_ => cache.GetAsync(5).AsTask())];
        bench.Source.Put(5, revision: 7);
        bench.Source.Hold = static _ => Task.Delay(50);
        gate.Open();
        await first.EndsAsync();
        Assert.All(await Task.WhenAll(callers).EndsAsync(), static thing => Assert.Equal(7, thing!.Revision));
        Assert.InRange(bench.Source.Loads - before, 2, 40);

        // And back, without anybody's doing and without a herd.
        bench.Source.Hold = static _ => Task.CompletedTask;
        await (outage == Outage.Killed ? server.RestartAsync() : server.ResumeAsync());
        await Bounded.BecomesTrueAsync(async () =>
        {
            await cache.GetAsync(19);
            return !cache.Statistics.IsRedisBypassed;
        });
        await cache.TrustedAsync();
        await Bounded.SucceedsAsync(() => cache.InvalidateManyAsync(Enumerable.Range(0, 20).Select(static id => new ThingKey(id))));
        before = bench.Source.Loads;
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => cache.GetAsync(i % 20).AsTask())).EndsAsync();
        Assert.InRange(bench.Source.Loads - before, 20, 22);
        await cache.KeepAsync(1);
    }

    /// <summary>What was asked of a stalled server is carried out when it goes on, and nobody loads then.</summary>
    [Fact]
    public async Task A_claim_that_was_granted_too_late_is_given_back()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using var bench = new CacheBench(server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>(timeout: Short), other = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        await cache.TrustedAsync();
        await other.TrustedAsync();
        await server.PauseAsync();
        Assert.Equal(1, (await cache.RefreshAsync(1).AsTask().EndsAsync())!.Revision);
        await server.ResumeAsync();

        Assert.Equal(1, await other.RevisionAsync(1));
    }

    /// <summary>A memory that is full refuses claims and stores. What is there is served, and the rest comes from the source.</summary>
    [Fact]
    public async Task A_full_memory_is_no_error_of_a_read()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory-policy"] = "noeviction" } });
        await using var bench = new CacheBench(server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        bench.Source.Put(2);
        await cache.GetAsync(1);
        await Bounded.BecomesTrueAsync(async () => (await cache.TryGetAsync(1)).IsFound);
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(1, await cache.RevisionAsync(1));
            Assert.Equal(1, await cache.RevisionAsync(2));
            Assert.Equal([1L, 2L], (await cache.GetManyAsync([1, 2])).Select(static thing => thing!.Id));
        }

        Assert.Equal(1, bench.Source.LoadsOf[1]);
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await Bounded.BecomesTrueAsync(async () =>
        {
            await cache.GetAsync(2);
            return (await cache.TryGetAsync(2)).IsFound;
        });
    }

    /// <summary>A server that has become a replica refuses what writes.</summary>
    [Fact]
    public async Task A_server_that_has_become_a_replica_is_no_error_of_a_read()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisServer primary = await RedisServer.StartAsync();
        await using var bench = new CacheBench(server);
        ThingCache<Near> cache = await bench.NewAsync<Near>(timeout: TimeSpan.FromSeconds(1));
        bench.Source.Put(1);
        await cache.KeepAsync(1);
        await server.ExecuteAsync("REPLICAOF", "127.0.0.1", $"{primary.Port}");
        await cache.UntrustedAsync();
        Assert.Equal(1, await cache.RevisionAsync(1));
        Exception? error = await Record.ExceptionAsync(() => cache.InvalidateAsync(1).EndsAsync());
        Assert.True(error is RedisServerException || error.IsOutage(), error?.ToString() ?? "no error");
        await server.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await Bounded.SucceedsAsync(() => cache.InvalidateAsync(1));
        await cache.KeepAsync(1);
    }
}
