using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TypedRedis.Generators.Tests.Usage;

/// <summary>Sources as they are while somebody types: no rule throws, whatever is missing.</summary>
public class UsageFuzzTests
{
    private const string Source = """"
        using System.Text.Json;

        public sealed class Shop(IDatabase db, IServer server, ISubscriber subscriber, Func<string, Task<string>> load)
        {
            private static readonly ConnectionMultiplexer One = ConnectionMultiplexer.Connect("cache.example.com,password=x1,allowAdmin=true");
            private static ConnectionMultiplexer Two => ConnectionMultiplexer.Connect(new ConfigurationOptions { AllowAdmin = true, Password = "x1", DefaultDatabase = 1, EndPoints = { "cache.example.com", { "10.0.0.7", 6379 } } });

            public async Task<string?> Get(string id, double price, string[] ids)
            {
                RedisKey key = $"User:{id}";
                if (!await db.KeyExistsAsync(key)) return null;
                var cached = await db.StringGetAsync(key).ConfigureAwait(false);
                if (cached.IsNull)
                {
                    var fresh = await load(id);
                    await db.StringSetAsync(key, fresh);
                    await db.KeyExpireAsync(key, TimeSpan.FromMinutes(1));
                }

                var options = ConfigurationOptions.Parse("cache.example.com,defaultDatabase=2"); options.EndPoints.Add("cache.example.com"); options.Ssl = false;
                int n = (int)cached; n += 1; n++;
                await db.StringSetAsync(key, n);
                if (await db.StringIncrementAsync("rate:" + id) == 1) await db.KeyExpireAsync("rate:" + id, TimeSpan.FromMinutes(1));
                foreach (var one in ids) { var name = "n:" + one; await db.StringGetAsync(name); }
                for (int i = 0; i < ids.Length; i++) db.SetAdd(key, ids[i]);
                bool isMine = db.StringSet("lock:" + id, Environment.MachineName, when: When.NotExists);
                try { await db.LockTakeAsync("lock:" + id, "1", TimeSpan.FromSeconds(1)); } catch { } finally { db.KeyDelete("lock:" + id); }
                await db.SortedSetAddAsync(key, DateTime.UtcNow.Ticks, DateTime.UtcNow.Ticks, flags: CommandFlags.FireAndForget);
                await db.SortedSetRemoveRangeByScoreAsync(key, 0, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60);
                Console.WriteLine((await db.SortedSetLengthAsync(key)) + (await db.SetMembersAsync(key)).Length);
                db.StringGet($"price:{price:0.0}" + price);
                var script = $"return redis.call('GET', '{id}')" + string.Format("{0}", id);
                db.ScriptEvaluate(script, new RedisKey[] { "a", "b" });
                db.ScriptEvaluate("return redis.call('KEYS', 'x')");
                db.KeyDelete(server.Keys(pattern: "user:*").Where(k => k != key).ToArray());
                db.Execute("KEYS", "*"); db.Execute("BLPOP", id, 0);
                db.HashSet("u:" + id, new HashEntry[] { new("a", 1), new("b", 2) });
                db.StringSet(key, JsonSerializer.Serialize(ids.ToList()));
                subscriber.Publish(new RedisChannel("jobs", RedisChannel.PatternMode.Literal), cached is { HasValue: true } v ? v : "x");
                switch (id) { case "a": db.KeyRename("a", "b"); break; default: return cached; }
                (string a, var b) = (id, id); a ??= b;
                return id switch { "x" => await db.StringGetAsync(a), _ => await db.StringGetAsync(b) };
            }
        }
        """";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Without_some_tokens(int seed)
    {
        var random = new Random(seed);
        var tokens = CSharpSyntaxTree.ParseText(Source).GetRoot().DescendantTokens().ToArray();
        for (int round = 0; round < 40; round++)
        {
            var removed = Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(tokens.Length)).ToHashSet();
            await Run(string.Concat(tokens.Where((_, i) => !removed.Contains(i)).Select(static token => token.ToFullString())));
        }
    }

    [Fact]
    public async Task Cut_off_anywhere()
    {
        for (int length = 0; length < Source.Length; length += 37)
            await Run(Source[..length]);
    }

    [Fact]
    public async Task Models_cut_off_anywhere()
    {
        const string Models = """
            [assembly: RedisModelSchema("a", new[] { "b" })]
            [CacheAside("product:{Id}", Ttl = "1d", FailSafe = "10m")] public sealed record Product(long Id, string Name);
            [RedisHash("user:{Id}"), MaxSize("1KB")]
            public sealed record User { public required long Id { get; init; } [Counter, Indexed(Sorted = new[] { true })] public long Logins { get; init; } }
            [CacheAside("x:{Id}", Ttl = new[] { "1d" }, FailSafe = null), RedisString("x:{Id}")] public record Odd(long Id, List<string> Tags, int[]? Scores, Missing<int> Rest) { public int this[int i] => i; }
            """;
        for (int length = 0; length <= Models.Length; length += 3)
            await Use.RunAsync(Use.CompileWithRuntime(Models[..length]));
        await Use.RunAsync(Use.CompileWithRuntime(Models));
    }

    [Fact]
    public async Task With_a_driver_that_lacks_types()
    {
        const string Driver = "namespace StackExchange.Redis { public interface IDatabase { void StringSet(string key, string value); void KeyExpire(string key, int expiry); void LockTake(string key, string value); } }";
        var compilation = Use.Compile(Driver + " class A { void B(StackExchange.Redis.IDatabase db) { db.StringSet(\"a\", \"b\"); db.KeyExpire(\"a\", 1); db.LockTake(\"a\", \"b\"); } }", driver: null);
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        await Use.RunAsync(compilation);
    }

    [Fact]
    public async Task Nothing_is_said_without_the_driver()
        => Assert.Empty(await Use.RunAsync(Use.Compile("class A { void B() { } }", driver: null)));

    private static async Task Run(string source)
    {
        try
        {
            await Use.RunAsync(Use.Compile(source, Use.Drivers["1.2.6"]));
        }
        catch (Exception exception)
        {
            Assert.Fail($"{exception}\n\nover:\n{source}");
        }
    }
}
