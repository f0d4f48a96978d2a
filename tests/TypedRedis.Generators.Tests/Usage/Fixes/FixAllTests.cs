using Microsoft.CodeAnalysis.CodeFixes;
using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

/// <summary>All at once, as an editor and <c>dotnet format</c> do it: the same as one by one.</summary>
public class FixAllTests
{
    private static string Class(string name, string body) => $$"""
        using System.Globalization;

        class {{name}}(IDatabase db)
        {
            public async Task Run(string id, string[] ids, RedisKey key, double price, DateTime at, string token)
            {
                {{body.ReplaceLineEndings("\n        ")}}
                await Task.Yield();
            }
        }
        """;

    // What is wrong with it, more than once, close together, and within each other.
    public static TheoryData<string, string, string> Fixes { get; } = new()
    {
        {
            nameof(InvariantTextFix),
            """
            db.StringGet($"{price}:{at}:{price:0.0}");
            db.StringGet($"{price}:{at}"); db.StringGet($"{price}:{at}");
            db.StringGet("a" + price + ":" + at + $":{price}:{at}" + at.ToString());
            db.HashGet($"{price}", $"{at}");
            db.StringSet($"of:{db.StringGet($"at:{at}")}:{price}", price.ToString());
            """,
            """
            db.StringGet(FormattableString.Invariant($"{price}:{at}:{price:0.0}"));
            db.StringGet(FormattableString.Invariant($"{price}:{at}")); db.StringGet(FormattableString.Invariant($"{price}:{at}"));
            db.StringGet("a" + price.ToString(CultureInfo.InvariantCulture) + ":" + at.ToString(CultureInfo.InvariantCulture) + FormattableString.Invariant($":{price}:{at}") + at.ToString(CultureInfo.InvariantCulture));
            db.HashGet(FormattableString.Invariant($"{price}"), FormattableString.Invariant($"{at}"));
            db.StringSet(FormattableString.Invariant($"of:{db.StringGet($"at:{at}")}:{price}"), price.ToString(CultureInfo.InvariantCulture));
            """
        },
        {
            nameof(SetWithExpiryFix),
            """
            db.StringSet("a", 1);
            db.KeyExpire("a", TimeSpan.FromHours(1));
            db.StringSet("b", 1);
            db.KeyExpire("b", TimeSpan.FromHours(1));
            if (db.StringSet("c", 1, when: When.NotExists))
                db.KeyExpire("c", TimeSpan.FromHours(1));
            db.StringSet("d", 1); db.KeyExpire("d", TimeSpan.FromHours(1)); db.StringSet("e", 1); db.KeyExpire("e", TimeSpan.FromHours(1));
            """,
            """
            db.StringSet("a", 1, TimeSpan.FromHours(1));
            db.StringSet("b", 1, TimeSpan.FromHours(1));
            db.StringSet("c", 1, when: When.NotExists, expiry: TimeSpan.FromHours(1));
            db.StringSet("d", 1, TimeSpan.FromHours(1)); db.StringSet("e", 1, TimeSpan.FromHours(1));
            """
        },
        {
            nameof(BatchLoopFix),
            """
            foreach (var one in ids)
                await db.KeyDeleteAsync("a" + one);
            foreach (var one in ids)
                await db.KeyDeleteAsync("b" + one);
            foreach (var one in ids)
            {
                foreach (var two in ids)
                    await db.SetAddAsync(one, two);
            }
            """,
            """
            await Task.WhenAll(ids.Select(one => db.KeyDeleteAsync("a" + one)));
            await Task.WhenAll(ids.Select(one => db.KeyDeleteAsync("b" + one)));
            foreach (var one in ids)
            {
                await Task.WhenAll(ids.Select(two => db.SetAddAsync(one, two)));
            }
            """
        },
        {
            nameof(ActAtOnceFix),
            """
            if (await db.KeyExistsAsync("a"))
                await db.KeyDeleteAsync("a");
            if (db.KeyExists("b")) db.KeyDelete("b"); if (db.KeyExists("c")) db.KeyDelete("c");
            if (!db.KeyExists("d")) db.StringSet("d", 1, TimeSpan.FromHours(1));
            if (!await db.SetContainsAsync(key, id))
            {
                await db.SetAddAsync(key, id);
            } // once
            """,
            """
            await db.KeyDeleteAsync("a");
            db.KeyDelete("b"); db.KeyDelete("c");
            db.StringSet("d", 1, TimeSpan.FromHours(1), when: When.NotExists);
            await db.SetAddAsync(key, id); // once
            """
        },
        {
            nameof(LockReleaseFix),
            """
            if (db.StringSet("lock:a", token, TimeSpan.FromSeconds(9), When.NotExists)) db.KeyDelete("lock:a");
            if (await db.StringSetAsync("lock:b", token, TimeSpan.FromSeconds(9), When.NotExists)) { db.KeyDelete("lock:b"); }
            """,
            """
            if (db.StringSet("lock:a", token, TimeSpan.FromSeconds(9), When.NotExists)) db.LockRelease("lock:a", token);
            if (await db.StringSetAsync("lock:b", token, TimeSpan.FromSeconds(9), When.NotExists)) { db.LockRelease("lock:b", token); }
            """
        },
        {
            nameof(UnlinkFix),
            """
            db.Execute("DEL", id); db.Execute("del", (string)db.Execute("DEL", id)!);
            """,
            """
            db.Execute("UNLINK", id); db.Execute("UNLINK", (string)db.Execute("UNLINK", id)!);
            """
        },
        {
            nameof(ScriptArgumentsFix),
            """
            db.ScriptEvaluate($"return '{id}' .. {ids.Length}"); db.ScriptEvaluate("return '" + id + "'");
            db.ScriptEvaluate($"return '{(string)db.ScriptEvaluate($"return '{id}'")!}'");
            """,
            """
            db.ScriptEvaluate("return ARGV[1] .. tonumber(ARGV[2])", values: new RedisValue[] { id, ids.Length }); db.ScriptEvaluate("return ARGV[1]", values: new RedisValue[] { id });
            db.ScriptEvaluate("return ARGV[1]", values: new RedisValue[] { (string)db.ScriptEvaluate("return ARGV[1]", values: new RedisValue[] { id })! });
            """
        },
        {
            nameof(ScanFix),
            """
            var a = (RedisKey[])db.Execute("KEYS", "a*")!; var b = (RedisKey[])db.Execute("KEYS", "b*")!;
            foreach (var one in (RedisKey[])db.Execute("KEYS", "c*")!)
                foreach (var two in (RedisKey[])db.Execute("KEYS", $"{one}*")!)
                    Console.WriteLine(two);
            """,
            """
            var a = db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, "a*").Distinct().ToArray(); var b = db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, "b*").Distinct().ToArray();
            foreach (var one in db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, "c*"))
                foreach (var two in db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, $"{one}*"))
                    Console.WriteLine(two);
            """
        },
    };

    private static CodeFixProvider Make(string name) => (CodeFixProvider)Activator.CreateInstance(typeof(RuleFix).Assembly.GetType("TypedRedis.CodeFixes." + name)!)!;

    private const string Models = """
        namespace Shop
        {
            [RedisHash("user:{Id}")]
            public sealed record User { public required long Id { get; init; } public required string Name { get; init; } }

            [RedisHash("of:{Tenant}:{Number}")]
            public sealed record Order { public required int Number { get; init; } public required string Tenant { get; init; } public string? Text { get; init; } }
        }
        """;

    // Keys of several models at once; the last but one may be another text, and stays.
    private const string KeysBefore = """
        // all of a user
        db.HashGetAll("user:" + id); db.HashGetAll(/* of one */ $"of:{name}:{number}"); // and of an order
        db.HashSet("user:" + id, "Name", db.HashGet($"user:{number}", "Name"));
        db.HashGetAll($"user:{(long)db.HashGet($"of:{name}:{(int)db.HashLength("user:" + id)}", "User")}");
        db.HashGetAll("user:" + name);
        if (db.KeyExists("user:" + id) && db.KeyExists("of:" + name + ":" + number)) db.KeyDelete("user:" + id);
        """;

    private const string KeysAfter = """
        // all of a user
        db.HashGetAll(new UserKey(id).ToRedisKey()); db.HashGetAll(/* of one */ new OrderKey(name, number).ToRedisKey()); // and of an order
        db.HashSet(new UserKey(id).ToRedisKey(), "Name", db.HashGet(new UserKey(number).ToRedisKey(), "Name"));
        db.HashGetAll(new UserKey((long)db.HashGet(new OrderKey(name, (int)db.HashLength(new UserKey(id).ToRedisKey())).ToRedisKey(), "User")).ToRedisKey());
        db.HashGetAll("user:" + name);
        if (db.KeyExists(new UserKey(id).ToRedisKey()) && db.KeyExists(new OrderKey(name, number).ToRedisKey())) db.KeyDelete(new UserKey(id).ToRedisKey());
        """;

    [Theory]
    [InlineData(FixAllScope.Document, 1)]
    [InlineData(FixAllScope.Project, 2)]
    [InlineData(FixAllScope.Solution, 3)]
    public async Task Of_keys_of_several_models(FixAllScope scope, int changed)
    {
        string[] names = ["A", "B", "C"];
        string[] before = [.. names.Select(static name => Reading(name, KeysBefore))];
        string[] after = [.. names.Select((name, index) => Reading(name, index < changed ? KeysAfter : KeysBefore))];
        Assert.Equal(string.Join("\n", after), string.Join("\n", await Use.FixAllAsync(new DeclaredKeyFix(), scope, before[0], before[1], before[2], Models)));
    }

    private static string Reading(string name, string body) => $$"""
        using Shop;

        class {{name}}(IDatabase db)
        {
            public void Run(long id, string name, int number)
            {
                {{body.ReplaceLineEndings("\n        ")}}
            }
        }
        """;

    [Fact]
    public void Each_fix_of_all_is_here()
    {
        string[] all = [.. typeof(RuleFix).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(RuleFix)) && !type.IsAbstract && Make(type.Name).GetFixAllProvider() is not null).Select(static type => type.Name)];
        Assert.Equal(all.Order(), Fixes.Select(static row => (string)row[0]).Append(nameof(DeclaredKeyFix)).Order());
    }

    [Theory]
    [MemberData(nameof(Fixes))]
    public async Task Of_a_document(string fix, string before, string after)
        => Assert.Equal(string.Join("\n", Class("A", after), Class("B", before), Class("C", before)), string.Join("\n", await Use.FixAllAsync(Make(fix), FixAllScope.Document, Class("A", before), Class("B", before), Class("C", before))));

    [Theory]
    [MemberData(nameof(Fixes))]
    public async Task Of_a_project(string fix, string before, string after)
        => Assert.Equal(string.Join("\n", Class("A", after), Class("B", after), Class("C", before)), string.Join("\n", await Use.FixAllAsync(Make(fix), FixAllScope.Project, Class("A", before), Class("B", before), Class("C", before))));

    [Theory]
    [MemberData(nameof(Fixes))]
    public async Task Of_a_solution(string fix, string before, string after)
        => Assert.Equal(string.Join("\n", Class("A", after), Class("B", after), Class("C", after)), string.Join("\n", await Use.FixAllAsync(Make(fix), FixAllScope.Solution, Class("A", before), Class("B", before), Class("C", before))));
}
