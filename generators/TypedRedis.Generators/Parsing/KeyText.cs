using System.Globalization;
using System.Text;

namespace TypedRedis.Generators.Parsing;

/// <summary>The characters of keys.</summary>
internal static class KeyText
{
    /// <summary>Whether a part's text holds the character as <c>%XX</c>.</summary>
    public static bool IsEscaped(char character)
        => character is ':' or '{' or '}' or '%' or '*' or '?' or '[' or ']' or '\\' or < ' ' or '\u007F';

    /// <summary>Whether a template may hold the character between its parts.</summary>
    public static bool IsLiteral(char character) => character == ':' || (character is > ' ' and <= '~' && !IsEscaped(character));

    /// <summary>Whether the character is one of those that keys are best made of.</summary>
    public static bool IsPlain(char character) => character is (>= 'a' and <= 'z') or (>= '0' and <= '9') or ':' or '-' or '_' or '.';

    /// <summary>The text of a message: what cannot be seen is written as an escape.</summary>
    public static string Printable(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            if (char.IsControl(character) || char.IsSurrogate(character) || (char.IsWhiteSpace(character) && character != ' '))
                result.Append("\\u").Append(((int)character).ToString("X4", CultureInfo.InvariantCulture));
            else
                result.Append(character);
        }

        return result.ToString();
    }
}
