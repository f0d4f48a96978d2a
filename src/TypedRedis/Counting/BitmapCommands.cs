using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Bitmaps in segments: no value is large, an id far off takes one segment and not all before it, and no script takes long.</summary>
internal static partial class BitmapCommands
{
    /// <summary>The bits of a segment. Its 64,000 bytes fit what the server's allocator hands out.</summary>
    public const long SegmentSize = 512_000;

    /// <summary>How many segments a script counts, at most: 4 MB.</summary>
    public const int CountedAtOnce = 64;

    /// <summary>How many periods a script compares with a cohort, at most.</summary>
    public const int ComparedAtOnce = 50;

    /// <summary>How many members a script marks, at most; also how many segments it may have to make, each of which takes 50 µs.</summary>
    public const int MarkedAtOnce = 100;

    /// <summary>How many segments a script is given that numbers members; a member whose number is beyond costs another round trip.</summary>
    public const int MappedSegments = 8;

    // Those of the first 16 million ids, made once.
    private static readonly byte[][] Suffixes = [.. Enumerable.Range(0, 32).Select(MakeSuffix)];

    [LuaScript(File = "bitmap_mark.lua")]
    public static partial RedisScript MarkScript { get; }

    [LuaScript(File = "bitmap_mark_one.lua")]
    public static partial RedisScript MarkOneScript { get; }

    [LuaScript(File = "bitmap_mark_mapped.lua")]
    public static partial RedisScript MarkMappedScript { get; }

    [LuaScript(File = "bitmap_count.lua")]
    public static partial RedisScript CountScript { get; }

    [LuaScript(File = "bitmap_combine.lua", AllowUndeclaredKeys = true)]
    public static partial RedisScript CombineScript { get; }

    [LuaScript(File = "bitmap_retention.lua")]
    public static partial RedisScript RetentionScript { get; }

    [LuaScript(File = "bitmap_clear.lua")]
    public static partial RedisScript ClearScript { get; }

    [LuaScript(File = "bitmap_forget.lua")]
    public static partial RedisScript ForgetScript { get; }

    [LuaScript(File = "bitmap_members.lua")]
    public static partial RedisScript MembersScript { get; }

    /// <summary>How many segments there are.</summary>
    public static int Segments(long maxId) => (int)(maxId / SegmentSize) + 1;

    /// <summary>The segment of a number.</summary>
    public static int SegmentOf(long number) => (int)(number / SegmentSize);

    /// <summary>The key of a segment of a period.</summary>
    public static RedisKey Segment(RedisKey period, int segment)
        => segment == 0 ? period : (byte[])[.. (byte[])period!, .. SegmentSuffix(segment)];

    /// <summary>What a segment's key has behind its period's.</summary>
    public static byte[] SegmentSuffix(int segment) => segment < Suffixes.Length ? Suffixes[segment] : MakeSuffix(segment);

    /// <summary>How many bytes a segment with such a bit has: all that it may have. Null where it has as many as the bit needs: in the first eighth of the first segment.</summary>
    public static long? SizeOf(int segment, long bit, long maxId)
    {
        long full = (Math.Min(SegmentSize, maxId + 1 - (segment * SegmentSize)) + 7) / 8;
        return segment == 0 && bit < full ? null : full;
    }

    private static byte[] MakeSuffix(int segment) => segment == 0 ? [] : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $":s:{segment}"));

    /// <summary>Which segment a key of the walk over all of them is.</summary>
    /// <param name="key">The key.</param>
    /// <param name="board">The key of all time, with which it begins: that may end like a segment itself.</param>
    public static int SegmentOf(RedisKey key, RedisKey board)
    {
        ReadOnlySpan<char> suffix = ((string)key!).AsSpan(((string)board!).Length);
        int at = suffix.LastIndexOf(":s:", StringComparison.Ordinal);
        return at >= 0 && int.TryParse(suffix[(at + 3)..], NumberStyles.None, CultureInfo.InvariantCulture, out int segment) ? segment : 0;
    }
}
