using System.Numerics;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    /// <summary>Reads a string.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public string ReadString(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryString(values[field], out string? value) ? value : throw Undecodable(values, field, "UTF-8 text");

    /// <summary>Reads bytes.</summary>
    /// <exception cref="RedisDecodeException">The field is missing.</exception>
    public byte[] ReadBytes(ReadOnlySpan<RedisValue> values, int field) => (byte[]?)values[field] ?? throw Missing(field);

    /// <summary>Reads bytes.</summary>
    /// <exception cref="RedisDecodeException">The field is missing.</exception>
    public ReadOnlyMemory<byte> ReadMemory(ReadOnlySpan<RedisValue> values, int field) => ReadBytes(values, field);

    /// <summary>Reads <c>1</c> or <c>0</c>.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public bool ReadBoolean(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryBoolean(values[field], out bool value) ? value : throw Undecodable(values, field, "1 (true) or 0 (false)");

    /// <summary>Reads a character.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public char ReadChar(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryChar(values[field], out char value) ? value : throw Undecodable(values, field, "one UTF-16 character");

    /// <summary>Reads an integer from -128 to 127.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public sbyte ReadSByte(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out sbyte value) ? value : throw Undecodable(values, field, "an integer from -128 to 127");

    /// <summary>Reads an integer from 0 to 255.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public byte ReadByte(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out byte value) ? value : throw Undecodable(values, field, "an integer from 0 to 255");

    /// <summary>Reads an integer from -32768 to 32767.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public short ReadInt16(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out short value) ? value : throw Undecodable(values, field, "an integer from -32768 to 32767");

    /// <summary>Reads an integer from 0 to 65535.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public ushort ReadUInt16(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out ushort value) ? value : throw Undecodable(values, field, "an integer from 0 to 65535");

    /// <summary>Reads a 32-bit integer.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public int ReadInt32(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out int value) ? value : throw Undecodable(values, field, "a 32-bit integer");

    /// <summary>Reads an unsigned 32-bit integer.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public uint ReadUInt32(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out uint value) ? value : throw Undecodable(values, field, "an unsigned 32-bit integer");

    /// <summary>Reads a 64-bit integer.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public long ReadInt64(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out long value) ? value : throw Undecodable(values, field, "a 64-bit integer");

    /// <summary>Reads an unsigned 64-bit integer.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public ulong ReadUInt64(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out ulong value) ? value : throw Undecodable(values, field, "an unsigned 64-bit integer");

    /// <summary>Reads a 128-bit integer.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public Int128 ReadInt128(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out Int128 value) ? value : throw Undecodable(values, field, "a 128-bit integer");

    /// <summary>Reads an unsigned 128-bit integer.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public UInt128 ReadUInt128(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out UInt128 value) ? value : throw Undecodable(values, field, "an unsigned 128-bit integer");

    /// <summary>Reads an integer of any length.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public BigInteger ReadBigInteger(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryInteger(values[field], out BigInteger value) ? value : throw Undecodable(values, field, "an integer");

    /// <summary>Reads a half-precision number.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public Half ReadHalf(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryFloat(values[field], out Half value) ? value : throw Undecodable(values, field, "a half-precision number");

    /// <summary>Reads a single-precision number.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public float ReadSingle(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryFloat(values[field], out float value) ? value : throw Undecodable(values, field, "a single-precision number");

    /// <summary>Reads a double-precision number.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public double ReadDouble(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryFloat(values[field], out double value) ? value : throw Undecodable(values, field, "a double-precision number");

    /// <summary>Reads a decimal. Digits that it cannot hold are an error.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public decimal ReadDecimal(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryDecimal(values[field], out decimal value) ? value : throw Undecodable(values, field, "a decimal without an exponent and of at most 28 digits");

    /// <summary>Reads a Guid.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public Guid ReadGuid(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryGuid(values[field], out Guid value) ? value : throw Undecodable(values, field, "a Guid such as 01234567-89ab-cdef-0123-456789abcdef");

    /// <summary>Reads a date.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public DateOnly ReadDateOnly(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryDate(values[field], out DateOnly value) ? value : throw Undecodable(values, field, "a date such as 2025-12-31");

    /// <summary>Reads a time of day.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public TimeOnly ReadTimeOnly(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryTime(values[field], out TimeOnly value) ? value : throw Undecodable(values, field, "a time of day such as 23:59:59.0000000");

    /// <summary>Reads a date and time with its kind.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public DateTime ReadDateTime(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryDateTime(values[field], out DateTime value) ? value : throw Undecodable(values, field, "a date and time such as 2025-12-31T23:59:59.0000000Z");

    /// <summary>Reads a point in time with its offset.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public DateTimeOffset ReadDateTimeOffset(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryDateTimeOffset(values[field], out DateTimeOffset value) ? value : throw Undecodable(values, field, "a point in time such as 2025-12-31T23:59:59.0000000+01:00");

    /// <summary>Reads a duration.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public TimeSpan ReadTimeSpan(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryTimeSpan(values[field], out TimeSpan value) ? value : throw Undecodable(values, field, "a duration such as 1.02:03:04 or 00:00:00.5000000");

    /// <summary>Reads a version.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public Version ReadVersion(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryVersion(values[field], out Version? value) ? value : throw Undecodable(values, field, "a version such as 1.2.3");

    /// <summary>Reads a URI, absolute or relative.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public Uri ReadUri(ReadOnlySpan<RedisValue> values, int field)
        => ValueParser.TryString(values[field], out string? text) && UriText.Parse(text) is { } value ? value : throw Undecodable(values, field, "a URI");
}
