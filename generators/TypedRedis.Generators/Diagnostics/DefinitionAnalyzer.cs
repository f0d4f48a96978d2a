using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TypedRedis.Generators.Kinds;
using TypedRedis.Generators.Kinds.CacheAside;
using TypedRedis.Generators.Kinds.LuaScript;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>Says what is wrong with declarations. It runs the parsers that the generator runs and throws the models away, so that the two cannot disagree.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DefinitionAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => Rules.All;

    public override void Initialize(AnalysisContext context)
    {
        // A model in generated code gets no store either if it is wrong: its author must hear of it.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            var models = new ConcurrentBag<Declared>();
            bool hasReflection = HasJsonReflection(start.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
            start.RegisterSymbolAction(symbol => Analyze(symbol, hasReflection, models), SymbolKind.NamedType);
            var texts = new LuaTexts(start.Options.AdditionalFiles);
            start.RegisterSymbolAction(symbol => AnalyzeScript(symbol, texts), SymbolKind.Method, SymbolKind.Property);
            start.RegisterCompilationEndAction(end => Compare(models, end));
        });
    }

    private static void Analyze(SymbolAnalysisContext context, bool hasReflection, ConcurrentBag<Declared> models)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (var attribute in type.GetAttributes())
        {
            if (EntityKind.Of(attribute) is not { } kind)
                continue;

            var parse = new ParseContext(context.Compilation, diagnostic => Report(diagnostic, attribute), context.CancellationToken);
            if (kind.Declare(type, attribute, parse) is { } model)
                models.Add(new Declared(type, attribute, model));
        }

        var ofType = new ParseContext(context.Compilation, context.ReportDiagnostic, context.CancellationToken);
        CacheAsideKind.CheckModelWithoutCache(type, ofType);
        UnreadMarks.Check(type, ofType);

        void Report(Diagnostic diagnostic, AttributeData attribute)
        {
            if (diagnostic.Id == Rules.JsonWithoutContext.Id && hasReflection)
                return;

            // An inherited member may stand in another project, where this one cannot point.
            bool isElsewhere = diagnostic.Location.SourceTree is { } tree && !context.Compilation.ContainsSyntaxTree(tree);
            context.ReportDiagnostic(isElsewhere ? Move(diagnostic, LiteralLocation.Of(attribute, context.CancellationToken)) : diagnostic);
        }
    }

    private static void AnalyzeScript(SymbolAnalysisContext context, LuaTexts texts)
    {
        // Both halves of a member have the attributes of both.
        if (context.Symbol.FindAttribute(LuaScriptKind.Attribute) is not { ApplicationSyntaxReference: { } place } attribute
            || !context.Symbol.DeclaringSyntaxReferences.Any(half => half.SyntaxTree == place.SyntaxTree && half.Span.Contains(place.Span)))
            return;

        var parse = new ParseContext(context.Compilation, context.ReportDiagnostic, context.CancellationToken);
        string folder = LuaScriptKind.ProjectFolder(context.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
        LuaScriptKind.Analyze(context.Symbol, attribute, texts, folder, parse);
    }

    private static Diagnostic Move(Diagnostic diagnostic, Location location) => Diagnostic.Create(
        diagnostic.Id,
        diagnostic.Descriptor.Category,
        diagnostic.GetMessage(),
        diagnostic.Severity,
        diagnostic.DefaultSeverity,
        isEnabledByDefault: true,
        diagnostic.WarningLevel,
        diagnostic.Descriptor.Title,
        diagnostic.Descriptor.Description,
        diagnostic.Descriptor.HelpLinkUri,
        location);

    private static void Compare(ConcurrentBag<Declared> models, CompilationAnalysisContext context)
    {
        Declared[] ordered =
        [
            .. models
                .Select(model => (Model: model, Location: LiteralLocation.Of(model.Attribute, context.CancellationToken)))
                .OrderBy(static model => model.Location.SourceTree?.FilePath, StringComparer.Ordinal)
                .ThenBy(static model => model.Location.SourceSpan.Start)
                .Select(static model => model.Model),
        ];
        var own = ordered
            .Where(static declared => declared.Model.Key is not null && DeclaredKey.TemplateIndex(declared.Attribute) >= 0)
            .Select(declared => DeclaredKey.Of(declared.Type, declared.Attribute, declared.Model.Key!.Template, context.CancellationToken))
            .ToArray();
        if (own.Length > 0)
            TemplateOverlap.Check(own, DeclaredKey.OfReferences(context.Compilation, context.CancellationToken), context.ReportDiagnostic, context.CancellationToken);

        var claimed = ordered.ToLookup(static declared => Claim.Of(EntityKind.All.IndexOf(EntityKind.Of(declared.Attribute)!), declared.Model));
        foreach (var clash in Claim.Clashes(claimed.Select(static one => one.Key)))
        {
            // One name says it: the others of the two models clash by the same cause.
            var declared = claimed.First(one => one.Key.Kind == clash.Kind && one.Key.Model == clash.Model).First();
            var owner = claimed.First(one => one.Key.Model == clash.Owner).First();
            var location = LiteralLocation.Of(declared.Attribute, context.CancellationToken);
            context.ReportDiagnostic(Diagnostic.Create(Rules.EmittedTwice, location, Names.Of(declared.Type), clash.Types[0], Names.Of(owner.Type)));
        }
    }

    // Ahead-of-time compilation has no reflection for JSON; trimming turns it off, unless the project says otherwise.
    private static bool HasJsonReflection(AnalyzerConfigOptions options)
    {
        if (options.TryGetValue("build_property.JsonSerializerIsReflectionEnabledByDefault", out string? reflection) && reflection.Length > 0)
            return !string.Equals(reflection, "false", StringComparison.OrdinalIgnoreCase);

        return !new[] { "PublishAot", "IsAotCompatible", "PublishTrimmed" }.Any(property
            => options.TryGetValue("build_property." + property, out string? value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
    }

    private sealed record Declared(INamedTypeSymbol Type, AttributeData Attribute, EntityModel Model);
}
