using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class LuaScriptFixTests
{
    private const string Model = """
        [RedisHash("user:{Id}")]
        public sealed record User { public required long Id { get; init; } public required string Name { get; init; } }

        """;

    private static Task Verify(string before, string after) => Use.VerifyFixOfModels(new LuaScriptFix(), Model + before, after.Length == 0 ? null : Model + after);

    [Fact]
    public Task A_method_where_the_database_is_that_of_a_context() => Verify(
        """
        public class Outer
        {
            // Users.
            class Users(RedisContext redis)
            {
                public async Task<string?> LoadAsync(long id, string name, int count)
                    => (string?)await redis.Database.ScriptEvaluateAsync($"redis.call('SET', 'name:{name}', 'at {name}', 'EX', {{|TR5004:count|}}) return redis.call('HGET', 'user:{id}', '{name}')");
            }
        }
        """,
        """
        public partial class Outer
        {
            // Users.
            partial class Users(RedisContext redis)
            {
                public async Task<string?> LoadAsync(long id, string name, int count)
                    => (string?)await LoadScriptAsync(redis, $"name:{name}", new UserKey(id), $"at {name}", count, name);

                [LuaScript("redis.call('SET', name, name2, 'EX', tonumber(count)) return redis.call('HGET', user, name3)")]
                private static partial Task<RedisResult> LoadScriptAsync(RedisContext redis, [LuaKey] string name, UserKey user, string name2, int count, string name3);
            }
        }
        """);

    [Fact]
    public Task A_method_of_literals_that_are_put_together() => Verify(
        """
        static class Users
        {
            public static async Task Forget(RedisContext redis, int id)
            {
                var db = redis.Database;
                await db.ScriptEvaluateAsync("local gone = redis.call('DEL', 'session:" + {|TR5004:id|} + "') " + $"redis.call('PUBLISH', 'users', 'gone {id}') return gone");
            }
        }
        """,
        """
        static partial class Users
        {
            public static async Task Forget(RedisContext redis, int id)
            {
                var db = redis.Database;
                await ForgetScriptAsync(redis, $"session:{id}", $"gone {id}");
            }

            [LuaScript("local gone = redis.call('DEL', id) redis.call('PUBLISH', 'users', id2) return gone")]
            private static partial Task<RedisResult> ForgetScriptAsync(RedisContext redis, [LuaKey] string id, string id2);
        }
        """);

    [Fact]
    public Task A_property_elsewhere() => Verify(
        """"
        partial class Users<T>(IDatabase db)
        {
            public void Rename(string id, string name)
            {
                db.ScriptEvaluate($"""
                    if redis.call('HEXISTS', 'account:{{|TR5004:id|}}', 'name') == 1 then
                      redis.call('HSET', 'account:{id}', 'name', '{name}')
                    end
                    """);
            }
        }
        """",
        """"
        partial class Users<T>(IDatabase db)
        {
            public void Rename(string id, string name)
            {
                db.ScriptEvaluate(RenameScript.Text, new RedisKey[] { $"account:{id}", $"account:{id}" }, new RedisValue[] { name });
            }

            [LuaScript("""
                    if redis.call('HEXISTS', KEYS[1], 'name') == 1 then
                      redis.call('HSET', KEYS[2], 'name', ARGV[1])
                    end
                    """)]
            private static partial RedisScript RenameScript { get; }
        }
        """");

    [Theory]
    [InlineData("await redis.Database.ScriptEvaluateAsync($\"return redis.call('GET', '{{|TR5004:nick|}}')\");")]
    [InlineData("await redis.Database.ScriptEvaluateAsync($\"return redis.call('GET', 'settings') .. '{{|TR5004:id|}}'\");")]
    [InlineData("await redis.Database.ScriptEvaluateAsync($\"local k = '{{|TR5004:id|}}' return redis.call('GET', k)\");")]
    [InlineData("await redis.Database.ScriptEvaluateAsync($\"return redis.call('DEL', '{{|TR5004:id|}}', 'b')\");")]
    [InlineData("await redis.Database.ScriptEvaluateAsync($\"return redis.call('MGET', '{{|TR5004:id|}}')\");")]
    [InlineData("await redis.Database.ScriptEvaluateAsync($\"return redis.call('GET', '{{|TR5004:id|}}')\", null, null, CommandFlags.None);")]
    [InlineData("await redis.Database.ScriptEvaluateAsync(/* why */ $\"return redis.call('GET', '{{|TR5004:id|}}')\");")]
    [InlineData("var script = $\"return redis.call('GET', '{{|TR5004:id|}}')\"; await redis.Database.ScriptEvaluateAsync(script);")]
    [InlineData("await redis.Database.ScriptEvaluateAsync(string.Format(\"return redis.call('GET', '{0}')\", {|TR5004:id|}));")]
    public Task Not_where_only_people_can_tell(string statement) => Verify(
        $$"""
        class Users(RedisContext redis)
        {
            public async Task Load(string id, string? nick) { {{statement}} }
        }
        """,
        "");

    [Theory]
    [InlineData("file class Users", "Load", "")]
    [InlineData("class Users", "Load", "void LoadScriptAsync() { }")]
    public Task Not_where_there_is_no_place(string type, string method, string other) => Verify(
        $$"""
        {{type}}
        {
            public static async Task {{method}}(RedisContext redis, string id) => await redis.Database.ScriptEvaluateAsync("return redis.call('GET', '" + {|TR5004:id|} + "')");
            {{other}}
        }
        """,
        "");

    [Fact]
    public Task Not_without_TypedRedis() => Use.VerifyNoFixOfStatements(new LuaScriptFix(), "db.ScriptEvaluate($\"return redis.call('GET', '{{|TR5004:id|}}')\");");
}
