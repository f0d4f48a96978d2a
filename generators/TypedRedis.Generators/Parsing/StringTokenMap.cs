using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TypedRedis.Generators.Parsing;

/// <summary>Where each character of a string literal's value stands in the literal's source text: escapes, doubled quotes and indentation counted.</summary>
internal sealed class StringTokenMap
{
    private readonly List<(char Character, int Start, int End)> _characters = [];
    private readonly string _source;

    private StringTokenMap(string source) => _source = source;

    /// <summary>The offset in the token's text at which a character of the value begins.</summary>
    public int Start(int index) => _characters[index].Start;

    /// <summary>The offset in the token's text behind a character of the value.</summary>
    public int End(int index) => _characters[index].End;

    /// <summary>Maps a token, or gives null where the token is no string or is not understood.</summary>
    public static StringTokenMap? Create(SyntaxToken token)
    {
        var map = new StringTokenMap(token.Text);
        bool read = token.Kind() switch
        {
            SyntaxKind.StringLiteralToken => map._source.StartsWith("@", StringComparison.Ordinal) ? map.ReadVerbatim() : map.ReadRegular(),
            SyntaxKind.SingleLineRawStringLiteralToken => map.ReadRawLine(),
            SyntaxKind.MultiLineRawStringLiteralToken => map.ReadRawLines(),
            _ => false,
        };

        // What was read must be what the compiler read: better the whole literal than a wrong place in it.
        return read && map._characters.Select(static character => character.Character).SequenceEqual(token.ValueText) ? map : null;
    }

    private bool ReadRegular()
    {
        int end = _source.Length - 1;
        for (int i = 1; i < end;)
        {
            if (_source[i] != '\\')
            {
                Add(_source[i], i, 1);
                i++;
                continue;
            }

            if (i + 1 >= end)
                return false;

            int length = _source[i + 1] switch
            {
                'u' => 6,
                'U' => 10,
                'x' => 2 + HexDigits(i + 2, 4),
                _ => 2,
            };
            if (i + length > end || !TryUnescape(i, length))
                return false;

            i += length;
        }

        return true;
    }

    private bool TryUnescape(int start, int length)
    {
        char kind = _source[start + 1];
        if (kind is 'u' or 'U' or 'x')
        {
            if (!int.TryParse(_source.Substring(start + 2, length - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
                || code > 0x10FFFF || (kind == 'U' && code is >= 0xD800 and <= 0xDFFF))
                return false;

            // A code point beyond the first plane is two characters of the value, which stand at one place.
            string text = code > 0xFFFF ? char.ConvertFromUtf32(code) : ((char)code).ToString();
            foreach (char character in text)
                Add(character, start, length);

            return true;
        }

        const string Names = "'\"\\0abefnrtv";
        const string Characters = "'\"\\\0\a\b\u001b\f\n\r\t\v";
        int name = Names.IndexOf(kind);
        if (name < 0)
            return false;

        Add(Characters[name], start, length);
        return true;
    }

    private int HexDigits(int start, int most)
    {
        int count = 0;
        while (count < most && start + count < _source.Length && Uri.IsHexDigit(_source[start + count]))
            count++;
        return count;
    }

    private bool ReadVerbatim()
    {
        int end = _source.Length - 1;
        for (int i = 2; i < end; i++)
        {
            int length = _source[i] == '"' ? 2 : 1;
            Add(_source[i], i, length);
            i += length - 1;
        }

        return true;
    }

    private bool ReadRawLine()
    {
        int quotes = Quotes();
        for (int i = quotes; i < _source.Length - quotes; i++)
            Add(_source[i], i, 1);
        return _source.Length >= 2 * quotes;
    }

    // The text begins on the line behind the opening quotes and ends before the last line, whose white space is taken from the front of each line.
    private bool ReadRawLines()
    {
        int first = _source.IndexOf('\n') + 1;
        int last = _source.LastIndexOf('\n') + 1;
        int indentation = _source.Length - Quotes() - last;
        if (first == 0 || first == last || indentation < 0)
            return first != 0 && first == last;

        int end = last - 1;
        if (_source[end - 1] == '\r')
            end--;

        for (int line = first; line <= end;)
        {
            int next = _source.IndexOf('\n', line, end - line);
            int lineEnd = next < 0 ? end : next + 1;

            // A line of white space alone may be shorter than the indentation.
            int textStart = line;
            while (textStart < lineEnd && textStart < line + indentation && _source[textStart] is not ('\r' or '\n'))
                textStart++;
            for (int i = textStart; i < lineEnd; i++)
                Add(_source[i], i, 1);

            if (next < 0)
                break;

            line = lineEnd;
        }

        return true;
    }

    private int Quotes()
    {
        int count = 0;
        while (count < _source.Length && _source[count] == '"')
            count++;
        return count;
    }

    private void Add(char character, int start, int length) => _characters.Add((character, start, start + length));
}
