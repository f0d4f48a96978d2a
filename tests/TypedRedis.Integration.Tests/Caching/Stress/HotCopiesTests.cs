using StackExchange.Redis;
using TypedRedis.Integration.Tests.Testing;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>Copies of hot entries: where they are, how long, and that nothing older is read from them than from the level in the process.</summary>
[Collection("RedisClusterHotCopies")]
public sealed class HotCopiesTests(RedisClusterFixture fixture) : IClassFixture<RedisClusterFixture>, IAsyncLifetime
{
    private const int Tasks = 6;
    private const int Operations = 120;

    private readonly string _prefix = ServerFixture.NewPrefix();
    private readonly ThingSource _source = new();
    private readonly List<ConnectionMultiplexer> _connections = [];
    private RedisClusterNode[] _primaries = [];

    public async Task InitializeAsync()
    {
        List<RedisClusterNode> primaries = [];
        foreach (RedisClusterNode node in fixture.Cluster.Nodes)
        {
            if (await node.GetRoleAsync() == RedisClusterRole.Primary)
                primaries.Add(node);
        }

        _primaries = [.. primaries];
    }

    public Task DisposeAsync()
    {
        _connections.ForEach(static connection => connection.Dispose());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Copies_stand_on_all_nodes_and_reads_are_spread_over_them()
    {
        _source.Put(7);
        ThingCache<Copied> cache = await NewAsync<Copied>();
        await HeatAsync(cache, 7);

        List<(RedisClusterNode Node, string Key)> copies = await CopiesAsync();
        Assert.Equal(3, copies.Count);
        Assert.Equal(4, copies.Select(static copy => RedisCluster.HashSlot(copy.Key)).Append(RedisCluster.HashSlot(_prefix + "thing:7")).Distinct().Count());
        Assert.Equal(3, copies.Select(static copy => copy.Node).Append(await fixture.Cluster.PrimaryOfAsync(_prefix + "thing:7")).Distinct().Count());
        Assert.All(copies, copy => Assert.StartsWith(_prefix + "{", copy.Key, StringComparison.Ordinal));
        foreach ((RedisClusterNode node, string key) in copies)
            Assert.InRange((await node.ExecuteAsync("PTTL", key)).Integer, 1, (long)Copied.Schema.HotTtl.TotalMilliseconds);

        long[] before = await GetsAsync();
        for (int i = 0; i < 1000; i++)
            Assert.Equal(1, await cache.RevisionAsync(7));
        long[] reads = [.. (await GetsAsync()).Zip(before, static (after, before) => after - before)];
        Assert.All(reads, static count => Assert.True(count > 100, $"{count} reads of 1000 went to a node."));
        Assert.Equal(1, _source.Loads);
        Assert.Equal(0, cache.Statistics.LocalHits);
    }

    [Fact]
    public async Task What_was_changed_is_not_read_from_copies_that_still_stand()
    {
        _source.Put(7);
        ThingCache<Copied> cache = await NewAsync<Copied>();
        ThingCache<Copied> other = await NewAsync<Copied>();
        await HeatAsync(cache, 7);
        await HeatAsync(other, 7);

        _source.Put(7, revision: 2);
        await cache.InvalidateAsync(7);
        Assert.Equal(3, (await CopiesAsync()).Count);
        for (int i = 0; i < 50; i++)
            Assert.Equal(2, await cache.RevisionAsync(7));
        await Bounded.BecomesTrueAsync(async () => await other.RevisionAsync(7) == 2);

        await cache.SetAsync(new Thing { Id = 7, Revision = 3 });
        for (int i = 0; i < 50; i++)
            Assert.Equal(3, await cache.RevisionAsync(7));

        _source.Put(7, revision: 4);
        await cache.ClearAsync();
        for (int i = 0; i < 50; i++)
            Assert.Equal(4, await cache.RevisionAsync(7));

        _source.Put(7, revision: 5, category: "a");
        await cache.RefreshAsync(7);
        await HeatAsync(cache, 7);
        _source.Put(7, revision: 6, category: "a");
        await cache.InvalidateTagAsync(Things.Tag("a"));
        for (int i = 0; i < 50; i++)
            Assert.Equal(6, await cache.RevisionAsync(7));
    }

    [Fact]
    public async Task An_older_copy_and_what_is_none_are_not_read_and_are_replaced()
    {
        _source.Put(7);
        ThingCache<Copied> cache = await NewAsync<Copied>();
        await HeatAsync(cache, 7);
        List<(RedisClusterNode Node, string Key)> copies = await CopiesAsync();
        IDatabase redis = _connections[0].GetDatabase();
        byte[] old = (await redis.StringGetAsync(copies[0].Key))!;
        _source.Put(7, revision: 2);
        await cache.InvalidateAsync(7);
        await HeatAsync(cache, 7);

        await redis.StringSetAsync(copies[0].Key, old, TimeSpan.FromMinutes(10));
        await redis.StringSetAsync(copies[1].Key, "no entry", TimeSpan.FromMinutes(10));
        await redis.KeyDeleteAsync(copies[2].Key);
        await redis.ListLeftPushAsync(copies[2].Key, "no string");
        await Bounded.BecomesTrueAsync(async () =>
        {
            Assert.Equal(2, await cache.RevisionAsync(7));
            RedisValue entry = await redis.StringGetAsync(_prefix + "thing:7");
            foreach ((_, string key) in copies)
            {
                if (await redis.KeyTypeAsync(key) != RedisType.String || entry != await redis.StringGetAsync(key))
                    return false;
            }

            return true;
        });
    }

    [Fact]
    public async Task Strong_reads_and_those_of_many_go_to_the_entry()
    {
        _source.Put(7);
        ThingCache<Copied> cache = await NewAsync<Copied>();
        await HeatAsync(cache, 7);

        long hits = cache.Statistics.CopyHits;
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(1, (await cache.GetStrongAsync(7))!.Revision);
            Assert.Equal(1, (await cache.GetManyAsync([7]))[0]!.Revision);
        }

        Assert.Equal(hits, cache.Statistics.CopyHits);

        // A token demands a version, which a copy has or has not.
        _source.Put(7, revision: 2);
        ConsistencyToken token = await (await NewAsync<Copied>()).InvalidateAsync(7);
        for (int i = 0; i < 50; i++)
            Assert.Equal(2, (await cache.GetAsync(7, token))!.Revision);
    }

    [Fact]
    public async Task Copies_end_by_themselves()
    {
        _source.Put(7);
        ThingCache<CopiedBriefly> cache = await NewAsync<CopiedBriefly>();
        await HeatAsync(cache, 7, all: false);
        await cache.ClearAsync();
        await Bounded.BecomesTrueAsync(async () =>
        {
            foreach ((RedisClusterNode node, string key) in await CopiesAsync())
                Assert.NotEqual(-1, (await node.ExecuteAsync("PTTL", key)).Integer);
            return (await CopiesAsync()).Count == 0;
        });
    }

    [Fact]
    public async Task A_server_alone_has_none()
    {
        _source.Put(7);
        await using RedisServer server = await RedisServer.StartAsync();
        ThingCache<Copied> cache = await NewAsync<Copied>(server.ConnectionString);
        await cache.TrustedAsync();
        await Bounded.BecomesTrueAsync(async () =>
        {
            for (int i = 0; i < 256; i++)
                await cache.GetAsync(7);
            return cache.GetHotKeys(1) is [{ ReadsPerSecond: > 100 }];
        });
        for (int i = 0; i < 256; i++)
            await cache.GetAsync(7);

        Assert.Equal((0, 0), (cache.Statistics.CopyHits, cache.Statistics.LocalEntries));
        Assert.Empty((await server.ExecuteAsync("KEYS", "*:~copy")).Items);
    }

    [Fact]
    public async Task No_read_gives_what_was_invalidated()
    {
        await using RedisServer store = await RedisServer.StartAsync();
        ConnectionMultiplexer source = await ConnectAsync(store.ConnectionString);
        var database = new Database(source.GetDatabase(), _prefix) { IsSlow = true };
        var caches = new ThingCache<Copied>[3];
        for (int i = 0; i < caches.Length; i++)
        {
            RedisContextOptions options = new() { Prefix = _prefix, CacheTimeout = TimeSpan.FromSeconds(60) };
            caches[i] = new(new RedisContext(await ConnectAsync(fixture.Cluster.ConnectionString), options), database);
            await caches[i].TrustedAsync();
        }

        // Hot from the beginning.
        await Task.WhenAll(caches.SelectMany(cache => Enumerable.Range(0, 9).Select(id => Task.Run(async () =>
        {
            for (int i = 0; i < 400; i++)
                await cache.GetAsync(id);
        }))));
        long[] before = [.. caches.Select(static cache => cache.Statistics.CopyHits)];
        int operations = WatchSize.Of(Operations);
        await Task.WhenAll(caches.Select((cache, i) => new StaleWatch<Copied>(cache, database, i, isFaulty: false) { Burst = 30 }.RunAsync(Tasks, operations, CancellationToken.None)))
            .WaitAsync(TimeSpan.FromSeconds(60 + (operations / 10)));

        Assert.All(caches.Zip(before), static pair => Assert.True(pair.First.Statistics.CopyHits > pair.Second + 50, $"{pair.First.Statistics}"));
    }

    // Reads until all copies stand and are read.
    private async Task HeatAsync<TKind>(ThingCache<TKind> cache, long id, bool all = true)
        where TKind : IThingCacheKind
    {
        await cache.TrustedAsync();
        long hits = cache.Statistics.CopyHits;
        await Bounded.BecomesTrueAsync(async () =>
        {
            for (int i = 0; i < 64; i++)
                await cache.GetAsync(id);
            return cache.Statistics.CopyHits > hits + 10 && (!all || (await CopiesAsync()).Count == 3);
        });
    }

    private async Task<List<(RedisClusterNode Node, string Key)>> CopiesAsync()
    {
        List<(RedisClusterNode, string)> copies = [];
        foreach (RedisClusterNode node in _primaries)
            copies.AddRange((await node.ExecuteAsync("KEYS", _prefix + "*:~copy")).Items.Select(key => (node, key.Text!)));
        return copies;
    }

    // How many GETs each primary has answered.
    private async Task<long[]> GetsAsync()
    {
        var counts = new long[_primaries.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = await _primaries[i].Server.CallsAsync("get");
        }

        return counts;
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(string configuration)
    {
        ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(configuration);
        _connections.Add(connection);
        return connection;
    }

    private async Task<ThingCache<TKind>> NewAsync<TKind>(string? configuration = null)
        where TKind : IThingCacheKind
        => new(new RedisContext(await ConnectAsync(configuration ?? fixture.Cluster.ConnectionString), new() { Prefix = _prefix, CacheTimeout = TimeSpan.FromSeconds(60) }), _source);
}
