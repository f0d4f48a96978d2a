using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for models that rank. Every snapshot compiles without a warning.</summary>
public sealed class RankingTests
{
    [Fact]
    public void Leaderboard() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        public enum Mode { Solo, Team }

        [Leaderboard("leaderboard:{Mode}")]
        public sealed record Run(Mode Mode, [property: Member] string Player, [property: Score] int Points);
        """);

    [Fact]
    public void Leaderboard_with_every_option() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        [Leaderboard(
            "race:{#Track}:{Season:D4}",
            Windows = PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month,
            Mode = LeaderboardMode.Lowest,
            Ties = LeaderboardTies.FirstArrival,
            TimeZone = "Europe/Berlin",
            Retention = "5w",
            History = 100,
            HistoryRetention = "never",
            Name = "Race")]
        [Expires("365d", Sliding = true)]
        internal sealed class Lap
        {
            public required string Track { get; init; }
            public required int Season { get; init; }
            [Member] public required Guid Driver { get; init; }
            [Score] public required TimeSpan Time { get; init; }
            public string? Weather { get; set; }
        }

        partial class RaceLeaderboard { public int Calls { get; set; } }
        """);

    [Fact]
    public void Leaderboard_of_composite_members() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Region { Eu, Us }

        public class Outer
        {
            [Leaderboard("guild:{Game}:x", Windows = PeriodUnits.Day, Mode = LeaderboardMode.Sum, Retention = "never")]
            public record Guild(
                string Game, [property: Member] Region Region, [property: Member] string Name, [property: Member] uint Item1, [property: Member] DateOnly @class, [property: Score] double Points);
        }
        """);

    [Fact]
    public void Leaderboard_beside_a_hash() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("player:{Id}"), Leaderboard("players:{League}", Windows = PeriodUnits.Week, Mode = LeaderboardMode.Latest), Expires("30d")]
        public sealed record Player([property: Member] ulong Id, string League, [property: Score, Counter] long Points, string Name);
        """);

    [Theory]
    [InlineData("sbyte", "(long)member", "context.ReadIntegerMember<sbyte>(member)")]
    [InlineData("long", "=> member;", "context.ReadIntegerMember<long>(member)")]
    [InlineData("System.Int128", "context.WriteMember(member)", "context.ReadIntegerMember<SYS::Int128>(member)")]
    [InlineData("System.UInt128", "context.WriteMember(member)", "context.ReadIntegerMember<SYS::UInt128>(member)")]
    [InlineData("bool", "text.Part(member);", "text.Part(out bool")]
    [InlineData("char", "text.Part(context.MemberPart(member, \"Who\"), \"Who\");", "text.Part(out char")]
    [InlineData("System.TimeOnly", "text.Part(member, \"HHmmssfffffff\");", "text.Part(out SYS::TimeOnly")]
    [InlineData("System.DayOfWeek", "text.Part(member);", "text.Part(out SYS::DayOfWeek")]
    public void Members_of_every_type(string type, string write, string read)
    {
        string emitted = Generated.From($"using TypedRedis; [Leaderboard(\"board:{{Id}}\")] public sealed record Run(int Id, [property: Member] {type} Who, [property: Score] long Points);").Single();
        Assert.Contains(write, emitted, StringComparison.Ordinal);
        Assert.Contains(read, emitted, StringComparison.Ordinal);
    }

    [Fact]
    public void Trend() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        public enum Kind { [Weight(1)] View, [Weight(2.5)] Like, [Weight(2.5)] Heart = Like, [Weight(1e-3)] @default }

        [Trending("trending:{Category}", HalfLife = "6h")]
        public sealed record Interaction(string Category, [property: Member] long Article, [property: Interaction] Kind Kind);
        """);

    [Fact]
    public void Trend_of_kinds_that_are_obsolete()
    {
        string emitted = Generated.From("""
            using System;
            using System.Diagnostics.CodeAnalysis;
            using TypedRedis;

            public enum Kind { [Weight(1), Obsolete("Use Like.", DiagnosticId = "OLD1")] View, [Weight(2), Experimental("NEW1")] Like }

            [Trending("trending:{Category}", HalfLife = "6h")]
            public sealed record Interaction(string Category, [property: Member, Obsolete] long Article, [property: Interaction] Kind Kind);
            """).Single();
        Assert.Contains("#pragma warning disable CS0612, CS0618, NEW1, OLD1", emitted, StringComparison.Ordinal);
    }

    [Fact]
    public void Trend_without_kinds() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [Trending("hot:{#Shop}", HalfLife = "90s", Negligible = 0.5)]
        public sealed record Sale(int Shop, [property: Member] string Sku);
        """);

    [Fact]
    public void With_dependency_injection() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [Trending("hot:{Shop}", HalfLife = "1d"), Leaderboard("sellers:{Shop}"), UniqueCounter("buyers:{Shop}", PeriodUnits.AllTime)]
        public sealed record Sale(int Shop, [property: Member] string Sku, [property: Score] long Cents);
        """, assembly: "Shop", withDependencyInjection: true);
}
