using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Models;

/// <summary>Some members, in another order, without the one that every entity has.</summary>
public sealed partial record DocumentCard
{
    public required string Name { get; init; }

    public long Views { get; init; }

    public string? Title { get; init; }

    public Stage Stage { get; init; }
}

/// <summary>With the field that every entity has.</summary>
public sealed partial record DocumentText
{
    public required string Body { get; init; }

    public List<string> Labels { get; init; } = [];
}

/// <summary>Nothing that stands in a field of its own.</summary>
public sealed partial record ProfileId
{
    public required long Id { get; init; }
}

/// <summary>One member of a model without expiry.</summary>
public sealed partial record ProductName
{
    public required string Name { get; init; }
}

public sealed partial record DocumentCard : IHashProjection<DocumentCard, Document, DocumentKey>
{
    public static HashSchema Schema { get; } = DocumentHash.Schema.Project("TypedRedis.Integration.Tests.Models.DocumentCard", 3, 0, 5);

    public static DocumentCard Read(DocumentKey key, ReadOnlySpan<RedisValue> values, in CodecContext context) => new()
    {
        Name = key.Name,
        Views = values[0].IsNull ? default : context.ReadInt64(values, 0),
        Title = values[1].IsNull ? null : context.ReadString(values, 1),
        Stage = values[2].IsNull ? default : context.ReadEnum<Stage>(values, 2),
    };
}

public sealed partial record DocumentText : IHashProjection<DocumentText, Document, DocumentKey>
{
    public static HashSchema Schema { get; } = DocumentHash.Schema.Project("TypedRedis.Integration.Tests.Models.DocumentText", 1, 9);

    public static DocumentText Read(DocumentKey key, ReadOnlySpan<RedisValue> values, in CodecContext context) => new()
    {
        Body = context.ReadString(values, 0),
        Labels = context.ReadJson<List<string>>(values, 1),
    };
}

public sealed partial record ProfileId : IHashProjection<ProfileId, Profile, ProfileKey>
{
    public static HashSchema Schema { get; } = ProfileHash.Schema.Project("TypedRedis.Integration.Tests.Models.ProfileId");

    public static ProfileId Read(ProfileKey key, ReadOnlySpan<RedisValue> values, in CodecContext context) => new() { Id = key.Id };
}

public sealed partial record ProductName : IHashProjection<ProductName, Product, ProductKey>
{
    public static HashSchema Schema { get; } = ProductHash.Schema.Project("TypedRedis.Integration.Tests.Models.ProductName", 0);

    public static ProductName Read(ProductKey key, ReadOnlySpan<RedisValue> values, in CodecContext context) => new() { Name = context.ReadString(values, 0) };
}
