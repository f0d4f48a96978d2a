namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>Diagnostics stand at the offending characters, however the string is written.</summary>
public class LiteralLocationTests
{
    private const string Quotes = "\"\"\"";

    [Theory]
    [InlineData("\"user:{{|TR1001:Idd|}}\"")]
    [InlineData("template: \"user:{{|TR1001:Idd|}}\"")]
    [InlineData("(\"user:{{|TR1001:Idd|}}\")")]
    // Escapes in front of the place and in it.
    [InlineData("\"\\u0075ser:{{|TR1001:\\u0049dd|}}\"")]
    [InlineData("\"\\U00000075ser:{{|TR1001:\\x49\\x0064d|}}\"")]
    [InlineData("\"user:{|TR1003:\\t\\\\|}:{Id}\"")]
    [InlineData("\"user:{|TR1003:\\e\\0|}:{{|TR1001:Idd|}}\"")]
    [InlineData("\"user:{|TR1003:\\U0001F600|}:{{|TR1001:Idd|}}\"")]
    [InlineData("\"user:{|TR1006:\\'|}:{{|TR1001:Idd|}}\"")]
    // Verbatim.
    [InlineData("@\"user:{{|TR1001:Idd|}}\"")]
    [InlineData("@\"user:{|TR1006:\"\"|}:{{|TR1001:Idd|}}\"")]
    [InlineData("@\"user:{|TR1003:\\|}t:{{|TR1001:Idd|}}\"")]
    // Raw on one line.
    [InlineData(Quotes + "user:{{|TR1001:Idd|}}" + Quotes)]
    [InlineData("\"" + Quotes + "user:{|TR1006:\"\"|}:{{|TR1001:Idd|}}" + Quotes + "\"")]
    [InlineData(Quotes + "user:{|TR1003:\\|}u0049:{{|TR1001:Idd|}}" + Quotes)]
    // Raw on several lines, with indentation and without.
    [InlineData(Quotes + "\n    user:{{|TR1001:Idd|}}\n    " + Quotes)]
    [InlineData(Quotes + "\nuser:{{|TR1001:Idd|}}\n" + Quotes)]
    [InlineData(Quotes + "\r\n\tuser:{{|TR1001:Idd|}}\r\n\t" + Quotes)]
    [InlineData(Quotes + "\n  user:{Id}:{|TR1003:\n    |}:{{|TR1001:Idd|}}\n  " + Quotes)]
    [InlineData("\"user:{{|TR1001:Idd|}}\", Name = \"Account\"")]
    // Not one literal: the whole argument.
    [InlineData("{|TR1001:Keys.Wrong|}")]
    [InlineData("{|TR1001:\"user:\" + \"{Idd}\"|}")]
    [InlineData("{|TR1001:\"user:{\" + nameof(Keys) + \"}\"|}")]
    [InlineData("{|TR1001:$\"{Keys.Prefix}:{{Idd}}\"|}")]
    [InlineData("{|TR1001:$\"user:{{Idd}}\"|}")]
    public Task Of_templates(string argument)
        => Diagnose.Verify(
            "internal static class Keys { public const string Prefix = \"user\", Wrong = \"user:{Idd}\"; }\n"
            + "[RedisHash(" + argument + ")]\n"
            + "public sealed class User { public long Id { get; init; } public int Age { get; init; } }");
}
