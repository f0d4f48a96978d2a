using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class ExtractModelFixTests
{
    private static string People(string body, string members = "", string parameters = "RedisContext redis, IDatabase db") => $$"""
        namespace Shop
        {
            public class People({{parameters}})
            {
                public async Task Save(string id, Guid key, string name, string? nick, int age, long? other, bool isNew, double score, Guid guid, DateTimeOffset at, byte[] photo, object any)
                {
                    {{body.ReplaceLineEndings("\n            ")}}
                }{{members}}
            }
        """;

    private static Task Verify(string before, string after, string model) => Use.VerifyFixOfModels(
        new ExtractModelFix(),
        People(before) + "\n}\n",
        People(after) + "\n\n    " + model.ReplaceLineEndings("\n    ") + "\n}\n");

    private static Task VerifyNone(string before, string others = "") => Use.VerifyFixOfModels(new ExtractModelFix(), People(before) + "\n}\n" + others, after: null);

    [Fact]
    public Task Upserts_where_the_database_is_that_of_a_context() => Verify(
        """
        // Of a person.
        await redis.Database.HashSetAsync("person:" + id, {|TR4007:new HashEntry[] { new("name", name), new("age", age) }|}).ConfigureAwait(false); // done
        """,
        """
        // Of a person.
        await new PersonRepository(redis).UpsertAsync(new Person { Id = id, Name = name, Age = age }).ConfigureAwait(false); // done
        """,
        """
        [RedisHash("person:{Id}")]
        public sealed record Person
        {
            public required string Id { get; init; }
            public required string Name { get; init; }
            public required int Age { get; init; }
        }
        """);

    [Fact]
    public Task Upserts_by_way_of_a_local() => Verify(
        """
        var database = redis.Database;
        await database.HashSetAsync(
            $"shop:person:{key}",
            {|TR4007:[
                new HashEntry("created-at", at.ToString("O")),
                new HashEntry("is_new", isNew),
                new HashEntry("x_y", (RedisValue)name),
                new HashEntry("photo", photo),
                new HashEntry("guid", guid.ToString()),
            ]|});
        """,
        """
        var database = redis.Database;
        await new PersonRepository(redis).UpsertAsync(new Person
        {
            Key = key,
            CreatedAt = at,
            IsNew = isNew,
            XY = name,
            Photo = photo,
            Guid = guid,
        });
        """,
        """
        [RedisHash("shop:person:{Key}")]
        public sealed record Person
        {
            public required Guid Key { get; init; }
            [RedisField("created-at")] public required DateTimeOffset CreatedAt { get; init; }
            public required bool IsNew { get; init; }
            [RedisField("x_y")] public required string XY { get; init; }
            public required byte[] Photo { get; init; }
            public required Guid Guid { get; init; }
        }
        """);

    [Theory]
    [InlineData("await db.HashSetAsync({0}, {1});")]
    [InlineData("db.HashSet({0}, {1});")]
    [InlineData("redis.Database.HashSet({0}, {1});")]
    [InlineData("var sent = redis.Database.HashSetAsync({0}, {1});")]
    [InlineData("var batch = db.CreateBatch(); var sent = batch.HashSetAsync({0}, {1}); batch.Execute();")]
    public Task Uses_the_key_elsewhere(string call) => Verify(
        call.Replace("{0}", "$\"parcel:{id}:{age}:lines\"", StringComparison.Ordinal).Replace("{1}", "{|TR4007:new[] { new HashEntry(\"name\", name), new HashEntry(\"age\", 7) }|}", StringComparison.Ordinal),
        call.Replace("{0}", "new ParcelKey(id, age).ToRedisKey()", StringComparison.Ordinal).Replace("{1}", "new[] { new HashEntry(\"name\", name), new HashEntry(\"age\", 7) }", StringComparison.Ordinal),
        """
        [RedisHash("parcel:{Id}:{ParcelAge}:lines")]
        public sealed record Parcel
        {
            public required string Id { get; init; }
            public required int ParcelAge { get; init; }
            public required string Name { get; init; }
            public required int Age { get; init; }
        }
        """);

    [Fact]
    public Task Of_another_context_whose_local_changes_uses_the_key() => Verify(
        """
        var context = redis;
        var database = context.Database;
        context = redis.WithTenant(id);
        await database.HashSetAsync("person:" + id, {|TR4007:[new("name", name), new("age", age)]|});
        """,
        """
        var context = redis;
        var database = context.Database;
        context = redis.WithTenant(id);
        await database.HashSetAsync(new PersonKey(id).ToRedisKey(), [new("name", name), new("age", age)]);
        """,
        """
        [RedisHash("person:{Id}")]
        public sealed record Person
        {
            public required string Id { get; init; }
            public required string Name { get; init; }
            public required int Age { get; init; }
        }
        """);

    [Fact]
    public Task Beside_names_that_are_taken_and_with_another_naming() => Use.VerifyFixOfModels(
        new ExtractModelFix(),
        """
        [assembly: RedisDefaults(FieldNaming = FieldNaming.CamelCase)]
        internal class Person { public string Name = ""; }
        internal class People(RedisContext redis)
        {
            internal class Inner(RedisContext redis)
            {
                public async Task Save(Person person, int _id) => await redis.Database.HashSetAsync("person:" + _id, {|TR4007:[new("id", _id), new("name", person.Name)]|});
                public async Task Store(Person person, int _id)
                {
                    await redis.Database.HashSetAsync("person:" + _id, [new("id", _id), new("name", person.Name)]);
                }
            }
        }
        """,
        """
        [assembly: RedisDefaults(FieldNaming = FieldNaming.CamelCase)]
        internal class Person { public string Name = ""; }
        internal class People(RedisContext redis)
        {
            internal class Inner(RedisContext redis)
            {
                public async Task Save(Person person, int _id) => await redis.Database.HashSetAsync(new PersonEntityKey(_id).ToRedisKey(), [new("id", _id), new("name", person.Name)]);
                public async Task Store(Person person, int _id)
                {
                    await redis.Database.HashSetAsync("person:" + _id, [new("id", _id), new("name", person.Name)]);
                }
            }
        }

        [RedisHash("person:{PersonEntityId}")]
        internal sealed record PersonEntity
        {
            public required int PersonEntityId { get; init; }
            [RedisField("id")] public required int Id { get; init; }
            [RedisField("name")] public required string Name { get; init; }
        }
        """);

    [Theory]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", nick), new(\"age\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", other) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"score\", score) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"value\", RedisValue.EmptyString) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"letter\", 'x') }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"_age\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"Name\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"is_empty\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), /* in years */ new(\"age\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|}, CommandFlags.FireAndForget);")]
    [InlineData("db.HashSet(\"Person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + id + \"-\" + age, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + nick, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet(\"person:\" + score, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet($\"person:{age:D4}\", {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet($\"{id}:person\", {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet($\"7:{id}\", {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("db.HashSet(id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});")]
    [InlineData("HashEntry[] fields = [new(\"name\", name), new(\"age\", age)]; db.HashSet(\"person:\" + id, {|TR4007:fields|});")]
    public Task Not_where_the_texts_might_be_others(string before) => VerifyNone(before);

    [Fact]
    public Task Not_beside_a_model_that_may_have_the_key() => VerifyNone(
        "db.HashSet(\"person:\" + id, {|TR4007:new HashEntry[] { new(\"name\", name), new(\"age\", age) }|});",
        """[RedisHash("person:{Number}")] public sealed record Citizen { public required int Number { get; init; } public required string Name { get; init; } }""");
}
