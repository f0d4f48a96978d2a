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

        string text = argument.Value as string ?? "";
        if (TryParse(text, out long milliseconds, out int start, out int length, out string fault))
            return milliseconds;

        if (report is not null)
        {
            var location = LiteralLocation.InArgument(attribute, argumentIndex, start, length, cancellationToken);
            report.Report(Rules.Duration, location, Names.Of(model), text.Substring(start, length), $"{fault}; {Remedy}");
        }

        return null;
    }

    public static bool TryParse(string text, out long milliseconds, out int errorStart, out int errorLength)
        => TryParse(text, out milliseconds, out errorStart, out errorLength, out _);

    private static bool TryParse(string text, out long milliseconds, out int errorStart, out int errorLength, out string fault)
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
                fault = "a time to live of zero would delete what was just written";
            return false;
        }

        errorLength = 0;
        return true;
    }
}
