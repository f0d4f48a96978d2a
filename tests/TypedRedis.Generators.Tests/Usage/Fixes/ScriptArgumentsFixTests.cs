using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class ScriptArgumentsFixTests
{
    private readonly ScriptArgumentsFix _fix = new();

    [Fact]
    public Task In_keys_and_values() => Use.VerifyFixOfStatements(
        _fix,
        """
        await db.ScriptEvaluateAsync($"return redis.call('GET', '{{|TR5004:id|}}')").ConfigureAwait(false); // one
        db.ScriptEvaluate($"return redis.call('SET', 'user:{{|TR5004:id|}}', '{ids[0]}', 'EX', {ids.Length})");
        db.ScriptEvaluate("return redis.call('GET', 'user:" + {|TR5004:id|} + "') or " + ids.Length);
        db.ScriptEvaluate($@"local t = {{ 'a{{b' }} return redis.call('PUBLISH', '{{|TR5004:id|}}', 'at {id}!')");
        """,
        """
        await db.ScriptEvaluateAsync("return redis.call('GET', KEYS[1])", new RedisKey[] { id }).ConfigureAwait(false); // one
        db.ScriptEvaluate("return redis.call('SET', KEYS[1], ARGV[1], 'EX', tonumber(ARGV[2]))", new RedisKey[] { $"user:{id}" }, new RedisValue[] { ids[0], ids.Length });
        db.ScriptEvaluate("return redis.call('GET', KEYS[1]) or tonumber(ARGV[1])", new RedisKey[] { $"user:{id}" }, new RedisValue[] { ids.Length });
        db.ScriptEvaluate(@"local t = { 'a{b' } return redis.call('PUBLISH', ARGV[1], ARGV[2])", values: new RedisValue[] { id, $"at {id}!" });
        """,
        all: true);

    [Theory]
    [InlineData("db.ScriptEvaluate($\"return redis.call('{{|TR5004:id|}}', KEYS[1])\", [id]);")]
    [InlineData("db.ScriptEvaluate($\"return redis.call('GET', KEYS[1]) .. '{{|TR5004:id|}}'\");")]
    [InlineData("db.ScriptEvaluate($\"return {{|TR5004:id|}}\");")]
    [InlineData("db.ScriptEvaluate($\"return a{{|TR5004:ids.Length|}}\");")]
    [InlineData("db.ScriptEvaluate($\"return 1 -- '{{|TR5004:id|}}'\");")]
    [InlineData("db.ScriptEvaluate($\"return \\\"{{|TR5004:id|}}\\\"\");")]
    [InlineData("db.ScriptEvaluate($\"return '{{|TR5004:DateTime.Now|}}'\");")]
    [InlineData("db.ScriptEvaluate($\"return '{{|TR5004:ids.Length|}:000}'\");")]
    [InlineData("db.ScriptEvaluate(\"return '\" + {|TR5004:id|} + \"' -- it\");")]
    [InlineData("db.ScriptEvaluate(@\"return '\" + {|TR5004:id|} + \"'\");")]
    [InlineData("db.ScriptEvaluate(\"return \" + {|TR5004:ids.Length|} + ids.Length);")]
    [InlineData("db.ScriptEvaluate($\"return redis.call('DEL', '{{|TR5004:id|}}', '{ids[0]}')\");")]
    [InlineData("db.ScriptEvaluate(string.Concat(\"return '\", {|TR5004:id|}, \"'\"));")]
    [InlineData("var script = $\"return '{{|TR5004:id|}}'\"; db.ScriptEvaluate(script);")]
    public Task Not_where_only_people_can_tell(string statements) => Use.VerifyNoFixOfStatements(_fix, statements);
}
