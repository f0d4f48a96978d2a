using System.Numerics;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    /// <summary>Writes a string as strict UTF-8.</summary>
    /// <exception cref="RedisEncodeException">The string is null or holds half of a surrogate pair.</exception>
    public void Write(Span<RedisValue> values, int field, string value)
    {
        if (value is null)
        {
            throw NullMember(field);
        }

        if (!ValueFormat.TryEncode(value, out values[field]))
        {
            throw LoneSurrogate(field, value);
        }
    }

    /// <summary>Writes bytes as they are. The array is not copied.</summary>
    /// <exception cref="RedisEncodeException">The array is null.</exception>
    public void Write(Span<RedisValue> values, int field, byte[] value) => values[field] = value ?? throw NullMember(field);

    /// <summary>Writes bytes as they are. Where they are the whole of an array, it is not copied.</summary>
    public void Write(Span<RedisValue> values, int field, ReadOnlyMemory<byte> value) => values[field] = ValueFormat.Of(value);

    /// <summary>Writes <c>1</c> or <c>0</c>.</summary>
    public void Write(Span<RedisValue> values, int field, bool value) => values[field] = value ? 1L : 0L;

    /// <summary>Writes a character as UTF-8.</summary>
    /// <exception cref="RedisEncodeException">The character is half of a surrogate pair.</exception>
    public void Write(Span<RedisValue> values, int field, char value)
    {
        if (!ValueFormat.TryEncode([value], out values[field]))
        {
            throw LoneSurrogate(field, [value]);
        }
    }

    /// <summary>Writes an integer.</summary>
    public void Write(Span<RedisValue> values, int field, sbyte value) => values[field] = (long)value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, byte value) => values[field] = (long)value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, short value) => values[field] = (long)value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, ushort value) => values[field] = (long)value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, int value) => values[field] = (long)value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, uint value) => values[field] = (long)value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, long value) => values[field] = value;

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, ulong value) => values[field] = ValueFormat.Of(value);

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, Int128 value)
        => values[field] = (long)value == value ? (long)value : ValueFormat.Of(value);

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, UInt128 value)
        => values[field] = value <= (ulong)long.MaxValue ? (long)value : ValueFormat.Of(value);

    /// <inheritdoc cref="Write(Span{RedisValue}, int, sbyte)"/>
    public void Write(Span<RedisValue> values, int field, BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            values[field] = (long)value;
        }
        else
        {
            ValueFormat.TryFormat(value, out values[field]);
        }
    }

    /// <summary>Writes a number as the shortest text that reads back as the same number.</summary>
    public void Write(Span<RedisValue> values, int field, Half value) => values[field] = ValueFormat.Of(value);

    /// <inheritdoc cref="Write(Span{RedisValue}, int, Half)"/>
    public void Write(Span<RedisValue> values, int field, float value) => values[field] = ValueFormat.Of(value);

    /// <inheritdoc cref="Write(Span{RedisValue}, int, Half)"/>
    public void Write(Span<RedisValue> values, int field, double value) => values[field] = ValueFormat.Of(value);

    /// <summary>Writes a decimal with all its digits: <c>1.00</c> keeps its zeros.</summary>
    public void Write(Span<RedisValue> values, int field, decimal value) => values[field] = ValueFormat.Of(value);

    /// <summary>Writes a Guid in the format <c>D</c>.</summary>
    public void Write(Span<RedisValue> values, int field, Guid value) => values[field] = ValueFormat.Of(value);

    /// <summary>Writes a date in the format <c>O</c>.</summary>
    public void Write(Span<RedisValue> values, int field, DateOnly value) => values[field] = ValueFormat.Of(value, "O");

    /// <summary>Writes a time of day in the format <c>O</c>.</summary>
    public void Write(Span<RedisValue> values, int field, TimeOnly value) => values[field] = ValueFormat.Of(value, "O");

    /// <summary>Writes a date and time in the format <c>O</c>, which keeps its kind.</summary>
    public void Write(Span<RedisValue> values, int field, DateTime value) => values[field] = ValueFormat.Of(value, "O");

    /// <summary>Writes a point in time in the format <c>O</c>, which keeps its offset.</summary>
    public void Write(Span<RedisValue> values, int field, DateTimeOffset value) => values[field] = ValueFormat.Of(value, "O");

    /// <summary>Writes a duration in the format <c>c</c>.</summary>
    public void Write(Span<RedisValue> values, int field, TimeSpan value) => values[field] = ValueFormat.Of(value, "c");

    /// <summary>Writes a version.</summary>
    /// <exception cref="RedisEncodeException">The version is null.</exception>
    public void Write(Span<RedisValue> values, int field, Version value) => values[field] = ValueFormat.Of(value ?? throw NullMember(field));

    /// <summary>Writes a URI, absolute or relative, as its author wrote it.</summary>
    /// <exception cref="RedisEncodeException">The URI is null, holds half of a surrogate pair, or is a relative one that would be read back as an absolute one.</exception>
    public void Write(Span<RedisValue> values, int field, Uri value)
    {
        string text = UriText.Of(value ?? throw NullMember(field));
        if (UriText.IsAmbiguous(value, text))
        {
            throw Unencodable(field, "it is a relative URI, but its text is that of an absolute one. Escape it, or use a string member", $": '{Printable.Of(text)}'");
        }

        Write(values, field, text);
    }
}
