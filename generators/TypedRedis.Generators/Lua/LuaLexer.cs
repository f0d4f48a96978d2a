using System.Globalization;
using System.Text;

namespace TypedRedis.Generators.Lua;

/// <summary>What a token is.</summary>
internal enum LuaTokenKind
{
    EndOfText,
    Name,
    Keyword,
    Number,
    String,
    Symbol,
}

/// <summary>A token of a script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string, its value.</param>
/// <param name="Start">The index of its first character.</param>
/// <param name="End">The index behind its last one.</param>
/// <param name="Line">The line that it ends on, from 1.</param>
internal readonly record struct LuaToken(LuaTokenKind Kind, string Text, int Start, int End, int Line);

/// <summary>Why a text is no Lua 5.1, and where.</summary>
internal sealed class LuaSyntaxException(int start, int end, string message) : Exception(message)
{
    public int Start { get; } = start;

    public int End { get; } = Math.Max(start, end);
}

/// <summary>Splits a script into tokens, by the rules of Lua 5.1.</summary>
internal sealed class LuaLexer
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    };

    private static readonly string[] Symbols = ["...", "..", "==", "~=", "<=", ">=", "+", "-", "*", "/", "%", "^", "#", "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", "."];

    private readonly string _text;
    private readonly List<LuaToken> _tokens = [];
    private readonly List<(int Start, int End)> _comments = [];
    private int _position;
    private int _line = 1;

    private LuaLexer(string text) => _text = text;

    public static bool IsKeyword(string name) => Keywords.Contains(name);

    public static bool IsName(string name) => name.Length > 0 && IsLetter(name[0]) && name.All(static c => IsLetter(c) || IsDigit(c)) && !IsKeyword(name);

    /// <summary>The tokens of a text, of which the last is the end, and the places of its comments.</summary>
    /// <exception cref="LuaSyntaxException">The text has no tokens somewhere.</exception>
    public static (List<LuaToken> Tokens, List<(int Start, int End)> Comments) Read(string text)
    {
        var lexer = new LuaLexer(text);
        lexer.ReadAll();
        return (lexer._tokens, lexer._comments);
    }

    private char Current => At(0);

    private char At(int offset) => _position + offset < _text.Length ? _text[_position + offset] : '\0';

    private void ReadAll()
    {
        // Redis 7 reads its flags from a first line such as "#!lua flags=no-writes" and hides it from Lua.
        if (_text.StartsWith("#!lua", StringComparison.Ordinal))
            SkipToEndOfLine();

        while (_position < _text.Length)
        {
            int start = _position;
            char c = Current;
            if (c is '\r' or '\n')
                NewLine();
            else if (c is ' ' or '\t' or '\v' or '\f')
                _position++;
            else if (c == '-' && At(1) == '-')
                ReadComment();
            else if (IsLetter(c))
                ReadName();
            else if (IsDigit(c) || (c == '.' && IsDigit(At(1))))
                ReadNumber();
            else if (c is '"' or '\'')
                ReadString(c);
            else if (c == '[' && At(1) is '[' or '=')
                Add(LuaTokenKind.String, ReadLongBracket(start, "string"), start);
            else
                ReadSymbol();
        }

        Add(LuaTokenKind.EndOfText, "", _position);
    }

    private void Add(LuaTokenKind kind, string text, int start) => _tokens.Add(new LuaToken(kind, text, start, _position, _line));

    // A pair of both characters, in either order, is one line's end.
    private void NewLine()
    {
        char first = _text[_position++];
        if (Current is '\r' or '\n' && Current != first)
            _position++;
        _line++;
    }

    private void SkipToEndOfLine()
    {
        while (_position < _text.Length && Current is not ('\r' or '\n'))
            _position++;
    }

    private void ReadComment()
    {
        int start = _position;
        _position += 2;
        if (Current == '[' && OpensLongBracket())
            ReadLongBracket(start, "comment");
        else
            SkipToEndOfLine();
        _comments.Add((start, _position));
    }

    private bool OpensLongBracket()
    {
        int offset = 1;
        while (At(offset) == '=')
            offset++;
        return At(offset) == '[';
    }

    private void ReadName()
    {
        int start = _position;
        while (IsLetter(Current) || IsDigit(Current))
            _position++;
        string name = _text.Substring(start, _position - start);
        Add(IsKeyword(name) ? LuaTokenKind.Keyword : LuaTokenKind.Name, name, start);
    }

    private void ReadNumber()
    {
        int start = _position;
        while (IsDigit(Current) || Current == '.')
            _position++;
        if (Current is 'e' or 'E')
        {
            _position++;
            if (Current is '+' or '-')
                _position++;
        }

        while (IsLetter(Current) || IsDigit(Current))
            _position++;
        string number = _text.Substring(start, _position - start);
        if (!IsNumber(number))
            throw new LuaSyntaxException(start, _position, $"'{number}' is no number");
        Add(LuaTokenKind.Number, number, start);
    }

    /// <summary>Whether the text is a number: decimal with a fraction and an exponent, or hexadecimal.</summary>
    private static bool IsNumber(string text)
    {
        int i = 0;
        if (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X')
        {
            i = 2;
            while (i < text.Length && Uri.IsHexDigit(text[i]))
                i++;
            if (i == 2)
                return false;
            if (i == text.Length)
                return true;
            return text[i] is 'p' or 'P' && i + 1 < text.Length && text.Skip(i + 1).All(IsDigit);
        }

        int digits = 0;
        for (bool hasPoint = false; i < text.Length && (IsDigit(text[i]) || (text[i] == '.' && !hasPoint)); i++)
        {
            hasPoint |= text[i] == '.';
            digits += text[i] == '.' ? 0 : 1;
        }

        if (digits == 0)
            return false;
        if (i == text.Length)
            return true;
        if (text[i] is not ('e' or 'E'))
            return false;

        i++;
        if (i < text.Length && text[i] is '+' or '-')
            i++;
        return i < text.Length && text.Skip(i).All(IsDigit);
    }

    private void ReadString(char quote)
    {
        int start = _position++;
        var value = new StringBuilder();
        while (Current != quote || _position >= _text.Length)
        {
            if (_position >= _text.Length || Current is '\r' or '\n')
                throw new LuaSyntaxException(start, _position, $"the string is not closed: put {quote} at its end");
            if (Current == '\\')
            {
                ReadEscape(value);
            }
            else
            {
                value.Append(Current);
                _position++;
            }
        }

        _position++;
        Add(LuaTokenKind.String, value.ToString(), start);
    }

    private void ReadEscape(StringBuilder value)
    {
        int start = _position++;
        if (_position >= _text.Length)
            return;

        char c = Current;
        if (c is '\r' or '\n')
        {
            NewLine();
            value.Append('\n');
        }
        else if (IsDigit(c))
        {
            int code = 0;
            for (int i = 0; i < 3 && IsDigit(Current); i++)
                code = (code * 10) + (_text[_position++] - '0');
            if (code > 255)
                throw new LuaSyntaxException(start, _position, string.Format(CultureInfo.InvariantCulture, "'\\{0}' is beyond '\\255', the last byte", code));
            value.Append((char)code);
        }
        else
        {
            const string Names = "abfnrtv";
            const string Characters = "\a\b\f\n\r\t\v";
            int name = Names.IndexOf(c);
            value.Append(name < 0 ? c : Characters[name]);
            _position++;
        }
    }

    // [[ … ]], [==[ … ]==]. A line's end right behind the opening bracket does not belong to the text.
    private string ReadLongBracket(int start, string what)
    {
        int open = _position++;
        int level = 0;
        for (; Current == '='; level++)
            _position++;
        if (Current != '[')
            throw new LuaSyntaxException(open, _position, "a long string begins with '[[' or '[=['");

        int opened = ++_position;
        if (Current is '\r' or '\n')
            NewLine();
        string close = $"]{new string('=', level)}]";
        var value = new StringBuilder();
        while (string.CompareOrdinal(_text, _position, close, 0, close.Length) != 0)
        {
            if (_position >= _text.Length)
                throw new LuaSyntaxException(start, opened, $"the {what} is not closed: put '{close}' at its end");
            if (level == 0 && Current == '[' && At(1) == '[')
                throw new LuaSyntaxException(_position, _position + 2, $"Lua 5.1 refuses '[[' inside of '[[ ]]': write the {what} as [=[ … ]=]");
            if (Current is '\r' or '\n')
            {
                NewLine();
                value.Append('\n');
            }
            else
            {
                value.Append(Current);
                _position++;
            }
        }

        _position += close.Length;
        return value.ToString();
    }

    private void ReadSymbol()
    {
        int start = _position;
        foreach (string symbol in Symbols)
        {
            if (string.CompareOrdinal(_text, start, symbol, 0, symbol.Length) == 0)
            {
                _position += symbol.Length;
                Add(LuaTokenKind.Symbol, symbol, start);
                return;
            }
        }

        int length = char.IsHighSurrogate(_text[start]) && start + 1 < _text.Length && char.IsLowSurrogate(_text[start + 1]) ? 2 : 1;
        throw new LuaSyntaxException(start, start + length, Hint(_text, start) ?? $"'{Printable(_text.Substring(start, length))}' means nothing in Lua");
    }

    // What people know from other languages, or from later versions of Lua.
    private static string? Hint(string text, int start) => text[start] switch
    {
        '!' => "'!' means nothing in Lua: write 'not', or '~=' for unequal",
        '&' or '|' or '~' => $"Lua 5.1 has no operator '{text[start]}': use 'and', 'or', 'not', or the library 'bit'",
        _ => null,
    };

    internal static string Printable(string text)
        => text.Length == 1 && (char.IsControl(text[0]) || char.IsSurrogate(text[0])) ? string.Format(CultureInfo.InvariantCulture, "\\u{0:x4}", (int)text[0]) : text;

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    private static bool IsDigit(char c) => c is >= '0' and <= '9';
}
