using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>Finds templates that can produce the same key, and those that give two caches the same name.</summary>
internal static class TemplateOverlap
{
    /// <summary>Compares the keys of a compilation with each other and with those of its references.</summary>
    public static void Check(
        IEnumerable<DeclaredKey> own,
        IEnumerable<DeclaredKey> referenced,
        Action<Diagnostic> report,
        CancellationToken cancellationToken)
    {
        // In the order of the source, so that builds agree on which of two is the second.
        DeclaredKey[] seconds =
        [
            .. own
                .OrderBy(static key => key.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(static key => key.Location.SourceSpan.Start),
        ];
        DeclaredKey[] firsts = [.. referenced.OrderBy(static key => Names.Of(key.Model), StringComparer.Ordinal), .. seconds];
        for (int i = firsts.Length - seconds.Length; i < firsts.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int j = 0; j < i; j++)
            {
                var (first, second) = (firsts[j], firsts[i]);
                string? common = CommonKey(first, second);
                string? name = first.IsOfCache && second.IsOfCache && first.Template.Shape == second.Template.Shape ? first.Template.Shape : null;
                if (common is null && name is null)
                    continue;

                report(Diagnostic.Create(
                    common is null ? Rules.CacheName : Rules.OverlappingTemplates,
                    second.Location,
                    Names.Of(second.Model),
                    second.Template.Text,
                    Names.Of(first.Model),
                    first.Template.Text,
                    KeyText.Printable(common ?? name!)));
            }
        }
    }

    /// <summary>A key that both produce, or null where there is none.</summary>
    public static string? CommonKey(DeclaredKey first, DeclaredKey second)
    {
        // Most pairs differ in the text they begin with.
        string left = First(first.Template), right = First(second.Template);
        if (!left.StartsWith(right, StringComparison.Ordinal) && !right.StartsWith(left, StringComparison.Ordinal))
            return null;

        // What two stores have beside their keys differs where the keys do.
        return CommonKey(first, first.Template, second, second.Template)
            ?? first.Beside.Select(beside => CommonKey(first, beside, second, second.Template)).FirstOrDefault(static common => common is not null)
            ?? second.Beside.Select(beside => CommonKey(first, first.Template, second, beside)).FirstOrDefault(static common => common is not null);
    }

    private static string? CommonKey(DeclaredKey first, KeyTemplate ofFirst, DeclaredKey second, KeyTemplate ofSecond)
    {
        if (DifferInAField(ofFirst, ofSecond))
            return null;

        return Common(withEmptyText: false) ?? Common(withEmptyText: true);

        string? Common(bool withEmptyText)
            => KeyAutomaton.CommonText(KeyLanguage.Of(first.Model, ofFirst, withEmptyText), KeyLanguage.Of(second.Model, ofSecond, withEmptyText));
    }

    // The text of a part never holds ':', so equal keys have as many fields between colons, and the same ones.
    private static bool DifferInAField(KeyTemplate first, KeyTemplate second)
    {
        string[] left = Fields(first), right = Fields(second);
        return left.Length != right.Length
            || left.Zip(right, static (one, other) => one != other && one.IndexOf(Part) < 0 && other.IndexOf(Part) < 0).Any(static differ => differ);
    }

    private const char Part = '\0';

    private static string[] Fields(KeyTemplate template)
        => string.Concat(template.Segments.Select(static segment => segment is KeyLiteral literal ? literal.Text : Part.ToString())).Split(':');

    private static string First(KeyTemplate template) => template.Segments[0] is KeyLiteral literal ? literal.Text : "";
}
