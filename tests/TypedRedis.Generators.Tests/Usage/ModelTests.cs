namespace TypedRedis.Generators.Tests.Usage;

public class ModelTests
{
    [Theory]
    [InlineData("1d", "10m", true)]
    [InlineData("1h30m", "1h29m", true)]
    [InlineData("10m", "1d", false)]
    [InlineData("10m", "10m", false)]
    [InlineData("1h", "60m", false)]
    [InlineData("1d", "off", false)]
    public Task A_fail_safe_that_is_shorter_than_the_life(string ttl, string failSafe, bool isReported) => Use.VerifyModels($$"""
        [CacheAside("product:{Id}", Ttl = "{{ttl}}", FailSafe = {{(isReported ? "{|TR4101:\"" + failSafe + "\"|}" : "\"" + failSafe + "\"")}})]
        public sealed record Product(long Id, string Name);
        """);

    [Fact]
    public Task No_fail_safe() => Use.VerifyModels("""
        [CacheAside("product:{Id}", Ttl = "1d")]
        public sealed record Product(long Id, string Name);
        """);

    [Fact]
    public Task A_counter_with_an_exact_index() => Use.VerifyModels("""
        [RedisHash("user:{Id}")]
        public sealed record User
        {
            public required long Id { get; init; }
            [Counter, {|TR4102:Indexed|}] public long Logins { get; init; }
            [Counter, Indexed(Sorted = true)] public long Points { get; init; }
            [Counter] public long Visits { get; init; }
            [Indexed] public string? Plan { get; init; }
        }
        """);

    [Fact]
    public Task A_collection_without_a_bound() => Use.VerifyModels("""
        [RedisHash("user:{Id}")]
        public sealed record User
        {
            public required long Id { get; init; }
            public List<string> {|TR4103:Tags|} { get; init; } = [];
            public IReadOnlyDictionary<string, int>? {|TR4103:Counts|} { get; init; }
            public int[]? {|TR4103:Scores|} { get; init; }
            [MaxSize("16KB")] public List<string> Notes { get; init; } = [];
            [RedisIgnore] public List<string> Rest { get; init; } = [];
            public byte[]? Photo { get; init; }
            public string? Name { get; init; }
            public static List<string> All { get; } = [];
        }

        [RedisString("page:{Id}"), MaxSize("64KB")]
        public sealed record Page(long Id, List<string> Lines);

        [CacheAside("product:{Id}", Ttl = "10m")]
        public sealed record Product(long Id, List<string> Parts);

        public sealed record Other(long Id, List<string> Parts);
        """);

    [Fact]
    public Task Attributes_of_others() => Use.Verify("""
        namespace Mine
        {
            class RedisHashAttribute : Attribute { }
            class CacheAsideAttribute : Attribute { public string? Ttl { get; set; } public string? FailSafe { get; set; } }

            [RedisHash, CacheAside(Ttl = "1d", FailSafe = "1m")]
            class User { public List<string> Tags { get; set; } = []; }
        }
        """);
}
