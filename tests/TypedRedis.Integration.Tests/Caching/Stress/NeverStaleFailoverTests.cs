using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>The same while replicas of a cluster take the place of their primaries, and what becomes of an invalidation that no replica has.</summary>
[Collection(FaultCollection.Name)]
public sealed class NeverStaleFailoverTests : IAsyncLifetime
{
    private const int Tasks = 3;
    private const int Some = 30;

    private readonly string _prefix = ServerFixture.NewPrefix();
    private readonly List<ConnectionMultiplexer> _connections = [];
    private RedisCluster _cluster = null!;
    private RedisServer _store = null!;

    public async Task InitializeAsync()
    {
        _store = await RedisServer.StartAsync();
        _cluster = await RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(2) });
    }

    public async Task DisposeAsync()
    {
        _connections.ForEach(static connection => connection.Dispose());
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public Task Replicas_take_over_in_an_orderly_way() => RunAsync(2, async (round, advance, _, _) =>
    {
        RedisClusterNode primary = await _cluster.PrimaryOfAsync($"{_prefix}thing:{round}");
        await _cluster.FailoverAsync((await _cluster.ReplicasOfAsync(primary))[0]);
        await advance(Some);
    });

    [Fact]
    public Task Primaries_are_killed() => RunAsync(2, async (round, advance, hold, release) =>
    {
        RedisClusterNode primary = await _cluster.PrimaryOfAsync($"{_prefix}thing:{round}");
        RedisClusterNode replica = (await _cluster.ReplicasOfAsync(primary))[0];

        // What has returned is at the replica.
        await hold();
        long written = (await primary.ExecuteAsync("ROLE")).Items[1].Integer;
        await Bounded.BecomesTrueAsync(async () => (await replica.ExecuteAsync("ROLE")).Items is var role && role[3].Text == "connected" && role[4].Integer >= written);
        await primary.KillAsync();
        release();

        await advance(Some);
        await _cluster.WaitForFailoverAsync(primary);
        await advance(Some);
        await primary.RestartAsync();
        await _cluster.WaitUntilReadyAsync();
        await advance(Some);
    });

    [Fact]
    public async Task An_invalidation_that_no_replica_has_is_undone_by_a_failover_and_its_token_is_not()
    {
        string key = _prefix + "thing:7";
        var database = new Database((await ConnectAsync(_store.ConnectionString)).GetDatabase(), _prefix);
        ThingCache<Near> here = await NewAsync<Near>(database);
        ThingCache<Shared> there = await NewAsync<Shared>(database);
        await database.RaiseAsync(7);
        Assert.Equal(1, await here.RevisionAsync(7));
        await Bounded.BecomesTrueAsync(async () => (await there.TryGetAsync(7)).IsFound);

        RedisClusterNode primary = await _cluster.PrimaryOfAsync(key);
        RedisClusterNode replica = (await _cluster.ReplicasOfAsync(primary))[0];
        long written = (await primary.ExecuteAsync("ROLE")).Items[1].Integer;
        await Bounded.BecomesTrueAsync(async () => (await replica.ExecuteAsync("ROLE")).Items[4].Integer >= written);
        await replica.PauseAsync();
        await primary.ExecuteAsync("CLIENT", "KILL", "TYPE", "replica");
        await database.RaiseAsync(7);
        ConsistencyToken token = await here.InvalidateAsync(7);
        await primary.KillAsync();
        await replica.ResumeAsync();
        Assert.Equal(replica, await _cluster.WaitForFailoverAsync(primary));

        // It has come back, as an entry that ends when it would have ended anyway.
        await Bounded.BecomesTrueAsync(async () => (await there.TryGetAsync(7)).IsFound);
        Assert.Equal(1, await there.RevisionAsync(7));
        Assert.InRange((await replica.ExecuteAsync("PTTL", key)).Integer, 1, (long)Shared.Schema.Expiry!.Value.TotalMilliseconds);

        // Who knows of the invalidation does not take it, and has it replaced for all.
        Assert.Equal(2, (await there.GetAsync(7, token))!.Revision);
        Assert.Equal(2, await there.RevisionAsync(7));
        await Bounded.BecomesTrueAsync(async () => await here.RevisionAsync(7) == 2);
    }

    private async Task RunAsync(int rounds, Func<int, Func<int, Task>, Func<Task>, Action, Task> fault)
    {
        var database = new Database((await ConnectAsync(_store.ConnectionString)).GetDatabase(), _prefix) { IsSlow = true };
        ThingCache<Near>[] near = [await NewAsync<Near>(database), await NewAsync<Near>(database)];
        StaleWatch<Near>[] nears = [.. near.Select((cache, i) => new StaleWatch<Near>(cache, database, i, isFaulty: true))];
        var far = new StaleWatch<Shared>(await NewAsync<Shared>(database), database, 2, isFaulty: true);
        var copied = new StaleWatch<Copied>(await NewAsync<Copied>(database), database, 3, isFaulty: true) { Burst = 30 };

        using var end = new CancellationTokenSource();
        Task running = Task.WhenAll(
            [.. nears.Select(watch => watch.RunAsync(Tasks, int.MaxValue, end.Token)), far.RunAsync(Tasks, int.MaxValue, end.Token), copied.RunAsync(Tasks, int.MaxValue, end.Token)]);
        try
        {
            await Task.WhenAll(near.Select(static cache => cache.TrustedAsync()));
            await AdvanceAsync(Some);
            for (int round = 0; round < rounds; round++)
                await fault(round, AdvanceAsync, HoldAsync, Release);

            // By themselves they are as before.
            foreach (ThingCache<Near> cache in near)
            {
                await Bounded.BecomesTrueAsync(() => Task.FromResult((cache.Statistics is { IsRedisBypassed: false, IsLocalTrusted: true }) || running.IsFaulted));
                long hits = cache.Statistics.LocalHits;
                await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics.LocalHits > hits || running.IsFaulted));
            }
        }
        finally
        {
            Release();
            await end.CancelAsync();
            await running.EndsAsync();
        }

        Task HoldAsync() => Task.WhenAll([.. nears.Select(static watch => watch.HoldWritesAsync()), far.HoldWritesAsync(), copied.HoldWritesAsync()]);

        void Release()
        {
            Array.ForEach(nears, static watch => watch.Release());
            far.Release();
            copied.Release();
        }

        // Reads go on, whatever happens.
        async Task AdvanceAsync(int reads)
        {
            long[] before = Reads();
            await Bounded.BecomesTrueAsync(() => Task.FromResult(running.IsFaulted || before.Zip(Reads()).All(pair => pair.Second >= pair.First + reads)));
            Assert.False(running.IsFaulted, running.Exception?.ToString());
        }

        long[] Reads() => [.. nears.Select(static watch => watch.Reads), far.Reads, copied.Reads];
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(string configuration)
    {
        ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(configuration);
        _connections.Add(connection);
        return connection;
    }

    private async Task<ThingCache<TKind>> NewAsync<TKind>(Database database)
        where TKind : IThingCacheKind
    {
        RedisContextOptions impatient = new() { Prefix = _prefix, CacheTimeout = TimeSpan.FromMilliseconds(500) };
        return new(new RedisContext(await ConnectAsync(_cluster.ConnectionString), impatient), database);
    }
}
