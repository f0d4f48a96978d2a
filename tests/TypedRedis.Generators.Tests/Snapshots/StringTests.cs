using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[RedisString]</c> models.</summary>
public sealed class StringTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using System.Collections.Generic;
        using TypedRedis;

        namespace Shop;

        [RedisString("product:{Sku}"), Expires("12h", Sliding = true)]
        public sealed record Product(string Sku, string Name, IReadOnlyList<string> Tags);
        """);

    [Fact]
    public void Secret() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisString("card:{Id}"), Encrypted, Compressed, MaxSize("64KB"), Expires("1h")]
        public sealed class Card
        {
            public required long Id { get; init; }
            public required string Number { get; init; }
        }
        """);

    [Fact]
    public void With_a_context_and_two_parts() => Generated.Verify("""
        using System;
        using System.Text.Json.Serialization;
        using TypedRedis;

        namespace Shop;

        public partial class Catalog
        {
            [RedisString("price:{Region}:{Sku}", JsonContext = typeof(ShopJson), Name = "RegionalPrice"), Expires("5m")]
            internal class Price
            {
                public string Region { get; set; } = "";
                public int Sku { get; set; }
                public decimal Amount { get; private set; }
            }
        }

        // The serializer's own generator does not run here.
        internal sealed class ShopJson() : JsonSerializerContext(null)
        {
            public static ShopJson Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """);
}
