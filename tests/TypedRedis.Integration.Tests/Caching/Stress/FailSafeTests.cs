using System.Text;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>Entries past their life, entries that are due, absence, and what loaders say of how an entry is stored. Times are set in the entries, not waited for.</summary>
public sealed class FailSafeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    public sealed class Safe : IThingCacheKind
    {
        public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
        {
            Expiry = TimeSpan.FromHours(1), Jitter = 0.5, NegativeTtl = TimeSpan.FromMinutes(1), LoadTimeout = Schemas.Patience, FailSafe = TimeSpan.FromHours(1), SoftTimeout = TimeSpan.FromMilliseconds(1), RefreshAhead = 0.5,
        };
    }

    /// <summary>The source is waited for.</summary>
    public sealed class SafePatient : IThingCacheKind
    {
        public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
        {
            Expiry = TimeSpan.FromHours(1), Jitter = 0, LoadTimeout = Schemas.Patience, FailSafe = TimeSpan.FromHours(1),
        };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_slow_source_is_not_waited_for_where_there_is_an_older_entry(bool many)
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Safe> cache = await bench.NewAsync<Safe>(), other = await bench.NewAsync<Safe>();
        await StoreAsync(bench, cache, 1);
        await SetTimesAsync(bench, 1, fresh: -1, refresh: -1);
        bench.Source.Put(1, revision: 2);
        var gate = new Gate();
        bench.Source.Hold = gate.All;

        Assert.Equal(1, await ReadAsync(cache));
        Assert.Equal(1, await ReadAsync(cache));
        Assert.Equal(1, await ReadAsync(other));
        Assert.Equal(2, bench.Source.Loads);
        gate.Open();
        await Bounded.BecomesTrueAsync(async () => await ReadAsync(other) == 2);
        Assert.Equal(2, bench.Source.Loads);

        async Task<long> ReadAsync(ThingCache<Safe> from) => many ? (await from.GetManyAsync([1]).EndsAsync())[0]!.Revision : await from.RevisionAsync(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_fails_leaves_the_older_entry_in_use_and_alone_for_a_moment(bool many)
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<SafePatient> cache = await bench.NewAsync<SafePatient>(), other = await bench.NewAsync<SafePatient>();
        await StoreAsync(bench, cache, 1);
        await SetTimesAsync(bench, 1, fresh: -1, refresh: -1);
        bench.Source.Hold = static _ => throw new InvalidOperationException("The source refuses.");
        Task<long> ReadAsync(ThingCache<SafePatient> from) => many ? Many(from) : from.RevisionAsync(1);
        static async Task<long> Many(ThingCache<SafePatient> from) => (await from.GetManyAsync([1]).EndsAsync())[0]!.Revision;

        Assert.Equal(1, await ReadAsync(cache));
        await Bounded.BecomesTrueAsync(async () => await TimesAsync(bench, 1) is { Fresh: > -1000, Claimed: 0 });     // it has another try later
        Assert.Equal(1, await ReadAsync(other));

        // Never after it was invalidated.
        await other.InvalidateAsync(1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(cache));
        RedisCacheSourceException? told = null;
        await Bounded.BecomesTrueAsync(async () => (told = await Record.ExceptionAsync(() => ReadAsync(other)) as RedisCacheSourceException) is not null);
        Assert.Contains("InvalidOperationException", told!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_after_its_tag_was_invalidated()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<SafePatient> cache = await bench.NewAsync<SafePatient>();
        bench.Source.Put(1, category: "a");
        await cache.GetAsync(1);
        await Bounded.BecomesTrueAsync(async () => (await fixture.Server.ExecuteAsync("DEL", $"{bench.Prefix}thing:{{}}:~tag:category-a")).Integer == 1);
        await SetTimesAsync(bench, 1, fresh: -1, refresh: -1);
        await cache.InvalidateTagAsync(Things.Tag("a"));
        Assert.True(await fixture.Server.ExistsAsync(bench.KeyOf(1)));
        bench.Source.Hold = static _ => throw new InvalidOperationException("The source refuses.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.RevisionAsync(1));
    }

    [Fact]
    public async Task An_entry_that_is_due_is_loaded_once_and_nobody_waits()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Safe>[] caches = [await bench.NewAsync<Safe>(), await bench.NewAsync<Safe>(), await bench.NewAsync<Safe>()];
        await StoreAsync(bench, caches[0], 1);
        await SetTimesAsync(bench, 1, fresh: 3_600_000, refresh: -1);
        bench.Source.Put(1, revision: 2);
        var gate = new Gate();
        bench.Source.Hold = gate.All;
        for (int i = 0; i < 50; i++)
            Assert.All(await Task.WhenAll(caches.Select(static cache => cache.RevisionAsync(1))), static revision => Assert.Equal(1, revision));
        await gate.ReachedAsync();
        gate.Open();
        await Bounded.BecomesTrueAsync(async () => await caches[2].RevisionAsync(1) == 2);
        Assert.Equal(2, bench.Source.Loads);

        // One that fails keeps the entry.
        bench.Source.Hold = static _ => throw new InvalidOperationException("The source refuses.");
        await SetTimesAsync(bench, 1, fresh: 3_600_000, refresh: -1);
        Assert.Equal(2, await caches[0].RevisionAsync(1));
        await Bounded.BecomesTrueAsync(() => Task.FromResult(bench.Source.Loads == 3));
        Assert.Equal(2, await caches[1].RevisionAsync(1));

        // One during which the key is invalidated is not stored.
        var held = new Gate();
        bench.Source.Hold = held.First;
        await SetTimesAsync(bench, 1, fresh: 3_600_000, refresh: -1);
        await caches[0].GetAsync(1);
        await held.ReachedAsync();
        bench.Source.Put(1, revision: 3);
        await caches[1].InvalidateAsync(1);
        held.Open();
        Assert.All(await Task.WhenAll(caches.Select(static cache => cache.RevisionAsync(1))), static revision => Assert.Equal(3, revision));
    }

    [Fact]
    public async Task A_life_is_random_within_its_range_and_absence_is_remembered()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Safe> cache = await bench.NewAsync<Safe>();
        for (int i = 0; i < 50; i++)
            bench.Source.Put(i);
        await cache.GetManyAsync(Enumerable.Range(0, 52).Select(static id => new ThingKey(id)));
        await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics.Stores == 52));
        long[] lives = await Task.WhenAll(Enumerable.Range(0, 50).Select(async id => (await TimesAsync(bench, id)).Fresh));
        Assert.All(lives, static life => Assert.InRange(life, 1_700_000, 3_600_000));     // half of an hour, and what the test has taken
        Assert.True(lives.Max() - lives.Min() > 60_000);
        Assert.Null(await cache.GetAsync(50));
        Assert.Null(await cache.GetAsync(51));
        Assert.Equal(52, bench.Source.Loads);
        Assert.InRange(await fixture.Server.TimeToLiveAsync(bench.KeyOf(50)), 1, 60_000);

        bench.Source.Put(50);
        Assert.Null(await cache.GetAsync(50));
        await cache.InvalidateAsync(50);
        Assert.NotNull(await cache.GetAsync(50));
    }

    [Fact]
    public async Task A_loader_says_how_its_entry_is_stored()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.How = static (id, load) =>
        {
            load.Store = id != 1;
            load.Ttl = id == 2 ? TimeSpan.FromSeconds(100) : null;
        };
        bench.Source.Put(1);
        bench.Source.Put(2);
        await cache.GetAsync(1);
        await cache.GetAsync(1);
        await cache.GetManyAsync([1]);
        Assert.Equal(3, bench.Source.Loads);
        await Bounded.BecomesTrueAsync(async () => !await fixture.Server.ExistsAsync(bench.KeyOf(1)));
        await cache.GetAsync(2);
        await Bounded.BecomesTrueAsync(async () => (await cache.TryGetAsync(2)).IsFound);
        Assert.InRange(await fixture.Server.TimeToLiveAsync(bench.KeyOf(2)), 1, 100_000);
    }

    [Fact]
    public async Task Entries_that_are_none_are_misses()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        ThingCache<OtherShape> other = await bench.NewAsync<OtherShape>();
        bench.Source.Put(1);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(1, await cache.RevisionAsync(1));
            Assert.Equal(1, await other.RevisionAsync(1));
        }

        Assert.Equal([1L], (await cache.GetManyAsync([1])).Select(static thing => thing!.Id));
        await cache.InvalidateAsync(1);

        byte[] entry = [.. "T\u0001V\0"u8, .. BitConverter.GetBytes(Schemas.Shape), .. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(long.MaxValue), .. BitConverter.GetBytes(long.MaxValue), .. new byte[24], .. BitConverter.GetBytes(long.MaxValue), 0];
        foreach (byte[] wrong in (byte[][])[[], "x"u8.ToArray(), new byte[64], new byte[200], entry[..64], entry, [.. entry, .. "{"u8], [.. entry[..64], 255], [.. entry, .. "{\"Id\":\"one\"}"u8]])
        {
            await cache.Redis.Connection.GetDatabase().StringSetAsync(bench.KeyOf(1), wrong);
            Assert.Equal(1, await cache.RevisionAsync(1));
            await cache.Redis.Connection.GetDatabase().StringSetAsync(bench.KeyOf(1), wrong);
            Assert.Equal([1L], (await cache.GetManyAsync([1]).EndsAsync()).Select(static thing => thing!.Id));
            Assert.Equal(1, await cache.RevisionAsync(1));
            await Bounded.BecomesTrueAsync(async () => (await cache.TryGetAsync(1)).IsFound);
        }
    }

    private static async Task StoreAsync<TKind>(CacheBench bench, ThingCache<TKind> cache, long id)
        where TKind : IThingCacheKind
    {
        bench.Source.Put(id);
        await cache.GetAsync(id);
        await Bounded.BecomesTrueAsync(async () => (await cache.TryGetAsync(id)).IsFound);
    }

    // In ms from now.
    private async Task SetTimesAsync(CacheBench bench, long id, long fresh, long refresh)
    {
        long now = await NowAsync();
        await fixture.Connection.GetDatabase().StringSetRangeAsync(bench.KeyOf(id), 16, (byte[])[.. BitConverter.GetBytes(now + fresh), .. BitConverter.GetBytes(now + refresh)]);
    }

    private async Task<(long Fresh, long Claimed)> TimesAsync(CacheBench bench, long id)
    {
        byte[] header = (byte[])(await fixture.Connection.GetDatabase().StringGetRangeAsync(bench.KeyOf(id), 0, 63))!;
        return (BitConverter.ToInt64(header, 16) - await NowAsync(), BitConverter.ToInt64(header, 32));
    }

    private async Task<long> NowAsync()
    {
        var time = (await fixture.Server.ExecuteAsync("TIME")).Items;
        return (long.Parse(time[0].Text!, System.Globalization.CultureInfo.InvariantCulture) * 1000) + (long.Parse(time[1].Text!, System.Globalization.CultureInfo.InvariantCulture) / 1000);
    }
}
