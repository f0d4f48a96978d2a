using System;
using System.Collections.Generic;
using System.Text.Json.Serialization;
using TypedRedis;

[assembly: RedisDefaults(JsonContext = typeof(Shop.Data.DataJson))]

namespace Shop.Data;

/// <summary>What a user pays.</summary>
public enum Plan
{
    /// <summary>Nothing.</summary>
    Free,

    /// <summary>Monthly.</summary>
    Team,
}

/// <summary>A postal address.</summary>
public sealed record Address(string Street, string City);

/// <summary>A hash with a member of each kind.</summary>
[RedisHash("user:{Id}"), Expires("30d", Sliding = true)]
public sealed record User
{
    /// <summary>The key.</summary>
    public required Guid Id { get; init; }

    /// <summary>Always there.</summary>
    public required string Name { get; init; }

    /// <summary>Absent when null.</summary>
    public string? Nick { get; init; }

    /// <summary>By name, which the trimmer must keep.</summary>
    public Plan Plan { get; init; }

    /// <summary>JSON, with the assembly's context.</summary>
    public IReadOnlyList<Address> Addresses { get; init; } = [];

    /// <summary>Round-trip text.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Changed by the server.</summary>
    [Counter]
    public long Logins { get; init; }
}

/// <summary>One JSON value.</summary>
[RedisString("session:{Token}"), Expires("20m")]
public sealed record Session(string Token, Guid UserId, string[] Roles);

[JsonSerializable(typeof(IReadOnlyList<Address>))]
[JsonSerializable(typeof(Session))]
internal sealed partial class DataJson : JsonSerializerContext;
