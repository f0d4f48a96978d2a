using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1007 and TR1024: models that get in each other's way.</summary>
public class OverlapTests
{
    private const string Properties = """
        public long Id { get; init; }
        public byte Small { get; init; }
        public string Name { get; init; } = "";
        public char Letter { get; init; }
        public bool Flag { get; init; }
        public Guid Token { get; init; }
        public Plan Plan { get; init; }
        public Level Level { get; init; }
        public DateOnly Day { get; init; }
        public TimeOnly Time { get; init; }
        public DateTime At { get; init; }
        public int Age { get; init; }
        """;

    private const string Enums = """
        public enum Plan { Free, Pro = 1, Paid = 1 }
        public enum Level : byte { Low = 10, High = 255 }
        """;

    [Theory]
    [InlineData("user:{Id}", "user:{Id}", "user:0")]
    [InlineData("user:{Id}", "user:{Name}", "user:0")]
    [InlineData("user:{Name}", "user:{Name}", "user:a")]
    [InlineData("user:{#Id}", "user:{#Name}", "user:{0}")]
    [InlineData("user:{Name}:items", "user:me:{Name}", "user:me:items")]
    [InlineData("user:{Letter}", "user:{Id}", "user:0")]
    [InlineData("user:{Flag}", "user:{Small}", "user:0")]
    [InlineData("user:{Token}", "user:{Name}", "user:00000000-0000-0000-0000-000000000000")]
    [InlineData("user:{Plan}", "user:{Name}", "user:2")]
    [InlineData("user:{Plan}", "user:{Id}", "user:2")]
    [InlineData("user:{Level}", "user:{Small}", "user:0")]
    [InlineData("user:{Day}", "user:{Name}", "user:1000-01-01")]
    [InlineData("user:{Day}", "user:{At:yyyy-MM-dd}", "user:1000-01-01")]
    [InlineData("user:{Day:yyyyMM}", "user:{Id}", "user:100001")]
    [InlineData("user:{Day:MMMM yyyy}", "user:{Name}", "user:May 1000")]
    [InlineData("user:{At:yyyy-MM-ddTHH:mm}", "user:{Name}", "user:1000-01-01T00%3A00")]
    [InlineData("user:{Time:HHmm}", "user:{Id:D4}", "user:0000")]
    [InlineData("user:{Time:HHmm}", "user:{Id:X4}", "user:0000")]
    [InlineData("user:{Id:D8}", "user:{Id}", "user:10000000")]
    [InlineData("user:{Flag}{Name}", "user:1{Letter}", "user:1a")]
    [InlineData("user:x{Name}", "user:x{Letter}", "user:xa")]
    public async Task Share_a_key(string first, string second, string key)
    {
        string message = await Diagnose.Message(Source(first, "{|TR1007:" + second + "|}"));
        Assert.Equal($"The key template '{second}' of 'Second' overlaps with '{first}' of 'First': both produce the key '{key}', for one; begin them with different text", message);
    }

    [Theory]
    [InlineData("user:{Id}", "user:{Id}:items")]
    [InlineData("user:{Id}", "user:{#Id}")]
    [InlineData("user:{Id}", "users:{Id}")]
    [InlineData("user:{Id}", "user:x{Id}")]
    [InlineData("user:{Id}", "user:{Token}")]
    [InlineData("user:{Id}", "user:{Day}")]
    [InlineData("user:{Id}", "user:{Token:N}")]
    [InlineData("user:{Name}", "user:{Name}:{Id}")]
    [InlineData("user:{Id}:a", "user:{Name}:b")]
    [InlineData("user:{Small}", "user:1000{Flag}")]
    [InlineData("user:{Id}", "user:1000000000000000000{Flag}0")]
    [InlineData("user:{Id}", "user:0{Flag}")]
    [InlineData("user:{Day}", "user:{Day:yyyy-MM}")]
    [InlineData("user:{Day:yyyy-MM}", "user:2024-13{Name}")]
    [InlineData("user:{Letter}", "user:{Token}")]
    [InlineData("user:{Plan}", "user:free{Name}")]
    [InlineData("user:{Token:N}", "user:{Id:D8}")]
    [InlineData("user:{Name}", "user:{Name}:")]
    public Task Are_distinct(string first, string second) => Diagnose.Verify(Source(first, second));

    [Fact]
    public Task Names_stand_for_the_value_they_were_declared_for() => Diagnose.Verify("""
        public enum Bit { Zero, One }
        [RedisHash("bit:{Bit}")] public sealed class First { public Bit Bit { get; init; } public int Age { get; init; } }
        [RedisHash("bit:{Flag}")] public sealed class Second { public bool Flag { get; init; } public int Age { get; init; } }
        """);

    [Fact]
    public async Task Each_pair_is_said_once_at_the_later_model()
    {
        var found = await Diagnose.Verify("""
            [RedisHash("user:{Id}")] public sealed class User { public long Id { get; init; } public int Age { get; init; } }
            [RedisHash("{|TR1007:user:{Name}|}")] public sealed class Order { public required string Name { get; init; } public int Age { get; init; } }
            [RedisHash("{|TR1007:{|TR1007:user:1{Id}|}|}")] public sealed class Item { public long Id { get; init; } public int Age { get; init; } }
            """);
        Assert.Single(found, static diagnostic => diagnostic.GetMessage().Contains("of 'Order' overlaps with 'user:{Id}' of 'User'", StringComparison.Ordinal));
        Assert.Single(found, static diagnostic => diagnostic.GetMessage().Contains("of 'Item' overlaps with 'user:{Id}' of 'User'", StringComparison.Ordinal));
        Assert.Single(found, static diagnostic => diagnostic.GetMessage().Contains("of 'Item' overlaps with 'user:{Name}' of 'Order'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Models_of_references_count()
    {
        const string Library = """
            [assembly: RedisModelSchema(typeof(Lib.User), "{}")]
            namespace Lib { [RedisHash("user:{Id}")] public sealed class User { public long Id { get; init; } public int Age { get; init; } } }
            """;
        const string App = """
            [RedisHash("user:{Name}")] public sealed class Account { public required string Name { get; init; } public int Age { get; init; } }
            [RedisHash("order:{Id}")] public sealed class Order { public long Id { get; init; } public int Age { get; init; } }
            """;
        using var image = new MemoryStream();
        Assert.True(Diagnose.Compile(Library, "Lib").Emit(image).Success);
        foreach (MetadataReference reference in new MetadataReference[] { MetadataReference.CreateFromImage(image.ToArray()), Diagnose.Compile(Library, "Lib").ToMetadataReference() })
        {
            var found = await Diagnose.RunAsync(Diagnose.Compile(App, "App", reference));
            var overlap = Assert.Single(found, static diagnostic => diagnostic.Id == "TR1007");
            Assert.Contains("'user:{Name}' of 'Account' overlaps with 'user:{Id}' of 'User': both produce the key 'user:0'", overlap.GetMessage(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public Task Suppressions_hold() => Diagnose.Verify("""
        [RedisHash("user:{Id}")] public sealed class User { public long Id { get; init; } public int Age { get; init; } }
        #pragma warning disable TR1007
        [RedisHash("user:{Id}")] public sealed class Account { public long Id { get; init; } public int Age { get; init; } }
        """);

    // Whatever a part formats, its automaton must know: then no overlap is missed.
    [Fact]
    public void Every_text_of_a_part_is_in_its_language()
    {
        var languages = new Dictionary<string, KeyAutomaton>();
        var random = new Random(7);
        var culture = CultureInfo.InvariantCulture;
        for (int i = 0; i < 300; i++)
        {
            var at = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks));
            long number = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            Check("{Id}", number.ToString(culture));
            Check("{Id:D5}", number.ToString("D5", culture));
            Check("{Id:X3}", number.ToString("X3", culture));
            Check("{Small}", ((byte)number).ToString(culture));
            Check("{Token}", Guid.NewGuid().ToString());
            Check("{Token:N}", Guid.NewGuid().ToString("N"));
            Check("{Level}", number is > 0 and < 10 ? number.ToString(culture) : "High");
            foreach (string format in new[] { "yyyy-MM-dd", "yyyyMMddHHmmssfff", "d MMM yyyy", "dddd d MMMM yyyy h.mm tt", "yyyy/M/d H.m.s.FFFFFFF", "yyyyyy-MM" })
                Check("{At:" + format + "}", at.ToString(format, culture));
        }

        foreach (long number in new[] { long.MinValue, long.MaxValue, 0, -1, 10, 99, 1_000_000_000_000_000_000 })
            Check("{Id}", number.ToString(culture));
        for (int number = 0; number <= 300; number++)
            Check("{Small}", number.ToString(culture), isIn: number <= 255);
        foreach (string number in new[] { "9223372036854775808", "-9223372036854775809", "01", "-0", "+1", "" })
            Check("{Id}", number, isIn: false);
        foreach (string text in new[] { "é😀", "a b", "%3A", "%25%0A", "~", "-", "" })
            Check("{Name}", text);
        foreach (string text in new[] { "a:b", "{", "%", "%41", "%3a", "*", "\u007F", "\n" })
            Check("{Name}", text, isIn: false);

        void Check(string part, string text, bool isIn = true)
        {
            if (!languages.TryGetValue(part, out var language))
                languages.Add(part, language = Language("k:" + part));

            var literal = new KeyAutomaton();
            literal.End = literal.Text(literal.Start, "k:" + text);
            Assert.True(isIn == (KeyAutomaton.CommonText(language, literal) is not null), $"'{text}' is {(isIn ? "not " : "")}in {part}");
        }
    }

    [Fact]
    public async Task Five_hundred_models_are_compared_at_once()
    {
        string source = string.Concat(Enumerable.Range(0, 500).Select(static i
            => $"[RedisHash(\"shop:m{i}:{{Id}}\")] public sealed class M{i} {{ public long Id {{ get; init; }} public int Age {{ get; init; }} }}\n"));
        Assert.DoesNotContain(await Diagnose.RunAsync(Diagnose.Compile(source)), static diagnostic => diagnostic.Id == "TR1007");
    }

    private static KeyAutomaton Language(string template)
    {
        var model = Diagnose.Compile(Source(template, "second:{Id}")).GetTypeByMetadataName("First")!;
        return KeyLanguage.Of(model, KeyTemplateParser.Parse(model, model.GetAttributes()[0], 0, report: null, CancellationToken.None)!, withEmptyText: true);
    }

    private static string Source(string first, string second) => $$"""
        [RedisHash("{{first}}")] public sealed class First { {{Properties}} }
        {{Enums}}
        [RedisHash("{{second}}")] public sealed class Second { {{Properties}} }
        """;
}
