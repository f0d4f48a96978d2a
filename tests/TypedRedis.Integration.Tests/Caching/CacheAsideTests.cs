using System.Collections.Concurrent;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>A source in memory that counts its calls.</summary>
internal sealed class ItemSource : ICacheSource<ItemCacheKey, Item>
{
    public ConcurrentDictionary<long, Item> Items { get; } = new();

    public int Calls;
    public int BatchCalls;

    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    public async ValueTask<Item?> LoadAsync(ItemCacheKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Calls);
        Item? item = Items.GetValueOrDefault(key.Id);
        await Before();
        return item;
    }

    public async ValueTask<IEnumerable<Item>> LoadManyAsync(IReadOnlyList<ItemCacheKey> keys, CacheBatchLoad<ItemCacheKey> load, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref BatchCalls);
        Item[] found = [.. keys.Select(key => Items.GetValueOrDefault(key.Id)).OfType<Item>()];
        await Before();
        return found;
    }
}

public sealed class CacheAsideTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();
    private readonly ItemSource _source = new();

    private static Item Some(long id, long revision = 0) => new(id, $"item {id}", "a", revision);

    [Fact]
    public async Task What_was_loaded_is_cached()
    {
        _source.Items[1] = Some(1);
        var cache = new ItemCache(_redis, _source);

        Assert.Equal(Some(1), await cache.GetAsync(1));
        Assert.Equal(Some(1), await cache.GetAsync(1));
        Assert.Null(await cache.GetAsync(2));
        Assert.Null(await cache.GetAsync(2));

        Assert.Equal(2, _source.Calls);
        Assert.True(await fixture.Server.ExistsAsync(_redis.Prefix + "item:1"));
    }

    [Fact]
    public async Task One_load_for_all_callers()
    {
        _source.Items[1] = Some(1);
        var gate = new TaskCompletionSource();
        _source.Before = () => gate.Task;
        var cache = new ItemCache(_redis, _source);
        Task<Item?>[] callers = [.. Enumerable.Range(0, 500).Select(_ => cache.GetAsync(1).AsTask())];
        await Task.Delay(50);
        gate.SetResult();
        Item?[] got = await Task.WhenAll(callers);
        Assert.All(got, item => Assert.Equal(Some(1), item));
        Assert.Equal(1, _source.Calls);
    }

    [Fact]
    public async Task What_was_invalidated_during_a_load_is_not_stored()
    {
        _source.Items[1] = Some(1);
        var gate = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        _source.Before = () =>
        {
            began.TrySetResult();
            return gate.Task;
        };
        var cache = new ItemCache(_redis, _source);
        Task<Item?> early = cache.GetAsync(1).AsTask();
        await began.Task;
        _source.Items[1] = Some(1, 2);
        await cache.InvalidateAsync(1);
        Task<Item?> late = cache.GetAsync(1).AsTask();
        gate.SetResult();

        Assert.Equal(0, (await early)!.Revision);
        Assert.Equal(2, (await late)!.Revision);
        Assert.Equal(2, (await cache.GetAsync(1))!.Revision);
    }

    [Fact]
    public async Task Many()
    {
        for (int i = 0; i < 100; i += 2)
            _source.Items[i] = Some(i);
        var cache = new ItemCache(_redis, _source);
        Item?[] got = await cache.GetManyAsync(Enumerable.Range(0, 100).Select(i => new ItemCacheKey(i)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? Some(i) : null), got);
        got = await cache.GetManyAsync(Enumerable.Range(0, 100).Select(i => new ItemCacheKey(i)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? Some(i) : null), got);
        Assert.Equal(1, _source.BatchCalls);
    }

    [Fact]
    public async Task Tags()
    {
        _source.Items[1] = Some(1);
        _source.Items[2] = Some(2) with { Category = "b" };
        var cache = new ItemCache(_redis, _source);
        await cache.GetManyAsync([1, 2]);
        _source.Items[1] = Some(1, 2);
        _source.Items[2] = Some(2, 2) with { Category = "b" };
        Assert.Equal(1, await cache.InvalidateTagAsync(CacheTag.Of("category:a")));
        Assert.Equal(2, (await cache.GetAsync(1))!.Revision);
        Assert.Equal(0, (await cache.GetAsync(2))!.Revision);
        Assert.Equal(2, await cache.ClearAsync());
        Assert.Equal(2, (await cache.GetAsync(2))!.Revision);
    }

    [Fact]
    public async Task The_level_in_the_process_is_used_and_invalidated()
    {
        _source.Items[1] = Some(1);
        var cache = new ItemCache(_redis, _source);
        await cache.GetAsync(1);
        while (!cache.Statistics.IsLocalTrusted)
            await Task.Delay(10);
        await cache.GetAsync(1);
        await cache.GetAsync(1);
        Assert.True(cache.Statistics.LocalHits > 0);
    }

    [Fact]
    public async Task A_process_without_a_source_is_in_nobodys_way()
    {
        _source.Items[1] = Some(1);
        _source.Items[2] = Some(2);
        var without = new ItemCache(_redis);
        Assert.Contains("ICacheSource<ItemCacheKey, Item>", (await Assert.ThrowsAsync<InvalidOperationException>(() => without.GetAsync(1).AsTask())).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => without.GetManyAsync([1, 2]));

        var cache = new ItemCache(_redis, _source);
        Assert.Equal(Some(1), await cache.GetAsync(1));
        Assert.Equal(Some(2), await cache.GetAsync(2));
    }
}
