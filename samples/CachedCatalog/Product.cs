using TypedRedis;

namespace CachedCatalog;

/// <summary>A product. The attributes are all that TypedRedis needs: it writes ProductCacheKey, ProductTag and ProductCache.</summary>
[CacheAside("product:{Id}", Ttl = "10m", FailSafe = "1h", Tags = ["category:{Category}"]), WriteThrough]
public sealed record Product
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Category { get; init; }
    public required long Cents { get; init; }
}
