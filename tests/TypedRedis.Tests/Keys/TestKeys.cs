using StackExchange.Redis;

namespace TypedRedis.Tests.Keys;

// Keys as the generator emits them, one for each sort of part.

/// <summary><c>user:{Id}</c></summary>
internal readonly record struct UserKey(long Id) : IRedisKey<UserKey>
{
    public static string Pattern => "user:*";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("user:"u8);
        key.Part(Id);
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out UserKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out UserKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("user:"u8) && key.Part(out long id) && key.End())
        {
            result = new(id);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary><c>name:{Name}</c></summary>
internal readonly record struct NameKey(string Name) : IRedisKey<NameKey>
{
    public static string Pattern => "name:*";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("name:"u8);
        key.Part(Name, nameof(Name));
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out NameKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out NameKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("name:"u8) && key.Part(out string name) && key.End())
        {
            result = new(name);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary><c>pair:{A}:{B}</c></summary>
internal readonly record struct PairKey(string A, string B) : IRedisKey<PairKey>
{
    public static string Pattern => "pair:*:*";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("pair:"u8);
        key.Part(A, nameof(A));
        key.Literal(":"u8);
        key.Part(B, nameof(B));
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out PairKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out PairKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("pair:"u8) && key.Part(out string a) && key.Literal(":"u8) && key.Part(out string b) && key.End())
        {
            result = new(a, b);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary><c>cart:{#Owner}:items</c></summary>
internal readonly record struct CartKey(string Owner) : IRedisKey<CartKey>
{
    public static string Pattern => "cart:{*}:items";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("cart:{"u8);
        key.TagPart(Owner, nameof(Owner));
        key.Literal("}:items"u8);
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out CartKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out CartKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("cart:{"u8) && key.TagPart(out string owner) && key.Literal("}:items"u8) && key.End())
        {
            result = new(owner);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary><c>file:{Id}:{Name}</c></summary>
internal readonly record struct FileKey(Guid Id, string Name) : IRedisKey<FileKey>
{
    public static string Pattern => "file:*:*";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("file:"u8);
        key.Part(Id);
        key.Literal(":"u8);
        key.Part(Name, nameof(Name));
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out FileKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out FileKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("file:"u8) && key.Part(out Guid id) && key.Literal(":"u8) && key.Part(out string name) && key.End())
        {
            result = new(id, name);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary><c>visit:{Plan}:{Letter}:{At:yyyy-MM-dd HH:mm}</c>: a format with characters that are escaped.</summary>
internal readonly record struct VisitKey : IRedisKey<VisitKey>
{
    private const string Format = "yyyy-MM-dd HH:mm";

    public VisitKey(Plan plan, char letter, DateTimeOffset at)
    {
        Plan = plan;
        Letter = letter;
        At = KeyPart.Normalize(at, Format);
    }

    public Plan Plan { get; }

    public char Letter { get; }

    public DateTimeOffset At { get; }

    public static string Pattern => "visit:*:*:*";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("visit:"u8);
        key.Part(Plan);
        key.Literal(":"u8);
        key.Part(Letter, nameof(Letter));
        key.Literal(":"u8);
        key.Part(At, Format);
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out VisitKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out VisitKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("visit:"u8) && key.Part(out Plan plan) && key.Literal(":"u8) && key.Part(out char letter) && key.Literal(":"u8)
            && key.Part(out DateTimeOffset at, Format) && key.End())
        {
            result = new(plan, letter, at);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary><c>day:{On}{Id:N}-{Day:yyyyMMdd}-{At}-{Score}</c>: parts of fixed width, each directly before the next, and an integer.</summary>
internal readonly record struct DayKey(bool On, Guid Id, DateOnly Day, TimeOnly At, int Score) : IRedisKey<DayKey>
{
    public static string Pattern => "day:**-*-*-*";

    public RedisKey ToRedisKey()
    {
        var key = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        key.Literal("day:"u8);
        key.Part(On);
        key.Part(Id, "N");
        key.Literal("-"u8);
        key.Part(Day, "yyyyMMdd");
        key.Literal("-"u8);
        key.Part(At, "HHmmssfffffff");
        key.Literal("-"u8);
        key.Part(Score, "D6");
        return key.ToRedisKey();
    }

    public override string ToString() => ToRedisKey().ToString();

    public static bool TryParse(ReadOnlySpan<char> key, out DayKey result) => KeyPart.TryParse(key, out result);

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out DayKey result)
    {
        var key = new KeyReader(utf8Key);
        if (key.Literal("day:"u8) && key.Part(out bool on, "", 1) && key.Part(out Guid id, "N", 32) && key.Literal("-"u8)
            && key.Part(out DateOnly day, "yyyyMMdd", 8) && key.Literal("-"u8) && key.Part(out TimeOnly at, "HHmmssfffffff", 13) && key.Literal("-"u8)
            && key.Part(out int score, "D6") && key.End())
        {
            result = new(on, id, day, at, score);
            return true;
        }

        result = default;
        return false;
    }
}

/// <summary>An enum with an alias, a gap and a negative value.</summary>
internal enum Plan
{
    Free,
    Pro = 5,
    Professional = 5,
    Enterprise = -3,
    Größe = 100,
}
