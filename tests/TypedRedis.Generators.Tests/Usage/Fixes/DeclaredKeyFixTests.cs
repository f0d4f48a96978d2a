using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class DeclaredKeyFixTests
{
    private static string Users(string call) => $$"""
        namespace Shop
        {
            [RedisHash("user:{Id}")]
            public sealed record User { public required long Id { get; init; } public required string Name { get; init; } }

            [RedisHash("of:{Tenant}:{Number}")]
            public sealed record Order { public required int Number { get; init; } public required string Tenant { get; init; } public string? Text { get; init; } }

            [RedisString("note:{Id}:{Day:yyyy-MM-dd}")]
            public sealed record Note(long Id, DateOnly Day, string Text);
        }

        namespace Shop.Reading
        {
            class Users(IDatabase db)
            {
                public void Read(long id, int? other, string name, int number, DateOnly day)
                {
                    {{call}}
                }
            }
        }
        """;

    [Theory]
    [InlineData("db.HashGetAll({|TR4001:\"user:\" + id|}); // one", "db.HashGetAll(new UserKey(id).ToRedisKey()); // one")]
    [InlineData("db.HashGetAll(key: {|TR4001:$\"user:{number}\"|}, CommandFlags.None);", "db.HashGetAll(key: new UserKey(number).ToRedisKey(), CommandFlags.None);")]
    [InlineData("db.HashGetAll({|TR4001:\"user:\" + id.ToString()|});", "db.HashGetAll(new UserKey(id).ToRedisKey());")]
    [InlineData("db.HashGetAll({|TR4001:$\"of:{name}:{number + 1}\"|});", "db.HashGetAll(new OrderKey(name, number + 1).ToRedisKey());")]
    [InlineData("db.HashGetAll({|TR4001:\"user:\" + (byte)id|});", "db.HashGetAll(new UserKey((byte)id).ToRedisKey());")]
    [InlineData("db.HashGetAll({|TR4001:$\"user:{(byte)id}\"|});", "db.HashGetAll(new UserKey((byte)id).ToRedisKey());")]
    public Task Of_its_parts(string before, string after) => Use.VerifyFixOfModels(new DeclaredKeyFix(), Users(before), Users(after));

    [Theory]
    [InlineData("db.HashGetAll({|TR4001:\"user:\" + name|});")]
    [InlineData("db.HashGetAll({|TR4001:\"user:\" + other|});")]
    [InlineData("db.HashGetAll({|TR4001:$\"user:{id:D5}\"|});")]
    [InlineData("db.HashGetAll({|TR4001:$\"of:{number}:{name}\"|});")]
    [InlineData("db.StringGet({|TR4001:$\"note:{id}:{day:yyyy-MM-dd}\"|});")]
    [InlineData("db.HashGetAll({|TR4001:\"user:\" /* why */ + id|});")]
    public Task Not_where_the_text_may_be_another(string before) => Use.VerifyFixOfModels(new DeclaredKeyFix(), Users(before), after: null);
}
