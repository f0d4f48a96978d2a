namespace TypedRedis.Integration.Tests.Models;

/// <summary>Some members, in another order, without the one that every entity has.</summary>
[RedisProjection<Document>]
public sealed partial record DocumentCard
{
    public required string Name { get; init; }

    public long Views { get; init; }

    public string? Title { get; init; }

    public Stage Stage { get; init; }
}

/// <summary>With the field that every entity has.</summary>
[RedisProjection<Document>]
public sealed partial record DocumentText
{
    public required string Body { get; init; }

    public List<string> Labels { get; init; } = [];
}

/// <summary>Nothing that stands in a field of its own.</summary>
[RedisProjection<Profile>]
public sealed partial record ProfileId
{
    public required long Id { get; init; }
}

/// <summary>One member of a model without expiry.</summary>
[RedisProjection<Product>]
public sealed partial record ProductName
{
    public required string Name { get; init; }
}
