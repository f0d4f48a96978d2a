namespace TypedRedis.Integration.Tests.Models;

/// <summary>Every kind of index, none of which can stand in the slot of its entity; no expiry of its own.</summary>
[RedisHash("member:{Id}"), Expires(ExpiresAttribute.Never)]
[RedisIndex("ByCountryAndRating", nameof(Country), nameof(Rating))]
[RedisIndex("ByCountryAndPlan", nameof(Country), nameof(Plan), Exact = true)]
[RedisIndex("ByPlanAndLogins", nameof(Plan), nameof(Logins))]
public sealed record Member
{
    public required long Id { get; init; }

    public required string Name { get; init; }

    [Indexed(Unique = true), Atomic]
    public string? Email { get; init; }

    [Indexed, Atomic]
    public string? Country { get; init; }

    public Plan Plan { get; init; }

    public int? Rating { get; init; }

    [Indexed(Sorted = true)]
    public DateTimeOffset CreatedAt { get; init; }

    [Indexed(Sorted = true)]
    public decimal? Balance { get; init; }

    [Indexed]
    public List<string> Tags { get; init; } = [];

    [Counter, Indexed(Sorted = true), Indexed(Name = "WithLogins")]
    public long Logins { get; init; }
}

public enum Plan
{
    Free,
    Pro,
    Team,
}

/// <summary>Indexes of entities that expire, and live longer with every read.</summary>
[RedisHash("booking:{Code}"), Expires("1h", Sliding = true)]
public sealed record Booking
{
    public required string Code { get; init; }

    [Indexed(Unique = true)]
    public required string Seat { get; init; }

    [Indexed]
    public required string Show { get; init; }

    [Indexed(Sorted = true)]
    public double Price { get; init; }

    public string? Note { get; init; }

    [Counter]
    public int Views { get; init; }
}

/// <summary>All indexes stand in the slot of the entity.</summary>
[RedisHash("shop:{#Tenant}:order:{Number}"), Expires("30d")]
[RedisIndex("ByReference", nameof(Tenant), nameof(Reference), Unique = true)]
[RedisIndex("ByState", nameof(Tenant), nameof(State), Exact = true)]
[RedisIndex("ByTotal", nameof(Tenant), nameof(Total))]
public sealed record Order
{
    public required string Tenant { get; init; }

    public required int Number { get; init; }

    public required string Reference { get; init; }

    public required OrderState State { get; init; }

    public long Total { get; init; }

    [ConcurrencyToken]
    public int Version { get; init; }
}

public enum OrderState
{
    Open,
    Paid,
    Sent,
}

/// <summary>A version and no index.</summary>
[RedisHash("account:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed record Account
{
    public required int Id { get; init; }

    public required long Amount { get; init; }

    [Atomic]
    public string? Owner { get; init; }

    [Counter(Minimum = 0, Maximum = 10)]
    public int Holds { get; init; }

    [ConcurrencyToken]
    public Guid Version { get; init; }
}

/// <summary>A version of 64 bits and no index.</summary>
[RedisHash("ledger:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed record Ledger
{
    public required int Id { get; init; }

    public long Sum { get; init; }

    [ConcurrencyToken]
    public long Version { get; init; }
}

/// <summary>A sorted index of each type that has an order.</summary>
[RedisHash("sample:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed record Sample
{
    public required int Id { get; init; }

    [Indexed(Sorted = true)]
    public long Whole { get; init; }

    [Indexed(Sorted = true)]
    public ulong Unsigned { get; init; }

    [Indexed(Sorted = true)]
    public sbyte Small { get; init; }

    [Indexed(Sorted = true)]
    public double Real { get; init; }

    [Indexed(Sorted = true)]
    public float Single { get; init; }

    [Indexed(Sorted = true)]
    public decimal Exact { get; init; }

    [Indexed(Sorted = true)]
    public DateOnly Day { get; init; }

    [Indexed(Sorted = true)]
    public TimeOnly Time { get; init; }

    [Indexed(Sorted = true)]
    public TimeSpan Span { get; init; }

    [Indexed(Sorted = true)]
    public DateTime Moment { get; init; }

    [Indexed(Sorted = true)]
    public DateTimeOffset Instant { get; init; }
}
