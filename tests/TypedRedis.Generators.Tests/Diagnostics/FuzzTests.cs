using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>Sources as they are while somebody types: neither the generator nor the analyzer may throw, whatever is missing.</summary>
public class FuzzTests
{
    private static readonly string[] Sources =
    [
        """"
        namespace Shop;

        [RedisHash("user:{#Id}:{Day:yyyy-MM-dd}", Name = "Account"), Expires("1h30m", Sliding = true)]
        public sealed partial record User
        {
            public required long Id { get; init; }
            public DateOnly Day { get; init; }
            [RedisField("n")] public required string Name { get; init; }
            [Counter] public int Logins { get; set; }
            [RedisJson] public List<string> Tags { get; init; } = [];
            [RedisField(EnumFormat = EnumFormat.Number)] public DayOfWeek? Plan { get; init; }
            [RedisConverter(typeof(Code))] public string? Code { get; init; }
            [RedisIgnore] public object? Rest { get; set; }
        }

        public sealed class Code : IRedisConverter<string>
        {
            public static StackExchange.Redis.RedisValue Write(string value) => value;
            public static string Read(StackExchange.Redis.RedisValue value) => value!;
        }

        [RedisProjection<User>]
        public sealed partial record UserCard
        {
            public long Id { get; init; }
            public required string Name { get; init; }
        }
        """",
        """"
        [assembly: RedisDefaults(FieldNaming = FieldNaming.CamelCase)]

        public class Outer<T>
        {
            [RedisString("""whole:{Id:D8}{Token:N}""" + "", JsonContext = typeof(string))]
            public class Whole<TItem>(int id) : Base<TItem> where TItem : class { public int Id { get; } = id; public Guid Token { get; init; } }
        }

        public abstract class Base<T> { public T? Value { get; set; } public virtual string Text => ""; }

        [RedisHash(@"order:{Id}:""{Name}"), Expires(ExpiresAttribute.Never)]
        public class Order(long id, string name) : Base<int> { public long Id { get; } = id; public string Name { get; } = name; public override string Text => "x"; }

        [RedisHash(
            """
            lines:
              {Id}
            """)]
        public record Line(int Id, int Count = 3, string? Note = null);
        """",
        """"
        [RedisIndex("ByKindAndAge", nameof(Kind), "Age", Exact = true)]
        public abstract class Thing { [Indexed, Indexed(Name = "OfKind", Unique = true)] public virtual string Kind { get; set; } = ""; }

        [RedisHash("tenant:{#Tenant}:{Day:yyyy-MM}:{Id}"), Expires("1d")]
        [RedisIndex("ByTenantAndEmail", nameof(Tenant), nameof(Email), Unique = true)]
        [RedisIndex("ByDayAndAge", new[] { nameof(Day), nameof(Age) })]
        [RedisIndex(members: new string[] { "Id", "Age" }, name: "ByIdAndAge")]
        public class User : Thing
        {
            public required string Tenant { get; init; }
            public required DateOnly Day { get; init; }
            public required long Id { get; init; }
            [Atomic] public string? Email { get; init; }
            [Indexed(Sorted = true, Name = "Ages"), Counter(Minimum = 0, Maximum = 150)] public int Age { get; init; }
            [Indexed] public List<Guid?>? Tags { get; init; }
            [ConcurrencyToken] public long Version { get; init; }
            [Indexed(Unique = true)] public override string Kind { get; set; } = "";
        }
        """",
        """"
        [CacheAside("product:{Id}", Ttl = "10m", Jitter = 0.2, FailSafe = "1d", SoftTimeout = "250ms", LocalSize = "64MB", Version = 2, Tags = ["all", "category:{Category}", "brand:{Brand}:{Day:yyyy-MM}"])]
        [WriteBehind(BatchSize = 50, FlushEvery = "2s")]
        public sealed partial record Product(long Id, string Category, string? Brand, Price Price, DateOnly Day, Season? Season = null) : Named
        {
            [System.Text.Json.Serialization.JsonPropertyName("parts")] public IReadOnlyList<Product>? Parts { get; init; }
            public System.Collections.Immutable.ImmutableArray<Price> History { get; init; }
        }

        [System.Text.Json.Serialization.JsonDerivedType(typeof(Product), "p")]
        public abstract record Named { public string? Name { get; set; } }
        public readonly record struct Price(decimal Amount, string Currency);
        public enum Season { Spring, Autumn = 7 }

        [CacheAside("draft:{Id}", Ttl = "1m", LocalTtl = CacheAsideAttribute.Off), WriteThrough]
        public sealed class Draft(long id) : List<Draft> { public long Id { get; set; } = id; public int Twice() => (int)id * 2; public Tree<int>? Tree { get; set; } }
        public sealed class Tree<T> { public T? Value; public Tree<List<T>>? Next { get; init; } }
        """",
        """"
        public enum Kind : byte { [Weight(1)] View, [Weight(2.5)] Like = 7, [Weight(2.5)] Heart = Like }

        public abstract class Base<T> { [Member] public virtual T Who { get; set; } = default!; [Score] public TimeSpan Time { get; init; } }

        [Leaderboard("board:{#Mode}:{Day:yyyy-MM}", Windows = PeriodUnits.AllTime | PeriodUnits.Week, Mode = LeaderboardMode.Sum, Ties = LeaderboardTies.FirstArrival, TimeZone = "Europe/Berlin", Retention = "5w", History = 10, HistoryRetention = "never")]
        [Trending("trending:{Mode}", HalfLife = "6h", Negligible = 0.5), Expires("1d", Sliding = true)]
        public class Run : Base<string> { public required string Mode { get; init; } public DateOnly Day { get; init; } [Member] public Guid Other { get; init; } [Interaction] public Kind Kind { get; init; } }

        [PeriodCounter("views:{Page}", PeriodUnits.Hour, Minimum = 0, Maximum = 1_000, Retention = "1h30m")]
        public sealed record Views(string Page) { [RedisIgnore] public long Count { get; set; } }

        [UniqueCounter("seen:{Page}", PeriodUnits.Day | PeriodUnits.Month, Retention = "400d"), ActivityBitmap("active:{Page}", PeriodUnits.Day, MaxId = 1_000_000, MapIds = true, Retention = "never")]
        public sealed record Seen(string Page, [property: Member] long Id);
        """",
    ];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 3)]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    [InlineData(2, 6)]
    [InlineData(3, 7)]
    [InlineData(3, 8)]
    [InlineData(4, 9)]
    [InlineData(4, 10)]
    public async Task Nothing_throws_over_incomplete_sources(int source, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 60; i++)
            await Run(Damage(Sources[source], random));
    }

    [Theory]
    [InlineData("[RedisHash(\"user:{#Id:D8}\\u0041\", Name = \"X\"), Expires(\"1h\")]")]
    [InlineData("[RedisHash(\"user:{#Id}\"), RedisIndex(\"ByIdAndAge\", nameof(User.Id), \"Age\", Unique = true)]")]
    [InlineData("[RedisHash(\"user:{#Id}\"), RedisIndex(members: [\"Id\", \"Age\"], name: \"ByIdAndAge\")]")]
    [InlineData("[CacheAside(\"user:{Id}\", Ttl = \"1m\", Tags = new[] { \"age:{Age}\", \"all\" }), WriteThrough]")]
    [InlineData("[Leaderboard(\"user:{Id}\", Windows = PeriodUnits.Day | PeriodUnits.Week, TimeZone = \"Europe/Berlin\", Retention = \"1d\", History = 5)]")]
    [InlineData("[ActivityBitmap(units: PeriodUnits.Day, template: \"user:{Id}\", MaxId = 1_000, Retention = \"1d\")]")]
    public async Task Nothing_throws_at_any_point_of_typing_an_attribute(string attribute)
    {
        const string Model = " public class User { public long Id { get; init; } public int Age { get; init; } }";
        for (int length = 0; length <= attribute.Length; length++)
            await Run(attribute[..length] + Model);
    }

    [Fact]
    public async Task Any_text_may_be_a_template()
    {
        string[] pieces = ["user", ":", "{Id}", "{Name}", "{#Id}", "{#Name}", "{Day:yyyy", "-MM}", "{", "}", "#", "-", "{At:HH:mm}", "{Id:D", "8}", "X", " ", "*", "é", "{}", "{Nam}", "{Price}", "{At:'", "\\\\", "%", "{Day:%", "\\u007b"];
        var random = new Random(5);
        string source = string.Concat(Enumerable.Range(0, 400).Select(i =>
        {
            string template = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            return $$"""[RedisHash("{{template}}")] public class M{{i}} { public long Id { get; init; } public string Name { get; init; } = ""; public DateOnly Day { get; init; } public DateTime At { get; init; } public decimal Price { get; init; } }""" + "\n";
        }));
        var compilation = Diagnose.Compile(source);
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var found = await Diagnose.RunAsync(compilation);
        foreach (var diagnostic in found.Where(static diagnostic => diagnostic.Id is "TR1001" or "TR1002" or "TR1003" or "TR1004" or "TR1005" or "TR1006" or "TR1007"))
        {
            string line = source[(source.LastIndexOf('\n', diagnostic.Location.SourceSpan.Start) + 1)..diagnostic.Location.SourceSpan.Start];
            Assert.StartsWith("[RedisHash(", line, StringComparison.Ordinal);
            Assert.DoesNotContain("\")]", line, StringComparison.Ordinal);
        }

        // Each template is either refused or stored under.
        Assert.InRange(found.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(static diagnostic => diagnostic.Location.GetLineSpan().StartLinePosition.Line).Distinct().Count(), 300, 400);
    }

    private static async Task Run(string source)
    {
        try
        {
            await Diagnose.RunAsync(Diagnose.Compile(source));
        }
        catch (Exception exception)
        {
            Assert.Fail($"{exception}\n\nover:\n{source}");
        }
    }

    private static string Damage(string source, Random random)
    {
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            int start = random.Next(source.Length);
            int length = Math.Min(random.Next(3) == 0 ? random.Next(40) : 1, source.Length - start);
            string inserted = random.Next(4) switch
            {
                0 => "{}\"\\#:;()<>[]?="[random.Next(14)].ToString(),
                1 => source.Substring(random.Next(source.Length - 12), 12),
                _ => "",
            };
            source = source[..start] + inserted + source[(start + length)..];
        }

        return source;
    }
}
