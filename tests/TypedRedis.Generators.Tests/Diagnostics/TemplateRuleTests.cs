namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1001 to TR1006: what is wrong inside a key template.</summary>
public class TemplateRuleTests
{
    // A model with a property of each type that can be a part, and some that cannot.
    private static string Model(string template) => $$"""
        public enum Plan { Free, Pro }

        public abstract class Entity
        {
            public long BaseId { get; init; }
            private long Secret { get; init; }
        }

        [RedisHash("{{template}}")]
        public sealed class User : Entity
        {
            public long Id { get; init; }
            public byte Small { get; init; }
            public UInt128 Big { get; init; }
            public required string Name { get; init; }
            public char Letter { get; init; }
            public bool Flag { get; init; }
            public Guid Token { get; init; }
            public Plan Plan { get; init; }
            public DateOnly Day { get; init; }
            public TimeOnly Time { get; init; }
            public DateTime At { get; init; }
            public DateTimeOffset Moment { get; init; }
            public required string Rest { get; init; }
            public static long Count { get; set; }
            public long Field;
            internal long Inner { get; init; }
        }
        """;

    [Theory]
    [InlineData("user:{Id}")]
    [InlineData("user:{BaseId}")]
    [InlineData("user:{#Id}")]
    [InlineData("user:{#Name}:items")]
    [InlineData("cart-items_v1.2:{Name}:{Rest}")]
    [InlineData("user:{Plan}:{Letter}:{Flag}:{Token}:{Big}")]
    [InlineData("user:{Flag}{Token:N}{Day:yyyyMMdd}-{Id}")]
    [InlineData("user:{#Name}{Id}")]
    [InlineData("user:{Id:D8}")]
    [InlineData("user:{Id:X4}:{Small:x2}")]
    [InlineData("user:{Day}:{Time}")]
    [InlineData("user:{At:yyyy-MM-ddTHH:mm}")]
    [InlineData("user:{Moment:yyyy-MM}")]
    [InlineData("user:{At:yyyy-MM-dd hh tt}")]
    [InlineData("user:{At:dd MMMM yyyy}")]
    [InlineData("user:{Time:HHmm}")]
    [InlineData("user:{Id}:")]
    public Task Accepts(string template) => Diagnose.Verify(Model(template));

    [Theory]
    [InlineData("user:{{|TR1001:Idd|}}", "did you mean 'Id'?")]
    [InlineData("user:{{|TR1001:id|}}", "did you mean 'Id'?")]
    [InlineData("user:{{|TR1001: Id|}}", "did you mean 'Id'?")]
    [InlineData("user:{{|TR1001:Tokn|}:N}", "did you mean 'Token'?")]
    [InlineData("user:{#{|TR1001:Namee|}}:x", "did you mean 'Name'?")]
    [InlineData("user:{{|TR1001:Customer|}}", "it has 'Id', 'Small'")]
    [InlineData("user:{{|TR1001:Count|}}", "is static")]
    [InlineData("user:{{|TR1001:Field|}}", "is a field: make it a property")]
    [InlineData("user:{{|TR1001:Inner|}}", "no public getter")]
    [InlineData("user:{{|TR1001:Secret|}}", "no public getter")]
    public Task Names_a_property(string template, string message) => Refuses(template, message);

    [Theory]
    [InlineData("user{|TR1003:{Id|}", "the '}' of this part is missing")]
    [InlineData("user:id{|TR1003:}|}", "no '{' stands before it")]
    [InlineData("user:{Id}{|TR1003:}|}", "no '{' stands before it")]
    [InlineData("user:{Id}{|TR1003:{|}", "the '}' of this part is missing")]
    [InlineData("user:{|TR1003:{}|}", "the part has no name")]
    [InlineData("user:{|TR1003:{#}|}", "the part has no name")]
    [InlineData("user:{|TR1003:{:D4}|}", "the part has no name")]
    [InlineData("user:{Id{|TR1003::|}}", "no format stands behind the colon")]
    [InlineData("{|TR1003:user:all|}", "it names no property")]
    [InlineData("{|TR1003:{Id}|}:user", "keys begin with text of their own")]
    [InlineData("{|TR1003:{#Id}|}:user", "keys begin with text of their own")]
    [InlineData("user:{|TR1003: |}{Id}", "printable ASCII without spaces")]
    [InlineData("user:{|TR1003:*|}:{Id}", "printable ASCII without spaces")]
    [InlineData("user:{|TR1003:é…|}:{Id}", "printable ASCII without spaces")]
    [InlineData("user:{|TR1003:%|}3a{|TR1003:[|}{Id}", "printable ASCII without spaces")]
    [InlineData("user:{Id}:{{|TR1003:Id|}}", "the property is in the key already")]
    [InlineData("user:{#Id}:{{|TR1003:#|}Name}", "the key has a hash tag already")]
    [InlineData("user:{{|TR1003:{|}Id}}", "a brace stands inside the braces of a part")]
    [InlineData("user:{Id{|TR1003:{|}Name}", "a brace stands inside the braces of a part")]
    public Task Is_well_formed(string template, string message) => Refuses(template, message);

    [Fact]
    public async Task Is_not_empty()
    {
        const string Source = """
            [RedisHash({|TR1003:""|})] public sealed class User { public long Id { get; init; } }
            [RedisHash({|TR1003:null!|})] public sealed class Order { public long Id { get; init; } }
            """;
        Assert.All(await Diagnose.Verify(Source), static diagnostic => Assert.Contains("it is empty", diagnostic.GetMessage(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("decimal", "1.0 and 1.00 are equal")]
    [InlineData("double", "0.0 and -0.0 are equal")]
    [InlineData("float", "0.0 and -0.0 are equal")]
    [InlineData("Half", "0.0 and -0.0 are equal")]
    [InlineData("TimeSpan", "use a long of its seconds")]
    [InlineData("Uri", "use a string")]
    [InlineData("Version", "use a string")]
    [InlineData("byte[]", "hexadecimal digits")]
    [InlineData("int?", "a key part is never null: make it 'int'")]
    [InlineData("string?", "a key part is never null: make it 'string'")]
    [InlineData("Guid?", "a key part is never null: make it 'Guid'")]
    [InlineData("nint", "its size depends on the process")]
    [InlineData("DateTime", "say how much of it counts, as in '{Id:yyyy-MM-dd}'")]
    [InlineData("DateTimeOffset", "say how much of it counts, as in '{Id:yyyy-MM-dd}'")]
    [InlineData("object", "use a string, an integer, char")]
    [InlineData("List<int>", "use a string, an integer, char")]
    public async Task Part_types(string type, string message)
    {
        string source = $$$"""
            [RedisHash("user:{{|TR1002:Id|}}")]
            public class User { public {{{type}}} Id { get; init; } = default!; public int Age { get; init; } }
            """;
        Assert.Contains(message, await Diagnose.Message(source), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Id", "D", "D8")]
    [InlineData("Id", "X", "X4")]
    [InlineData("Id", "D0", "D8")]
    [InlineData("Id", "D99", "D8")]
    [InlineData("Id", "N0", "D8")]
    [InlineData("Id", "0000", "D8")]
    [InlineData("Token", "B", "D (the default) or N")]
    [InlineData("Name", "x", "takes no format")]
    [InlineData("Plan", "D", "takes no format")]
    [InlineData("Letter", "x", "takes no format")]
    [InlineData("Flag", "x", "takes no format")]
    [InlineData("Day", "o", "standard format")]
    [InlineData("At", "s", "standard format")]
    [InlineData("At", "yy-MM-dd", "does not keep the year")]
    [InlineData("At", "MM-dd", "does not keep the year")]
    [InlineData("Day", "MM-dd", "does not keep the year")]
    [InlineData("Day", "yyyyMd", "cannot be read back")]
    [InlineData("At", "yyyy-MM-dd hh", "mentions the hour but does not keep it: write HH, or hh with tt")]
    [InlineData("At", "yyyy-MM-dd tt", "cannot be read back")]
    [InlineData("Time", "hhmm", "mentions the hour but does not keep it")]
    [InlineData("At", "yyyy-MM ddd", "cannot be read back")]
    [InlineData("At", "yyyy-MM-dd z", "time zone")]
    [InlineData("Moment", "yyyy-MM-ddTHH:mm:ssK", "time zone")]
    [InlineData("Day", "yyyy-MM-dd HH", "a unit of time, which a DateOnly has not")]
    [InlineData("Time", "dd HH", "a unit of a date, which a TimeOnly has not")]
    [InlineData("Day", "yyyy:MM", "a DateOnly refuses ':' in its formats")]
    [InlineData("Time", "HH/mm", "a TimeOnly refuses '/' in its formats")]
    [InlineData("Time", "--", "mentions no unit")]
    [InlineData("At", "yyyy-MM-dd 'x", "a quote is not closed")]
    [InlineData("At", "yyyy-MM-dd%", "must stand before")]
    [InlineData("At", "yyyy-MM-ddé", "printable ASCII")]
    public Task Formats(string property, string format, string message) => Refuses("user:{" + property + ":{|TR1004:" + format + "|}}", message);

    [Theory]
    [InlineData("user:{|TR1005:{Name}|}-{Rest}", "is followed by '-'")]
    [InlineData("user:{|TR1005:{Name}|}{Rest}", "is followed by '{Rest}'")]
    [InlineData("user:{|TR1005:{Id}|}.items", "is followed by '.items'")]
    [InlineData("user:{|TR1005:{Id:D8}|}{Token}", "is followed by '{Token}'")]
    [InlineData("user:{|TR1005:{Day:yyyy-M-d}|}x:{Id}", "is followed by 'x:'")]
    [InlineData("user:{|TR1005:{At:yyyy-MM-dd HH:mm}|}x:{Id}", "is followed by 'x:'")]
    [InlineData("user:{|TR1005:{Name}|}{#Id}", "is followed by '{#Id}'")]
    [InlineData("user:{|TR1005:{Name}|}/{Rest}", "is followed by '/'")]
    [InlineData("user:{|TR1005:{Name}|}X/y{|TR1006:Z|}:{Rest}", "is followed by 'X/yZ:'")]
    public Task Parts_have_an_end(string template, string message) => Refuses(template, message);

    [Theory]
    [InlineData("{|TR1006:U|}ser:{Id}", "write 'u'")]
    [InlineData("user:{|TR1006:ABC|}:{Id}", "write 'abc'")]
    [InlineData("user{|TR1006:/|}{Id}", "replace it by one of these")]
    [InlineData("user:{Id}:{|TR1006:A/B|}", "replace it by one of these")]
    public Task Style(string template, string message) => Refuses(template, message);

    [Fact]
    public async Task Several_faults_are_said_at_once()
    {
        var found = await Diagnose.Verify(Model("{|TR1006:U|}ser:{{|TR1001:Idd|}}:{Day:{|TR1004:yy|}}:{|TR1003:*|}"));
        Assert.All(found, static diagnostic => Assert.Contains("User", diagnostic.GetMessage(), StringComparison.Ordinal));
    }

    private static async Task Refuses(string template, string message)
    {
        var found = await Diagnose.Verify(Model(template));
        Assert.Contains(found, diagnostic => diagnostic.GetMessage().Contains(message, StringComparison.Ordinal) && diagnostic.GetMessage().Contains("User", StringComparison.Ordinal));
    }
}
