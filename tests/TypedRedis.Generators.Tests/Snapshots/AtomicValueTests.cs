using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[AtomicValue]</c> models. Every snapshot compiles without a warning.</summary>
public sealed class AtomicValueTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [AtomicValue("stock:{Sku}", Minimum = 0), Expires(ExpiresAttribute.Never)]
        public sealed record Stock(string Sku, long Units);
        """);

    [Fact]
    public void An_integer_of_32_bits() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        [AtomicValue("hits:{#Site}:{Day:yyyy-MM-dd}"), Expires("2d")]
        internal sealed class Hits
        {
            public required string Site { get; init; }
            public required DateOnly Day { get; init; }
            public int Count { get; set; }
            public bool IsHigh => Count > 100;
            [RedisIgnore] public object? Anything { get; set; }
        }
        """);

    [Fact]
    public void A_text_whose_expiry_slides() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [AtomicValue("leader:{Job}", Name = "JobLeader"), Expires("30s", Sliding = true)]
        public sealed record Leader(string Job, string Node);

        public partial class JobLeaderValue { public int Calls { get; set; } }
        """);

    [Fact]
    public void Other_values() => Generated.Verify("""
        using System;
        using StackExchange.Redis;
        using TypedRedis;

        namespace Shop;

        public enum Phase { Open, Closed }

        [AtomicValue("phase:{Id}"), Expires("1d")]
        public sealed record PhaseOf(int Id, [property: RedisField(EnumFormat = EnumFormat.Number)] Phase Now);

        public readonly record struct Money(decimal Amount);

        public sealed class MoneyConverter : IRedisConverter<Money>
        {
            public static RedisValue Write(Money value) => value.Amount.ToString();
            public static Money Read(RedisValue value) => new(decimal.Parse(value!));
        }

        public class Outer
        {
            [AtomicValue("price:{Id}"), Expires("1d")]
            public sealed record Price(int Id, [property: RedisConverter(typeof(MoneyConverter))] Money Value);
        }
        """);

    [Fact]
    public void With_dependency_injection() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [AtomicValue("stock:{Sku}"), Expires("1d")]
        public sealed record Stock(string Sku, long Units);
        """, assembly: "Shop", withDependencyInjection: true);

    [Fact]
    public void Beside_a_hash() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("seat:{Number}"), AtomicValue("guest:{Number}"), Expires("1d")]
        public sealed record Seat(int Number, byte[] Guest);
        """);
}
