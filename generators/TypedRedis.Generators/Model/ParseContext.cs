using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;

namespace TypedRedis.Generators.Model;

/// <summary>
/// What the parsing of one declaration needs besides the declaration. The generator and the definition analyzer run the same parsers: the analyzer
/// passes somebody to report to, the generator only asks whether there was an error.
/// </summary>
internal sealed class ParseContext(Compilation compilation, Action<Diagnostic>? report, CancellationToken cancellationToken)
{
    public Compilation Compilation { get; } = compilation;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public Action<Diagnostic>? ReportAction { get; } = report;

    /// <summary>Whether an error was found: then nothing is emitted for the declaration.</summary>
    public bool HasErrors { get; private set; }

    public void Report(DiagnosticDescriptor rule, Location? location, params object?[] arguments)
    {
        HasErrors |= rule.DefaultSeverity == DiagnosticSeverity.Error;
        ReportAction.Report(rule, location, arguments);
    }

    /// <summary>Refuses the declaration without a word of ours, because another diagnostic (the compiler's, or another parser's) says it already.</summary>
    public void Fail() => HasErrors = true;

    public bool IsOurs(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Compilation.Assembly);

    /// <summary>Whether emitted code can name the symbol.</summary>
    /// <param name="within">The type that the code stands in; null for code at the top level of the compilation.</param>
    public bool IsAccessible(ISymbol symbol, INamedTypeSymbol? within = null) => Compilation.IsSymbolAccessibleWithin(symbol, within ?? (ISymbol)Compilation.Assembly);
}
