namespace TypedRedis.Generators.Tests.Usage;

public class KeyTests
{
    private const string Models = """
        [RedisHash("user:{Id}")]
        public sealed record User { public required long Id { get; init; } public required string Name { get; init; } }

        [RedisString("note:{Id}:{Day:yyyy-MM-dd}")]
        public sealed record Note(long Id, DateOnly Day, string Text);

        """;

    [Fact]
    public Task Of_a_model_by_hand() => Use.VerifyModels(Models + """
        class Users(IDatabase db)
        {
            public void Read(long id, string day)
            {
                db.HashGetAll({|TR4001:"user:" + id|});
                db.StringGet({|TR4001:$"note:{id}:{day}"|});
            }
        }
        """);

    [Fact]
    public Task Almost_of_a_model() => Use.VerifyModels(Models + """
        class Users(IDatabase db)
        {
            public void Read(long id, string day)
            {
                db.HashGetAll({|TR4002:{|TR4004:$"User:{id}"|}|});
                db.HashGetAll({|TR4002:$"user-{id}"|});
                db.HashGetAll({|TR4002:$"users:{id}"|});
            }
        }
        """);

    [Fact]
    public Task Of_nothing_that_is_declared() => Use.VerifyModels(Models + """
        class Users(IDatabase db)
        {
            public void Read(long id, string name)
            {
                db.HashGetAll($"account:{id}");
                db.SetMembers($"users:{name}").ToString();
                db.StringGet($"user:{id}:photo");
                db.StringGet("user:all");
                db.StringGet(name);
            }
        }
        """, "TR3006");

    [Fact]
    public Task Put_together_in_several_places() => Use.Verify("""
        class Users(IDatabase db)
        {
            public string? Name(string id) => db.StringGet({|TR4003:$"name:{id}"|});
            public void Rename(string id, string name) => db.StringSet("name:" + id, name);
            public void Forget(string id) => db.KeyDelete($"name:{id}");
        }
        """);

    [Fact]
    public Task Put_together_twice_or_in_one_place() => Use.Verify("""
        class Users(IDatabase db)
        {
            private static RedisKey KeyOf(string id) => $"name:{id}";

            public string? Name(string id) => db.StringGet(KeyOf(id));
            public void Rename(string id, string name) => db.StringSet(KeyOf(id), name);
            public void Forget(string id) => db.KeyDelete(KeyOf(id));
            public string? Nick(string id) => db.StringGet($"nick:{id}");
            public void ForgetNick(string id) => db.KeyDelete($"nick:{id}");
            public string? A(string id) => db.StringGet("a");
            public string? B(string id) => db.StringGet("a");
            public string? C(string id) => db.StringGet("a");
            public string? D(string id) => db.StringGet($"{id}:{id}");
            public string? E(string id) => db.StringGet($"{id}:{id}");
            public string? F(string id) => db.StringGet($"{id}:{id}");
        }
        """);

    [Theory]
    [InlineData("2", true)]
    [InlineData("3", false)]
    [InlineData("0", false)]
    public Task How_many_places_is_an_option(string bound, bool isReported) => Use.Verify($$"""
        class Users(IDatabase db)
        {
            public string? Nick(string id) => db.StringGet({{(isReported ? "{|TR4003:$\"nick:{id}\"|}" : "$\"nick:{id}\"")}});
            public void ForgetNick(string id) => db.KeyDelete($"nick:{id}");
        }
        """, ("typedredis.repeated_key_places", bound));

    [Theory]
    [InlineData("\"User:\" + id")]
    [InlineData("\"my key\"")]
    [InlineData("\"user/\" + id")]
    [InlineData("\"user\" + id")]
    [InlineData("$\"user:{id}:v2{id}\"")]
    public Task Hard_to_type_and_to_match(string key) => Use.VerifyStatements($"await db.StringGetAsync({{|TR4004:{key}|}});");

    [Theory]
    [InlineData("\"user:\" + id")]
    [InlineData("$\"user:{id}:cart-items_1.v2\"")]
    [InlineData("$\"{id}:a\"")]
    [InlineData("$\"{{{id}}}:a\"")]
    [InlineData("id + \"abc\"")]
    [InlineData("id")]
    [InlineData("\"settings\"")]
    public Task Easy_to_type_and_to_match(string key) => Use.VerifyStatements($"await db.StringGetAsync({key});");

    [Fact]
    public Task Several_databases() => Use.Verify("""
        class Stores(IConnectionMultiplexer redis, int number)
        {
            public IDatabase Main => redis.GetDatabase();
            public IDatabase Zero => redis.GetDatabase(0);
            public IDatabase Cache => {|TR4005:redis.GetDatabase(1)|};
            public IDatabase Other => redis.GetDatabase(number);
            public IDatabase Default => redis.GetDatabase(-1);
        }
        """);

    [Fact]
    public Task Several_databases_of_options() => Use.Verify("""
        class Stores(int number)
        {
            public ConfigurationOptions Main => new() { DefaultDatabase = 0 };
            public ConfigurationOptions Cache => new() { {|TR4005:DefaultDatabase = 1|} };
            public ConfigurationOptions Parsed => ConfigurationOptions.Parse({|TR4005:"localhost,defaultDatabase=2"|});
            private static readonly ConnectionMultiplexer Connected = ConnectionMultiplexer.Connect({|TR4005:"localhost, DefaultDatabase = 3 ,abortConnect=false"|});
            public ConfigurationOptions Other => new() { DefaultDatabase = number };
            public ConfigurationOptions None => new() { DefaultDatabase = null };
        }
        """);

    [Fact]
    public Task One_database_of_options_and_others() => Use.Verify("""
        class Stores(IConnectionMultiplexer redis)
        {
            public IDatabase Cache => redis.GetDatabase(1);
            public ConfigurationOptions Options => new() { DefaultDatabase = 1 };
            public ConfigurationOptions Parsed => ConfigurationOptions.Parse("localhost,defaultDatabase=1");
            public ConfigurationOptions Named => ConfigurationOptions.Parse("localhost,name=defaultDatabase2");
            public Others Other => new() { DefaultDatabase = 3 };
        }

        class Others { public int DefaultDatabase { get; set; } }
        """);

    [Fact]
    public Task One_database() => Use.Verify("""
        class Stores(IConnectionMultiplexer redis, int number)
        {
            public IDatabase Main => redis.GetDatabase();
            public IDatabase Cache => redis.GetDatabase(1);
            public IDatabase Same => redis.GetDatabase(1);
            public IDatabase Other => redis.GetDatabase(number);
        }
        """);

    [Fact]
    public Task Of_several_slots() => Use.Verify("""
        class Moves(IDatabase db)
        {
            public void Move(long id)
            {
                db.{|TR4006:KeyRename|}($"new:{id}", $"old:{id}");
                db.{|TR4006:SetMove|}("{a}:set", "{b}:set", "x");
                db.{|TR4006:StringGet|}([$"a:{id}", $"b:{id}"]);
                db.{|TR4006:ScriptEvaluate|}("return redis.call('GET', KEYS[1])", ["a", "b"]);
            }
        }
        """);

    [Fact]
    public Task Of_one_slot_or_who_knows() => Use.Verify("""
        class Moves(IDatabase db)
        {
            public void Move(long id, string name, RedisKey key, RedisKey[] keys)
            {
                db.SetMove("{a}:set", "{a}:other", "x");
                db.KeyRename($"new:{name}", $"old:{name}");
                db.KeyRename(key, $"old:{id}");
                db.KeyRename($"{{{id}}}:a", $"{{{id}}}:b");
                db.StringGet(keys);
                db.StringGet($"a:{id}");
                db.ScriptEvaluate("return redis.call('GET', KEYS[1])", ["a"]);
            }
        }
        """);

    [Fact]
    public Task A_hash_put_together_by_hand() => Use.VerifyModels("""
        class Users(IDatabase db)
        {
            public void Save(string id, string name, long age)
            {
                db.HashSet("person:" + id, {|TR4007:new HashEntry[] { new("name", name), new("age", age) }|});
                HashEntry[] fields = [new HashEntry("name", name), new HashEntry("age", age)];
                db.HashSet("nick:" + id, {|TR4007:fields|});
                db.HashSet(id, {|TR4007:[new HashEntry("name", name), new HashEntry("age", age)]|});
                db.HashSet(id, [new HashEntry("name", name), .. fields]);
                db.HashSet(id, new[] { new HashEntry("name", name) });
                db.HashSet("settings", new HashEntry[] { new("name", name), new("age", age) });
                db.HashSet(id, new HashEntry[] { new(name, name), new(id, age) });
                db.HashSet(id, "name", name);
            }
        }
        """);

    [Fact]
    public Task A_hash_put_together_by_hand_without_models() => Use.VerifyStatements("""
        db.HashSet("person:" + id, new HashEntry[] { new("name", "x"), new("age", 7) });
        """);
}
