namespace TypedRedis.Generators.Tests.Usage;

public class CacheWithoutExpiryTests
{
    private static string Cache(string body) => $$"""
        using System.Text.Json;

        interface IProducts { Task<string> FindAsync(string id); string Load(string id); string Name { get; } }

        class Cache(IDatabase db, IProducts products, Func<string, string> make)
        {
            public async Task<string?> Get(string id)
            {
                RedisKey key = "product:" + id;
                {{body.ReplaceLineEndings("\n        ")}}
            }
        }
        """;

    [Theory]
    [InlineData("!cached.IsNull")]
    [InlineData("cached.HasValue")]
    [InlineData("!string.IsNullOrEmpty(cached)")]
    [InlineData("cached != RedisValue.Null && !cached.IsNullOrEmpty")]
    public Task Read_and_written_where_it_is_missing(string hit) => Use.Verify(Cache($$"""
        var cached = await db.StringGetAsync(key);
        if ({{hit}})
            return cached;
        var product = await products.FindAsync(id);
        await db.{|TR2013:StringSetAsync|}(key, product);
        return product;
        """));

    [Fact]
    public Task Within_the_branch_and_serialized() => Use.Verify(Cache("""
        string? value = db.StringGet(key);
        if (value is null)
        {
            value = JsonSerializer.Serialize(products.Load(id));
            db.{|TR2013:StringSet|}(key, value);
        }

        return value;
        """));

    [Fact]
    public Task From_a_delegate() => Use.Verify(Cache("""
        var value = await db.StringGetAsync(key);
        if (value.IsNull)
            await db.{|TR2013:StringSetAsync|}(key, make(id));
        return value;
        """));

    [Fact]
    public Task With_an_expiry() => Use.Verify(Cache("""
        var cached = await db.StringGetAsync(key);
        if (cached.HasValue)
            return cached;
        var product = await products.FindAsync(id);
        await db.StringSetAsync(key, product, TimeSpan.FromMinutes(5));
        return product;
        """));

    [Fact]
    public Task With_an_expiry_that_comes_later() => Use.Verify(Cache("""
        var cached = await db.StringGetAsync(key);
        if (cached.HasValue)
            return cached;
        var product = await products.FindAsync(id);
        await db.StringSetAsync(key, product);
        await db.{|TR2001:KeyExpireAsync|}(key, TimeSpan.FromMinutes(5));
        return product;
        """));

    [Fact]
    public Task What_is_made_here_may_be_in_Redis_alone() => Use.Verify(Cache("""
        string? token = await db.StringGetAsync(key);
        if (token is null)
        {
            token = Guid.NewGuid().ToString();
            await db.StringSetAsync(key, token);
        }

        return token;
        """));

    [Fact]
    public Task Another_key() => Use.Verify(Cache("""
        var cached = await db.StringGetAsync("a:" + id);
        if (cached.IsNull)
            await db.StringSetAsync("b:" + id, await products.FindAsync(id));
        return cached;
        """));

    [Fact]
    public Task A_write_alone() => Use.Verify(Cache("""
        await db.StringSetAsync(key, await products.FindAsync(id));
        return null;
        """));

    [Fact]
    public Task A_read_that_is_not_looked_at() => Use.Verify(Cache("""
        var before = await db.StringGetAsync(key);
        await db.StringSetAsync(key, await products.FindAsync(id));
        return before;
        """));

    [Fact]
    public Task Only_where_there_is_none() => Use.Verify(Cache("""
        var cached = await db.StringGetAsync(key);
        if (cached.IsNull)
            await db.StringSetAsync(key, await products.FindAsync(id), when: When.NotExists);
        return cached;
        """));
}
