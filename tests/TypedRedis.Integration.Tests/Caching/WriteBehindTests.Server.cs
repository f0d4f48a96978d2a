using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching;

// Which sources and servers are refused, and where everything stands.
public sealed partial class WriteBehindTests
{
    [Fact]
    public async Task A_source_that_does_not_write_is_refused()
    {
        var cache = new ParcelCache(new RedisContext(_fixture.Connection, _redis.Options with { CacheSources = new ReadOnly() }));
        Assert.Contains("does not write", (await Assert.ThrowsAsync<InvalidOperationException>(() => cache.FlushAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("does not write", (await Assert.ThrowsAsync<InvalidOperationException>(() => cache.RunAsync(default))).Message, StringComparison.Ordinal);
    }

    // ---- The server

    [Theory]
    [InlineData("allkeys-lru", true)]
    [InlineData("allkeys-random", true)]
    [InlineData("volatile-lru", false)]
    [InlineData("noeviction", false)]
    public async Task A_server_that_may_evict_pending_writes_is_refused(string policy, bool isRefused)
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "64mb", ["maxmemory-policy"] = policy } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var cache = new ParcelCache(new RedisContext(connection, ServerFixture.Patient), _source);
        using var end = new CancellationTokenSource();
        await end.CancelAsync();
        foreach (Func<Task> call in (Func<Task>[])[() => cache.SetAsync(Some(1)), () => cache.SetManyAsync([Some(1)]), () => cache.DeleteAsync(1), () => cache.DeleteManyAsync([1]), () => cache.RunAsync(end.Token), () => cache.SetAsync(Some(1))])
        {
            Exception? error = await Record.ExceptionAsync(call);
            if (isRefused)
                Assert.Contains($"maxmemory-policy {policy}", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
            else
                Assert.Null(error);
        }

        if (isRefused)
        {
            await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
            await cache.SetAsync(Some(1));
        }
    }

    [Fact]
    public async Task A_user_who_may_not_ask_for_the_policy_is_not_refused()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "64mb", ["maxmemory-policy"] = "allkeys-lru" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        await server.ExecuteAsync("ACL", "SETUSER", "default", "-info");
        await new ParcelCache(new RedisContext(connection, ServerFixture.Patient), _source).SetAsync(Some(1));
    }

    /// <summary>A full memory refuses writes. What is pending is read, and the worker makes room.</summary>
    [Fact]
    public async Task A_full_memory_refuses_writes_and_loses_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "8mb", ["maxmemory-policy"] = "noeviction" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, ServerFixture.Patient with { CacheTimeout = TimeSpan.FromSeconds(30) });
        var cache = new ParcelCache(redis, _source);
        string place = new('x', 20_000);
        long written = 0;
        Exception? refusal = null;
        while (refusal is null && written < 10_000)
        {
            refusal = await Record.ExceptionAsync(() => cache.SetAsync(Some(written, 1, place)));
            written += refusal is null ? 1 : 0;
        }

        Assert.Contains("OOM", Assert.IsType<RedisServerException>(refusal).Message, StringComparison.Ordinal);
        Assert.Equal(written, (await cache.GetPendingAsync()).Pending);
        Assert.Contains("OOM", (await Assert.ThrowsAsync<RedisServerException>(() => cache.SetAsync(Some(0, 2, place + place)))).Message, StringComparison.Ordinal);
        Assert.Contains("OOM", (await Assert.ThrowsAsync<RedisServerException>(() => cache.DeleteAsync(0))).Message, StringComparison.Ordinal);
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");     // so that the room which an entry leaves is not enough for anything
        await cache.InvalidateAsync(0);
        Assert.Equal(Some(0, 1, place), await cache.GetAsync(0));

        _source.Before = (write, _) => write.Key.Id == 1 ? throw new InvalidOperationException("no") : Task.CompletedTask;
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(0, await cache.FlushAsync());
        WriteBehindStatus status = await cache.GetPendingAsync();
        Assert.Equal((0, 1), (status.Pending, status.DeadLetters));
        Assert.Equal(written - 1, _source.Rows.Count);
        Assert.All(_source.Rows.Values, row => Assert.Equal(1, row.Entity!.Revision));
    }

    [Fact]
    public async Task Scripts_that_the_server_has_lost_are_sent_again()
    {
        await _cache.SetAsync(Some(1, 1));
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        await _cache.SetManyAsync([Some(2, 1), Some(3, 1)]);
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        await _cache.InvalidateAsync(1);
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(Some(1, 1), await _cache.GetAsync(1));
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Equal(3, _source.Rows.Count);
    }

    [Fact]
    public async Task Entry_and_queue_share_a_slot()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync(new() { ReplicasPerPrimary = 0, NodeTimeout = TimeSpan.FromSeconds(30) });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        var cache = new ParcelCache(new RedisContext(connection, ServerFixture.Patient with { Prefix = "w", CacheTimeout = TimeSpan.FromSeconds(30) }), _source);
        await Bounded.SucceedsAsync(() => cache.SetAsync(Some(0)));
        await Refuse(7);
        await cache.SetManyAsync(Enumerable.Range(0, 50).Select(i => Some(i, 1)));
        await cache.DeleteManyAsync([48, 49]);
        await cache.InvalidateManyAsync(Enumerable.Range(0, 50).Select(i => new ParcelCacheKey(i)));
        Assert.Equal(48, (await cache.GetManyAsync(Enumerable.Range(0, 50).Select(i => new ParcelCacheKey(i)))).Count(item => item is { Revision: 1 }));
        Assert.Equal(0, _source.Loads);
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(49, _source.Rows.Count);
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(0, await cache.FlushAsync());
        Assert.Equal(1, (await cache.GetPendingAsync()).DeadLetters);
        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(1, await cache.ReplayAllAsync());
        using var end = new CancellationTokenSource();
        Task worker = cache.RunAsync(end.Token);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(_source[7] is not null));
        await end.CancelAsync();
        await worker.EndsAsync();
        Assert.Equal(new WriteBehindStatus(), await cache.GetPendingAsync());
    }

    // ---- Workers
}
