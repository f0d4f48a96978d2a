using System.Globalization;
using System.Text;

namespace TypedRedis;

/// <summary>Values as they stand in error messages: at most 64 characters, with everything escaped that cannot be seen.</summary>
internal static class Printable
{
    private const int MaxLength = 64;

    public static string Of(ReadOnlySpan<byte> utf8)
    {
        var text = new Shortened();
        while (!utf8.IsEmpty && !text.IsFull)
        {
            bool valid = Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? Of(rune) : string.Create(CultureInfo.InvariantCulture, $"\\x{utf8[0]:X2}"));
            utf8 = utf8[(valid ? length : 1)..];
        }

        return text.ToString();
    }

    public static string Of(ReadOnlySpan<char> chars)
    {
        var text = new Shortened();
        while (!chars.IsEmpty && !text.IsFull)
        {
            bool valid = Rune.DecodeFromUtf16(chars, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            text.Append(valid ? Of(rune) : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)chars[0]:X4}"));
            chars = chars[(valid ? length : 1)..];
        }

        return text.ToString();
    }

    private static string Of(Rune rune)
    {
        switch (rune.Value)
        {
            case '\n': return "\\n";
            case '\r': return "\\r";
            case '\t': return "\\t";
            case < 0x80 when Rune.IsControl(rune): return string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}");
        }

        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            ? string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}")
            : rune.ToString();
    }

    /// <summary>Keeps whole pieces only, so that neither an escape nor a surrogate pair is cut.</summary>
    private struct Shortened()
    {
        private readonly StringBuilder _text = new(MaxLength);
        private int _cut;

        public bool IsFull { get; private set; }

        public void Append(string piece)
        {
            if (_text.Length + piece.Length > MaxLength)
            {
                _text.Length = _cut;
                _text.Append('…');
                IsFull = true;
                return;
            }

            _text.Append(piece);
            if (_text.Length < MaxLength)
            {
                _cut = _text.Length;
            }
        }

        public override readonly string ToString() => _text.ToString();
    }
}
