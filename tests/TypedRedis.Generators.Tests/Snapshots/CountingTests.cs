using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for models that count. Every snapshot compiles without a warning.</summary>
public sealed class CountingTests
{
    [Fact]
    public void Counter() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [PeriodCounter("views:{Page}", PeriodUnits.Minute | PeriodUnits.Day | PeriodUnits.Month, Retention = "90d", TimeZone = "America/New_York")]
        public sealed record Views(string Page);
        """);

    [Fact]
    public void Counter_with_bounds() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        [PeriodCounter("quota:{#Tenant}:{Api}", PeriodUnits.Hour, Minimum = 0, Maximum = 1000, Retention = "1h30m")]
        public sealed class Quota
        {
            public required Guid Tenant { get; init; }
            public required string Api { get; init; }
            public string Text => Api;
            [RedisIgnore] public object? Anything { get; set; }
        }
        """);

    [Fact]
    public void Counter_of_all_time() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [PeriodCounter("visits:{Site}", PeriodUnits.AllTime, Minimum = -9223372036854775807)]
        internal sealed record Visits(string Site);
        """);

    [Fact]
    public void Unique_counter() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        [UniqueCounter("visitors:{Site}", PeriodUnits.Day | PeriodUnits.Year, Retention = "400d")]
        public sealed record Visit(string Site, [property: Member] Guid Visitor);
        """);

    [Fact]
    public void Bitmap() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [ActivityBitmap("active:{App}", PeriodUnits.Day | PeriodUnits.Month, MaxId = 10_000_000, Retention = "never")]
        public sealed record Activity(string App, [property: Member] int UserId);
        """);

    [Fact]
    public void Bitmap_of_members_that_are_numbered() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [ActivityBitmap("active:{App}", PeriodUnits.Day, MaxId = 4_294_967_294, Retention = "60d")]
        public sealed record Activity(string App, [property: Member] string Tenant, [property: Member] char Initial);

        [ActivityBitmap("seen:{App}", PeriodUnits.Week, MaxId = 0, MapIds = true, Retention = "60d")]
        public sealed record Seen(string App, [property: Member] ulong UserId);
        """);

    [Fact]
    public void Several_kinds_of_one_model() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [PeriodCounter("views:{Page}", PeriodUnits.Day, Retention = "90d")]
        [UniqueCounter("visitors:{Page}", PeriodUnits.Day, Retention = "90d")]
        [ActivityBitmap("readers:{Page}", PeriodUnits.Day, MaxId = 1_000_000, Retention = "90d")]
        public sealed record View(string Page, [property: Member] long Reader);
        """);
}
