namespace TypedRedis.Generators.Tests.Usage;

public class KeysCommandTests
{
    private const string Web = """
        namespace Microsoft.AspNetCore.Mvc { public class ControllerBase { } }
        namespace Microsoft.AspNetCore.Builder { public class App { public void MapGet(string path, Delegate handler) { } } }

        """;

    [Fact]
    public Task KEYS() => Use.VerifyStatements("""
        await db.ExecuteAsync({|TR3001:"KEYS"|}, "user:*");
        db.Execute({|TR3001:"keys"|}, id);
        await db.ScriptEvaluateAsync({|TR3001:"return redis.call('KEYS', ARGV[1])"|}, null, ["user:*"]);
        """);

    [Fact]
    public Task Other_commands() => Use.VerifyStatements("""
        await db.ExecuteAsync("SCAN", 0);
        await db.ExecuteAsync("HKEYS", "user:" + id);
        await db.ScriptEvaluateAsync("return redis.call('GET', KEYS[1])", ["user:" + id]);
        await db.HashKeysAsync("user:" + id);
        """);

    [Fact]
    public Task A_walk_for_a_request() => Use.Verify(Web + """
        namespace Shop
        {
            class Users(IServer server) : Microsoft.AspNetCore.Mvc.ControllerBase
            {
                public int Count() => server.{|TR3002:Keys|}(pattern: "user:*").Count();
            }

            class Start
            {
                void Map(Microsoft.AspNetCore.Builder.App app, IServer server) => app.MapGet("/users", () => server.{|TR3002:Keys|}(pattern: "user:*").Count());
            }
        }
        """);

    [Fact]
    public Task A_walk_for_something_else() => Use.Verify(Web + """
        namespace Shop
        {
            class ControllerBase { }

            class Migration(IServer server) : ControllerBase
            {
                public int Count() => server.Keys(pattern: "user:*").Count();
            }
        }
        """);
}
