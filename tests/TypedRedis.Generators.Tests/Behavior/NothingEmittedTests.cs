using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Behavior;

/// <summary>A declaration with an error has nothing emitted but empty types of the names that users write in signatures, and does not disturb the others.</summary>
public sealed class NothingEmittedTests
{
    [Theory]
    [InlineData("""[RedisHash("user:{Missing}")] public sealed record User(int Id);""")]
    [InlineData("""[RedisHash("user:{Id}")] public struct User { public int Id { get; set; } }""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User<T>(int Id);""")]
    [InlineData("""[RedisHash("user:{Id}")] public abstract record User(int Id);""")]
    [InlineData("""[RedisHash("user:{Id}")] file sealed record User(int Id);""")]
    [InlineData("""public class Outer { [RedisHash("user:{Id}")] private sealed record User(int Id); }""")]
    [InlineData("""[RedisHash("user:{Id}"), RedisString("user:{Id}")] public sealed record User(int Id);""")]
    [InlineData("""[RedisHash("user:{Id}", Name = "1")] public sealed record User(int Id);""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id); public class UserKey;""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id, object Anything);""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id, Unknown Anything);""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed class User { public int Id { get; set; } public string Name { get; } = ""; }""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed class User(System.IDisposable resource) { public int Id { get; set; } }""")]
    [InlineData("""[RedisHash("user:{Id}"), Expires("soon")] public sealed record User(int Id);""")]
    [InlineData("""[RedisHash("user:{IsEmpty}")] public sealed record User(int IsEmpty) { public bool Write { get; set; } }""")]
    [InlineData("""[RedisHash("user:{Pattern}")] public sealed record User(int Pattern);""")]
    [InlineData("""[RedisHash("user:{UserKey}")] public sealed record User(int UserKey);""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id) { [RedisField("")] public int A { get; set; } }""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id) { [Counter] public double A { get; set; } }""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id) { [RedisConverter(typeof(string))] public int A { get; set; } }""")]
    [InlineData("""[RedisHash("user:{Id}")] public sealed record User(int Id) { public required string Lost; }""")]
    [InlineData("""[AtomicValue("stock:{Sku}")] public sealed record Stock(string Sku);""")]
    [InlineData("""[AtomicValue("stock:{Sku}")] public sealed record Stock(string Sku, long? Units);""")]
    [InlineData("""[AtomicValue("stock:{Sku}", Minimum = 1)] public sealed record Stock(string Sku, string Text);""")]
    [InlineData("""[RedisHash("seat:{No}"), AtomicValue("guest:{No}")] public sealed record Seat(int Number, long Guest);""")]
    [InlineData("""[CacheAside("product:{Id}")] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = "soon")] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = Missing)] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = "1m", Jitter = 2)] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = "1m", Tags = ["all", Missing])] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = "1m", Tags = ["id:{Idd}"])] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = "1m", LocalSize = "x")] public sealed record Product(int Id);""")]
    [InlineData("""[CacheAside("product:{Id}", Ttl = "1m"), WriteThrough, WriteBehind] public sealed record Product(int Id);""")]
    [InlineData("""[Leaderboard("board:{Id}")] public sealed record Run(int Id, [property: Member] string Player);""")]
    [InlineData("""[Leaderboard("board:{Missing}")] public sealed record Run(int Id, [property: Member] string Player, [property: Score] int Points);""")]
    [InlineData("""[Leaderboard("board:{Id}", Windows = Missing)] public sealed record Run(int Id, [property: Member] string Player, [property: Score] int Points);""")]
    [InlineData("""[Leaderboard("board:{Id}", Retention = Missing)] public sealed record Run(int Id, [property: Member] string Player, [property: Score] int Points);""")]
    [InlineData("""[Leaderboard("board:{Id}")] public sealed record Run(int Id, [property: Member] Unknown Player, [property: Score] Missing Points);""")]
    [InlineData("""[Trending("hot:{Id}")] public sealed record Hit(int Id, [property: Member] string Page);""")]
    [InlineData("""[Trending("hot:{Id}", HalfLife = "1h")] public sealed record Hit(int Id, [property: Member] string Page, [property: Interaction] Missing Kind);""")]
    [InlineData("""public enum Kind { [Weight] A } [Trending("hot:{Id}", HalfLife = "1h")] public sealed record Hit(int Id, [property: Member] string Page, [property: Interaction] Kind Kind);""")]
    [InlineData("""[PeriodCounter("hits:{Id}")] public sealed record Hits(int Id);""")]
    [InlineData("""[PeriodCounter("hits:{Id}", PeriodUnits.Missing, Retention = "1d")] public sealed record Hits(int Id);""")]
    [InlineData("""[UniqueCounter("seen:{Id}", PeriodUnits.Day, Retention = "1d")] public sealed record Seen(int Id);""")]
    [InlineData("""[ActivityBitmap("active:{Id}", PeriodUnits.Day, Retention = "1d")] public sealed record Active(int Id, [property: Member] int User);""")]
    [InlineData("""[RedisHash]""")]
    [InlineData("""[RedisHash(] public sealed record User(int Id);""")]
    [InlineData("""[RedisHash(null)] public sealed record User(int Id);""")]
    [InlineData("""[RedisProjection<int>] public sealed partial record Card(int Id);""")]
    [InlineData("""[RedisProjection<Good>] public sealed record Card(int Id);""")]
    [InlineData("""[RedisProjection<Good>] public sealed partial record Card(long Id);""")]
    [InlineData("""[RedisProjection<Good>] public sealed partial record Card(int Other);""")]
    [InlineData("""[RedisProjection<string>] public sealed partial record Card(int Length);""")]
    public void Of_a_declaration_with_an_error(string declaration)
    {
        string source = "using TypedRedis; namespace Shop; [RedisHash(\"good:{Id}\"), Expires(\"1d\")] public sealed record Good(int Id, string Name);\n" + declaration;
        var result = Generated.Driver().RunGenerators(Generated.Compile(source)).GetRunResult().Results.Single();

        Assert.Null(result.Exception);
        Assert.Contains(result.GeneratedSources, static file => file.HintName == "Shop.Good.g.cs");
        foreach (var file in result.GeneratedSources.Where(static file => file.HintName != "Shop.Good.g.cs"))
        {
            string text = file.SourceText.ToString();
            Assert.Contains("has errors: see the TR diagnostics", text, StringComparison.Ordinal);
            Assert.DoesNotContain("TR::", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Signatures_with_the_types_of_a_broken_declaration_bind()
    {
        const string Source = """
            using TypedRedis; namespace Shop;
            [RedisHash("user:{Idd}")] public sealed record User(long Id);
            [RedisString("page:{Idd}")] internal sealed record Page(long Id);
            [AtomicValue("stock:{Idd}")] public sealed record Stock(string Id, long Units);
            [RedisHash("seat:{Idd}"), AtomicValue("guest:{Idd}")] public sealed record Seat(int Id, long Guest);
            [CacheAside("product:{Idd}", Ttl = "1m")] public sealed record Product(long Id);
            [Leaderboard("board:{Idd}"), Trending("hot:{Idd}"), PeriodCounter("hits:{Idd}", PeriodUnits.Day), UniqueCounter("seen:{Idd}", PeriodUnits.Day), ActivityBitmap("active:{Idd}", PeriodUnits.Day)] public sealed record Run(long Id);
            public sealed class Runs(RunLeaderboard a, RunTrend b, RunCounter c, RunUniqueCounter d, RunBitmap e)
            {
                public object All => (a, b, c, d, e);
                public object Keys(RunLeaderboardKey a, RunTrendKey b, RunCounterKey c, RunUniqueCounterKey d, RunBitmapKey e) => (a, b, c, d, e);
            }
            public sealed class Products(ProductCache products) { public ProductCache All { get; } = products; public ProductCacheKey Key => default; }
            public sealed class Others(StockValue stock, SeatValue seats) { public StockValueKey Key => default; public SeatRepository? Seats { get; } public object All => (stock, seats); }
            public sealed class Service(UserRepository users) { public UserRepository Users { get; } = users; public UserKey Key(UserPatch patch) => default; }
            internal sealed class Pages(PageRepository pages) { public PageRepository All { get; } = pages; }
            public partial class UserRepository { public UserKey Last { get; set; } }
            """;
        Generated.Driver().RunGeneratorsAndUpdateCompilation(Generated.Compile(Source), out var compilation, out _);

        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
    }

    [Fact]
    public void Of_two_parts_with_the_attribute_one_counts()
    {
        var result = Generated.Driver().RunGenerators(Generated.Compile("""
            using TypedRedis; namespace Shop;
            [RedisHash("a:{Id}")] public sealed partial record User(int Id);
            [RedisHash("b:{Id}")] public sealed partial record User;
            [RedisProjection<User>] public sealed partial record Card(int Id) { [RedisHash("x:{Id}")] public sealed record Projection(int Id); }
            [RedisHash("c:{Id}")] public sealed record { }
            """)).GetRunResult().Results.Single();

        Assert.Null(result.Exception);
        Assert.Contains(result.GeneratedSources, static file => file.HintName == "Shop.User.g.cs");
    }

    [Fact]
    public void Names_that_differ_in_case_alone_do_not_disturb_each_other()
    {
        var generated = Generated.From("""
            using TypedRedis;

            namespace Shop
            {
                [RedisHash("a:{Id}"), Expires("1d")] public sealed record User(int Id);
                [RedisHash("b:{Id}"), Expires("1d")] public sealed record USER(int Id);
                [RedisHash("c:{Id}"), Expires("1d")] public sealed record Account(int Id);
            }

            namespace SHOP
            {
                [RedisHash("d:{Id}"), Expires("1d")] public sealed record Account(int Id);
            }
            """);

        Assert.Equal(4, generated.Files.Length);
    }
}
