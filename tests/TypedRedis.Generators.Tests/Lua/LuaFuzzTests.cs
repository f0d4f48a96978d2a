using TypedRedis.Generators.Lua;

namespace TypedRedis.Generators.Tests.Lua;

/// <summary>Scripts while they are typed, and worse: the compiler never sees an exception, and what is shipped of a script means what the script meant.</summary>
public sealed class LuaFuzzTests
{
    private static readonly LuaParameter[] Parameters = [new("key", true, false), new("value", false, false), new("rest", false, true)];

    private static readonly string[] Scripts =
        [.. LuaSnippets.Valid, .. Directory.GetFiles(Path.Combine(Docs.Repository.Root, "src"), "*.lua", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_throws(int seed)
    {
        var random = new Random(seed);
        const string Characters = "()[]{}=~<>.,:;#'\"\\-+*/^%\n\r\0 axKEYS019é";
        foreach (string script in Scripts)
        {
            string text = script;
            for (int edit = 0; edit < 20; edit++)
            {
                int at = random.Next(text.Length + 1);
                text = random.Next(3) switch
                {
                    0 => text[..at],
                    1 => text.Insert(at, Characters[random.Next(Characters.Length)].ToString()),
                    _ => text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)),
                };
                Check(text);
                if (text.Length == 0)
                    text = script;
            }
        }
    }

    [Theory]
    [InlineData("f(", 100_000)]
    [InlineData("a.b", 100_000)]
    [InlineData("((", 100_000)]
    [InlineData("not ", 100_000)]
    [InlineData("if 1 then ", 100_000)]
    [InlineData("{", 100_000)]
    [InlineData("x.y()", 5_000)]
    [InlineData("function f() ", 10_000)]
    [InlineData("1 + ", 100_000)]
    public void Nothing_overflows(string part, int count) => Check("local a = " + string.Concat(Enumerable.Repeat(part, count)));

    [Fact]
    public void What_is_shipped_has_the_same_tokens()
    {
        foreach (string script in Scripts)
        {
            var before = LuaLexer.Read(script).Tokens.Select(static token => (token.Kind, token.Text, token.Line));
            string shipped = LuaShipping.Ship(script, [], []);
            Assert.Equal(before.SkipLast(1), LuaLexer.Read(shipped).Tokens.Select(static token => (token.Kind, token.Text, token.Line)).SkipLast(1));
            Assert.Empty(LuaLexer.Read(shipped).Comments);
        }
    }

    private static void Check(string text)
    {
        LuaShipping.Ship(text, Parameters, ["value"]);
        try
        {
            var script = LuaParser.Parse(text);
            var (findings, _) = LuaChecker.Check(text, script, Parameters, checksKeys: true);
            Assert.All(findings, finding => Assert.InRange(finding.End, finding.Start, text.Length));
        }
        catch (LuaSyntaxException error)
        {
            Assert.InRange(error.Start, 0, text.Length);
            Assert.InRange(error.End, error.Start, text.Length);
            Assert.NotEmpty(error.Message);
        }
    }
}
