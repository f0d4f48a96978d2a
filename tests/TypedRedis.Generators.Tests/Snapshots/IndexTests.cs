using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What indexes, concurrency tokens, atomic members and counters with bounds add. Every snapshot compiles without a warning.</summary>
public sealed class IndexTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Plan { Free, Pro }

        [RedisHash("user:{Id}"), Expires(ExpiresAttribute.Never)]
        [RedisIndex("ByCountryAndRating", nameof(Country), nameof(Rating))]
        public sealed record User
        {
            public required long Id { get; init; }
            [Indexed(Unique = true)] public required string Email { get; init; }
            [Indexed] public string? Country { get; init; }
            public int Rating { get; init; }
            [Indexed(Sorted = true)] public DateTimeOffset CreatedAt { get; init; }
            [ConcurrencyToken] public long Version { get; init; }
            [Atomic] public Plan Plan { get; init; }
            [Counter(Minimum = 0, Maximum = 100)] public long Stock { get; init; }
        }
        """);

    [Fact]
    public void Every_kind_of_index() => Generated.Verify("""
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Net;
        using System.Numerics;
        using StackExchange.Redis;
        using TypedRedis;

        namespace Shop;

        public enum Plan { Free, Pro }
        public readonly record struct Money(decimal Amount);

        public sealed class MoneyConverter : IRedisConverter<Money>
        {
            public static RedisValue Write(Money value) => value.Amount.ToString();
            public static Money Read(RedisValue value) => new(decimal.Parse(value!));
        }

        [RedisHash("tenant:{#Tenant}:{Day:yyyy-MM}:item:{Id}"), Expires("30d")]
        [RedisIndex("ByTenantAndEmail", nameof(Tenant), nameof(Email), Unique = true)]
        [RedisIndex("ByTenant", nameof(Tenant), Exact = true)]
        [RedisIndex("ByTenantPlanAndRating", nameof(Tenant), nameof(Plan), nameof(Rating))]
        [RedisIndex("ByDayAndPlan", nameof(Day), nameof(Plan), Exact = true)]
        [RedisIndex("ByPlanAndDay", nameof(Plan), nameof(Day))]
        [RedisIndex("ByOddNames", nameof(Item1), nameof(@class), Exact = true)]
        [RedisIndex("Newest", nameof(At))]
        public sealed class Item
        {
            public required string Tenant { get; init; }
            public required DateOnly Day { get; init; }
            public required Guid Id { get; init; }
            public required string Email { get; init; }
            [Indexed, Indexed(Name = "OfPlan")] public Plan? Plan { get; set; }
            [Indexed] public bool Open { get; set; }
            [Indexed] public char Letter { get; set; }
            [Indexed] public Int128 Large { get; set; }
            [Indexed] public BigInteger Big { get; set; }
            [Indexed, RedisField("number", EnumFormat = EnumFormat.Number)] public Plan AsNumber { get; set; }
            [Indexed] public Version? Release { get; set; }
            [Indexed(Unique = true)] public IPAddress? Address { get; set; }
            [Indexed, RedisConverter(typeof(MoneyConverter))] public Money? Price { get; set; }
            [Indexed(Sorted = true)] public decimal? Cost { get; set; }
            [Indexed(Sorted = true)] public float Weight { get; set; }
            [Indexed(Sorted = true), Indexed(Name = "AtTime")] public TimeOnly Time { get; set; }
            [Indexed(Sorted = true)] public TimeSpan Length { get; set; }
            [Indexed(Sorted = true), Counter] public long Views { get; set; }
            public DateTime At { get; set; }
            public byte Rating { get; set; }
            [Indexed] public List<string>? Tags { get; set; }
            [Indexed] public ImmutableArray<int> Numbers { get; set; }
            [Indexed] public Guid?[] Owners { get; set; } = [];
            [Indexed] public IReadOnlyCollection<DateOnly>? Dates { get; set; }
            public string Item1 { get; set; } = "";
            public ushort @class { get; set; }
        }
        """);

    [Fact]
    public void Tokens_and_atomic_members() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Plan { Free, Pro }

        [RedisHash("account:{Id}"), Expires("1d")]
        public sealed class Account(Guid id, Plan plan = Plan.Pro)
        {
            public Guid Id { get; } = id;
            [ConcurrencyToken] public Guid ETag { get; set; }
            [Atomic] public Plan Plan { get; } = plan;
            [Atomic] public string Name { get; set; } = "none";
            [Atomic] public string? Nick { get; set; }
            [Atomic] public int? Level { get; set; }
            [Atomic] public int[]? Values { get; set; }
            [Atomic] public string @value { get; set; } = "";
            [Atomic, Counter(Maximum = 10)] public int Tries { get; set; }
            [Counter(Minimum = -5)] public long Balance { get; set; }
            [Counter(Minimum = int.MinValue, Maximum = int.MaxValue)] public long Small { get; set; }
            [Counter(Minimum = int.MinValue, Maximum = int.MaxValue)] public int Unbounded { get; set; }
        }
        """);

    [Fact]
    public void Inherited() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisIndex("ByKindAndName", nameof(Kind), nameof(Name), Exact = true)]
        [RedisIndex("AllOfKind", nameof(Kind), Exact = true)]
        public abstract class Thing
        {
            [Indexed] public virtual string Kind { get; set; } = "";
            [Indexed] public virtual string Name { get; set; } = "";
        }

        [RedisHash("tool:{Id}"), Expires("1d")]
        [RedisIndex("ByKindAndName", nameof(Kind), nameof(Name), Unique = true)]
        public class Tool : Thing
        {
            public required int Id { get; init; }
            [Indexed(Unique = true)] public override string Name { get; set; } = "";
        }
        """);
}
