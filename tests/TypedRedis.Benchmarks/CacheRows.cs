using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>About 350 bytes of JSON, with a level in the process.</summary>
[CacheAside("bench-local:{Id}", Ttl = "1h", RefreshAhead = 0, LocalTtl = "1h", LocalSize = "100000", JsonContext = typeof(CacheJson))]
public sealed record LocalProduct(long Id, string Name, string Description, string Category, string Sku, int Quantity, double Weight, decimal Price, bool Active, Guid Batch, DateTimeOffset CreatedAt);

/// <summary>The same with tags.</summary>
[CacheAside("bench-tagged:{Id}", Ttl = "1h", RefreshAhead = 0, LocalTtl = "1h", LocalSize = "100000", JsonContext = typeof(CacheJson), Tags = ["category:{Category}", "sku:{Sku}"])]
public sealed record TaggedProduct(long Id, string Name, string Description, string Category, string Sku, int Quantity, double Weight, decimal Price, bool Active, Guid Batch, DateTimeOffset CreatedAt);

/// <summary>The same with a text for a key.</summary>
[CacheAside("bench-text:{Id}", Ttl = "1h", RefreshAhead = 0, LocalTtl = "1h", LocalSize = "100000", JsonContext = typeof(CacheJson))]
public sealed record TextKeyProduct(string Id, string Name);

/// <summary>The same in Redis alone.</summary>
[CacheAside("bench-redis:{Id}", Ttl = "1h", RefreshAhead = 0, LocalTtl = CacheAsideAttribute.Off, JsonContext = typeof(CacheJson))]
public sealed record RedisProduct(long Id, string Name, string Description, string Category, string Sku, int Quantity, double Weight, decimal Price, bool Active, Guid Batch, DateTimeOffset CreatedAt);

[JsonSerializable(typeof(LocalProduct))]
[JsonSerializable(typeof(TaggedProduct))]
[JsonSerializable(typeof(TextKeyProduct))]
[JsonSerializable(typeof(RedisProduct))]
internal sealed partial class CacheJson : JsonSerializerContext;

/// <summary>Caches against what one would write by hand: a dictionary with an expiry in the process; GET and SET of JSON, with a timeout.</summary>
internal static class CacheRows
{
    private const double Any = double.PositiveInfinity;
    private const int Many = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly string Text = "A description of some sixty characters, as products have one";

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        IDatabase database = redis.Database;
        var local = new LocalProductCache(redis);
        var tagged = new TaggedProductCache(redis);
        var text = new TextKeyProductCache(redis);
        var cache = new RedisProductCache(redis);
        long[] ids = [.. Enumerable.Range(0, Many)];
        RedisProduct[] products = [.. ids.Select(id => new RedisProduct(id, $"product {id}", Text, "books", $"SKU-{id:000000}", 3, 1.5, 9.90m, true, Guid.Empty, DateTimeOffset.UnixEpoch))];
        await cache.SetManyAsync(products);
        await local.SetManyAsync(products.Select(p => new LocalProduct(p.Id, p.Name, p.Description, p.Category, p.Sku, p.Quantity, p.Weight, p.Price, p.Active, p.Batch, p.CreatedAt)));
        await tagged.SetManyAsync(products.Select(p => new TaggedProduct(p.Id, p.Name, p.Description, p.Category, p.Sku, p.Quantity, p.Weight, p.Price, p.Active, p.Batch, p.CreatedAt)));
        await text.SetManyAsync(ids.Select(id => new TextKeyProduct($"key-of-{id:000000000}", "some name")));
        string[] texts = [.. ids.Select(id => $"key-of-{id:000000000}")];
        var byId = new ConcurrentDictionary<long, (RedisProduct Product, long Expires)>(products.Select(p => KeyValuePair.Create(p.Id, (p, long.MaxValue))));
        var byText = new ConcurrentDictionary<string, (RedisProduct Product, long Expires)>(texts.Select((t, i) => KeyValuePair.Create(t, (products[i], long.MaxValue))));
        await Task.WhenAll(products.Select(product => database.StringSetAsync($"hand:{product.Id}", JsonSerializer.SerializeToUtf8Bytes(product, CacheJson.Default.RedisProduct), TimeSpan.FromHours(1))));
        await WarmAsync();

        var kept = new List<bool>();
        Console.WriteLine("caches: 1,000 reads of the process's own level (theirs: a ConcurrentDictionary and an expiry); µs per 1,000 are ns per read");
        kept.Add(await Paired.CompareAsync("hit, number for a key", () => ReadLocalAsync(), () => ReadById(), Any, Any));
        kept.Add(await Paired.CompareAsync("hit, number for a key, two tags", () => ReadTaggedAsync(), () => ReadById(), Any, Any));
        kept.Add(await Paired.CompareAsync("hit, text of 16 characters for a key", () => ReadTextAsync(), () => ReadByText(), Any, Any));

        Console.WriteLine("caches in Redis, about 350 bytes of JSON");
        kept.Add(await Paired.CompareAsync("hit (theirs: GET, deserialize)", () => cache.GetAsync(7).AsTask(), () => GetByHandAsync(7), 1.1, Any));
        long[] page = ids[..100];
        kept.Add(await Paired.CompareAsync("page of 100 (theirs: MGET, deserialize)", () => cache.GetManyAsync(page), () => GetManyByHandAsync(page), 1.3, Any));
        long turn = Many;
        await Paired.CompareAsync(
            "miss and store (theirs: GET, SET)",
            () => cache.GetAsync(turn++, (key, _) => new ValueTask<RedisProduct?>(Product(key.Id))).AsTask(),
            () => MissByHandAsync(turn++),
            Any,
            Any);
        await Paired.CompareAsync("set (theirs: SET)", () => cache.SetAsync(products[7]), () => SetByHandAsync(products[7]), Any, Any);
        await Paired.CompareAsync("invalidate (theirs: UNLINK)", () => cache.InvalidateAsync(7), () => UnlinkByHandAsync(7), Any, Any);
        await cache.ClearAsync();
        await InvalidateTagAsync();
        await StampedeAsync();
        return kept.TrueForAll(static one => one);

        // What kept the server, by its own log.
        async Task InvalidateTagAsync()
        {
            const int Entries = 10_000;
            await tagged.SetManyAsync(Enumerable.Range(0, Entries).Select(i => new TaggedProduct(i, "name", Text, "toys", $"SKU-{i}", 1, 1, 1, true, Guid.Empty, DateTimeOffset.UnixEpoch)));
            await database.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "1000");
            await database.ExecuteAsync("SLOWLOG", "RESET");
            long begun = Stopwatch.GetTimestamp();
            long freed = await tagged.InvalidateTagAsync(TaggedProductTag.Category("toys"));
            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            long slow = (long)await database.ExecuteAsync("SLOWLOG", "LEN");
            await database.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "10000");
            Console.WriteLine($"invalidate a tag of {Entries:N0} entries: {freed:N0} freed in {took.TotalMilliseconds:N0} ms; {slow} commands kept the server for more than 1 ms");
        }

        // Two connections stand for two processes: they share nothing but Redis.
        async Task StampedeAsync()
        {
            using ConnectionMultiplexer other = await ConnectionMultiplexer.ConnectAsync(redis.Connection.Configuration);
            RedisProductCache[] caches = [cache, new(new RedisContext(other))];
            await Task.WhenAll(caches.Select(one => one.GetAsync(1, static (_, _) => new ValueTask<RedisProduct?>((RedisProduct?)null)).AsTask()));
            int loads = 0;
            var slowest = new List<double>();
            for (int round = 0; round < 20; round++)
            {
                await caches[0].InvalidateAsync(7);
                long begun = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i => await caches[i % 2].GetAsync(7, async (key, end) =>
                {
                    Interlocked.Increment(ref loads);
                    await Task.Delay(50, end);
                    return Product(key.Id);
                })));
                slowest.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            slowest.Sort();
            Console.WriteLine($"1,000 callers of a missing key, 20 times, over two connections, loader 50 ms: {loads} loads, the slowest caller waits {slowest[10]:N0} ms (median), {slowest[^1]:N0} ms (longest)");
        }

        RedisProduct Product(long id) => products[7] with { Id = id };

        async Task WarmAsync()
        {
            while (!(local.Statistics.IsLocalTrusted && tagged.Statistics.IsLocalTrusted && text.Statistics.IsLocalTrusted && local.Statistics.LocalEntries == Many && tagged.Statistics.LocalEntries == Many && text.Statistics.LocalEntries == Many))
            {
                await local.GetManyAsync(ids);
                await tagged.GetManyAsync(ids);
                await text.GetManyAsync(texts);
            }
        }

        async Task ReadLocalAsync()
        {
            for (long i = 0; i < Many; i++)
                await local.GetAsync(i);
        }

        async Task ReadTaggedAsync()
        {
            for (long i = 0; i < Many; i++)
                await tagged.GetAsync(i);
        }

        async Task ReadTextAsync()
        {
            foreach (string key in texts)
                await text.GetAsync(key);
        }

        Task ReadById()
        {
            for (long i = 0; i < Many; i++)
                _ = byId.TryGetValue(i, out var found) && found.Expires > Environment.TickCount64;
            return Task.CompletedTask;
        }

        Task ReadByText()
        {
            foreach (string key in texts)
                _ = byText.TryGetValue(key, out var found) && found.Expires > Environment.TickCount64;
            return Task.CompletedTask;
        }

        async Task<RedisProduct?> GetByHandAsync(long id)
        {
            byte[]? json = await database.StringGetAsync($"hand:{id}").WaitAsync(Timeout);
            return json is null ? null : JsonSerializer.Deserialize(json, CacheJson.Default.RedisProduct);
        }

        async Task<RedisProduct?[]> GetManyByHandAsync(long[] wanted)
        {
            RedisValue[] values = await database.StringGetAsync(Array.ConvertAll(wanted, id => (RedisKey)$"hand:{id}")).WaitAsync(Timeout);
            return Array.ConvertAll(values, value => value.IsNull ? null : JsonSerializer.Deserialize((byte[])value!, CacheJson.Default.RedisProduct));
        }

        async Task<RedisProduct> MissByHandAsync(long id)
        {
            if (await GetByHandAsync(id) is { } found)
                return found;
            RedisProduct loaded = Product(id);
            await database.StringSetAsync($"hand:{id}", JsonSerializer.SerializeToUtf8Bytes(loaded, CacheJson.Default.RedisProduct), TimeSpan.FromHours(1)).WaitAsync(Timeout);
            return loaded;
        }

        Task SetByHandAsync(RedisProduct product)
            => database.StringSetAsync($"hand:{product.Id}", JsonSerializer.SerializeToUtf8Bytes(product, CacheJson.Default.RedisProduct), TimeSpan.FromHours(1)).WaitAsync(Timeout);

        Task UnlinkByHandAsync(long id) => database.KeyDeleteAsync($"hand:{id}").WaitAsync(Timeout);
    }
}
