using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class InvariantTextFixTests
{
    private static string Prices(string body) => $$"""
        using System.Globalization;

        class Prices(IDatabase db)
        {
            public void Run(RedisKey key, double price, decimal? other, DateTime at, double[] all)
            {
                {{body.ReplaceLineEndings("\n        ")}}
            }
        }
        """;

    [Fact]
    public Task All_of_them() => Use.VerifyFix(
        new InvariantTextFix(),
        Prices("""
            db.StringGet(/* of */ $"price:{{|TR2012:price|}:0.00}:{{|TR2012:at|}}"); // both
            db.StringGet("on:" + {|TR2012:at.ToString("yyyy-MM-dd")|});
            db.StringGet("at:" + {|TR2012:at.Date|} + ":x");
            db.StringGet("twice:" + {|TR2012:price * 2|});
            db.StringGet("sum:" + ({|TR2012:price + 1|}));
            db.StringGet("first:" + {|TR2012:all[0]|});
            db.StringSet(key, {|TR2012:price.ToString()|});
            """),
        Prices("""
            db.StringGet(/* of */ FormattableString.Invariant($"price:{price:0.00}:{at}")); // both
            db.StringGet("on:" + at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            db.StringGet("at:" + at.Date.ToString(CultureInfo.InvariantCulture) + ":x");
            db.StringGet("twice:" + (price * 2).ToString(CultureInfo.InvariantCulture));
            db.StringGet("sum:" + (price + 1).ToString(CultureInfo.InvariantCulture));
            db.StringGet("first:" + all[0].ToString(CultureInfo.InvariantCulture));
            db.StringSet(key, price.ToString(CultureInfo.InvariantCulture));
            """),
        all: true);

    [Fact]
    public Task By_way_of_a_local_that_is_only_sent() => Use.VerifyFix(
        new InvariantTextFix(),
        Prices("""
            var text = $"{{|TR2012:price|}}";
            db.StringSet(key, text);
            db.StringSet("b", text);
            """),
        Prices("""
            var text = FormattableString.Invariant($"{price}");
            db.StringSet(key, text);
            db.StringSet("b", text);
            """));

    [Theory]
    [InlineData("var text = $\"{{|TR2012:price|}}\"; db.StringSet(key, text); Console.WriteLine(text);")]
    [InlineData("db.StringSet(key, \"of:\" + {|TR2012:other|});")]
    [InlineData("db.StringSet(key, {|TR2012:other.ToString()|});")]
    public Task Not_where_it_is_shown_or_null(string body) => Use.VerifyNoFix(new InvariantTextFix(), Prices(body));
}
