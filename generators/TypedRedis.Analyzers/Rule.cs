using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers;

/// <summary>A mistake in the use of Redis. One class per rule, in the folder of its band of ids, and one line in <see cref="RuleList"/>.</summary>
internal abstract class Rule
{
    /// <summary>What the rule reports.</summary>
    public abstract IReadOnlyList<DiagnosticDescriptor> Descriptors { get; }

    /// <summary>Says what the rule wants to see of a compilation.</summary>
    public abstract void Register(RuleRegistry registry);

    /// <summary>A descriptor with its page of the documentation.</summary>
    protected static DiagnosticDescriptor Describe(string id, string title, string message, DiagnosticSeverity severity, string? customTag = null)
        => new(
            id,
            title,
            message,
            id[2] switch { '2' => "TypedRedis.Correctness", '3' => "TypedRedis.Performance", '4' => "TypedRedis.Keys", _ => "TypedRedis.Operations" },
            severity,
            isEnabledByDefault: true,
            helpLinkUri: $"https://github.com/typedredis/typedredis/blob/main/docs/diagnostics/{id}.md",
            customTags: customTag is null ? [] : [customTag]);
}

/// <summary>A rule of one descriptor.</summary>
internal abstract class SingleRule : Rule
{
    protected abstract DiagnosticDescriptor Descriptor { get; }

    public sealed override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Descriptor];
}

/// <summary>What rules want to see of one compilation that has the driver.</summary>
internal sealed class RuleRegistry(CompilationStartAnalysisContext start, DriverSymbols driver)
{
    private readonly Dictionary<string, List<Action<CallContext>>> _calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Action<AssignmentContext>>> _assignments = new(StringComparer.Ordinal);
    private readonly List<Action<BodyContext>> _bodies = [];

    public DriverSymbols Driver { get; } = driver;

    public CompilationStartAnalysisContext Start { get; } = start;

    /// <summary>The properties whose assignments a rule wants to see.</summary>
    public IEnumerable<string> Properties => _assignments.Keys;

    /// <summary>Each call of methods, named without <c>Async</c>.</summary>
    public void OnCall(Action<CallContext> action, params string[] methods)
    {
        foreach (string method in methods)
            Add(_calls, method, action);
    }

    /// <summary>Each assignment to properties of these names, of the driver or of <c>RedisCacheOptions</c>.</summary>
    public void OnAssignment(Action<AssignmentContext> action, params string[] properties)
    {
        foreach (string property in properties)
            Add(_assignments, property, action);
    }

    /// <summary>Each body with a call of the driver, its lambdas and local functions included, with its calls in the order of the text.</summary>
    public void OnBody(Action<BodyContext> action) => _bodies.Add(action);

    /// <summary>Whether a rule may have something to say about a body for something that stands in it.</summary>
    public bool IsUse(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: var method } => Driver.Has(method),
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } => Driver.Has(property) || property.ContainingType.Name == "RedisCacheOptions",
        IPropertyReferenceOperation { Property: var property } => Driver.Has(property),
        _ => false,
    };

    public void See(CallContext context) => See(_calls, context.Call.Name, context);

    public void See(AssignmentContext context) => See(_assignments, context.Property.Name, context);

    public void See(BodyContext context)
    {
        foreach (var action in _bodies)
            action(context);
    }

    private static void Add<T>(Dictionary<string, List<Action<T>>> all, string name, Action<T> action)
    {
        if (!all.TryGetValue(name, out var actions))
            all.Add(name, actions = []);
        actions.Add(action);
    }

    private static void See<T>(Dictionary<string, List<Action<T>>> all, string name, T context)
    {
        if (!all.TryGetValue(name, out var actions))
            return;

        foreach (var action in actions)
            action(context);
    }
}

/// <summary>An assignment to a property, and where to report.</summary>
internal readonly struct AssignmentContext(ISimpleAssignmentOperation assignment, IPropertySymbol property, CodeBlockAnalysisContext analysis)
{
    public ISimpleAssignmentOperation Assignment { get; } = assignment;

    public IPropertySymbol Property { get; } = property;

    public void Report(DiagnosticDescriptor rule, IOperation operation, params object[] arguments) => analysis.ReportDiagnostic(Diagnostic.Create(rule, operation.Syntax.GetLocation(), arguments));
}

/// <summary>A call of the driver, and where to report.</summary>
internal readonly struct CallContext(DriverCall call, CodeBlockAnalysisContext analysis, DriverSymbols driver)
{
    public DriverCall Call { get; } = call;

    public DriverSymbols Driver { get; } = driver;

    public ISymbol Member => analysis.OwningSymbol;

    public AnalyzerConfigOptions Options => analysis.Options.AnalyzerConfigOptionsProvider.GetOptions(Call.Operation.Syntax.SyntaxTree);

    public void Report(DiagnosticDescriptor rule, Location location, params object[] arguments) => analysis.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));

    public void Report(DiagnosticDescriptor rule, IOperation operation, params object[] arguments) => Report(rule, operation.Syntax.GetLocation(), arguments);
}

/// <summary>A body with its calls of the driver, and where to report.</summary>
internal readonly struct BodyContext(ImmutableArray<DriverCall> calls, ImmutableArray<IOperation> blocks, CodeBlockAnalysisContext analysis, DriverSymbols driver)
{
    /// <summary>What the body does with its locals.</summary>
    public Body Body { get; } = new(blocks);

    /// <summary>In the order of the text.</summary>
    public ImmutableArray<DriverCall> Calls { get; } = calls;

    public DriverSymbols Driver { get; } = driver;

    public ISymbol Member => analysis.OwningSymbol;

    public Compilation Compilation => analysis.SemanticModel.Compilation;

    public AnalyzerConfigOptions Options => analysis.Options.AnalyzerConfigOptionsProvider.GetOptions(Calls[0].Operation.Syntax.SyntaxTree);

    public void Report(DiagnosticDescriptor rule, Location location, params object[] arguments) => analysis.ReportDiagnostic(Diagnostic.Create(rule, location, arguments));

    public void Report(DiagnosticDescriptor rule, IOperation operation, params object[] arguments) => Report(rule, operation.Syntax.GetLocation(), arguments);
}
