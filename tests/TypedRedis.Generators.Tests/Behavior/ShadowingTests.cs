using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Behavior;

/// <summary>Emitted code means what it says whatever the user's own types and namespaces are called. Each source must compile without a warning.</summary>
public sealed class ShadowingTests
{
    [Theory]
    [InlineData("namespace TR.Gov; public class Agency;")]
    [InlineData("public class TR;")]
    [InlineData("public class SYS; public class SER; public class GEN; public class THR;")]
    [InlineData("namespace System.Shop; public class Task; public class Span;")]
    [InlineData("namespace TypedRedis.Shop; public class KeyWriter;")]
    [InlineData("namespace StackExchange.Shop; public class Redis;")]
    [InlineData("namespace Shop; public class RedisValue; public class HashSchema; public class Func;")]
    public void Of_aliases_and_types(string declaration)
        => Generated.From($$"""
            {{declaration}}

            [TypedRedis.RedisHash("user:{Id}"), TypedRedis.Expires("1d")]
            public sealed record User(int Id, string Name, System.Collections.Generic.List<User>? Friends, System.DateTime At = default)
            {
                public System.TimeSpan Spent { get; init; } = System.TimeSpan.Zero;
                [TypedRedis.Counter] public int Count { get; set; }
            }

            [TypedRedis.RedisProjection<User>]
            public sealed partial record Card(int Id, string Name);
            """, withDependencyInjection: true);

    [Fact]
    public void Of_global_usings()
        => Generated.From("""
            global using Task = System.String;
            global using Span = System.Int32;
            global using User = System.Int64;

            namespace Shop;

            [TypedRedis.RedisHash("user:{Id}"), TypedRedis.Expires("1d")]
            public sealed record User(int Id, string Name);
            """);
}
