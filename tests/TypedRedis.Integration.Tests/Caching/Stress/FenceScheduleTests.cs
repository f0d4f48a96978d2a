using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>The schedules that break a cache without fences, step by step: a load that is slow while something else happens to its key.</summary>
public sealed class FenceScheduleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>A fill that overwrites, or that stores what is absent, leaves the old value.</summary>
    [Fact]
    public async Task A_load_that_began_before_an_invalidation_is_not_stored()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.First;

        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        bench.Source.Put(1, revision: 2);
        await other.InvalidateAsync(1);
        gate.Open();

        Assert.Equal(1, (await early.EndsAsync())!.Revision);
        Assert.Equal(2, await other.RevisionAsync(1));
        Assert.Equal(2, await slow.RevisionAsync(1));
    }

    /// <summary>With one token per client, the first of two loads of a process stores over what the second is to store.</summary>
    [Fact]
    public async Task Each_load_has_a_token_of_its_own()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        var first = new Gate();
        bench.Source.Hold = first.All;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await first.ReachedAsync();

        bench.Source.Put(1, revision: 2);
        await slow.InvalidateAsync(1);
        var second = new Gate();
        bench.Source.Hold = second.All;
        Task<Thing?> late = slow.GetAsync(1).AsTask();
        await second.ReachedAsync();
        first.Open();
        Assert.Equal(1, (await early.EndsAsync())!.Revision);
        Assert.False((await other.TryGetAsync(1)).IsFound);
        second.Open();

        Assert.Equal(2, (await late.EndsAsync())!.Revision);
        Assert.Equal(2, await other.RevisionAsync(1));
        Assert.Equal(2, bench.Source.Loads);
    }

    [Fact]
    public async Task What_is_set_during_a_load_stays()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        await other.SetAsync(new Thing { Id = 1, Revision = 2 });
        gate.Open();
        await early.EndsAsync();

        Assert.Equal(2, await slow.RevisionAsync(1));
        Assert.Equal(1, bench.Source.Loads);
    }

    /// <summary>Of a flight that is given to every joiner, those get the old value who came after the invalidation. The message of it never comes.</summary>
    [Fact]
    public async Task Whoever_comes_after_an_invalidation_gets_no_load_that_began_before()
    {
        await using var bench = new CacheBench(fixture.Server);
        (ThingCache<Shared> slow, TcpProxy proxy) = await bench.NewBehindProxyAsync<Shared>();
        ThingCache<Shared> other = await bench.NewAsync<Shared>();
        await slow.TrustedAsync();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();

        proxy.Hold();
        bench.Source.Put(1, revision: 2);
        await other.InvalidateAsync(1);
        Task<Thing?>[] late = [.. Enumerable.Range(0, 10).Select(_ => slow.GetAsync(1).AsTask())];
        gate.Open();

        Assert.Equal(1, (await early.EndsAsync())!.Revision);
        Assert.All(await Task.WhenAll(late).EndsAsync(), thing => Assert.Equal(2, thing!.Revision));
        Assert.Equal(2, bench.Source.Loads);
    }

    [Fact]
    public async Task Whoever_comes_during_a_load_that_is_stored_gets_it()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.All;
        Task<Thing?> early = cache.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        Task<Thing?>[] late = [.. Enumerable.Range(0, 10).Select(_ => cache.GetAsync(1).AsTask())];
        gate.Open();

        await Task.WhenAll([early, .. late]).EndsAsync();
        Assert.Equal(1, bench.Source.Loads);
    }

    /// <summary>Where the version is that of the fill, a read with a token accepts a value that is older than the write of the token, once the invalidation was lost in a failover.</summary>
    [Fact]
    public async Task A_version_is_that_of_the_moment_before_the_load()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        IDatabase database = other.Redis.Connection.GetDatabase();
        byte[]? placeholder = await database.StringGetAsync(bench.KeyOf(1));
        bench.Source.Put(1, revision: 2);
        ConsistencyToken token = await other.InvalidateAsync(1);
        await database.StringSetAsync(bench.KeyOf(1), placeholder, TimeSpan.FromMinutes(1));    // the node that was promoted has not heard of it
        gate.Open();
        await early.EndsAsync();
        await Bounded.BecomesTrueAsync(async () => (await other.TryGetAsync(1)).IsFound);

        Assert.Equal(1, await other.RevisionAsync(1));      // what a failover costs, without a token
        Assert.Equal(2, (await other.GetAsync(1, token).AsTask().EndsAsync())!.Revision);
        Assert.Equal(2, await other.RevisionAsync(1));
    }

    [Fact]
    public async Task A_read_with_a_token_gets_no_older_entry()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> near = await bench.NewAsync<Near>(), other = await bench.NewAsync<Near>();
        bench.Source.Put(1);
        await near.KeepAsync(1);
        bench.Source.Put(1, revision: 2);
        ConsistencyToken token = await other.InvalidateAsync(1);
        Assert.True(ConsistencyToken.TryParse(token.ToString(), out ConsistencyToken sent));

        Assert.Equal(2, (await near.GetAsync(1, sent).AsTask().EndsAsync())!.Revision);
    }

    [Fact]
    public async Task Whoever_waits_is_woken_where_the_placeholder_was_evicted()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        await other.TrustedAsync();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        Task<Thing?> waiting = other.GetAsync(1).AsTask();
        await Bounded.BecomesTrueAsync(() => Task.FromResult(other.Statistics.Waits > 0));
        await fixture.Server.ExecuteAsync("DEL", bench.KeyOf(1));
        gate.Open();

        Assert.NotNull(await early.EndsAsync());
        Assert.NotNull(await waiting.EndsAsync());
        Assert.Equal(2, bench.Source.Loads);
    }

    [Fact]
    public async Task Whoever_waits_behind_a_dead_link_looks()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>();
        (ThingCache<Shared> other, TcpProxy proxy) = await bench.NewBehindProxyAsync<Shared>();
        await other.TrustedAsync();
        bench.Source.Put(1);
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        proxy.Hold();
        Task<Thing?> waiting = other.GetAsync(1).AsTask();
        await Bounded.BecomesTrueAsync(() => Task.FromResult(other.Statistics.Waits > 0));
        gate.Open();

        Assert.NotNull(await early.EndsAsync());
        Assert.NotNull(await waiting.EndsAsync());
        Assert.Equal(1, bench.Source.Loads);
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_no_claim_behind()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        for (int i = 1; i <= 5; i++)
            bench.Source.Put(i);
        await fixture.Server.ExecuteAsync("HSET", bench.KeyOf(3), "f", "v");

        await Assert.ThrowsAsync<RedisWrongTypeException>(() => cache.GetManyAsync([1, 2, 3, 4, 5]));

        Assert.Equal(5, await other.RevisionSumAsync([1, 2, 4, 5, 4]));
    }

    [Fact]
    public async Task A_load_that_stores_nothing_takes_the_older_entry_away()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<OtherShape> cache = await bench.NewAsync<OtherShape>(), other = await bench.NewAsync<OtherShape>();
        bench.Source.Put(1);
        await cache.GetAsync(1);
        bench.Source.Remove(1);

        Assert.Null(await cache.RefreshAsync(1).AsTask().EndsAsync());
        Assert.Null(await other.GetAsync(1).AsTask().EndsAsync());
    }

    [Fact]
    public async Task An_error_of_the_mapper_reaches_the_caller_and_leaves_no_claim_behind()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1);

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => cache.GetAsync(1, static (_, _) => ValueTask.FromResult<Thing?>(new Thing { Id = 2 })).AsTask().EndsAsync());
        Assert.Contains("thing:2", error.Message, StringComparison.Ordinal);
        Assert.Contains("thing:1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await cache.RevisionAsync(1));
        Assert.Equal(1, (await cache.GetAsync(1, static (_, _) => throw new InvalidOperationException("not called")))!.Revision);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.GetAsync(5, static (_, _) => throw new InvalidOperationException("at once")).AsTask().EndsAsync());
    }

    [Fact]
    public async Task A_function_that_loads_many_may_give_more_or_nothing()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        Thing?[] got = await cache.GetManyAsync([1, 2, 1], static (_, _) => ValueTask.FromResult<IEnumerable<Thing>>([new() { Id = 7 }, new() { Id = 1 }, null!, new() { Id = 9 }]));
        Assert.Equal([1, null, 1], got.Select(static thing => thing?.Id));
        Assert.Equal([null], await cache.GetManyAsync([3], static (_, _) => ValueTask.FromResult<IEnumerable<Thing>>(null!)));
        Assert.False((await cache.TryGetAsync(7)).IsFound);
    }

    /// <summary>Hits, entries that another one loads, writes under way and cold keys in one batch.</summary>
    [Fact]
    public async Task A_batch_meets_everything_at_once()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), cache = await bench.NewAsync<Shared>();
        for (int i = 1; i <= 4; i++)
            bench.Source.Put(i);
        await cache.GetAsync(1);
        var gate = new Gate();
        bench.Source.Hold = id => id == 2 ? gate.First(id) : Task.CompletedTask;
        Task<Thing?> early = slow.GetAsync(2).AsTask();
        await gate.ReachedAsync();
        await Steps.MarkAsync(cache.Redis, bench.KeyOf(3), "writer-000000001");
        Task<Thing?[]> batch = cache.GetManyAsync([1, 2, 3, 4, 5]);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics.Waits > 0));
        gate.Open();

        Assert.Equal([1L, 2, 3, 4, null], (await batch.EndsAsync()).Select(static thing => thing?.Id));
        await early.EndsAsync();
        Assert.Equal(new Dictionary<long, int> { [1] = 1, [2] = 1, [3] = 1, [4] = 1, [5] = 1 }, bench.Source.LoadsOf.ToDictionary());
        Assert.False((await cache.TryGetAsync(3)).IsFound);     // not stored: a write is under way
    }
}

internal static class FenceReads
{
    public static async Task<long> RevisionSumAsync<TKind>(this ThingCache<TKind> cache, IEnumerable<long> ids)
        where TKind : IThingCacheKind
    {
        long sum = 0;
        foreach (long id in ids)
            sum += await cache.RevisionAsync(id);
        return sum;
    }
}

/// <summary>The steps of a write, one script at a time.</summary>
internal static class Steps
{
    public static async Task<long> MarkAsync(RedisContext redis, string key, string token, int lease = 60_000)
        => (long)await EvaluateAsync(redis, CacheScripts.Mark, key, token, lease, "none", "I");

    public static async Task<bool> CommitAsync(RedisContext redis, string key, string token, byte[] entry)
        => (long)((RedisResult[])(await EvaluateAsync(redis, CacheScripts.Commit, key, token, entry, 60_000, 60_000, 60_000, "none", "I"))!)[0] == 1;

    public static async Task<bool> SetAsync(RedisContext redis, string key, byte[] entry)
        => (long)await EvaluateAsync(redis, CacheScripts.Set, key, entry, 60_000, 60_000, 60_000, "none", "I") > 0;

    public static async Task<RedisResult[]> ClaimAsync(RedisContext redis, string key, string token, string mode = "load")
        => (RedisResult[])(await EvaluateAsync(redis, CacheScripts.Claim, key, token, 60_000, 0, 0, "SHAP", mode))!;

    public static async Task<bool> FillAsync(RedisContext redis, string key, string token, byte[] entry)
        => (long)await EvaluateAsync(redis, CacheScripts.Fill, key, token, entry, 60_000, 60_000, 60_000, "none", "L", "") == 1;

    public static Task InvalidateAsync(RedisContext redis, string key) => EvaluateAsync(redis, CacheScripts.Invalidate, key, "none", "I");

    /// <summary>An entry of the shape SHAP.</summary>
    public static byte[] Entry(string value) => [.. "T\u0001V\0SHAP"u8, .. new byte[56], 0, .. System.Text.Encoding.UTF8.GetBytes(value)];

    /// <summary>What stands there: the state, and the value if it is one.</summary>
    public static async Task<string> StateAsync(RedisContext redis, string key)
    {
        byte[]? stored = await redis.Connection.GetDatabase().StringGetAsync(key);
        return stored is null ? "none" : (char)stored[2] + (stored[2] == 'V' ? System.Text.Encoding.UTF8.GetString(stored[65..]) : "");
    }

    private static Task<RedisResult> EvaluateAsync(RedisContext redis, RedisScript script, string key, params RedisValue[] arguments)
        => redis.Connection.GetDatabase().ScriptEvaluateAsync(script.Text, [key], arguments);
}
