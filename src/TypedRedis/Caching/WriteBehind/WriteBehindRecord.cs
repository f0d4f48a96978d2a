using System.Buffers.Binary;
using System.Text;

namespace TypedRedis;

/// <summary>
/// A pending write as it stands in Redis (little endian):
/// <code>
/// 0 version   8 attempts   12 how long the entry is kept   20 is fresh   28 is not due   36 'V' or 'N'   37 shape   41 count of tags, tags of 8 bytes, value
/// </code>
/// Times are in ms. From the state on, it is the entry without the rest of its header.
/// </summary>
internal readonly ref struct WriteBehindRecord(ReadOnlySpan<byte> bytes)
{
    private const int HeaderSize = 41;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Whether it can be read at all.</summary>
    public bool IsRecord => _bytes.Length > HeaderSize && _bytes.Length > HeaderSize + (_bytes[HeaderSize] * sizeof(ulong));

    public long Version => BinaryPrimitives.ReadInt64LittleEndian(_bytes);

    public int Attempts => BinaryPrimitives.ReadInt32LittleEndian(_bytes[8..]);

    public bool IsDelete => _bytes[36] != (byte)EntryState.Value;

    public ReadOnlySpan<byte> Payload => _bytes[(HeaderSize + 1 + (_bytes[HeaderSize] * sizeof(ulong)))..];
}

/// <summary>A dead letter as it stands in Redis: its version, when it became one in ms, the reason with its length, the pending write that it was.</summary>
internal readonly ref struct WriteBehindLetter(ReadOnlySpan<byte> bytes)
{
    private const int HeaderSize = 20;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public long FailedAt => BinaryPrimitives.ReadInt64LittleEndian(_bytes[8..]);

    public string Reason => Encoding.UTF8.GetString(_bytes.Slice(HeaderSize, ReasonSize));

    public WriteBehindRecord Record => new(_bytes[(HeaderSize + ReasonSize)..]);

    private int ReasonSize => BinaryPrimitives.ReadInt32LittleEndian(_bytes[16..]);
}
