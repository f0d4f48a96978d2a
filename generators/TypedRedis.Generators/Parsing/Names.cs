using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Parsing;

/// <summary>Names as they stand in messages and in emitted code, and the nearest name to a misspelt one.</summary>
internal static class Names
{
    private static readonly SymbolDisplayFormat QualifiedFormat = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>A type as it stands in a message: <c>User</c>, <c>Outer.User</c>, <c>List&lt;int&gt;</c>.</summary>
    public static string Of(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    /// <summary>A type as it stands in emitted code: <c>long</c>, <c>global::System.Guid</c>.</summary>
    public static string Qualified(ITypeSymbol type) => type.ToDisplayString(QualifiedFormat);

    /// <summary>What to do about a name that is not among those that can be meant.</summary>
    public static string Suggestion(string name, IReadOnlyCollection<string> candidates)
    {
        if (candidates.Count == 0)
            return "it has none";

        return Nearest(name, candidates) is { } nearest ? $"did you mean '{nearest}'?" : $"it has {string.Join(", ", candidates.Select(static candidate => $"'{candidate}'"))}";
    }

    /// <summary>The one of several names that somebody may have meant, or null.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
        => candidates
            .Select(candidate => (Name: candidate, Distance: Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= Math.Max(1, Math.Min(name.Length, candidate.Name.Length) / 3))
            .OrderBy(static candidate => candidate.Distance)
            .ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
            .Select(static candidate => candidate.Name)
            .FirstOrDefault();

    // The number of insertions, deletions and replacements between two names.
    private static int Distance(string left, string right)
    {
        int[] previous = Enumerable.Range(0, right.Length + 1).ToArray();
        for (int i = 1; i <= left.Length; i++)
        {
            int[] current = new int[right.Length + 1];
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaced = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[right.Length];
    }
}
