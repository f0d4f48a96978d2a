using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;

namespace TypedRedis.Generators.Parsing;

/// <summary>Reads sizes: <c>64KB</c>; a whole number with one of the units <c>B KB MB</c>, of which each is 1024 of the one before.</summary>
internal static class SizeParser
{
    private const string Remedy = "write a whole number with the unit B, KB or MB, such as \"64KB\"; 1KB is 1024 bytes";

    // The largest value that Redis holds.
    private const int Largest = 512 * 1024 * 1024;

    private static readonly (string Name, int Bytes)[] Units = [("B", 1), ("KB", 1024), ("MB", 1024 * 1024)];

    /// <summary>Reads a size. Null where it cannot be read; then the error has been reported inside the literal.</summary>
    /// <param name="text">The size.</param>
    /// <param name="owner">The model, or model.member.</param>
    /// <param name="locate">The place of a part of the text: its start and its length.</param>
    /// <param name="context">Who is told.</param>
    public static int? Parse(string? text, string owner, Func<int, int, Location> locate, Model.ParseContext context)
    {
        text ??= "";
        if (TryParse(text, out int bytes, out int start, out int length, out string fault))
            return bytes;

        context.Report(Rules.Size, locate(start, length), owner, text.Substring(start, length), $"{fault}; {Remedy}");
        return null;
    }

    public static bool TryParse(string text, out int bytes, out int errorStart, out int errorLength) => TryParse(text, out bytes, out errorStart, out errorLength, out _);

    private static bool TryParse(string text, out int bytes, out int errorStart, out int errorLength, out string fault)
    {
        int digits = 0;
        while (digits < text.Length && text[digits] is >= '0' and <= '9')
            digits++;

        bytes = 0;
        (errorStart, errorLength) = (0, text.Length);
        fault = text.Length == 0 ? "it is empty" : "a number is missing";
        if (digits == 0)
            return false;

        string name = text.Substring(digits);
        int unit = Array.FindIndex(Units, candidate => candidate.Name == name);
        if (unit < 0)
        {
            fault = name.Length == 0 ? "the unit is missing" : "there is no such unit";
            if (name.Length > 0)
                (errorStart, errorLength) = (digits, name.Length);
            return false;
        }

        if (!long.TryParse(text.Substring(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > Largest / Units[unit].Bytes)
        {
            fault = "Redis holds no value of more than 512MB";
            return false;
        }

        if (count == 0)
        {
            fault = "it is zero, which is no size";
            return false;
        }

        bytes = (int)count * Units[unit].Bytes;
        errorLength = 0;
        return true;
    }
}
