using System.Globalization;
using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>A clock that every look at it moves by a millisecond.</summary>
internal sealed class MovingClock(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Add(ref _ticks, TimeSpan.TicksPerMillisecond) - TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}

/// <summary>Periods of Berlin, worked out without TypedRedis.</summary>
internal static class Berlin
{
    public static readonly string[] Turns = ["2026-12-31T21:07Z", "2027-01-03T20:07Z", "2027-03-27T20:07Z", "2026-10-24T19:07Z", "2028-02-28T20:07Z"];

    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    public static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture);

    public static Period Of(PeriodUnits unit, DateTimeOffset moment)
    {
        DateTime local = TimeZoneInfo.ConvertTime(moment, Zone).DateTime;
        return unit switch
        {
            PeriodUnits.Hour => Period.HourOf(moment),
            PeriodUnits.Day => Period.Day(DateOnly.FromDateTime(local)),
            PeriodUnits.Week => Period.Week(ISOWeek.GetYear(local), ISOWeek.GetWeekOfYear(local)),
            PeriodUnits.Month => Period.Month(local.Year, local.Month),
            PeriodUnits.Year => Period.Year(local.Year),
            _ => Period.AllTime,
        };
    }

    /// <summary>Until when a period stays.</summary>
    public static DateTimeOffset Until(Period period, TimeSpan retention) => period.Unit switch
    {
        PeriodUnits.AllTime => DateTimeOffset.MaxValue,
        PeriodUnits.Hour => new DateTimeOffset(period.Add(1).Start, TimeSpan.Zero) + retention,
        _ => new DateTimeOffset(TimeZoneInfo.ConvertTimeToUtc(period.Add(1).Start, Zone), TimeSpan.Zero) + retention,
    };

    /// <summary>A later time: some hours, or the last second before midnight or the first after it. Never so that a period that is written to is about to end its stay.</summary>
    public static DateTimeOffset Later(DateTimeOffset now, Random random)
    {
        if (random.Next(3) > 0)
            return new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddHours(now.UtcDateTime.Hour + random.Next(1, 12)).AddMinutes(7);
        DateTimeOffset midnight = new(TimeZoneInfo.ConvertTimeToUtc(TimeZoneInfo.ConvertTime(now, Zone).Date.AddDays(1), Zone), TimeSpan.Zero);
        DateTimeOffset before = midnight.AddSeconds(-1);
        return random.Next(2) == 0 && before > now ? before : midnight;
    }

    /// <summary>Now, a time in the last weeks, or one whose hour and day are over; that not ahead of midnight, when a stay would end in a second.</summary>
    public static DateTimeOffset? Moment(DateTimeOffset now, Random random) => random.Next(6) switch
    {
        0 => now.AddMinutes(-random.Next(30 * 24) * 60),
        1 when random.Next(3) == 0 && now.Second == 0 => now.AddDays(-401).AddMinutes(320),
        _ => null,
    };
}

internal static class Leftovers
{
    /// <summary>The keys of a prefix that never expire, and those that scripts should have removed.</summary>
    public static async Task<string[]> OfAsync(RedisServer server, string prefix)
    {
        var found = new List<string>();
        foreach (string key in await server.KeysAsync(prefix))
        {
            if (key.EndsWith(":scratch", StringComparison.Ordinal) || await server.TimeToLiveAsync(key) == -1)
                found.Add(key);
        }

        return [.. found];
    }

    public static async Task<string[]> OfAsync(RedisCluster cluster, string prefix)
    {
        var found = new List<string>();
        foreach (RedisClusterNode node in cluster.Nodes)
        {
            if (await node.GetRoleAsync() == RedisClusterRole.Primary)
                found.AddRange(await OfAsync(node.Server, prefix));
        }

        return [.. found];
    }

    public static RedisContext With(this RedisContext redis, TimeProvider clock) => new(redis.Connection, redis.Options with { TimeProvider = clock });

    /// <summary>Another program writes a list there.</summary>
    public static Task ListAsync(this IDatabase database, string key) => database.ListRightPushAsync(key, "foreign");
}
