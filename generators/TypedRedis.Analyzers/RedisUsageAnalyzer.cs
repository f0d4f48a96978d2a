using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers;

/// <summary>
/// Finds mistakes in calls of StackExchange.Redis. One analyzer for all rules: a call is looked at once, and handed to the rules about its method. Where a compilation does not
/// reference the driver nothing is registered.
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
            start.RegisterOperationBlockStartAction(block => Analyze(block, registry));
        });
    }

    // Tests do on purpose what programs should not, on servers of their own.
    private static bool IsSwitchedOff(Compilation compilation, AnalyzerOptions options)
        => TestProject.Is(compilation)
            && !(options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("typedredis.analyze_tests", out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase));

    private static void Analyze(OperationBlockStartAnalysisContext block, RuleRegistry registry)
    {
        List<DriverCall>? calls = null;
        object gate = new();
        block.RegisterOperationAction(
            operation =>
            {
                if (DriverCall.Of((IInvocationOperation)operation.Operation, registry.Driver) is not { } call)
                    return;

                lock (gate)
                    (calls ??= []).Add(call);
                registry.See(new CallContext(call, operation, registry.Driver));
            },
            OperationKind.Invocation);
        block.RegisterOperationBlockEndAction(end =>
        {
            if (calls is null)
                return;

            var ordered = calls.OrderBy(static call => call.Operation.Syntax.Span.End).ToImmutableArray();
            registry.See(new BodyContext(ordered, end, registry.Driver));
        });
    }
}
