using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Parsing;

/// <summary>Reads durations: <c>30d</c>, <c>1h30m</c>, <c>500ms</c>; units <c>w d h m s ms</c>, largest first.</summary>
internal static class DurationParser
{
    /// <summary>Reads the duration that stands in an attribute's argument. Null where it cannot be read; <paramref name="report"/> is told why.</summary>
    public static long? Parse(INamedTypeSymbol model, AttributeData attribute, int argumentIndex, Action<Diagnostic>? report, CancellationToken cancellationToken) => null;

    public static bool TryParse(string text, out long milliseconds, out int errorStart, out int errorLength)
    {
        milliseconds = 0;
        errorStart = 0;
        errorLength = text.Length;
        return false;
    }
}
