using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;

namespace TypedRedis.Generators.Parsing;

/// <summary>Reads durations: <c>30d</c>, <c>1h30m</c>, <c>500ms</c>; whole numbers with the units <c>w d h m s ms</c>, largest first, each once.</summary>
internal static class DurationParser
{
    private const string Remedy = "write whole numbers with the units w d h m s ms, largest first, such as \"30d\", \"1h30m\" or \"500ms\"";

    private static readonly (string Name, long Milliseconds)[] Units =
    [
        ("w", 7L * 24 * 60 * 60 * 1000),
        ("d", 24L * 60 * 60 * 1000),
        ("h", 60L * 60 * 1000),
        ("m", 60L * 1000),
        ("s", 1000L),
        ("ms", 1L),
    ];

    // The most that a TimeSpan holds.
    private static readonly long Longest = (long)TimeSpan.MaxValue.TotalMilliseconds;

    /// <summary>Reads the duration that stands in an attribute's argument. Null where it cannot be read; <paramref name="report"/> is told why.</summary>
    /// <remarks>The words that stand for no duration, such as <c>never</c>, are the caller's to know.</remarks>
    public static long? Parse(INamedTypeSymbol model, AttributeData attribute, int argumentIndex, Action<Diagnostic>? report, CancellationToken cancellationToken)
    {
        if (attribute.ConstructorArguments.Length <= argumentIndex || attribute.ConstructorArguments[argumentIndex] is not { Kind: TypedConstantKind.Primitive } argument)
            return null;

        return Parse(
            argument.Value as string ?? "",
            Names.Of(model),
            "a time to live of zero would delete what was just written",
            Remedy,
            (start, length) => LiteralLocation.InArgument(attribute, argumentIndex, start, length, cancellationToken),
            report);
    }

    /// <summary>Reads a duration that is an option of a model. Null where it cannot be read; <paramref name="report"/> is told why.</summary>
    /// <param name="text">The duration.</param>
    /// <param name="model">The model.</param>
    /// <param name="off">The word that the caller takes instead, as C# source; or null.</param>
    /// <param name="locate">The place of a part of the text: its start and its length.</param>
    /// <param name="report">Who is told.</param>
    public static long? Parse(string text, INamedTypeSymbol model, string? off, Func<int, int, Location> locate, Action<Diagnostic>? report)
        => Parse(text, Names.Of(model), "it is zero", off is null ? Remedy : $"{Remedy}, or {off}", locate, report);

    private static long? Parse(string text, string model, string ofZero, string remedy, Func<int, int, Location> locate, Action<Diagnostic>? report)
    {
        if (TryParse(text, ofZero, out long milliseconds, out int start, out int length, out string fault))
            return milliseconds;

        if (report is not null)
            report.Report(Rules.Duration, locate(start, length), model, text.Substring(start, length), $"{fault}; {remedy}");
        return null;
    }

    public static bool TryParse(string text, out long milliseconds, out int errorStart, out int errorLength)
        => TryParse(text, "", out milliseconds, out errorStart, out errorLength, out _);

    private static bool TryParse(string text, string ofZero, out long milliseconds, out int errorStart, out int errorLength, out string fault)
    {
        milliseconds = 0;
        errorStart = 0;
        errorLength = text.Length;
        fault = "it is empty";
        int nextUnit = 0;
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && text[i] is >= '0' and <= '9')
                i++;
            int digits = i - start;
            while (i < text.Length && text[i] is not (>= '0' and <= '9'))
                i++;

            string number = text.Substring(start, digits);
            string name = text.Substring(start + digits, i - start - digits);
            int unit = Array.FindIndex(Units, candidate => candidate.Name == name);
            errorStart = start;
            errorLength = i - start;
            if (digits == 0)
            {
                fault = "a number is missing";
                return false;
            }

            if (unit < 0)
            {
                fault = name.Length == 0 ? "the unit is missing" : "there is no such unit";
                if (name.Length > 0)
                    (errorStart, errorLength) = (start + digits, name.Length);
                return false;
            }

            if (unit < nextUnit)
            {
                fault = "the unit is used twice, or stands behind a smaller one";
                return false;
            }

            if (!long.TryParse(number, out long count) || count > (Longest - milliseconds) / Units[unit].Milliseconds)
            {
                fault = "it is longer than a TimeSpan holds";
                return false;
            }

            milliseconds += count * Units[unit].Milliseconds;
            nextUnit = unit + 1;
        }

        (errorStart, errorLength) = (0, text.Length);
        if (milliseconds == 0)
        {
            if (text.Length > 0)
                fault = ofZero;
            return false;
        }

        errorLength = 0;
        return true;
    }
}
