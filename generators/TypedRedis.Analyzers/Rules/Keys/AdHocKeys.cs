using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>Keys that are put together where they are used: those that a model declares, those that are almost one of a model, and those that several places put together.</summary>
internal sealed class AdHocKeys : Rule
{
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
        "'{0}' is put together in {1} places, which have to agree for ever: make it in one place, or declare it as the key of a model",
        DiagnosticSeverity.Info,
        WellKnownDiagnosticTags.CompilationEnd);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Declared, Near, InSeveralPlaces];

    public override void Register(RuleRegistry registry)
    {
        var declared = new Lazy<DeclaredShapes>(() => new DeclaredShapes(DeclaredKey.Of(registry.Start.Compilation)));
        var places = new ConcurrentDictionary<string, ConcurrentBag<Location>>(StringComparer.Ordinal);
        registry.OnBody(body =>
        {
            var seen = new HashSet<SyntaxNode>();
            foreach (var call in body.Calls)
            {
                if (call.Key is not { } key || KeyText.Of(key) is not { } text || text.Values.Count == 0 || !seen.Add(key.Syntax))
                    continue;

                if (declared.Value.Same(text.Shape) is { } same)
                    body.Report(Declared, key, key.Syntax, same.Template, same.KeyType);
                else if (declared.Value.Near(text.Shape, call) is var (near, difference))
                    body.Report(Near, key, key.Syntax, near.Template, near.KeyType, difference);
                else if (text.Literals.Any(static literal => literal.Any(char.IsLetter)) && !Repetition.IsOff(body.Options))
                    places.GetOrAdd(text.Shape, static _ => []).Add(key.Syntax.GetLocation());
            }
        });
        registry.Start.RegisterCompilationEndAction(end =>
        {
            foreach (var place in places)
            {
                var first = place.Value.OrderBy(static location => location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(static location => location.SourceSpan.Start).First();
                int bound = first.SourceTree is { } tree ? Repetition.Bound(end.Options.AnalyzerConfigOptionsProvider.GetOptions(tree)) : Repetition.Default;
                if (place.Value.Count >= bound)
                    end.ReportDiagnostic(Diagnostic.Create(InSeveralPlaces, first, place.Key, place.Value.Count.ToString(CultureInfo.InvariantCulture)));
            }
        });
    }

    // From how many places on a key is repeated.
    private static class Repetition
    {
        public const int Default = 3;

        private const string Option = "typedredis.repeated_key_places";

        public static int Bound(AnalyzerConfigOptions options)
            => options.TryGetValue(Option, out string? given) && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int own) ? own : Default;

        public static bool IsOff(AnalyzerConfigOptions options) => Bound(options) == 0;
    }

    // The keys of models by their shapes, and by what a slip of the pen leaves of them.
    private sealed class DeclaredShapes
    {
        private readonly Dictionary<string, DeclaredKey> _same = new(StringComparer.Ordinal);
        private readonly Dictionary<string, DeclaredKey> _capitals = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, DeclaredKey> _separators = new(StringComparer.Ordinal);
        private readonly Dictionary<string, DeclaredKey> _plurals = new(StringComparer.Ordinal);

        public DeclaredShapes(IReadOnlyList<DeclaredKey> keys)
        {
            foreach (var key in keys)
            {
                _same[key.Shape] = key;
                _capitals[key.Shape] = key;
                _separators[Separators(key.Shape)] = key;
                _plurals[Singular(Separators(key.Shape))] = key;
            }
        }

        public DeclaredKey? Same(string shape) => _same.TryGetValue(shape, out var key) ? key : null;

        public (DeclaredKey Key, string Difference)? Near(string shape, DriverCall call)
        {
            if (_same.Count == 0)
                return null;
            if (_capitals.TryGetValue(shape, out var key))
                return (key, "capitals");
            if (_separators.TryGetValue(Separators(shape), out key))
                return (key, "separators");

            // A list of a customer's orders beside a hash for each of them is no slip.
            return _plurals.TryGetValue(Singular(Separators(shape)), out key) && call.Name.StartsWith(key.IsHash ? "Hash" : "String", StringComparison.Ordinal) ? (key, "a plural") : null;
        }
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
