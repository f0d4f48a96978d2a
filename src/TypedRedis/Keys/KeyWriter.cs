using System.Buffers;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Unicode;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Formats a key as UTF-8. Emitted key structs use it: literals are copied, parts are formatted in the invariant culture and escaped, so that no value can
/// forge another key. Nothing is allocated but the key itself, and a pooled array where it is longer than the buffer on the stack.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct KeyWriter
{
    /// <summary>The length of the buffer that a key is formatted in.</summary>
    public const int StackSize = 128;

    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    /// <summary>Starts a key.</summary>
    /// <param name="scratch">A buffer on the stack.</param>
    public KeyWriter(Span<byte> scratch) => _buffer = scratch;

    /// <summary>What was written so far.</summary>
    internal readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Copies text of the template.</summary>
    public void Literal(scoped ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > _buffer.Length - _length)
        {
            Grow(utf8.Length);
        }

        utf8.CopyTo(_buffer[_length..]);
        _length += utf8.Length;
    }

    /// <summary>Writes a string.</summary>
    /// <exception cref="InvalidOperationException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value holds half of a surrogate pair.</exception>
    public void Part(string? value, string name) => Text(value ?? throw KeyText.NullPart(name), name);

    /// <summary>Writes a string that is the cluster hash tag.</summary>
    /// <exception cref="InvalidOperationException">The value is null.</exception>
    /// <exception cref="ArgumentException">The value is empty or holds half of a surrogate pair.</exception>
    public void TagPart(string? value, string name)
    {
        if (value is { Length: 0 })
        {
            throw KeyText.EmptyTag(name);
        }

        Part(value, name);
    }

    /// <summary>Writes a character.</summary>
    /// <exception cref="ArgumentException">The value is half of a surrogate pair.</exception>
    public void Part(char value, string name) => Text([value], name);

    /// <summary>Writes an integer.</summary>
    public void Part(long value) => Number(value);

    // Without the overloads for uint, an unsigned integer of 32 bits or less converts as well to long as to UInt128, and the call is ambiguous.

    /// <inheritdoc cref="Part(long)"/>
    public void Part(uint value) => Number(value);

    /// <inheritdoc cref="Part(long)"/>
    public void Part(ulong value) => Number(value);

    /// <inheritdoc cref="Part(long)"/>
    public void Part(Int128 value) => Number(value);

    /// <inheritdoc cref="Part(long)"/>
    public void Part(UInt128 value) => Number(value);

    /// <summary>Writes <c>1</c> or <c>0</c>.</summary>
    public void Part(bool value) => Literal(value ? "1"u8 : "0"u8);

    /// <summary>Writes a Guid in the format <c>D</c>.</summary>
    public void Part(Guid value) => Formatted(value, "D");

    /// <summary>Writes an enum: the name that was declared first for its value, else its number.</summary>
    public void Part<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(TEnum value)
        where TEnum : struct, Enum
    {
        ulong bits = EnumTable<TEnum>.Bits(value);
        if (EnumTable<TEnum>.NameOf(bits) is { } name)
        {
            Literal(name);
        }
        else if (EnumTable<TEnum>.IsSigned)
        {
            Number(EnumTable<TEnum>.Signed(bits));
        }
        else
        {
            Number(bits);
        }
    }

    /// <summary>Writes an integer in a format, such as <c>D8</c> or <c>X4</c>.</summary>
    public void Part(long value, string format) => Formatted(value, format);

    /// <inheritdoc cref="Part(long, string)"/>
    public void Part(uint value, string format) => Formatted((long)value, format);

    /// <inheritdoc cref="Part(long, string)"/>
    public void Part(ulong value, string format) => Formatted(value, format);

    /// <inheritdoc cref="Part(long, string)"/>
    public void Part(Int128 value, string format) => Formatted(value, format);

    /// <inheritdoc cref="Part(long, string)"/>
    public void Part(UInt128 value, string format) => Formatted(value, format);

    /// <summary>Writes a Guid in a format, such as <c>N</c>.</summary>
    public void Part(Guid value, string format) => Formatted(value, format);

    /// <summary>Writes a date in a format.</summary>
    public void Part(DateOnly value, string format) => Formatted(value, format);

    /// <summary>Writes a time of day in a format.</summary>
    public void Part(TimeOnly value, string format) => Formatted(value, format);

    /// <summary>Writes a date and time in a format. Its kind is not written.</summary>
    public void Part(DateTime value, string format) => Formatted(DateTime.SpecifyKind(value, DateTimeKind.Unspecified), format);

    /// <summary>Writes a point in time in a format, in UTC.</summary>
    public void Part(DateTimeOffset value, string format) => Formatted(value.UtcDateTime, format);

    /// <summary>Writes bytes that stand in a field.</summary>
    internal void Bytes(scoped ReadOnlySpan<byte> value)
    {
        int start = _length;
        Literal(value);
        Escape(start);
    }

    /// <summary>The key.</summary>
    public RedisKey ToRedisKey() => ToArray();

    /// <summary>The same as a value: a member of what ranks or counts, which is written like the parts of a key.</summary>
    public RedisValue ToRedisValue() => ToArray();

    internal byte[] ToArray()
    {
        byte[] key = Written.ToArray();
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
            _buffer = default;
            _length = 0;
        }

        return key;
    }

    /// <summary>Writes text that needs no escaping: digits and a sign.</summary>
    private void Number<T>(T value)
        where T : IUtf8SpanFormattable
    {
        int written;
        while (!value.TryFormat(_buffer[_length..], out written, default, CultureInfo.InvariantCulture))
        {
            Grow(StackSize);
        }

        _length += written;
    }

    internal void Formatted<T>(T value, string format)
        where T : IUtf8SpanFormattable
    {
        int start = _length, written;
        while (!value.TryFormat(_buffer[_length..], out written, format, CultureInfo.InvariantCulture))
        {
            Grow(StackSize);
        }

        _length += written;
        Escape(start);
    }

    private void Text(scoped ReadOnlySpan<char> value, string name)
    {
        int start = _length;
        ReadOnlySpan<char> rest = value;
        while (true)
        {
            OperationStatus status = Utf8.FromUtf16(rest, _buffer[_length..], out int read, out int written, replaceInvalidSequences: false);
            _length += written;
            if (status == OperationStatus.Done)
            {
                Escape(start);
                return;
            }

            if (status != OperationStatus.DestinationTooSmall)
            {
                throw KeyText.LoneSurrogate(value, name);
            }

            rest = rest[read..];
            Grow(rest.Length + 3);
        }
    }

    private void Escape(int start)
    {
        int first = _buffer[start.._length].IndexOfAny(KeyText.Escaped);
        if (first >= 0)
        {
            EscapeFrom(start + first);
        }
    }

    /// <summary>Widens the text in place, from its end.</summary>
    private void EscapeFrom(int first)
    {
        int extra = 0;
        foreach (byte value in _buffer[first.._length])
        {
            extra += KeyText.Escaped.Contains(value) ? 2 : 0;
        }

        if (extra > _buffer.Length - _length)
        {
            Grow(extra);
        }

        int target = _length + extra;
        for (int source = _length - 1; source >= first; source--)
        {
            byte value = _buffer[source];
            if (KeyText.Escaped.Contains(value))
            {
                _buffer[--target] = KeyText.HexDigit(value);
                _buffer[--target] = KeyText.HexDigit(value >> 4);
                value = (byte)'%';
            }

            _buffer[--target] = value;
        }

        _length += extra;
    }

    private void Grow(int more)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + more), (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        Written.CopyTo(larger);
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }

        _buffer = _rented = larger;
    }
}
