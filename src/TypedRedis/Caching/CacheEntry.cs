using System.Buffers;
using System.Buffers.Binary;

namespace TypedRedis;

/// <summary>What an entry in Redis is.</summary>
internal enum EntryState : byte
{
    /// <summary>No entry that can be read here.</summary>
    None = 0,

    /// <summary>A value.</summary>
    Value = (byte)'V',

    /// <summary>The source has none.</summary>
    Negative = (byte)'N',

    /// <summary>The source failed a moment ago.</summary>
    Failed = (byte)'F',

    /// <summary>Somebody loads it.</summary>
    Placeholder = (byte)'P',

    /// <summary>Somebody writes it.</summary>
    Writing = (byte)'W',
}

/// <summary>
/// An entry as it stands in Redis: 64 bytes that the scripts read and write (little endian), the tags, the value.
/// <code>
/// 0 'T', 1   2 state   3 flag   4 shape   8 version   16 fresh until   24 refresh at   32 claim until   40 claim token   56 tag clock   64 count of tags, tags of 8 bytes, value
/// </code>
/// Times are of the server's clock: versions and the tag clock in µs, the others in ms.
/// </summary>
internal readonly ref struct CacheEntry
{
    public const int HeaderSize = 64;
    public const int TokenSize = 16;

    private readonly ReadOnlySpan<byte> _bytes;

    private CacheEntry(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    public EntryState State => _bytes.IsEmpty ? EntryState.None : (EntryState)_bytes[2];

    public long Version => Int64(8);

    public long FreshUntil => Int64(16);

    public long RefreshAt => Int64(24);

    public long ClaimedUntil => Int64(32);

    public long TagClock => Int64(56);

    private int TagCount => _bytes[HeaderSize];

    public ReadOnlySpan<byte> Payload => _bytes[(HeaderSize + 1 + (TagCount * sizeof(ulong)))..];

    /// <summary>Reads what stands at a key. What is no entry, or one of another shape, is none.</summary>
    public static CacheEntry Read(byte[]? stored, uint shape)
    {
        if (stored is null || stored.Length < HeaderSize || stored[0] != (byte)'T' || stored[1] != 1)
        {
            return default;
        }

        var entry = new CacheEntry(stored);
        return entry.State switch
        {
            EntryState.Writing => entry,
            _ when BinaryPrimitives.ReadUInt32LittleEndian(stored.AsSpan(4)) != shape => default,
            EntryState.Placeholder => entry,
            EntryState.Value or EntryState.Negative or EntryState.Failed
                when stored.Length > HeaderSize && stored.Length > HeaderSize + (stored[HeaderSize] * sizeof(ulong)) => entry,
            _ => default,
        };
    }

    /// <summary>The tags, or null where there are none.</summary>
    public ulong[]? Tags()
    {
        if (TagCount == 0)
        {
            return null;
        }

        var tags = new ulong[TagCount];
        for (int i = 0; i < tags.Length; i++)
        {
            tags[i] = TagAt(i);
        }

        return tags;
    }

    /// <summary>Whether none of its tags was invalidated after its load began.</summary>
    public bool IsValid(TagTable tags)
    {
        long clock = TagClock;
        if (clock < tags.Floor)
        {
            return false;
        }

        for (int i = 0; i < TagCount; i++)
        {
            if (tags.LastOf(TagAt(i)) > clock)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Begins an entry: the times are left to the script that stores it.</summary>
    public static void Begin(ArrayBufferWriter<byte> output, EntryState state, uint shape, long version, long tagClock, ReadOnlySpan<CacheTag> tags)
    {
        int size = HeaderSize + 1 + (tags.Length * sizeof(ulong));
        Span<byte> header = output.GetSpan(size)[..size];
        header.Clear();
        header[0] = (byte)'T';
        header[1] = 1;
        header[2] = (byte)state;
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], shape);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], version);
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], tagClock);
        header[HeaderSize] = checked((byte)tags.Length);
        for (int i = 0; i < tags.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(header[(HeaderSize + 1 + (i * sizeof(ulong)))..], tags[i].Hash);
        }

        output.Advance(size);
    }

    private ulong TagAt(int i) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(HeaderSize + 1 + (i * sizeof(ulong)))..]);

    private long Int64(int offset) => BinaryPrimitives.ReadInt64LittleEndian(_bytes[offset..]);
}
