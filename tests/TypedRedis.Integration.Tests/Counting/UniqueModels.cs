using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>A visit to a site.</summary>
public sealed record Visit(string Site, string Visitor);

/// <summary><c>{visits:{Site}}</c>; a site such as <c>eu/1</c> is <c>visits:{eu}:1</c>.</summary>
public readonly record struct VisitKey(string Site) : IRedisKey<VisitKey>
{
    public static string Pattern => "*visits:*";

    public static implicit operator VisitKey(string site) => new(site);

    public RedisKey ToRedisKey() => Site.Split('/') is [var region, var number] ? $"visits:{{{region}}}:{number}" : $"{{visits:{Site}}}";

    public static bool TryParse(ReadOnlySpan<char> key, out VisitKey result) => throw new NotSupportedException();

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out VisitKey result) => throw new NotSupportedException();
}

/// <summary>What is declared, as a type.</summary>
public interface IVisitPeriods
{
    static abstract UniqueCounterSchema Schema { get; }
}

public readonly struct EveryUnit : IVisitPeriods
{
    public static UniqueCounterSchema Schema { get; } = new("Tests.Visit")
    {
        Units = PeriodUnits.Minute | PeriodUnits.Hour | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month | PeriodUnits.Year | PeriodUnits.AllTime,
        TimeZone = "Europe/Berlin",
        Retention = TimeSpan.FromDays(400),
    };
}

public readonly struct DaysAndWeeks : IVisitPeriods
{
    public static UniqueCounterSchema Schema { get; } = new("Tests.Visit") { Units = PeriodUnits.Day | PeriodUnits.Week, Retention = TimeSpan.FromDays(3) };
}

public readonly struct DaysForYears : IVisitPeriods
{
    public static UniqueCounterSchema Schema { get; } = new("Tests.Visit") { Units = PeriodUnits.Day, Retention = TimeSpan.FromDays(3650) };
}

public readonly struct DaysForEver : IVisitPeriods
{
    public static UniqueCounterSchema Schema { get; } = new("Tests.Visit") { Units = PeriodUnits.Day | PeriodUnits.AllTime, Retention = Timeout.InfiniteTimeSpan };
}

public readonly struct VisitMapper<TPeriods> : IUniqueCounterMapper<Visit, VisitKey, string>
    where TPeriods : struct, IVisitPeriods
{
    public static UniqueCounterSchema Schema => TPeriods.Schema;

    public static VisitKey KeyOf(Visit entity) => new(entity.Site);

    public static string MemberOf(Visit entity) => entity.Visitor;

    public static RedisValue WriteMember(string member, in CodecContext context)
    {
        var values = new RedisValue[1];
        context.Write(values, 0, member);
        return values[0];
    }

    public static string ReadMember(RedisValue member, in CodecContext context) => member!;
}

public sealed class VisitCounter<TPeriods>(RedisContext redis) : UniqueCounterStore<Visit, VisitKey, string, VisitMapper<TPeriods>>(redis)
    where TPeriods : struct, IVisitPeriods;

/// <summary>Days of a zone that no machine knows.</summary>
[UniqueCounter("mars:{Crater}", PeriodUnits.Day, Retention = "1d", TimeZone = "Mars/Base")]
public sealed record MarsVisit(int Crater, [property: Member] int Rover);
