using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Behavior;

/// <summary>What the user calls obsolete or experimental is no warning in emitted code, which must mention it.</summary>
public sealed class ObsoleteTests
{
    private const string Types = """

        [Obsolete("old")] public enum Level { [Obsolete("older")] Low, High }
        public enum Plan { Free, [Obsolete] Old = 7, [Experimental("X1")] Next }
        [Obsolete("old", DiagnosticId = "X2")] public readonly record struct Point(int X, int Y);
        [Experimental("X3")] public sealed class PointConverter : IRedisConverter<Point>
        {
            public static RedisValue Write(Point value) => 1;
            public static Point Read(RedisValue value) => default;
        }
        [Obsolete] public class Entity { public int Size { get; set; } }
        """;

    [Theory]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } [Obsolete] public int Size { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public Level Size { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public Level? Size { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public List<Level> Sizes { get; set; } = []; }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public Level[]? Sizes { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public Dictionary<string, List<Point>>? Sizes { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public Plan Size { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public record A(int Id, Plan Size = Plan.Old);")]
    [InlineData("[RedisHash(\"a:{Id}:{Plan}:{Level}\"), Expires(\"1d\")] public record A(int Id, Plan Plan, Level Level, int Size);")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public A(int id) => Id = id; [Obsolete] public A(int id, int size) { Id = id; Size = size; } public int Id { get; } public int Size { get; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { [Obsolete(\"x\", DiagnosticId = \"X4\")] public A() { } public int Id { get; set; } public int Size { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } public int Size { get; [Obsolete] set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } [RedisConverter(typeof(PointConverter))] public Point Size { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A : Entity { public int Id { get; set; } }")]
    [InlineData("[Obsolete] public static class Outer { [RedisHash(\"a:{Id}\"), Expires(\"1d\")] public record A(int Id, int Size); }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public class A { public int Id { get; set; } [Obsolete, Counter] public int Size { get; set; } [Obsolete, Indexed] public int? Age { get; set; } [Obsolete, ConcurrencyToken] public int Version { get; set; } }")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public record A(int Id, [property: Obsolete] int Size); [RedisProjection<A>] public partial record B(int Id, int Size);")]
    [InlineData("[RedisHash(\"a:{Id}\"), Expires(\"1d\")] public record A(int Id, int Size); [Obsolete] public partial class ARepository { }")]
    [InlineData("[RedisString(\"a:{Id}\"), Expires(\"1d\"), Obsolete] public record A(int Id, Point Size);")]
    [InlineData("[AtomicValue(\"a:{Id}\"), Expires(\"1d\")] public record A(int Id, Plan Size);")]
    [InlineData("[AtomicValue(\"a:{Id}\"), Expires(\"1d\")] public record A(int Id, [property: Obsolete] Level Size);")]
    [InlineData("[CacheAside(\"a:{Id}\", Ttl = \"1m\", Tags = [\"size:{Size}\"])] public record A(int Id, [property: Obsolete] Level Size, List<Point> Points);")]
    [InlineData("[Leaderboard(\"a:{Id}\")] public record A(int Id, [property: Member, Obsolete] Level Level, [property: Score, Obsolete] int Size);")]
    [InlineData("[UniqueCounter(\"a:{Id}\", PeriodUnits.Day, Retention = \"1d\")] public record A(int Id, [property: Member] Level Level);")]
    [InlineData("[Trending(\"a:{Id}\", HalfLife = \"1h\")] public record A(int Id, [property: Member] int Page, [property: Interaction] Kind Kind); [Obsolete] public enum Kind { [Weight(1), Obsolete] View }")]
    public void Emitted_code_has_no_warning(string model) => Generated.From(
        $"using System; using System.Collections.Generic; using System.Diagnostics.CodeAnalysis; using StackExchange.Redis; using TypedRedis;\n#pragma warning disable X1, X2, X3, X4\nnamespace Shop;\n{model}{Types}",
        withDependencyInjection: true);
}
