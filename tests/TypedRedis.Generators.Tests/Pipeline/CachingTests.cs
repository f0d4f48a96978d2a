using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.Generators.Kinds;
using TypedRedis.Generators.Kinds.LuaScript;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Pipeline;

/// <summary>What runs again after an edit: nothing that the edit does not concern, and everything that it does.</summary>
public sealed class CachingTests
{
    private const string User = """[RedisHash("user:{Id}"), Expires("1d")] public sealed record User(int Id, string Name);""";
    private const string Order = """[RedisHash("order:{Id}"), Expires("1d")] public sealed record Order(long Id, decimal Total);""";
    private const string Card = """[RedisProjection<User>] public sealed partial record Card(int Id, string Name);""";
    private const string Product = """[RedisString("product:{Id}"), Expires("1d")] public sealed record Product(int Id, string Name);""";

    [Fact]
    public void An_edit_elsewhere_runs_nothing()
    {
        var run = new Edits(User, Order, Card, Product, "public class Service { }");
        run.Replace("public class Service { }", "public class Service { public int Added { get; set; } }");

        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        run.AssertModels("RedisStringKind", IncrementalStepRunReason.Unchanged);
        run.AssertModels("ProjectionKind", IncrementalStepRunReason.Unchanged);
        run.AssertModels(TypedRedisGenerator.StoresStep, IncrementalStepRunReason.Unchanged);
        Assert.Empty(run.OutputsThatRan());
    }

    [Fact]
    public void An_edit_inside_a_model_that_changes_nothing_stored_runs_nothing()
    {
        var run = new Edits(User, Order);
        run.Replace(User, "\n\n" + User.Replace(";", " { public string Shout() => Name.ToUpper(); /* moved */ }"));

        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        Assert.Empty(run.OutputsThatRan());
    }

    [Fact]
    public void An_edit_of_a_model_runs_that_model_alone()
    {
        var run = new Edits(User, Order, Card, Product);
        run.Replace(Order, Order.Replace("decimal Total", "decimal Total, string Note"));

        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified);
        run.AssertModels("RedisStringKind", IncrementalStepRunReason.Unchanged);
        run.AssertModels("ProjectionKind", IncrementalStepRunReason.Unchanged);
        Assert.Equal([(IncrementalStepRunReason.Modified, 1)], run.OutputsThatRan());
        Assert.Contains("Note", run.File("Order.g.cs"));
    }

    [Theory]
    [InlineData("Expires(\"1d\")", "Expires(\"2d\")")]
    [InlineData("user:{Id}", "users:{Id}")]
    [InlineData("string Name", "string? Name")]
    [InlineData("string Name", "[property: RedisField(\"n\")] string Name")]
    [InlineData("string Name", "string Name = \"none\"")]
    [InlineData("public sealed", "internal sealed")]
    [InlineData("int Id", "long Id")]
    [InlineData("string Name", "[property: Indexed] string Name")]
    [InlineData("string Name", "[property: Atomic] string Name")]
    [InlineData("string Name", "string Name, [property: Counter(Minimum = 0)] long Count")]
    [InlineData("string Name", "string Name, [property: ConcurrencyToken] long Version")]
    [InlineData("Expires(\"1d\")", "Expires(\"1d\"), RedisIndex(\"ByNameAndId\", \"Name\", \"Id\")")]
    public void Every_fact_about_a_model_counts(string before, string after)
    {
        var run = new Edits(User, Order);
        run.Replace(User, User.Replace(before, after));

        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
    }

    [Theory]
    [InlineData("Unique = true", "Unique = false")]
    [InlineData("Unique = true", "Unique = true, Name = \"OfEmail\"")]
    [InlineData("Maximum = 5", "Maximum = 6")]
    [InlineData("\"ByCityAndAge\", \"City\", \"Age\"", "\"ByCityAndAge\", \"Age\", \"City\", Exact = true")]
    [InlineData("\"City\", \"Age\"", "\"City\", \"Id\"")]
    [InlineData(", ConcurrencyToken]", "]")]
    public void Every_fact_about_an_index_counts(string before, string after)
    {
        const string Indexed = """
            [RedisHash("user:{Id}"), Expires("1d"), RedisIndex("ByCityAndAge", "City", "Age")]
            public sealed record User(int Id, [property: Indexed(Unique = true)] string Email, string City, int Age, [property: Counter(Maximum = 5)] int Tries, [property: RedisField("v"), ConcurrencyToken] int Version);
            """;
        var run = new Edits(Indexed, Order);
        run.Replace(Indexed, Indexed + "// moved");
        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        Assert.Empty(run.OutputsThatRan());

        run.Replace(Indexed + "// moved", Indexed.Replace(before, after));
        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
    }

    [Theory]
    [InlineData("stock:{Sku}", "stocks:{Sku}")]
    [InlineData("Minimum = 0", "Minimum = 1")]
    [InlineData("long Units", "int Units")]
    [InlineData("long Units", "long Pieces")]
    [InlineData("Expires(\"1d\")", "Expires(\"1d\", Sliding = true)")]
    public void Every_fact_about_an_atomic_value_counts(string before, string after)
    {
        const string Stock = """[AtomicValue("stock:{Sku}", Minimum = 0), Expires("1d")] public sealed record Stock(string Sku, long Units);""";
        const string Leader = """[AtomicValue("leader:{Job}"), Expires("1m")] public sealed record Leader(string Job, string Node);""";
        var run = new Edits(Stock, Leader, User);
        run.Replace(Stock, Stock.Replace(";", " { public bool IsLow => Units < 5; }"));
        run.AssertModels("AtomicValueKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        Assert.Empty(run.OutputsThatRan());

        run.Replace(Stock.Replace(";", " { public bool IsLow => Units < 5; }"), Stock.Replace(before, after));
        run.AssertModels("AtomicValueKind", IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged);
        Assert.Equal([(IncrementalStepRunReason.Modified, 1)], run.OutputsThatRan());
    }

    [Theory]
    [InlineData("product:{Id}", "products:{Id}")]
    [InlineData("Ttl = \"10m\"", "Ttl = \"11m\"")]
    [InlineData("Ttl = \"10m\"", "Ttl = \"10m\", Jitter = 0.2")]
    [InlineData("Ttl = \"10m\"", "Ttl = \"10m\", Version = 2")]
    [InlineData("Ttl = \"10m\"", "Ttl = \"10m\", ShareInstances = true")]
    [InlineData("Ttl = \"10m\"", "Ttl = \"10m\", LocalSize = \"1MB\"")]
    [InlineData("category:{Category}", "categories:{Category}")]
    [InlineData("string Category", "string? Category")]
    [InlineData("decimal Price", "double Price")]
    [InlineData("WriteBehind", "WriteThrough")]
    [InlineData("WriteBehind", "WriteBehind(Partitions = 8)")]
    [InlineData("sealed record", "record")]
    public void Every_fact_about_a_cache_counts(string before, string after)
    {
        const string Cached = """[CacheAside("product:{Id}", Ttl = "10m", Tags = ["category:{Category}"]), WriteBehind] public sealed record Product(long Id, string Category, Sum Price);""";
        const string Nested = "public readonly record struct Sum(decimal Price, string Currency);";
        const string Other = """[CacheAside("visit:{Id}", Ttl = "1m")] public sealed record Visit(long Id, string Page);""";
        var run = new Edits(Cached, Nested, Other, User);
        run.Replace(Cached, Cached.Replace(";", " { public string Shout() => Category.ToUpper(); }"));
        run.AssertModels("CacheAsideKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        Assert.Empty(run.OutputsThatRan());

        string now = Cached.Replace(";", " { public string Shout() => Category.ToUpper(); }");
        run.Replace(Nested.Contains(before, StringComparison.Ordinal) ? Nested : now, (Nested.Contains(before, StringComparison.Ordinal) ? Nested : now).Replace(before, after));
        run.AssertModels("CacheAsideKind", IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged);
        Assert.Equal([(IncrementalStepRunReason.Modified, 1)], run.OutputsThatRan());
    }

    [Theory]
    [InlineData("LeaderboardKind", "run:{Map}", "runs:{Map}")]
    [InlineData("LeaderboardKind", "History = 5", "History = 6")]
    [InlineData("LeaderboardKind", "Mode = LeaderboardMode.Sum", "Mode = LeaderboardMode.Latest")]
    [InlineData("LeaderboardKind", "Ties = LeaderboardTies.FirstArrival", "Ties = LeaderboardTies.Lexicographic")]
    [InlineData("LeaderboardKind", "Windows = PeriodUnits.Day", "Windows = PeriodUnits.Week")]
    [InlineData("LeaderboardKind", "TimeZone = \"Europe/Berlin\"", "TimeZone = \"Europe/Paris\"")]
    [InlineData("LeaderboardKind", "Retention = \"2d\"", "Retention = \"3d\"")]
    [InlineData("LeaderboardKind", "int Points", "long Points")]
    [InlineData("LeaderboardKind", "string Player", "int Player")]
    [InlineData("TrendingKind", "HalfLife = \"6h\"", "HalfLife = \"7h\"")]
    [InlineData("TrendingKind", "Negligible = 0.2", "Negligible = 0.3")]
    [InlineData("TrendingKind", "Weight(5)", "Weight(6)")]
    [InlineData("PeriodCounterKind", "Maximum = 9", "Maximum = 10")]
    [InlineData("PeriodCounterKind", "Retention = \"90d\"", "Retention = \"never\"")]
    [InlineData("UniqueCounterKind", "PeriodUnits.Month", "PeriodUnits.Year")]
    [InlineData("ActivityBitmapKind", "MaxId = 100", "MaxId = 101")]
    [InlineData("ActivityBitmapKind", "MapIds = true", "MapIds = false")]
    public void Every_fact_about_what_ranks_and_counts_counts(string kind, string before, string after)
    {
        const string Run = """[Leaderboard("run:{Map}", Windows = PeriodUnits.Day, Mode = LeaderboardMode.Sum, Ties = LeaderboardTies.FirstArrival, TimeZone = "Europe/Berlin", Retention = "2d", History = 5)] public sealed record Run(string Map, [property: Member] string Player, [property: Score] int Points);""";
        const string Seen = """[Trending("seen:{Map}", HalfLife = "6h", Negligible = 0.2)] public sealed record Seen(string Map, [property: Member] int Id, [property: Interaction] How How);""";
        const string How = "public enum How { [Weight(1)] Once, [Weight(5)] Often }";
        const string Calls = """[PeriodCounter("calls:{Map}", PeriodUnits.Day, Maximum = 9, Retention = "90d")] public sealed record Calls(string Map);""";
        const string Users = """[UniqueCounter("users:{Map}", PeriodUnits.Month, Retention = "1d")] public sealed record Users(string Map, [property: Member] int Id);""";
        const string Active = """[ActivityBitmap("active:{Map}", PeriodUnits.Month, MaxId = 100, MapIds = true, Retention = "1d")] public sealed record Active(string Map, [property: Member] int Id);""";
        string[] all = [Run, Seen, How, Calls, Users, Active];
        string[] kinds = ["LeaderboardKind", "TrendingKind", "PeriodCounterKind", "UniqueCounterKind", "ActivityBitmapKind"];
        var run = new Edits([.. all, User]);
        string edited = all.First(text => text.Contains(before, StringComparison.Ordinal));
        run.Replace(edited, edited + "// moved");
        foreach (string name in kinds)
            run.AssertModels(name, IncrementalStepRunReason.Unchanged);
        Assert.Empty(run.OutputsThatRan());

        run.Replace(edited + "// moved", edited.Replace(before, after));
        foreach (string name in kinds)
            run.AssertModels(name, name == kind ? IncrementalStepRunReason.Modified : IncrementalStepRunReason.Unchanged);
        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged);
        Assert.Equal([(IncrementalStepRunReason.Modified, 1)], run.OutputsThatRan());
    }

    [Fact]
    public void An_edit_of_what_a_model_depends_on_runs_it()
    {
        const string Defaults = "[assembly: RedisDefaults(FieldNaming = FieldNaming.CamelCase)]";
        var run = new Edits(Defaults, User, Card);
        run.Replace(Defaults, Defaults.Replace("CamelCase", "AsDeclared"));
        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Modified);
        run.AssertModels("ProjectionKind", IncrementalStepRunReason.Unchanged);

        run.Replace(User, User.Replace("string Name", "int Age, string Name"));
        run.AssertModels("ProjectionKind", IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void A_new_model_runs_alone()
    {
        var run = new Edits(User, Order, "");
        run.Replace("", Product);

        run.AssertModels("RedisHashKind", IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        run.AssertModels("RedisStringKind", IncrementalStepRunReason.New);
        Assert.Contains("ProductRepository", run.File("Product.g.cs"));
    }

    [Fact]
    public void An_error_empties_the_file_and_its_repair_fills_it_again()
    {
        var run = new Edits(User, Order);
        string broken = User.Replace("{Id}", "{Missing}");
        run.Replace(User, broken);
        Assert.DoesNotContain("TR::", run.File("User.g.cs"), StringComparison.Ordinal);
        run.Replace(broken, User);
        Assert.Contains("TR::", run.File("User.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_edit_of_a_script_runs_the_members_that_use_it()
    {
        const string One = "public static partial class One { [LuaScript(File = \"one.lua\")] public static partial RedisScript Script { get; } }";
        const string Two = "public static partial class Two { [LuaScript(File = \"two.lua\")] public static partial RedisScript Script { get; } }";
        const string Three = "public static partial class Three { [LuaScript(\"return 3\")] public static partial RedisScript Script { get; } }";
        var run = new Edits(One, Two, Three, User);
        run.SetScripts(("one.lua", "return 1"), ("two.lua", "--#include \"part.lua\"\nreturn 2"), ("part.lua", "local x = 2"), ("readme.txt", ""));
        run.SetScripts(("one.lua", "return 11"), ("two.lua", "--#include \"part.lua\"\nreturn 2"), ("part.lua", "local x = 2"), ("readme.txt", "x"));

        run.AssertModels(LuaScriptKind.DeclarationsStep, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        run.AssertModels(LuaScriptKind.ScriptsStep, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Unchanged);
        Assert.Equal([(IncrementalStepRunReason.Modified, 1)], run.OutputsThatRan());
        Assert.Contains("return 11", run.File("One.Script-lua.g.cs"));

        // What a script includes is a part of it; a comment is not.
        run.SetScripts(("one.lua", "return 11"), ("two.lua", "--#include \"part.lua\"\nreturn 2"), ("part.lua", "local x = 22"), ("readme.txt", "x"));
        run.AssertModels(LuaScriptKind.ScriptsStep, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Unchanged);
        run.SetScripts(("one.lua", "return 11 -- the same"), ("two.lua", "--#include \"part.lua\"\nreturn 2"), ("part.lua", "local x = 22"), ("readme.txt", "x"));
        Assert.Empty(run.OutputsThatRan());
    }

    [Fact]
    public void An_edit_elsewhere_runs_no_script()
    {
        const string Script = "public static partial class S { [LuaScript(\"return redis.call('GET', user)\")] public static partial System.Threading.Tasks.Task<string?> GetAsync(RedisContext redis, UserKey user); }";
        var run = new Edits(User, Script, "public class Service { }");
        run.Replace("public class Service { }", "public class Service { public int Added { get; set; } }");
        Assert.Empty(run.OutputsThatRan());
        run.Replace(User, User.Replace("string Name", "string Name, int Age"));
        Assert.Equal([(IncrementalStepRunReason.Modified, 1)], run.OutputsThatRan());
    }

    [Fact]
    public void Every_kind_has_a_step_that_these_tests_can_name()
        => Assert.Equal(["ActivityBitmapKind", "AtomicValueKind", "CacheAsideKind", "LeaderboardKind", "PeriodCounterKind", "ProjectionKind", "RedisHashKind", "RedisStringKind", "TrendingKind", "UniqueCounterKind"], EntityKind.All.Select(static kind => kind.TrackingName).Order());

    /// <summary>A compilation of a file per declaration, edited between runs of one driver.</summary>
    private sealed class Edits
    {
        private CSharpCompilation _compilation;
        private GeneratorDriver _driver = Generated.Driver(tracksSteps: true);

        public Edits(params string[] declarations)
        {
            _compilation = Generated.Compile("global using TypedRedis;").AddSyntaxTrees(declarations.Select(Parse));
            Run();
        }

        public void Replace(string before, string after)
        {
            var tree = _compilation.SyntaxTrees.Single(tree => tree.ToString() == before);
            _compilation = _compilation.ReplaceSyntaxTree(tree, Parse(after));
            Run();
        }

        public void SetScripts(params (string Path, string Text)[] files)
        {
            _driver = _driver.ReplaceAdditionalTexts([.. files.Select(static file => new LuaText(file.Path, file.Text))]);
            Run();
        }

        // A model that was read again and found equal is Unchanged; what follows it in the pipeline is then Cached.
        public void AssertModels(string step, params IncrementalStepRunReason[] expected)
            => Assert.Equal(expected, Result().TrackedSteps[step].SelectMany(static run => run.Outputs)
                .Select(static output => output.Reason == IncrementalStepRunReason.Cached ? IncrementalStepRunReason.Unchanged : output.Reason));

        public (IncrementalStepRunReason Reason, int Count)[] OutputsThatRan()
            => [.. Result().TrackedOutputSteps.Values.SelectMany(static runs => runs).SelectMany(static run => run.Outputs)
                .Where(static output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged))
                .GroupBy(static output => output.Reason).Select(static group => (group.Key, group.Count()))];

        public string? File(string hintName) => Result().GeneratedSources.Where(file => file.HintName == hintName).Select(static file => file.SourceText.ToString()).SingleOrDefault();

        private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Generated.ParseOptions);

        private void Run()
        {
            _driver = _driver.RunGenerators(_compilation);
            Assert.Null(Result().Exception);
        }

        private GeneratorRunResult Result() => _driver.GetRunResult().Results.Single();
    }
}
