using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What stands in an index.</summary>
internal readonly struct IndexMember
{
    private readonly byte[] _start;     // of the line of the entry, up to the token
    private readonly byte[] _bytes;
    private readonly int _order;
    private readonly int _end;

    private IndexMember(byte kind, RedisKey indexKey, byte[] bytes, int order)
    {
        _bytes = bytes;
        _order = order;
        int mark = bytes.AsSpan().LastIndexOf("{}"u8);
        _end = mark < 0 ? bytes.Length : mark;
        _start = [kind, .. (byte[])indexKey!, (byte)'\t', .. bytes.AsSpan(0, order), (byte)'\t'];
    }

    public static IndexMember OfUnique(RedisKey indexKey, byte[] bytes) => new((byte)'U', indexKey, bytes, 0);

    public static IndexMember OfSet(RedisKey indexKey, byte[] bytes, bool sorted) => new((byte)'S', indexKey, bytes, sorted ? IndexText.OrderLength(bytes) : 0);

    public RedisKey Entity => _bytes[_order.._end];

    /// <summary>The order and the entity: what paging goes by.</summary>
    public byte[] Place => _bytes[.._end];

    public IndexEntry Entry
        => new(Entity, Encoding.UTF8.GetString(_start), _end == _bytes.Length ? "" : Encoding.UTF8.GetString(_bytes.AsSpan(_end + 2)));

    public bool HasSamePlace(IndexMember other) => _bytes.AsSpan(0, _end).SequenceEqual(other._bytes.AsSpan(0, other._end));

    public bool IsListedIn(ReadOnlySpan<byte> entries)
    {
        while (!entries.IsEmpty)
        {
            if (entries.StartsWith(_start))
            {
                return true;
            }

            int end = entries.IndexOf((byte)'\n');
            entries = end < 0 ? [] : entries[(end + 1)..];
        }

        return false;
    }
}

/// <summary>A part of an index: the bounds of ZRANGEBYLEX, or of ZREVRANGEBYLEX, where the upper one comes first.</summary>
internal readonly record struct IndexRange(RedisValue From, RedisValue To, bool Descending)
{
    private const byte Above = 0xFF;      // no UTF-8 has it

    public static IndexRange All => new("-", "+", Descending: false);

    public RedisValue Command => Descending ? "ZREVRANGEBYLEX" : "ZRANGEBYLEX";

    /// <summary>From one order to another, both included; null for no bound.</summary>
    public static IndexRange Of(byte[]? from, byte[]? to, bool descending)
    {
        RedisValue low = from is null ? "-" : (byte[])[(byte)'[', .. from];
        RedisValue high = to is null ? "+" : (byte[])[(byte)'(', .. to, Above];
        return descending ? new(high, low, true) : new(low, high, false);
    }

    /// <summary>What comes behind a place. A place before the range, which a cursor that was forged can name, leaves it as it is.</summary>
    public IndexRange After(byte[] place)
    {
        byte[] from = Descending ? [(byte)'(', .. place, .. "{}"u8] : [(byte)'(', .. place, .. "{}"u8, Above];
        byte[] bound = From!;
        int order = bound.AsSpan(1).SequenceCompareTo(from.AsSpan(1));
        return bound.Length > 1 && (Descending ? order < 0 : order > 0) ? this : this with { From = from };
    }
}
