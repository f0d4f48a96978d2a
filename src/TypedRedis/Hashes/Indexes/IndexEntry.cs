using StackExchange.Redis;

namespace TypedRedis;

/// <summary>An entry of an index: see <c>index_entries.lua</c>.</summary>
/// <param name="Entity">The entity.</param>
/// <param name="Line">The entry's line, without the token.</param>
/// <param name="Token">The token of who wrote it.</param>
internal sealed record IndexEntry(RedisKey Entity, string Line, string Token)
{
    public bool IsUnique => Line[0] == 'U';

    public string KeyText => Line[1..Line.IndexOf('\t')];

    public string EntityText => (string)Entity!;

    public RedisKey Key => KeyText;

    public RedisKey TimesKey => KeyText + "{}x";

    /// <summary>What stands in the index: the member of a sorted set, or the value of a unique index.</summary>
    public RedisValue Member => $"{Line[(Line.IndexOf('\t') + 1)..^1]}{EntityText}{{}}{Token}";

    public string IndexName
    {
        get
        {
            string key = KeyText;
            int start = key.LastIndexOf("{}:", StringComparison.Ordinal) + 3;
            int end = key.IndexOf(':', start);
            return end < 0 ? key[start..] : key[start..end];
        }
    }

    public bool IsSame(IndexEntry other) => Line == other.Line;

    /// <summary>Reads lines.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="text">Its lines, each with its token where none is given.</param>
    /// <param name="token">The token of all of them, or null.</param>
    public static List<IndexEntry> Parse(RedisKey entity, string text, string? token)
    {
        var entries = new List<IndexEntry>();
        foreach (Range range in text.AsSpan().Split('\n'))
        {
            string line = text[range];
            int end = line.LastIndexOf('\t') + 1;
            if (end > 0)
            {
                entries.Add(new IndexEntry(entity, line[..end], token ?? line[end..]));
            }
        }

        return entries;
    }

    /// <summary>The entry that the value of a unique index stands for.</summary>
    public static IndexEntry OfHolder(IndexEntry entry, string holder)
    {
        int mark = holder.LastIndexOf("{}", StringComparison.Ordinal);
        return mark < 0 ? new(holder, entry.Line, "") : new(holder[..mark], entry.Line, holder[(mark + 2)..]);
    }
}
