using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers;

/// <summary>
/// Finds mistakes in calls of StackExchange.Redis. One analyzer for all rules: a call is looked at once, and handed to the rules about its method. Where a compilation does not
/// reference the driver nothing is registered; where a body has no name of the driver, nothing is asked of the compiler.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RedisUsageAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = RuleList.All.SelectMany(static rule => rule.Descriptors).ToImmutableArray();

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (DriverSymbols.Of(start.Compilation) is not { } driver || IsSwitchedOff(start.Compilation, start.Options))
                return;

            var registry = new RuleRegistry(start, driver);
            foreach (var rule in RuleList.All)
                rule.Register(registry);
            var names = new DriverNames(driver, registry.Properties);
            start.RegisterCodeBlockAction(block => Analyze(block, registry, names));
        });
    }

    // Tests do on purpose what programs should not, on servers of their own.
    private static bool IsSwitchedOff(Compilation compilation, AnalyzerOptions options)
        => TestProject.Is(compilation)
            && !(options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("typedredis.analyze_tests", out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private static void Analyze(CodeBlockAnalysisContext block, RuleRegistry registry, DriverNames names)
    {
        List<IOperation>? roots = null;
        foreach (var use in names.UsesIn(block.CodeBlock, block.OwningSymbol, block.CancellationToken))
        {
            if (roots?.Exists(root => root.Syntax.Span.Contains(use.Span)) != true && block.SemanticModel.GetOperation(use, block.CancellationToken) is { } operation && registry.IsUse(operation))
                (roots ??= []).Add(operation.Root());
        }

        if (roots is not null)
            Analyze(roots, block, registry);
    }

    private static void Analyze(List<IOperation> roots, CodeBlockAnalysisContext block, RuleRegistry registry)
    {
        List<DriverCall>? calls = null;
        foreach (var operation in roots.SelectMany(static root => root.DescendantsAndSelf()))
        {
            switch (operation)
            {
                case IInvocationOperation invocation when DriverCall.Of(invocation, registry.Driver) is { } call:
                    (calls ??= []).Add(call);
                    registry.See(new CallContext(call, block, registry.Driver));
                    break;
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } assignment:
                    registry.See(new AssignmentContext(assignment, property, block));
                    break;
            }
        }

        if (calls is null)
            return;

        var ordered = calls.OrderBy(static call => call.Operation.Syntax.Span.End).ToImmutableArray();
        registry.See(new BodyContext(ordered, roots.ToImmutableArray(), block, registry.Driver));
    }
}
