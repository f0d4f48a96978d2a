namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1011, TR1012, TR1015 to TR1018, TR1022: single members, their attributes and projections.</summary>
public class MemberRuleTests
{
    [Theory]
    [InlineData("public string? Text { get; init; } public byte[]? Bytes { get; init; } public ReadOnlyMemory<byte> Memory { get; init; }")]
    [InlineData("public decimal Price { get; init; } public double? Weight { get; init; } public TimeSpan Length { get; init; } public Uri? Home { get; init; }")]
    [InlineData("public DayOfWeek Day { get; init; } [RedisField(\"d2\", EnumFormat = EnumFormat.Number)] public DayOfWeek Day2 { get; init; }")]
    [InlineData("public List<string> Tags { get; init; } = []; public Dictionary<string, int>? Counts { get; init; }")]
    [InlineData("[Counter] public int Logins { get; init; } [Counter, RedisField(\"n\")] public long Views { get; init; }")]
    [InlineData("[RedisIgnore] public object? Anything { get; set; } [RedisIgnore] public Action? Code { get; set; }")]
    [InlineData("[RedisConverter(typeof(Upper))] public string? Code { get; init; }")]
    [InlineData("[RedisConverter(typeof(Number))] public int? Code { get; init; }")]
    public Task Members(string members) => Diagnose.Verify(Model(members));

    [Theory]
    [InlineData("public {|TR1011:object|} Any { get; init; } = 1;", "give it a type")]
    [InlineData("public {|TR1011:dynamic|} Any { get; init; } = 1;", "give it a type")]
    [InlineData("public {|TR1011:Action?|} Code { get; init; }", "a delegate cannot be written")]
    [InlineData("public {|TR1011:System.IO.Stream?|} Data { get; init; }", "belongs to this process")]
    [InlineData("public {|TR1011:Type?|} Kind { get; init; }", "belongs to this process")]
    [InlineData("public {|TR1011:(int A, int B)|} Pair { get; init; }", "JSON leaves the elements of a tuple out")]
    [InlineData("public {|TR1011:IDisposable|} Thing { get; init; } = null!;", "no instance of it can be made")]
    public async Task Types(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisField({|TR1012:\"age\"|})] public int Years { get; init; }", "'Age' has that field already")]
    [InlineData("public int {|TR1012:age|} { get; init; }", "'Age' has that field already")]
    [InlineData("[RedisField({|TR1012:\"\"|})] public int Years { get; init; }", "a field needs a name")]
    [InlineData("[RedisField({|TR1012:\"_\"|})] public int Years { get; init; }", "'User.Years' cannot be stored in the field '_'")]
    [InlineData("[RedisField({|TR1012:\"_years\"|})] public int Years { get; init; }", "'User.Years' cannot be stored in the field '_years'")]
    [InlineData("[RedisField({|TR1012:\"\\uD800\"|})] public int Years { get; init; }", "half of a surrogate pair")]
    public async Task Fields(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Json, {|TR1015:RedisConverter(typeof(Upper))|}] public string Code { get; init; } = \"\";", "[Json] and [RedisConverter]")]
    [InlineData("[Counter, {|TR1015:Json|}] public long Views { get; init; }", "[Counter] and [Json]")]
    [InlineData("[Counter, {|TR1015:RedisConverter(typeof(Number))|}] public int Views { get; init; }", "[Counter] and [RedisConverter]")]
    public async Task Facets_in_conflict(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisIgnore, {|TR1016:RedisField(\"x\")|}] public int Years { get; init; }", "[RedisField] has no effect on 'User.Years'")]
    [InlineData("[{|TR1016:Counter|}] public long Twice => Age * 2;", "[Counter] has no effect on 'User.Twice'")]
    [InlineData("[{|TR1016:RedisField(\"x\")|}] internal int Inner { get; set; }", "[RedisField] has no effect on 'User.Inner'")]
    [InlineData("[{|TR1016:RedisField(\"x\")|}] public static int Shared { get; set; }", "[RedisField] has no effect on 'User.Shared'")]
    [InlineData("[RedisField(EnumFormat = {|TR1016:EnumFormat.Number|})] public int Years { get; init; }", "the member is not written as an enum")]
    public async Task Facets_without_effect(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Fact]
    public async Task Facets_without_effect_on_models()
    {
        Assert.Contains("a part of the key", await Diagnose.Message("""
            [RedisHash("user:{Id}")] public class User { [{|TR1016:RedisField("x")|}] public long Id { get; init; } public int Age { get; init; } }
            """), StringComparison.Ordinal);
        Assert.Contains("the model is written as one JSON value", await Diagnose.Message("""
            [RedisString("user:{Id}")] public class User { public long Id { get; init; } [{|TR1016:Counter|}] public int Age { get; init; } }
            """), StringComparison.Ordinal);
        Assert.Contains("never expire", await Diagnose.Message("""
            [RedisHash("user:{Id}"), Expires(ExpiresAttribute.Never, Sliding = {|TR1016:true|})] public class User { public long Id { get; init; } public int Age { get; init; } }
            """), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{|TR1017:Counter|}] public int? Views { get; init; }", "of type 'int?'")]
    [InlineData("[{|TR1017:Counter|}] public string Views { get; init; } = \"\";", "of type 'string'")]
    [InlineData("[{|TR1017:Counter|}] public ulong Views { get; init; }", "of type 'ulong'")]
    [InlineData("[{|TR1017:Counter|}] public double Views { get; init; }", "of type 'double'")]
    public async Task Counters(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisConverter({|TR1018:typeof(Upper)|})] public int Code { get; init; }", "it does not implement IRedisConverter<int>")]
    [InlineData("[RedisConverter({|TR1018:typeof(Uri)|})] public int Code { get; init; }", "it does not implement IRedisConverter<int>")]
    [InlineData("[RedisConverter({|TR1018:typeof(Open<>)|})] public int Code { get; init; }", "open generic")]
    [InlineData("[RedisConverter({|TR1018:typeof(IRedisConverter<int>)|})] public int Code { get; init; }", "it must be a class or a struct")]
    public async Task Converters(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisProjection<User>] public sealed partial record Card { public long Id { get; init; } public int Age { get; init; } }")]
    [InlineData("[RedisProjection<User>] public sealed partial record Card(long Id, int Age);")]
    [InlineData("[RedisProjection<User>] public sealed partial class Card { public int Age { get; set; } [RedisIgnore] public int Other { get; set; } }")]
    public Task Projections(string projection) => Diagnose.Verify(Model("") + projection);

    [Theory]
    [InlineData("[RedisProjection<User>] public sealed partial record Card { public int {|TR1022:Agee|} { get; init; } }", "did you mean 'Age'?")]
    [InlineData("[RedisProjection<User>] public sealed partial record Card { public long {|TR1022:Age|} { get; init; } }", "is of type 'int'")]
    [InlineData("[RedisProjection<User>] public sealed record {|TR1022:Card|} { public int Age { get; init; } }", "make it partial")]
    [InlineData("[{|TR1022:RedisProjection<Upper>|}] public sealed partial record Card { public int Age { get; init; } }", "the model has no [RedisHash]")]
    [InlineData("[RedisProjection<User>] public abstract partial record {|TR1022:Card|} { public int Age { get; init; } }", "of which instances can be made")]
    public async Task Projections_that_do_not_fit(string projection, string message)
        => Assert.Contains(message, await Diagnose.Message(Model("") + projection), StringComparison.Ordinal);

    private static string Model(string members) => """
        using StackExchange.Redis;

        [RedisHash("user:{Id}")]
        public class User
        {
            public long Id { get; init; }
            public int Age { get; init; }
            MEMBERS
        }

        public sealed class Upper : IRedisConverter<string>
        {
            public static RedisValue Write(string value) => value.ToUpperInvariant();
            public static string Read(RedisValue value) => value!;
        }

        public sealed class Number : IRedisConverter<int>
        {
            public static RedisValue Write(int value) => value;
            public static int Read(RedisValue value) => (int)value;
        }

        public sealed class Open<T> : IRedisConverter<T>
        {
            public static RedisValue Write(T value) => default;
            public static T Read(RedisValue value) => default!;
        }
        """.Replace("MEMBERS", members, StringComparison.Ordinal);
}
