using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>Keys that are put together where they are used: those that a model declares, those that are almost one of a model, and those that several places put together.</summary>
internal sealed class AdHocKeys : Rule
{
    private const int Repeated = 3;

    public static readonly DiagnosticDescriptor Declared = Describe(
        "TR4001",
        "A declared key is put together by hand",
        "'{0}' is the key '{1}', for which '{2}' is generated: use that, which escapes its parts and changes with the model",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor Near = Describe(
        "TR4002",
        "A key is almost a declared one",
        "'{0}' differs from the key '{1}' of '{2}' only in {3}: if it is meant to be that one, nothing is ever found here",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor InSeveralPlaces = Describe(
        "TR4003",
        "A key is put together in several places",
        "'{0}' is put together in {1} places, which have to agree for ever: declare it once, as the key of a model",
        DiagnosticSeverity.Info,
        WellKnownDiagnosticTags.CompilationEnd);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Declared, Near, InSeveralPlaces];

    public override void Register(RuleRegistry registry)
    {
        var declared = new Lazy<IReadOnlyList<DeclaredKey>>(() => DeclaredKey.Of(registry.Start.Compilation));
        var places = new ConcurrentDictionary<string, ConcurrentBag<Location>>(StringComparer.Ordinal);
        registry.OnBody(body =>
        {
            var seen = new HashSet<SyntaxNode>();
            foreach (var call in body.Calls)
            {
                if (call.Key is not { } key || KeyText.Of(key) is not { } text || text.Values.Count == 0 || !seen.Add(key.Syntax))
                    continue;

                if (declared.Value.FirstOrDefault(candidate => candidate.Shape == text.Shape) is { } same)
                    body.Report(Declared, key, key.Syntax, same.Template, same.KeyType);
                else if (declared.Value.Select(candidate => (Key: candidate, Difference: Difference(candidate.Shape, text.Shape))).FirstOrDefault(static found => found.Difference is not null) is { Key: { } near, Difference: { } difference })
                    body.Report(Near, key, key.Syntax, near.Template, near.KeyType, difference);
                else if (text.Literals.Any(static literal => literal.Any(char.IsLetter)))
                    places.GetOrAdd(text.Shape, static _ => []).Add(key.Syntax.GetLocation());
            }
        });
        registry.Start.RegisterCompilationEndAction(end =>
        {
            foreach (var place in places)
            {
                if (place.Value.Count < Repeated)
                    continue;

                var first = place.Value.OrderBy(static location => location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(static location => location.SourceSpan.Start).First();
                end.ReportDiagnostic(Diagnostic.Create(InSeveralPlaces, first, place.Key, place.Value.Count.ToString(CultureInfo.InvariantCulture)));
            }
        });
    }

    // What a slip of the pen would change: capitals, separators, a plural.
    private static string? Difference(string declared, string used)
    {
        if (string.Equals(declared, used, StringComparison.OrdinalIgnoreCase))
            return "capitals";
        if (Separators(declared) == Separators(used))
            return "separators";
        return Singular(Separators(declared)) == Singular(Separators(used)) ? "a plural" : null;
    }

    private static string Separators(string shape)
    {
        var text = new StringBuilder(shape.Length);
        foreach (char c in shape)
            text.Append(c is '/' or '.' or '-' or '_' or '|' ? ':' : char.ToLowerInvariant(c));
        return text.ToString();
    }

    private static string Singular(string shape) => string.Join(":", shape.Split(':').Select(static part => part.Length > 3 && part.EndsWith("s", StringComparison.Ordinal) ? part.Substring(0, part.Length - 1) : part));
}
