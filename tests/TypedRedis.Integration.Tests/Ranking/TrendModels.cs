using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>An interaction with an article.</summary>
public sealed record Click(string Category, string Article, double Weight = 1);

/// <summary><c>{trending:{Category}}</c></summary>
public readonly record struct ClickTrendKey(string Category) : IRedisKey<ClickTrendKey>
{
    public static string Pattern => "{trending:*}";

    public static implicit operator ClickTrendKey(string category) => new(category);

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("{trending:"u8);
        key.TagPart(Category, nameof(Category));
        key.Literal("}"u8);
        return key.ToRedisKey();
    }

    public static bool TryParse(ReadOnlySpan<char> key, out ClickTrendKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out ClickTrendKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("{trending:"u8) && key.Part(out string? category) && key.Literal("}"u8) && key.End())
        {
            result = new(category);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary>A half-life, as a type.</summary>
public interface IHalfLife
{
    static abstract TrendSchema Schema { get; }
}

public readonly struct EveryHour : IHalfLife
{
    public static TrendSchema Schema { get; } = new("Tests.Click") { HalfLife = TimeSpan.FromHours(1) };
}

public readonly struct EverySecond : IHalfLife
{
    public static TrendSchema Schema { get; } = new("Tests.Click") { HalfLife = TimeSpan.FromSeconds(1), Negligible = 0.01 };
}

public readonly struct ClickTrendMapper<THalfLife> : ITrendMapper<Click, ClickTrendKey, string>
    where THalfLife : struct, IHalfLife
{
    public static TrendSchema Schema => THalfLife.Schema;

    public static ClickTrendKey KeyOf(Click entity) => new(entity.Category);

    public static string MemberOf(Click entity) => entity.Article;

    public static double WeightOf(Click entity) => entity.Weight;

    public static RedisValue WriteMember(string member, in CodecContext context)
    {
        var values = new RedisValue[1];
        context.Write(values, 0, member);
        return values[0];
    }

    public static string ReadMember(RedisValue member, in CodecContext context) => member!;
}

public sealed class ClickTrend<THalfLife>(RedisContext redis) : TrendStore<Click, ClickTrendKey, string, ClickTrendMapper<THalfLife>>(redis)
    where THalfLife : struct, IHalfLife;
