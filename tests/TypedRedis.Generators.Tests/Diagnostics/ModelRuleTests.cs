namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1008 to TR1010, TR1013, TR1014, TR1020 to TR1024, TR1092: the model as a whole.</summary>
public class ModelRuleTests
{
    [Theory]
    [InlineData("public sealed class User { BODY }")]
    [InlineData("public record User { BODY }")]
    [InlineData("public record User(long Id, int Age);")]
    [InlineData("internal class User { BODY }")]
    [InlineData("public class User : Entity { public int Age { get; set; } }")]
    [InlineData("public sealed class User { public User(long id, int age) { Id = id; Age = age; } public long Id { get; } public int Age { get; } public string Both => Id + \":\" + Age; }")]
    public Task Models(string model)
        => Diagnose.Verify(Body("[RedisHash(\"user:{Id}\")] " + model + " public abstract class Entity { public long Id { get; init; } }"));

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\")] public abstract class {|TR1008:User|} { BODY }", "it is abstract")]
    [InlineData("[RedisHash(\"user:{Id}\")] public static class {|TR1008:User|} { }", "it is static")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class {|TR1008:User|}<T> { BODY }", "it is generic")]
    [InlineData("public class Outer<T> { [RedisHash(\"user:{Id}\")] public class {|TR1008:User|} { BODY } }", "'Outer' is generic")]
    [InlineData("public class Outer { [RedisHash(\"user:{Id}\")] private class {|TR1008:User|} { BODY } }", "it is private")]
    [InlineData("public class Outer { [RedisHash(\"user:{Id}\")] protected class {|TR1008:User|} { BODY } }", "it is protected")]
    [InlineData("[RedisHash(\"user:{Id}\")] file class {|TR1008:User|} { BODY }", "it is file-local")]
    [InlineData("[RedisString(\"user:{Id}\", JsonContext = typeof(Json))] public abstract class {|TR1008:User|} { BODY }", "it is abstract")]
    public async Task Shapes(string model, string message)
        => Assert.Contains(message, await Diagnose.Message(Body(model) + JsonContext), StringComparison.Ordinal);

    // The compiler refuses the attribute on a struct by itself: AttributeUsage says class.
    [Fact]
    public async Task Structs_are_refused()
    {
        var found = await Diagnose.RunAsync(Diagnose.Compile(Body("[RedisHash(\"user:{Id}\")] public record struct User { BODY }")));
        Assert.Contains(found, static diagnostic => diagnostic.Id == "TR1008" && diagnostic.GetMessage().Contains("it is a struct", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_shape() => Assert.Contains("[RedisHash] and [RedisString]", await Diagnose.Message(Body(
        "[RedisHash(\"user:{Id}\"), {|TR1009:RedisString(\"user:{Id}\", JsonContext = typeof(Json))|}] public sealed class User { BODY }") + JsonContext), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\", Name = {|TR1010:\"not a name\"|})] public class User { BODY }", "it is no C# identifier")]
    [InlineData("[RedisHash(\"user:{Id}\", Name = {|TR1010:\"\"|})] public class User { BODY }", "it is no C# identifier")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class {|TR1010:User|} { BODY } public class UserKey;", "a type of that name exists")]
    [InlineData("[RedisHash(\"user:{Id}\", Name = {|TR1010:\"Account\"|})] public class User { BODY } public class AccountPatch;", "a type of that name exists")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class {|TR1010:User|} { BODY } public class UserRepository;", "make it partial")]
    public async Task Names(string model, string message) => Assert.Contains(message, await Diagnose.Message(Body(model)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\", Name = \"Account\")] public class User { BODY } public class UserKey;")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { BODY } public partial class UserRepository { public int Mine => 1; }")]
    public Task Names_that_are_free(string model) => Diagnose.Verify(Body(model));

    [Theory]
    [InlineData("[RedisHash(\"a:{Id}\")] public class User { BODY } public class Outer { [{|TR1024:RedisHash(\"b:{Id}\", Name = \"User\")|}] public class Account { BODY } }", "both generate 'UserKey'")]
    [InlineData("[RedisHash(\"a:{Id}\")] public class OuterUser { BODY } public class Outer { [{|TR1024:RedisHash(\"b:{Id}\")|}] public class User { BODY } }", "both generate 'OuterUserKey'")]
    [InlineData("[{|TR1024:RedisHash(\"a:{Id}\", Name = \"B\")|}] public class A { BODY } [RedisHash(\"b:{Id}\")] public class B { BODY } public class Use(BRepository all) { public Task<B?> Get() => all.GetAsync(1); }", "both generate 'BKey'")]
    [InlineData("[RedisHash(\"a:{Id}\")] public class User { BODY } [RedisHash(\"b:{{|TR1001:Idd|}}\", Name = \"User\")] public class Broken { BODY } public class Use(UserRepository users) { public Task<User?> Get() => users.GetAsync(1); }", "'Idd'")]
    public async Task Names_of_two_models(string models, string message)
    {
        Assert.Contains(message, Assert.Single(await Diagnose.VerifyUnbound(Body(models))).GetMessage(), StringComparison.Ordinal);
        Diagnose.VerifyEmitted(Body(models));
    }

    [Theory]
    [InlineData("public {|TR1092:static|} partial class UserRepository { }", "it is static")]
    [InlineData("public {|TR1092:abstract|} partial class UserRepository { }", "it is abstract")]
    [InlineData("{|TR1092:sealed|} partial class UserRepository { public int Mine => 1; }", "it is sealed")]
    [InlineData("partial class UserRepository{|TR1092:(int size)|} { public int Size => size; }", "it has a primary constructor")]
    [InlineData("partial class UserRepository : {|TR1092:List<int>|} { }", "it derives from 'List<int>', and the other from 'HashRepository<User, UserKey, UserHash>'")]
    [InlineData("partial class UserRepository { public {|TR1092:UserRepository|}(RedisContext mine) : base(mine) { } }", "a constructor with these parameters")]
    [InlineData("partial class UserRepository { public {|TR1092:UserRepository|}() { } }", "a constructor with no parameters")]
    [InlineData("partial class UserRepository { public Task<bool> {|TR1092:PatchAsync|}(UserKey key, UserPatch patch, System.Threading.CancellationToken token) => null!; }", "a method 'PatchAsync' with these parameters")]
    [InlineData("partial class UserRepository { public Task {|TR1092:DeleteManyAsync|}(IEnumerable<long> ids, System.Threading.CancellationToken token) => null!; }", "a method 'DeleteManyAsync'")]
    [InlineData("partial class UserRepository { public int {|TR1092:GetManyAsync|} => 1; }", "a member 'GetManyAsync'")]
    [InlineData("partial class UserRepository { private class {|TR1092:PatchManyAsync|} { } }", "a member 'PatchManyAsync'")]
    [InlineData("partial class UserCache { protected {|TR1092:UserCache|}() { } }", "a constructor with no parameters")]
    public async Task Other_halves(string half, string message)
    {
        string source = Body("[RedisHash(\"user:{Id}\"), CacheAside(\"cached:{Id}\", Ttl = \"1m\")] public class User { public long Id { get; init; } [Indexed] public int Age { get; set; } } " + half);
        Assert.Contains(message, Assert.Single(await Diagnose.VerifyUnbound(source)).GetMessage(), StringComparison.Ordinal);
        Diagnose.VerifyEmitted(source, declarationsAlone: true);
    }

    [Fact]
    public async Task A_public_half_of_an_internal_class()
    {
        string source = Body("[RedisHash(\"user:{Id}\")] internal class User { BODY } {|TR1092:public|} partial class UserRepository { }");
        Assert.Contains("it is public, and 'User' is not", Assert.Single(await Diagnose.VerifyUnbound(source)).GetMessage(), StringComparison.Ordinal);
        Diagnose.VerifyEmitted(source);
    }

    [Theory]
    [InlineData("internal partial class UserRepository { }")]
    [InlineData("partial class UserRepository : IDisposable { public void Dispose() { } }")]
    [InlineData("partial class UserRepository : HashRepository<User, UserKey, UserHash> { }")]
    [InlineData("partial class UserRepository { public UserRepository(RedisContext redis, int size) : base(redis) { } }")]
    [InlineData("partial class UserRepository { public Task<User?[]> GetManyAsync(IEnumerable<string> ids) => null!; public Task<int> PatchAsync<T>(UserKey key, UserPatch patch, System.Threading.CancellationToken token) => null!; }")]
    [InlineData("partial class UserRepository { public override string ToString() => \"\"; public override Task<bool> ExistsAsync(UserKey key, System.Threading.CancellationToken cancellationToken = default) => base.ExistsAsync(key, cancellationToken); }")]
    [InlineData("public class UserRepository<T> { } public static class Outer { public static class UserRepository { } }")]
    public async Task Other_halves_that_fit(string half)
    {
        string source = Body("[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } [Indexed] public int Age { get; set; } } " + half);
        await Diagnose.VerifyUnbound(source);
        Diagnose.VerifyEmitted(source);
    }

    [Theory]
    [InlineData("public int {|TR1013:Age|} { get; private set; }", "its setter is private")]
    [InlineData("public int {|TR1013:Age|} { get; protected set; }", "its setter is not public")]
    [InlineData("public int {|TR1013:Age|} { get; } = 3;", "it has no setter")]
    [InlineData("[Obsolete(\"gone\", true)] public int {|TR1013:Age|} { get; set; }", "it is [Obsolete] as an error, so that generated code cannot name it; mark it [RedisIgnore]")]
    public async Task Setters(string member, string message)
        => Assert.Contains(message, await Diagnose.Message("[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } public int Size { get; init; } " + member + " }"), StringComparison.Ordinal);

    [Fact]
    public async Task The_key_is_set_too() => Assert.Contains("'User.Id' cannot be set", await Diagnose.Message("""
        [RedisHash("user:{Id}")] public class User { public long {|TR1013:Id|} => Age * 2L; public int Age { get; set; } }
        """), StringComparison.Ordinal);

    [Theory]
    [InlineData("private User() { }", "its constructor is out of reach")]
    [InlineData("public User(Uri source) { }", "the constructor's parameter 'source' is no stored member")]
    [InlineData("public User(string age) { }", "the constructor's parameter 'age' is no stored member")]
    public async Task Constructors(string constructor, string message)
        => Assert.Contains(message, await Diagnose.Message(Body("[RedisHash(\"user:{Id}\")] public class {|TR1014:User|} { " + constructor + " BODY }")), StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_expiry_is_mentioned() => Assert.Contains("[Expires(\"30d\")], or [Expires(ExpiresAttribute.Never)]", await Diagnose.Message(Body(
        "[{|TR1020:RedisHash(\"user:{Id}\")|}] public class User { BODY }")), StringComparison.Ordinal);

    [Theory]
    [InlineData("PublishAot", "true")]
    [InlineData("IsAotCompatible", "True")]
    [InlineData("PublishTrimmed", "true")]
    [InlineData("JsonSerializerIsReflectionEnabledByDefault", "false")]
    public async Task Json_needs_a_context_without_reflection(string property, string value)
    {
        const string Source = """
            [RedisHash("user:{Id}")] public class User { public long Id { get; init; } public int Age { get; init; } public List<int> {|TR1021:Marks|} { get; init; } = []; }
            [RedisString("whole:{Id}")] public class {|TR1021:Whole|} { public long Id { get; init; } }
            """;
        var found = await Diagnose.Verify(Source, (property, value));
        Assert.Contains(found, static diagnostic => diagnostic.GetMessage().StartsWith("'User.Marks' is written as JSON by reflection", StringComparison.Ordinal) && diagnostic.GetMessage().Contains("with [RedisJson(typeof(…))] or", StringComparison.Ordinal));
        Assert.Contains(found, static diagnostic => diagnostic.GetMessage().Contains("[RedisString(…, JsonContext = typeof(…))]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("false", "")]
    [InlineData("", "")]
    [InlineData("true", "true")]
    public Task Json_may_use_reflection(string isTrimmed, string hasReflection) => Diagnose.Verify(
        "[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } public int Age { get; init; } public List<int> Marks { get; init; } = []; }",
        ("PublishTrimmed", isTrimmed),
        ("JsonSerializerIsReflectionEnabledByDefault", hasReflection));

    [Fact]
    public Task Json_with_a_context() => Diagnose.Verify(
        """
        [assembly: RedisDefaults(JsonContext = typeof(Json))]
        [RedisHash("user:{Id}")] public class User { public long Id { get; init; } public int Age { get; init; } [RedisJson(typeof(Json))] public List<int> Marks { get; init; } = []; public List<int> More { get; init; } = []; }
        [RedisString("whole:{Id}")] public class Whole { public long Id { get; init; } }
        """ + JsonContext,
        ("PublishAot", "true"));

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { BODY [RedisJson({|TR1023:typeof(string)|})] public List<int> Marks { get; init; } = []; }", "it does not derive from")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { BODY [RedisJson({|TR1023:typeof(System.Text.Json.Serialization.JsonSerializerContext)|})] public List<int> Marks { get; init; } = []; }", "cannot be used")]
    [InlineData("[RedisString(\"user:{Id}\", JsonContext = {|TR1023:typeof(int)|})] public class User { BODY }", "it does not derive from")]
    [InlineData("[RedisString(\"user:{Id}\", JsonContext = {|TR1023:typeof(Open<>)|})] public class User { BODY } public abstract class Open<T> : System.Text.Json.Serialization.JsonSerializerContext { protected Open() : base(null) { } }", "cannot be used")]
    public async Task Json_contexts(string model, string message) => Assert.Contains(message, await Diagnose.Message(Body(model)), StringComparison.Ordinal);

    private const string JsonContext = """

        public partial class Json(System.Text.Json.JsonSerializerOptions? options = null) : System.Text.Json.Serialization.JsonSerializerContext(options)
        {
            public static Json Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }
        """;

    private static string Body(string source) => source.Replace("BODY", "public long Id { get; init; } public int Age { get; set; }", StringComparison.Ordinal);
}
