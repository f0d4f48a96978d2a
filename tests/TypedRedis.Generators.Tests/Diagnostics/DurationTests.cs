using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1019 and TR1020: the durations of <c>[Expires]</c>.</summary>
public class DurationTests
{
    [Theory]
    [InlineData("30d", 30L * 24 * 60 * 60 * 1000)]
    [InlineData("1h30m", 90L * 60 * 1000)]
    [InlineData("500ms", 500L)]
    [InlineData("2w1d3h4m5s6ms", (((((2L * 7) + 1) * 24 + 3) * 60 + 4) * 60 + 5) * 1000 + 6)]
    [InlineData("1m1ms", 60_001L)]
    [InlineData("0d1s", 1000L)]
    [InlineData("922337203685477ms", 922337203685477L)]
    public void Reads(string text, long expected)
    {
        Assert.True(DurationParser.TryParse(text, out long milliseconds, out _, out _));
        Assert.Equal(expected, milliseconds);
    }

    [Theory]
    [InlineData("{|TR1019:d|}", "a number is missing")]
    [InlineData("1{|TR1019:y|}", "there is no such unit")]
    [InlineData("1h{|TR1019:30|}", "the unit is missing")]
    [InlineData("1h30{|TR1019: m|}", "there is no such unit")]
    [InlineData("30m{|TR1019:1h|}", "behind a smaller one")]
    [InlineData("1h{|TR1019:1h|}", "used twice")]
    [InlineData("{|TR1019:-|}1d", "a number is missing")]
    [InlineData("1{|TR1019:.|}5h", "there is no such unit")]
    [InlineData("30{|TR1019:D|}", "there is no such unit")]
    [InlineData("{|TR1019:0s|}", "a time to live of zero")]
    [InlineData("{|TR1019:922337203685478ms|}", "longer than a TimeSpan holds")]
    [InlineData("{|TR1019:99999999999999999999d|}", "longer than a TimeSpan holds")]
    [InlineData("1d{|TR1019:922337203685477ms|}", "longer than a TimeSpan holds")]
    [InlineData("{|TR1019:Never|}", "a number is missing")]
    public async Task Refuses(string text, string message)
    {
        string found = await Diagnose.Message($$"""
            [RedisHash("user:{Id}"), Expires("{{text}}")]
            public sealed class User { public long Id { get; init; } public int Age { get; init; } }
            """);
        Assert.Contains(message, found, StringComparison.Ordinal);
        Assert.Contains("'User'", found, StringComparison.Ordinal);
        Assert.Contains("\"1h30m\"", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_not_empty() => Assert.Contains("it is empty", await Diagnose.Message("""
        [RedisHash("user:{Id}"), Expires({|TR1019:""|})]
        public sealed class User { public long Id { get; init; } public int Age { get; init; } }
        """), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\"), Expires(\"30d\")] public sealed class User")]
    [InlineData("[RedisHash(\"user:{Id}\"), Expires(ExpiresAttribute.Never)] public sealed class User")]
    [InlineData("[RedisHash(\"user:{Id}\"), Expires(\"never\")] public sealed class User")]
    [InlineData("[RedisString(\"user:{Id}\"), Expires(\"1h\", Sliding = true)] public sealed class User")]
    // TR1020 is what this is about: it is left out everywhere else.
    public Task Accepts(string declaration) => Diagnose.Verify(declaration + " { public long Id { get; init; } public int Age { get; init; } } // not TR1020");
}
