using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class CacheExpiryFixTests
{
    private static string Cache(string write) => $$"""
        class Cache(IDatabase db, Func<string, string> load)
        {
            public async Task<string?> Get(string id)
            {
                var value = await db.StringGetAsync("product:" + id);
                if (value.IsNull)
                {
                    {{write}}
                }

                return value;
            }
        }
        """;

    [Theory]
    [InlineData("db.{|TR2013:StringSet|}(\"product:\" + id, load(id));", "db.StringSet(\"product:\" + id, load(id), TimeSpan.FromMinutes(10));")]
    [InlineData(
        "await db.{|TR2013:StringSetAsync|}(value: load(id), key: \"product:\" + id).ConfigureAwait(false); // kept",
        "await db.StringSetAsync(value: load(id), key: \"product:\" + id, expiry: TimeSpan.FromMinutes(10)).ConfigureAwait(false); // kept")]
    [InlineData(
        "await db.{|TR2013:StringSetAsync|}(\"product:\" + id, load(id), flags: CommandFlags.FireAndForget);",
        "await db.StringSetAsync(\"product:\" + id, load(id), flags: CommandFlags.FireAndForget, expiry: TimeSpan.FromMinutes(10));")]
    public Task With_an_expiry(string before, string after) => Use.VerifyFix(new CacheExpiryFix(), Cache(before), Cache(after));

    [Fact]
    public Task Where_System_is_not_used() => Use.VerifyFix(
        new CacheExpiryFix(),
        Cache("db.{|TR2013:StringSet|}(\"product:\" + id, load(id));").Replace("class Cache", "class TimeSpan { }\nclass Cache", StringComparison.Ordinal),
        Cache("db.StringSet(\"product:\" + id, load(id), System.TimeSpan.FromMinutes(10));").Replace("class Cache", "class TimeSpan { }\nclass Cache", StringComparison.Ordinal));

    [Fact]
    public Task Not_instead_of_one_that_is_null() => Use.VerifyNoFix(new CacheExpiryFix(), Cache("db.{|TR2013:StringSet|}(\"product:\" + id, load(id), (TimeSpan?)null);"));

    [Fact]
    public void Nor_of_all_at_once() => Assert.Null(new CacheExpiryFix().GetFixAllProvider());
}
