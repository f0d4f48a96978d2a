using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace TypedRedis.Generators.Emit;

/// <summary>Values as C# source, XML documentation and JSON.</summary>
internal static class Literals
{
    public static string Text(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>Text in an XML documentation comment.</summary>
    public static string Xml(string value) => value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>A JSON string with its quotes. What stands between them is ASCII, printable, and safe in a comment and in a raw string literal.</summary>
    public static string Json(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (char c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c is < ' ' or > '~')
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }

        return text.Append('"').ToString();
    }

    /// <summary>The default value of a parameter of a type other than an enum, or null where it cannot be written.</summary>
    public static string? Constant(object? value) => value switch
    {
        null => null,
        string text => Text(text),
        char c => SymbolDisplay.FormatLiteral(c, quote: true),
        bool b => b ? "true" : "false",
        int i => i == int.MinValue ? "int.MinValue" : Invariant(i),
        long l => l == long.MinValue ? "long.MinValue" : Invariant(l) + "L",
        uint u => Invariant(u) + "U",
        ulong u => Invariant(u) + "UL",
        sbyte s => $"(sbyte){Signed(s)}",
        byte b => $"(byte){Invariant(b)}",
        short s => $"(short){Signed(s)}",
        ushort u => $"(ushort){Invariant(u)}",
        decimal m => Invariant(m) + "M",
        float f when float.IsNaN(f) => "float.NaN",
        float f when float.IsInfinity(f) => f > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity",
        float f => f.ToString("G9", CultureInfo.InvariantCulture) + "F",
        double d when double.IsNaN(d) => "double.NaN",
        double d when double.IsInfinity(d) => d > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity",
        double d => d.ToString("R", CultureInfo.InvariantCulture) + "D",
        _ => null,
    };

    private static string Signed(IFormattable value)
    {
        string text = Invariant(value);
        return text[0] == '-' ? $"({text})" : text;
    }

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
