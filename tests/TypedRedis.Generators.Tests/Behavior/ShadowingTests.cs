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
    [InlineData("namespace Shop; public class RedisValue; public class HashSchema; public class Func; public class IndexKind; public class SortType; public class TokenType; public class UniqueIndex; public class PatchResult; public class CacheTag; public class CacheSchema; public class EntityCache; public class LocalInstances; public class PeriodUnits; public class LeaderboardSchema; public class LeaderboardStore; public class KeyReader;")]
    public void Of_aliases_and_types(string declaration)
        => Generated.From($$"""
            {{declaration}}

            [TypedRedis.RedisHash("user:{Id}"), TypedRedis.Expires("1d")]
            [TypedRedis.RedisIndex("ByNameAndAt", "Name", "At"), TypedRedis.RedisIndex("ByIdAndName", "Id", "Name", Unique = true)]
            public sealed record User(int Id, string Name, System.Collections.Generic.List<User>? Friends, System.DateTime At = default)
            {
                [TypedRedis.Atomic] public System.TimeSpan Spent { get; init; } = System.TimeSpan.Zero;
                [TypedRedis.Counter(Minimum = 0)] public int Count { get; set; }
                [TypedRedis.Indexed] public System.Collections.Generic.List<System.Guid>? Tags { get; init; }
                [TypedRedis.ConcurrencyToken] public System.Guid Version { get; init; }
            }

            [TypedRedis.RedisProjection<User>]
            public sealed partial record Card(int Id, string Name);

            [TypedRedis.CacheAside("page:{Id}", Ttl = "1m", Tags = ["TR", "SYS:{System}:{tag}", "name:{Name}"]), TypedRedis.WriteBehind]
            public sealed record Page(int Id, string? Name, string System, System.DayOfWeek tag) { public int Count { get; set; } }

            [TypedRedis.Leaderboard("run:{text}", Windows = TypedRedis.PeriodUnits.Day, Retention = "never"), TypedRedis.Trending("hot:{text}", HalfLife = "1h")]
            [TypedRedis.PeriodCounter("runs:{text}", TypedRedis.PeriodUnits.Day, Retention = "1d"), TypedRedis.UniqueCounter("seen:{text}", TypedRedis.PeriodUnits.Day, Retention = "1d")]
            public sealed record Run(
                string text,
                [property: TypedRedis.Member] System.Guid member, [property: TypedRedis.Member] System.DayOfWeek context, [property: TypedRedis.Member] string Item2, [property: TypedRedis.Member] Schema @out,
                [property: TypedRedis.Score] System.TimeSpan score, [property: TypedRedis.Interaction] KeyOf.Schema entity);

            public enum Schema { [TypedRedis.Weight(1)] A }

            public class KeyOf { public enum Schema { [TypedRedis.Weight(1)] A } }

            [TypedRedis.Trending("warm:{Id}", HalfLife = "1h")]
            public sealed record Hit(int Id, [property: TypedRedis.Member] Schema Schema, [property: TypedRedis.Interaction] Schema Kind);
            """, withDependencyInjection: true);

    // The name of an index is a member of the repository, in which emitted code names all of these.
    [Theory]
    [InlineData("User")]
    [InlineData("Plan")]
    [InlineData("UserKey")]
    [InlineData("UserPatch")]
    [InlineData("UserHash")]
    [InlineData("Shop")]
    [InlineData("System")]
    [InlineData("Task")]
    [InlineData("TR")]
    [InlineData("key")]
    [InlineData("by")]
    [InlineData("expected")]
    [InlineData("value")]
    [InlineData("values")]
    [InlineData("context")]
    [InlineData("field")]
    [InlineData("ids")]
    [InlineData("class")]
    public void Of_indexes(string name)
        => Generated.From($$"""
            using TypedRedis;

            namespace Shop;

            public enum Plan { Free, Pro }

            [RedisHash("user:{Id}"), Expires("1d"), RedisIndex("{{name}}", nameof(Plan), nameof(Id), Exact = true)]
            public sealed record User(int Id, [property: Atomic] Plan Plan = Plan.Pro)
            {
                [Counter(Minimum = 0)] public int Count { get; set; }
                [Indexed(Sorted = true)] public System.DateTime At { get; set; }
            }
            """);

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
