using System.Buffers;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

public sealed record Item(long Id, string Name, string Category, long Revision = 0);

public readonly record struct ItemCacheKey(long Id) : IRedisKey<ItemCacheKey>
{
    public static implicit operator ItemCacheKey(long id) => new(id);
    public static string Pattern => "item:*";
    public RedisKey ToRedisKey() => System.Text.Encoding.UTF8.GetBytes($"item:{Id}");
    public static bool TryParse(ReadOnlySpan<char> key, out ItemCacheKey result)
    {
        result = default;
        if (!key.StartsWith("item:") || !long.TryParse(key[5..], out long id))
            return false;
        result = new(id);
        return true;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out ItemCacheKey result) => TryParse(System.Text.Encoding.UTF8.GetString(utf8Key), out result);
}

public readonly struct ItemCacheMapper : ICacheMapper<Item, ItemCacheKey>
{
    public static CacheSchema Schema { get; } = new("Tests.Item", "item:{}", 0x12345678)
    {
        Expiry = TimeSpan.FromMinutes(10),
        NegativeTtl = TimeSpan.FromSeconds(30),
        RefreshAhead = 0.8,
        LocalTtl = TimeSpan.FromSeconds(10),
        LocalEntries = 10_000,
    };

    public static ItemCacheKey KeyOf(Item entity) => new(entity.Id);
    public static void Write(Item entity, IBufferWriter<byte> output, in CodecContext context) => context.WriteJson(entity, output);
    public static Item Read(ReadOnlySpan<byte> value, in CodecContext context) => context.ReadJson<Item>(value);
    public static CacheTag[] TagsOf(Item entity) => [CacheTag.Of("category:" + entity.Category)];
}

public class ItemCache : EntityCache<Item, ItemCacheKey, ItemCacheMapper>
{
    public ItemCache(RedisContext redis)
        : base(redis)
    {
    }

    public ItemCache(RedisContext redis, ICacheSource<ItemCacheKey, Item> source)
        : base(redis, source)
    {
    }
}
