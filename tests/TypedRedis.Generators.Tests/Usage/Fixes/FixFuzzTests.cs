using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

/// <summary>Fixes in sources as they are while somebody types: none throws, whatever is missing.</summary>
public class FixFuzzTests
{
    private const string Source = """
        using TypedRedis;

        [RedisHash("user:{Id}")]
        public sealed record User { public required long Id { get; init; } public required string Name { get; init; } }

        public sealed class Shop(RedisContext redis, IDatabase db, string token)
        {
            public async Task Save(long id, string name, double price, string[] ids)
            {
                await redis.Database.HashSetAsync("person:" + id, new HashEntry[] { new("name", name), new("age", 36) });
                db.HashSet($"person:{name}", [new HashEntry("is-new", true), new HashEntry("at", DateTime.UtcNow.ToString("O"))]);
                var keys = (RedisKey[])db.Execute("KEYS", "a*")!;
                foreach (var key in (RedisKey[])(await db.ExecuteAsync("KEYS", "a*"))!) await db.KeyDeleteAsync(key);
                await redis.Database.ScriptEvaluateAsync($"return redis.call('HGET', 'user:{id}', '{name}')");
                db.ScriptEvaluate("return redis.call('GET', 'note:" + name + "') or " + ids.Length);
                await db.StringSetAsync("a", name); await db.KeyExpireAsync("a", TimeSpan.FromMinutes(1));
                if (!db.KeyExists("b")) db.StringSet("b", 1);
                if (db.StringSet("lock:a", token, when: When.NotExists)) { db.KeyDelete("lock:a"); }
                foreach (var one in ids) await db.SetAddAsync("c", one);
                db.StringGet($"price:{price}:{price:0.0}"); db.StringSet("d", price.ToString());
                db.HashGetAll("user:" + id); db.Execute("DEL", "x");
            }
        }
        """;

    private static readonly CodeFixProvider[] Fixes = [.. typeof(RuleFix).Assembly.GetTypes()
        .Where(static type => type.IsSubclassOf(typeof(RuleFix)) && !type.IsAbstract)
        .Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!)];

    [Fact]
    public async Task There_are_some_of_the_whole() => Assert.InRange(await Use.OfferAsync(Fixes, Source), 12, 100);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Without_some_tokens(int seed)
    {
        var random = new Random(seed);
        var tokens = CSharpSyntaxTree.ParseText(Source).GetRoot().DescendantTokens().ToArray();
        for (int round = 0; round < 30; round++)
        {
            var removed = Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(tokens.Length)).ToHashSet();
            await Run(string.Concat(tokens.Where((_, i) => !removed.Contains(i)).Select(static token => token.ToFullString())));
        }
    }

    [Fact]
    public async Task Cut_off_anywhere()
    {
        for (int length = 0; length < Source.Length; length += 61)
            await Run(Source[..length]);
    }

    private static async Task Run(string source)
    {
        try
        {
            await Use.OfferAsync(Fixes, source);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{exception}\n\nover:\n{source}");
        }
    }
}
