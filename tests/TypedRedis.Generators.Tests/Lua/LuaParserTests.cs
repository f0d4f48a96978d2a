using TypedRedis.Generators.Lua;
using TypedRedis.Testing;

namespace TypedRedis.Generators.Tests.Lua;

/// <summary>The parser accepts what Redis accepts, and says where a text stops being Lua.</summary>
public sealed class LuaParserTests
{
    public static TheoryData<string> Valid => [.. LuaSnippets.Valid];

    public static TheoryData<string> Invalid => [.. LuaSnippets.Invalid];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Lua_is_accepted(string text) => LuaParser.Parse(text);

    [Theory]
    [MemberData(nameof(Invalid))]
    public void What_is_no_Lua_is_refused_at_the_place(string marked)
    {
        var (text, start, end) = LuaSnippets.Unmark(marked);
        var error = Assert.Throws<LuaSyntaxException>(() => LuaParser.Parse(text));
        Assert.True((start, end) == (error.Start, error.End), $"'{marked}' is refused at {error.Start}..{error.End}: {error.Message}");
    }

    [Theory]
    [InlineData("if true then\nreturn 1", "the end of the script stands where 'end' is expected, which closes the 'if' of line 1")]
    [InlineData("do\nif 1 then else\nreturn 1", "the end of the script stands where 'end' is expected, which closes the 'else' of line 2")]
    [InlineData("return f(1", "the end of the script stands where ')' is expected, which closes the '(' of line 1")]
    [InlineData("return 1 end", "'end' closes nothing")]
    [InlineData("return 1 local a", "'local' stands behind the 'return' or 'break' that ends its block")]
    [InlineData("local end = 1", "'end' is a word of the language and cannot be a name")]
    [InlineData("return a != b", "'!' means nothing in Lua: write 'not', or '~=' for unequal")]
    [InlineData("goto done", "Lua 5.1 has no goto")]
    [InlineData("return ...", "a script has no '...': use KEYS and ARGV")]
    [InlineData("return [[ [[ ]]", "Lua 5.1 refuses '[[' inside of '[[ ]]': write the string as [=[ … ]=]")]
    [InlineData("local a a + 1", "'+' continues an expression, which is no statement: assign it, return it, or call it")]
    public void The_message_says_what_is_wrong(string text, string message) => Assert.Equal(message, Assert.Throws<LuaSyntaxException>(() => LuaParser.Parse(text)).Message);

    [Fact]
    public void Every_script_of_the_repository_is_accepted()
    {
        string[] files = Directory.GetFiles(Path.Combine(Docs.Repository.Root, "src"), "*.lua", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.All(files, static file => LuaParser.Parse(File.ReadAllText(file)));
    }

    [Fact]
    public async Task Redis_agrees()
    {
        await using var server = await RedisServer.StartAsync();
        var disagreements = new List<string>();
        foreach (string text in LuaSnippets.Valid)
        {
            if (await ErrorOfAsync(server, text) is { } error)
                disagreements.Add($"Redis refuses {text}: {error}");
        }

        foreach (string marked in LuaSnippets.Invalid)
        {
            if (await ErrorOfAsync(server, LuaSnippets.Unmark(marked).Text) is null)
                disagreements.Add($"Redis accepts {marked}");
        }

        // Every text that differs from a valid one by a token left out or doubled.
        foreach (string text in LuaSnippets.Valid.SelectMany(Mutations).Distinct())
        {
            if (text.Contains("...", StringComparison.Ordinal))
                continue;       // Redis 7 lets a script have them, and Redis 6 does not

            bool accepts = await ErrorOfAsync(server, text) is null;
            if (accepts != (Record.Exception(() => LuaParser.Parse(text)) is null))
                disagreements.Add($"Redis {(accepts ? "accepts" : "refuses")} {text}");
        }

        Assert.Empty(disagreements);
    }

    [Fact]
    public async Task Redis_has_the_same_limits()
    {
        await using var server = await RedisServer.StartAsync();
        (string Accepted, string Refused)[] limits =
        [
            (Many("local a ", 200), Many("local a ", 201)),
            ("return " + Many("(", 150) + "1" + Many(")", 150), "return " + Many("(", 250) + "1" + Many(")", 250)),
            (Many("do ", 150) + Many("end ", 150), Many("do ", 250) + Many("end ", 250)),
            ("return 1" + Many(" + 1", 5000), "return ''" + Many(" .. ''", 250)),
            ("return " + Many("{", 150) + Many("}", 150), "return " + Many("{", 250) + Many("}", 250)),
        ];
        foreach (var (accepted, refused) in limits)
        {
            Assert.Null(await ErrorOfAsync(server, accepted));
            LuaParser.Parse(accepted);
            Assert.NotNull(await ErrorOfAsync(server, refused));
            Assert.Throws<LuaSyntaxException>(() => LuaParser.Parse(refused));
        }
    }

    private static string Many(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static IEnumerable<string> Mutations(string text)
    {
        foreach (var token in LuaLexer.Read(text).Tokens.SkipLast(1))
        {
            yield return text.Remove(token.Start, token.End - token.Start);
            yield return text.Insert(token.End, " " + text[token.Start..token.End]);
        }
    }

    private static async Task<string?> ErrorOfAsync(RedisServer server, string text)
    {
        try
        {
            await server.ExecuteAsync("SCRIPT", "LOAD", text);
            return null;
        }
        catch (RedisReplyException error)
        {
            return error.Message;
        }
    }
}
