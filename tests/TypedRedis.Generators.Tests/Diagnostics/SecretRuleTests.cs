using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1030 and TR1031, and what else is said of <c>[Encrypted]</c>, <c>[Compressed]</c> and <c>[MaxSize]</c>.</summary>
public class SecretRuleTests
{
    [Theory]
    [InlineData("1B", 1)]
    [InlineData("64KB", 65_536)]
    [InlineData("0001KB", 1024)]
    [InlineData("512MB", 536_870_912)]
    [InlineData("536870912B", 536_870_912)]
    public void Reads(string text, int expected)
    {
        Assert.True(SizeParser.TryParse(text, out int bytes, out _, out _));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("{|TR1030:KB|}", "a number is missing")]
    [InlineData("{|TR1030:64|}", "the unit is missing")]
    [InlineData("64{|TR1030:kb|}", "there is no such unit")]
    [InlineData("64{|TR1030:GB|}", "there is no such unit")]
    [InlineData("1{|TR1030: KB|}", "there is no such unit")]
    [InlineData("1{|TR1030:.5KB|}", "there is no such unit")]
    [InlineData("1{|TR1030:KB1B|}", "there is no such unit")]
    [InlineData("{|TR1030:0KB|}", "it is zero")]
    [InlineData("{|TR1030:513MB|}", "no value of more than 512MB")]
    [InlineData("{|TR1030:536870913B|}", "no value of more than 512MB")]
    [InlineData("{|TR1030:99999999999999999999B|}", "no value of more than 512MB")]
    public async Task Refuses(string text, string message)
    {
        foreach (string attribute in new[] { $"[MaxSize(\"{text}\")]", $"[Compressed(Threshold = \"{text}\")]" })
        {
            string found = await Diagnose.Message(Model($"{attribute} public string? Text {{ get; init; }}"));
            Assert.StartsWith("The size of 'User.Text' cannot be read at ", found, StringComparison.Ordinal);
            Assert.Contains(message, found, StringComparison.Ordinal);
        }

        Assert.Contains(message, await Diagnose.Message($$"""
            [RedisString("user:{Id}"), MaxSize("{{text}}")] public class User { public long Id { get; init; } }
            """), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[MaxSize({|TR1030:\"\"|})] public string? Text { get; init; }")]
    [InlineData("[MaxSize({|TR1030:null!|})] public string? Text { get; init; }")]
    [InlineData("[Compressed(Threshold = {|TR1030:\"\"|})] public string? Text { get; init; }")]
    public async Task Refuses_nothing(string member) => Assert.Contains("it is empty", await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Encrypted] public string? Text { get; init; }")]
    [InlineData("[Encrypted(AllowPlaintext = true), Compressed(Threshold = \"2KB\", Algorithm = CompressionAlgorithm.Zlib), MaxSize(\"1MB\")] public string? Text { get; init; }")]
    [InlineData("[Encrypted, RedisJson] public int Number { get; init; }")]
    [InlineData("[Encrypted] public required bool Flag { get; init; }")]
    [InlineData("[Compressed, MaxSize(\"1025B\")] public byte[]? Bytes { get; init; }")]
    public Task Accepts(string member) => Diagnose.Verify(Model(member));

    [Theory]
    [InlineData("[Counter, {|TR1015:Encrypted|}] public long Views { get; init; }", "[Counter] and [Encrypted]")]
    [InlineData("[{|TR1015:Compressed|}, Counter] public long Views { get; init; }", "[Counter] and [Compressed]")]
    [InlineData("[Counter, {|TR1015:MaxSize(\"20B\")|}] public long Views { get; init; }", "[Counter] and [MaxSize]")]
    [InlineData("[Atomic, {|TR1015:Encrypted|}] public string Mail { get; init; } = \"\";", "[Atomic] and [Encrypted]")]
    [InlineData("[{|TR1016:Compressed|}, MaxSize(\"1KB\")] public string? Text { get; init; }", "a value over 1KB exceeds [MaxSize(\"1KB\")]")]
    [InlineData("[Compressed(Algorithm = {|TR1016:(CompressionAlgorithm)7|})] public string? Text { get; init; }", "there is no such algorithm")]
    [InlineData("[RedisIgnore, {|TR1016:Encrypted|}] public string? Text { get; init; }", "[Encrypted] has no effect on 'User.Text'")]
    [InlineData("[{|TR1016:Compressed|}] public string Text => \"\";", "[Compressed] has no effect on 'User.Text'")]
    public async Task Members(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\"), {|TR1016:Encrypted|}] public class User { public long Id { get; init; } public int Age { get; init; } }", "put it on the members that need it")]
    [InlineData("[RedisHash(\"user:{Id}\"), {|TR1016:Compressed|}] public class User { public long Id { get; init; } public int Age { get; init; } }", "put it on the members that need it")]
    [InlineData("[RedisHash(\"user:{Id}\"), {|TR1016:MaxSize(\"1KB\")|}] public class User { public long Id { get; init; } public int Age { get; init; } }", "put it on the members that need it")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { [{|TR1016:Encrypted|}] public long Id { get; init; } public int Age { get; init; } }", "a part of the key")]
    [InlineData("[RedisString(\"user:{Id}\")] public class User { public long Id { get; init; } [{|TR1016:Encrypted|}] public int Age { get; init; } }", "put it on the model, of which it then treats that value")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } public int Age { get; init; } } [RedisProjection<User>, {|TR1016:Encrypted|}] public partial class Card { public int Age { get; init; } }", "as the model writes them")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } public int Age { get; init; } } [RedisProjection<User>] public partial class Card { [{|TR1016:Encrypted|}] public int Age { get; init; } }", "as the model writes them")]
    public async Task Models(string source, string message) => Assert.Contains(message, await Diagnose.Message(source), StringComparison.Ordinal);

    [Theory]
    [InlineData("public record User { public long Id { get; init; } [Encrypted] public string? {|TR1031:Text|} { get; init; } }")]
    [InlineData("public record User(long Id, [property: Encrypted] string {|TR1031:Text|});")]
    [InlineData("public record User : Base { public long Id { get; init; } } public abstract record Base { [Encrypted] public string? {|TR1031:Text|} { get; init; } }")]
    [InlineData("public record User : Base { public long Id { get; init; } [Encrypted] public string? {|TR1031:Text|} { get; init; } } public abstract record Base { public override string ToString() => \"\"; }")]
    [InlineData("public record User : Base { public long Id { get; init; } [Encrypted] public override string? {|TR1031:Text|} { get; init; } } public abstract record Base { public virtual string? Text { get; init; } }")]
    [InlineData("public record User { public long Id { get; init; } [Encrypted] public string? {|TR1031:Text|} { get; init; } public string ToString(string format) => format; }")]
    public async Task Printed(string model) => Assert.Contains(
        "ToString of the record 'User' shows the member 'Text'", await Diagnose.Message("[RedisHash(\"user:{Id}\")] " + model), StringComparison.Ordinal);

    [Theory]
    [InlineData("public class User { public long Id { get; init; } [Encrypted] public string? Text { get; init; } }")]
    [InlineData("public record User { public long Id { get; init; } [Compressed] public string? Text { get; init; } }")]
    [InlineData("public record User { public long Id { get; init; } [Encrypted] public string? Text { get; init; } public override string ToString() => \"\"; }")]
    [InlineData("public record User { public long Id { get; init; } [Encrypted] public string? Text { get; init; } protected virtual bool PrintMembers(System.Text.StringBuilder builder) => false; }")]
    [InlineData("public record User : Base { public long Id { get; init; } [Encrypted] public string? Text { get; init; } } public abstract record Base { public sealed override string ToString() => \"\"; }")]
    [InlineData("public record User : Base { public long Id { get; init; } } public abstract record Base { [Encrypted] public string? Text { get; init; } protected virtual bool PrintMembers(System.Text.StringBuilder builder) => false; }")]
    [InlineData("public record User : Base { public long Id { get; init; } protected override bool PrintMembers(System.Text.StringBuilder builder) => false; } public abstract record Base { [Encrypted] public string? Text { get; init; } }")]
    public Task Not_printed(string model) => Diagnose.Verify("[RedisHash(\"user:{Id}\")] " + model);

    [Fact]
    public async Task Printed_by_a_projection() => Assert.Contains("ToString of the record 'Card' shows the member 'Text'", await Diagnose.Message(
        Model("[Encrypted] public string? Text { get; init; }") + "[RedisProjection<User>] public partial record Card(string? {|TR1031:Text|}, int Age);"), StringComparison.Ordinal);

    [Fact]
    public async Task Printed_by_a_whole_value()
    {
        Assert.Contains("shows its members, although it is [Encrypted]", await Diagnose.Message(
            "[RedisString(\"user:{Id}\"), {|TR1031:Encrypted|}] public record User(long Id, string Text);"), StringComparison.Ordinal);
        await Diagnose.Verify("[RedisString(\"user:{Id}\"), Encrypted] public record User(long Id, string Text) { public override string ToString() => \"\"; }");
        await Diagnose.Verify("[RedisString(\"user:{Id}\"), Encrypted] public class User { public long Id { get; init; } }");
    }

    private static string Model(string member) => """
        [RedisHash("user:{Id}")]
        public class User
        {
            public long Id { get; init; }
            public int Age { get; init; }
            MEMBER
        }

        """.Replace("MEMBER", member, StringComparison.Ordinal);
}
