namespace TypedRedis.Integration.Tests.Models;

/// <summary>Every member always there, no expiry: the model whose upsert is one HSET.</summary>
[RedisHash("product:{Id}")]
public sealed record Product
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required decimal Price { get; init; }

    public bool Active { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>Of everything something: a key of two hostile strings, absent members, counters of both sizes, enums, JSON, a sliding expiry.</summary>
[RedisHash("doc:{#Owner}:{Name}"), Expires("10d", Sliding = true)]
public sealed record Document
{
    public required string Owner { get; init; }

    public required string Name { get; init; }

    public string? Title { get; init; }

    public required string Body { get; init; }

    public int? Pages { get; init; }

    [Counter]
    public long Views { get; init; }

    [Counter]
    public int Likes { get; init; }

    public Stage Stage { get; init; }

    public Stage? Before { get; init; }

    [RedisField("rights", EnumFormat = EnumFormat.Name)]
    public Rights Rights { get; init; }

    [RedisJson]
    public Place? Place { get; init; }

    public List<string> Labels { get; init; } = [];

    public Guid? Reviewer { get; init; }

    public double Score { get; init; }

    public byte[]? Thumbnail { get; init; }
}

public enum Stage
{
    Draft,
    InReview,
    Published,
}

[Flags]
public enum Rights
{
    None = 0,
    Read = 1,
    Write = 2,
    Share = 4,
}

public sealed record Place(string City, double? Height);

/// <summary>An expiry that does not slide, beside a counter and a member that can be absent.</summary>
[RedisHash("token:{Id}"), Expires("10d")]
public sealed record Token
{
    public required Guid Id { get; init; }

    public required string Subject { get; init; }

    public string? Scope { get; init; }

    [Counter]
    public int Uses { get; init; }
}

/// <summary>Nothing that is always there: the hash gets a marker. No expiry, so that a write leaves the key's own.</summary>
[RedisHash("profile:{Id}")]
public sealed record Profile
{
    public required long Id { get; init; }

    public string? Nick { get; init; }

    public int? Age { get; init; }

    public DateOnly? Birthday { get; init; }
}

/// <summary>Nothing but its key.</summary>
[RedisHash("seen:{User}:{Day:yyyy-MM-dd}")]
public sealed record Seen(long User, DateOnly Day);

/// <summary>A counter is the field that every entity has.</summary>
[RedisHash("tally:{Id}")]
public sealed record Tally
{
    public required string Id { get; init; }

    [Counter]
    public long Total { get; init; }

    [Counter]
    public int Recent { get; init; }

    public string? Note { get; init; }
}
