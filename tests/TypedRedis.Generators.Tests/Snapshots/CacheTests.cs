using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[CacheAside]</c> models. Every snapshot compiles without a warning.</summary>
public sealed class CacheTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "10m", Tags = ["category:{Category}"])]
        public sealed record Product(long Id, string Name, string Category, decimal Price);
        """);

    [Fact]
    public void Every_option() => Generated.Verify("""
        using System;
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using TypedRedis;

        namespace Shop;

        [CacheAside("price:{Region}:{#Sku}", Ttl = "1h30m", Jitter = 0.25, NegativeTtl = "1m", RefreshAhead = 0.5, FailSafe = "1d", SoftTimeout = "250ms", LoadTimeout = "10s",
            LocalTtl = "1m", LocalSize = "64MB", ShareInstances = true, Tags = ["all"], Version = 3, Name = "RegionalPrice", JsonContext = typeof(ShopJson))]
        [Encrypted, Compressed(Threshold = "4KB"), MaxSize("1MB")]
        internal sealed class Price
        {
            public string Region { get; set; } = "";
            public int Sku { get; set; }
            public List<decimal> Amounts { get; set; } = [];
        }

        internal partial class RegionalPriceCache { public int Calls { get; set; } }

        // The serializer's own generator does not run here.
        internal sealed class ShopJson() : JsonSerializerContext(null)
        {
            public static ShopJson Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """);

    [Fact]
    public void Everything_off() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "500ms", Jitter = 0, NegativeTtl = CacheAsideAttribute.Off, RefreshAhead = 0, SoftTimeout = CacheAsideAttribute.Off, LocalTtl = CacheAsideAttribute.Off)]
        public sealed record Product(long Id, string Name);
        """);

    [Fact]
    public void Hot_entries_alone() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off, HotTtl = "2s", HotReads = 50, LocalSize = "500")]
        public sealed record Product(long Id, string Name);
        """);

    [Fact]
    public void Hot_entries_in_copies() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off, HotTtl = "2s", HotCopies = 4)]
        public sealed record Product(long Id, string Name);
        """);

    [Fact]
    public void Tags_of_several_parts_and_of_members_that_can_be_null() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Season { Spring, Autumn }

        [CacheAside("product:{Id}", Ttl = "10m", Tags = ["all", "category:{Category}", "brand:{Country}:{Brand}", "season:{Season}", "added-on:{Added:yyyy-MM}:{Tag}", "shelf:{Shelf:D4}"])]
        public sealed record Product(long Id, string Category, string Country, string? Brand, Season? Season, DateOnly Added, bool Tag, ushort? Shelf);
        """);

    [Fact]
    public void Write_through() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "10m"), WriteThrough]
        public sealed record Product(long Id, string Name);
        """);

    [Fact]
    public void Write_behind() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("visit:{Site}:{Id}", Ttl = "10m", FailSafe = "1h")]
        [WriteBehind(BatchSize = 500, FlushEvery = "2s", MaxAttempts = 3, WriteTimeout = "1m", Partitions = 64)]
        public sealed record Visit(string Site, long Id, string Page);
        """);

    [Fact]
    public void Beside_a_hash() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("user:{Id}"), Expires("30d"), CacheAside("profile:{Id}", Ttl = "1m"), Encrypted]
        public sealed class User
        {
            public required long Id { get; init; }
            [Indexed(Unique = true)] public required string Email { get; init; }
            [Counter] public long Logins { get; init; }
        }
        """);

    [Fact]
    public void Beside_a_string_and_a_value() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisString("page:{Id}"), AtomicValue("text:{Id}"), CacheAside("cached:{Id}", Ttl = "1m"), Expires("1d")]
        public sealed record Page(long Id, string Text);
        """);

    [Fact]
    public void A_class_whose_members_can_be_set() => Generated.Verify("""
        using System;
        using System.Collections.Immutable;
        using TypedRedis;

        namespace Shop;

        public abstract class Named { public string? Name { get; set; } }

        [CacheAside("product:{Id}", Ttl = "5s")]
        public sealed class Product : Named
        {
            public required long Id { get; init; }
            public ImmutableArray<string> Labels { get; set; }
            public Uri? @Class { get; set; }
        }
        """);

    [Fact]
    public void A_record_whose_members_can_be_set() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "10m")]
        public sealed record Product(long Id, string Name) { public int Stock { get; set; } }
        """);

    [Fact]
    public void A_class_of_mutable_members() => Generated.Verify("""
        using System.Collections.Generic;
        using TypedRedis;

        namespace Shop;

        public class Outer
        {
            [CacheAside("product:{Id}", Ttl = "10m", LocalSize = "500")]
            public sealed class Product { public long Id { get; set; } public List<string> Labels { get; set; } = []; }
        }
        """);

    [Fact]
    public void With_dependency_injection() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [CacheAside("product:{Id}", Ttl = "10m")]
        public sealed record Product(long Id, string Name);
        """, assembly: "Shop", withDependencyInjection: true);
}
