namespace TypedRedis.Generators.Tests.Usage;

public class ScriptTextTests
{
    [Theory]
    [InlineData("$\"return redis.call('GET', '{{|TR5004:id|}}')\"")]
    [InlineData("\"return redis.call('GET', '\" + {|TR5004:id|} + \"')\"")]
    [InlineData("string.Format(\"return redis.call('GET', '{0}')\", {|TR5004:id|})")]
    [InlineData("string.Concat(\"return '\", {|TR5004:id|}, \"'\")")]
    [InlineData("$\"return {{|TR5004:ids.Length|}}\"")]
    public Task With_a_value_in_it(string script) => Use.VerifyStatements($"await db.ScriptEvaluateAsync({script});");

    [Fact]
    public Task With_a_value_in_it_by_way_of_a_local() => Use.VerifyStatements("""
        var script = $"return redis.call('GET', '{{|TR5004:id|}}')";
        await db.ScriptEvaluateAsync(script);
        LuaScript.Prepare($"return '{{|TR5004:id|}}'");
        """);

    [Fact]
    public Task Made_of_what_is_fixed() => Use.Verify("""
        class Scripts(IDatabase db)
        {
            private const string Name = "GET";
            private static readonly string Body = "return redis.call('" + Name + "', KEYS[1])";
            private readonly string _prelude = "local a = 1 ";

            public void Run(string id, string text)
            {
                var local = "return 1";
                db.ScriptEvaluate($"{local} -- {Name}");
                db.ScriptEvaluate("local b = 2 " + Body, [id]);
                db.ScriptEvaluate(_prelude + Body, [id]);
                db.ScriptEvaluate(Body, [id]);
                db.ScriptEvaluate(text, [id]);
                db.ScriptEvaluate("return redis.call('GET', KEYS[1])", [$"user:{id}"]);
            }
        }
        """);

    [Theory]
    [InlineData("\"return redis.call('GET', 'settings')\"")]
    [InlineData("\"redis.call('SET', 'user:' .. ARGV[1], 1)\"")]
    [InlineData("\"return redis.pcall(\\\"HGETALL\\\", \\\"settings\\\")\"")]
    public Task With_a_key_by_name(string script) => Use.VerifyStatements($"await db.ScriptEvaluateAsync({{|TR2014:{script}|}});");

    [Theory]
    [InlineData("\"return redis.call('GET', KEYS[1])\"")]
    [InlineData("\"return redis.call('PUBLISH', 'channel', 'x')\"")]
    [InlineData("\"return redis.call('TIME')\"")]
    [InlineData("\"local key = KEYS[1] return redis.call('SET', key, 'value')\"")]
    public Task With_declared_keys(string script) => Use.VerifyStatements($"await db.ScriptEvaluateAsync({script}, [id]);");
}
