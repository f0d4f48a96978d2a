namespace TypedRedis.Generators.Tests.Usage;

public class LargeValueTests
{
    private static readonly string Text = new('x', 11_000);

    [Fact]
    public Task A_collection_as_one_value() => Use.Verify("""
        using System.Text.Json;

        record Item(string Name);

        class Lists(IDatabase db)
        {
            public void Save(RedisKey key, List<Item> items, Item[] array, Dictionary<string, Item> map)
            {
                db.StringSet(key, JsonSerializer.Serialize({|TR3009:items|}));
                db.StringSet(key, JsonSerializer.SerializeToUtf8Bytes({|TR3009:array|}));
                var json = JsonSerializer.Serialize({|TR3009:map|});
                db.StringSet(key, json);
            }
        }
        """);

    [Fact]
    public Task An_answer_that_expires_and_other_values() => Use.Verify("""
        using System.Text.Json;

        record Item(string Name);

        class Lists(IDatabase db)
        {
            public void Save(RedisKey key, List<Item> items, Item item, byte[] bytes)
            {
                db.StringSet(key, JsonSerializer.Serialize(items), TimeSpan.FromMinutes(5));
                db.StringSet(key, JsonSerializer.Serialize(item));
                db.StringSet(key, JsonSerializer.Serialize("text"));
                db.StringSet(key, JsonSerializer.Serialize(bytes));
                db.HashSet(key, "items", JsonSerializer.Serialize(items));
                db.ListRightPush(key, JsonSerializer.Serialize(items));
            }
        }
        """);

    [Fact]
    public Task A_large_literal() => Use.VerifyStatements($$"""
        await db.StringSetAsync(id, {|TR3010:"{{Text}}"|});
        await db.HashSetAsync(id, "text", {|TR3010:"{{Text}}"|});
        """);

    [Fact]
    public Task A_small_one() => Use.VerifyStatements($$"""
        await db.StringSetAsync(id, "{{Text[..10_000]}}");
        """);

    [Fact]
    public Task The_bound_is_an_option() => Use.VerifyStatements("""
        await db.StringSetAsync(id, {|TR3010:"12345678901234567890é"|});
        await db.StringSetAsync(id, "12345678901234567890");
        """, ("typedredis.large_literal_bytes", "21"));
}
