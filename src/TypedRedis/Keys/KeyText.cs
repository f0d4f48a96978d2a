using System.Buffers;
using System.Globalization;
using System.Text;

namespace TypedRedis;

/// <summary>The escaping of key parts. A byte that would end a part, open a hash tag, match as a glob or is a control character stands as <c>%XX</c>.</summary>
internal static class KeyText
{
    /// <summary>The bytes that never stand in a part as they are. The percent sign is one of them: what it introduces is always an escape.</summary>
    public static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. ":{}%*?[]\\"u8, 0x7F, .. Enumerable.Range(0, 0x20).Select(static value => (byte)value)]);

    /// <summary>The most bytes that a formatted number, Guid or date takes before its part is refused unread.</summary>
    public const int MaxFormatted = 256;

    /// <summary>Undoes the escaping. False for text that the escaping does not write: raw special bytes, needless or lower-case escapes.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> destination, out int written)
    {
        written = 0;
        while (true)
        {
            int special = raw.IndexOfAny(Escaped);
            ReadOnlySpan<byte> plain = special < 0 ? raw : raw[..special];
            if (!plain.TryCopyTo(destination[written..]))
            {
                return false;
            }

            written += plain.Length;
            if (special < 0)
            {
                return true;
            }

            raw = raw[special..];
            if (written == destination.Length || raw.Length < 3 || raw[0] != '%' || Digit(raw[1]) is not { } high || Digit(raw[2]) is not { } low)
            {
                return false;
            }

            byte value = (byte)((high << 4) | low);
            if (!Escaped.Contains(value))
            {
                return false;
            }

            destination[written++] = value;
            raw = raw[3..];
        }
    }

    public static byte HexDigit(int value) => "0123456789ABCDEF"u8[value & 0xF];

    /// <summary>The index of the first surrogate without its other half, or -1.</summary>
    public static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }

            if (Rune.DecodeFromUtf16(text[index..], out _, out _) != OperationStatus.Done)
            {
                return index;
            }

            index++;
        }

        return -1;
    }

    public static InvalidOperationException NullPart(string name)
        => new($"The part '{name}' is null. A key is made with its constructor and a value for each part, not as the default of its type; a member that a tag names has a value, unless its type says that it can be null.");

    public static ArgumentException EmptyTag(string name)
        => new($"The key part '{name}' is the cluster hash tag ({{#{name}}}) and is empty. Redis ignores an empty tag, so the key would move to another slot than its siblings. Give it at least one character.", name);

    public static ArgumentException LoneSurrogate(ReadOnlySpan<char> value, string name)
        => new(string.Create(CultureInfo.InvariantCulture, $"The key part '{name}' holds half of a surrogate pair at index {IndexOfLoneSurrogate(value)} and has no UTF-8 form: '{Printable.Of(value)}'."), name);

    private static int? Digit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => null,
    };
}
