using System.Text.Json.Serialization;

namespace TypedRedis.Benchmarks;

/// <summary>Twelve members, none of which can be null: an upsert is one HSET.</summary>
[RedisHash("plain:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed record PlainItem
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required string Category { get; init; }
    public required string Sku { get; init; }
    public int Quantity { get; init; }
    public long Views { get; init; }
    public double Weight { get; init; }
    public decimal Price { get; init; }
    public bool Active { get; init; }
    public Guid Batch { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Twelve members, some of which can be null, and an expiry: an upsert is one script.</summary>
[RedisHash("rich:{Id}"), Expires("30d")]
public sealed record RichItem
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }
    public string? Category { get; init; }
    public required string Sku { get; init; }
    public int? Quantity { get; init; }
    public long Views { get; init; }
    public double? Weight { get; init; }
    public decimal Price { get; init; }
    public bool Active { get; init; }
    public Guid Batch { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
}

/// <summary>Twelve members, one of them unique, one indexed by equality and one by order.</summary>
[RedisHash("indexed:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed record IndexedItem
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }

    [Indexed]
    public required string Category { get; init; }

    [Indexed(Unique = true)]
    public required string Sku { get; init; }

    public int Quantity { get; init; }
    public long Views { get; init; }
    public double Weight { get; init; }
    public decimal Price { get; init; }
    public bool Active { get; init; }
    public Guid Batch { get; init; }

    [Indexed(Sorted = true)]
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The same twelve members as one JSON value.</summary>
[RedisString("text:{Id}", JsonContext = typeof(ItemJson)), Expires(ExpiresAttribute.Never)]
public sealed record TextItem
{
    public required long Id { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required string Category { get; init; }
    public required string Sku { get; init; }
    public int Quantity { get; init; }
    public long Views { get; init; }
    public double Weight { get; init; }
    public decimal Price { get; init; }
    public bool Active { get; init; }
    public Guid Batch { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A secret of some KB.</summary>
[RedisHash("secret:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed class SecretItem
{
    public required long Id { get; init; }
    [Encrypted] public required string Text { get; init; }
}

/// <summary>A text of some KB that is compressed.</summary>
[RedisHash("page:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed class PageItem
{
    public required long Id { get; init; }
    [Compressed] public required string Text { get; init; }
}

/// <summary>Both.</summary>
[RedisHash("file:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed class FileItem
{
    public required long Id { get; init; }
    [Encrypted, Compressed] public required string Text { get; init; }
}

[JsonSerializable(typeof(TextItem))]
internal sealed partial class ItemJson : JsonSerializerContext;

internal static class Samples
{
    private static readonly DateTimeOffset Created = new(2024, 2, 29, 12, 30, 15, 123, TimeSpan.FromHours(2));

    /// <summary>A text of 4 KB that compresses to about a third.</summary>
    public static string LongText { get; } = string.Concat(Enumerable.Range(0, 500).Select(i => $"line {i * 7919 % 1000}: "))[..4096];

    public static PlainItem Plain(long id) => new()
    {
        Id = id, Name = "Garden chair", Description = "Folds flat, weathers well", Category = "garden", Sku = "GC-" + id, Quantity = 12, Views = 123456 + id,
        Weight = 4.25, Price = 39.90m, Active = true, Batch = new Guid((int)id, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), CreatedAt = Created,
    };

    public static RichItem Rich(long id) => new()
    {
        Id = id, Name = "Garden chair", Description = "Folds flat, weathers well", Category = null, Sku = "GC-" + id, Quantity = 12, Views = 123456 + id,
        Weight = null, Price = 39.90m, Active = true, Batch = new Guid((int)id, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), CreatedAt = Created,
    };

    public static IndexedItem Indexed(long id) => new()
    {
        Id = id, Name = "Garden chair", Description = "Folds flat, weathers well", Category = "garden", Sku = "GC-" + id, Quantity = 12, Views = 123456 + id,
        Weight = 4.25, Price = 39.90m, Active = true, Batch = new Guid((int)id, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), CreatedAt = Created,
    };

    public static IndexedItem Changed(IndexedItem item, int turn)
        => item with { Category = turn % 2 == 0 ? "house" : "garden", Sku = $"XX-{item.Id}-{turn % 7}", CreatedAt = Created.AddSeconds(turn) };

    public static TextItem Text(long id) => new()
    {
        Id = id, Name = "Garden chair", Description = "Folds flat, weathers well", Category = "garden", Sku = "GC-" + id, Quantity = 12, Views = 123456 + id,
        Weight = 4.25, Price = 39.90m, Active = true, Batch = new Guid((int)id, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), CreatedAt = Created,
    };
}
