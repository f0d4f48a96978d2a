using System.Buffers;
using System.Buffers.Text;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace TypedRedis;

/// <summary>
/// Reads the parts of a key. Emitted key structs use it. It accepts exactly what <see cref="KeyWriter"/> writes: a part whose text is not the one that its
/// value would be given is refused. A part reaches to the next <c>:</c>, <c>{</c> or <c>}</c>, or to the end.
/// </summary>
/// <param name="key">The key as UTF-8, without any prefix.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref partial struct KeyReader(ReadOnlySpan<byte> key)
{
    private ReadOnlySpan<byte> _rest = key;

    /// <summary>Reads text of the template.</summary>
    public bool Literal(ReadOnlySpan<byte> utf8)
    {
        if (!_rest.StartsWith(utf8))
        {
            return false;
        }

        _rest = _rest[utf8.Length..];
        return true;
    }

    /// <summary>Whether nothing is left.</summary>
    public readonly bool End() => _rest.IsEmpty;

    /// <summary>Reads a string.</summary>
    public bool Part(out string value)
    {
        ReadOnlySpan<byte> raw = Next();
        value = "";
        if (!Utf8.IsValid(raw))
        {
            return false;
        }

        if (raw.IndexOfAny(KeyText.Escaped) < 0)
        {
            value = Encoding.UTF8.GetString(raw);
            return true;
        }

        byte[]? rented = null;
        Span<byte> buffer = raw.Length <= KeyText.MaxFormatted ? stackalloc byte[KeyText.MaxFormatted] : rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        bool read = KeyText.TryUnescape(raw, buffer, out int length);
        if (read)
        {
            value = Encoding.UTF8.GetString(buffer[..length]);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return read;
    }

    /// <summary>Reads a string that is the cluster hash tag. It cannot be empty.</summary>
    public bool TagPart(out string value) => Part(out value) && value.Length > 0;

    /// <summary>Reads a character.</summary>
    public bool Part(out char value)
    {
        Span<char> text = stackalloc char[1];
        bool read = TryText(Next(), text, out int length) && length == 1;
        value = read ? text[0] : default;
        return read;
    }

    /// <summary>Reads <c>1</c> or <c>0</c>.</summary>
    public bool Part(out bool value) => Boolean(Next(), out value);

    /// <summary>Reads a Guid in the format <c>D</c>.</summary>
    public bool Part(out Guid value) => GuidOf(Next(), "D", out value);

    /// <summary>Reads a Guid in the format <c>D</c> or <c>N</c>.</summary>
    public bool Part(out Guid value, string format) => GuidOf(Next(), format, out value);

    /// <summary>Reads an enum: the name that was declared first for a value, or the number of a value without a name.</summary>
    public bool Part<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(out TEnum value)
        where TEnum : struct, Enum
    {
        ReadOnlySpan<byte> raw = Next();
        bool read = EnumTable<TEnum>.TryValue(raw, out ulong bits)
            ? raw.SequenceEqual(EnumTable<TEnum>.NameOf(bits))
            : NumberText.IsCanonicalInteger(raw) && EnumTable<TEnum>.TryNumber(raw, out bits) && EnumTable<TEnum>.NameOf(bits) is null;
        value = read ? EnumTable<TEnum>.FromBits(bits) : default;
        return read;
    }

    /// <summary>Reads a date in a format.</summary>
    public bool Part(out DateOnly value, string format) => Date(Next(), format, KeyDate.TryParse, out value);

    /// <summary>Reads a time of day in a format.</summary>
    public bool Part(out TimeOnly value, string format) => Date(Next(), format, KeyDate.TryParse, out value);

    /// <summary>Reads a date and time in a format. Its kind is unspecified.</summary>
    public bool Part(out DateTime value, string format) => Date(Next(), format, KeyDate.TryParse, out value);

    /// <summary>Reads a point in time in a format, in UTC.</summary>
    public bool Part(out DateTimeOffset value, string format) => Instant(Next(), format, out value);

    /// <summary>Reads a boolean that other text follows directly.</summary>
    public bool Part(out bool value, string format, int width) => Boolean(Next(width), out value);

    /// <summary>Reads a Guid that other text follows directly.</summary>
    public bool Part(out Guid value, string format, int width) => GuidOf(Next(width), format, out value);

    /// <summary>Reads a date that other text follows directly.</summary>
    public bool Part(out DateOnly value, string format, int width) => Date(Next(width), format, KeyDate.TryParse, out value);

    /// <summary>Reads a time of day that other text follows directly.</summary>
    public bool Part(out TimeOnly value, string format, int width) => Date(Next(width), format, KeyDate.TryParse, out value);

    /// <summary>Reads a date and time that other text follows directly.</summary>
    public bool Part(out DateTime value, string format, int width) => Date(Next(width), format, KeyDate.TryParse, out value);

    /// <summary>Reads a point in time that other text follows directly.</summary>
    public bool Part(out DateTimeOffset value, string format, int width) => Instant(Next(width), format, out value);

    private ReadOnlySpan<byte> Next()
    {
        int end = _rest.IndexOfAny((byte)':', (byte)'{', (byte)'}');
        return Next(end < 0 ? _rest.Length : end);
    }

    /// <summary>Takes so many bytes; too few of them cannot be read as what is of that width.</summary>
    private ReadOnlySpan<byte> Next(int width)
    {
        ReadOnlySpan<byte> raw = _rest[..Math.Min(width, _rest.Length)];
        _rest = _rest[raw.Length..];
        return raw;
    }

    private static bool Boolean(ReadOnlySpan<byte> raw, out bool value)
    {
        value = raw is [(byte)'1'];
        return value || raw is [(byte)'0'];
    }

    private static bool GuidOf(ReadOnlySpan<byte> raw, string format, out Guid value)
    {
        bool parsed = Utf8Parser.TryParse(raw, out value, out int consumed, format is ['N' or 'n'] ? 'N' : 'D') && consumed == raw.Length && IsTextOf(value, format, raw);
        return parsed || Refuse(out value);
    }

    [SkipLocalsInit]
    private static bool Date<T>(ReadOnlySpan<byte> raw, string format, KeyDate.Parser<T> parse, out T value)
        where T : struct, IUtf8SpanFormattable
    {
        Span<char> text = stackalloc char[KeyText.MaxFormatted];
        return TryText(raw, text, out int length) && parse(text[..length], format, out value) && IsTextOf(value, format, raw)
            || Refuse(out value);
    }

    [SkipLocalsInit]
    private static bool Instant(ReadOnlySpan<byte> raw, string format, out DateTimeOffset value)
    {
        Span<char> text = stackalloc char[KeyText.MaxFormatted];
        return TryText(raw, text, out int length) && KeyDate.TryParse(text[..length], format, out value) && IsTextOf(value.UtcDateTime, format, raw)
            || Refuse(out value);
    }

    private static bool Refuse<T>(out T value)
        where T : struct
    {
        value = default;
        return false;
    }

    [SkipLocalsInit]
    private static bool IsTextOf<T>(T value, string format, ReadOnlySpan<byte> raw)
        where T : IUtf8SpanFormattable
    {
        var writer = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        writer.Formatted(value, format);
        return writer.Written.SequenceEqual(raw);
    }

    /// <summary>The text of a short part. False where it is longer than the buffer, badly escaped or no UTF-8.</summary>
    [SkipLocalsInit]
    private static bool TryText(ReadOnlySpan<byte> raw, Span<char> text, out int length)
    {
        Span<byte> buffer = stackalloc byte[KeyText.MaxFormatted];
        length = 0;
        return KeyText.TryUnescape(raw, buffer, out int written)
            && Utf8.ToUtf16(buffer[..written], text, out _, out length, replaceInvalidSequences: false) == OperationStatus.Done;
    }
}
