using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>A connection per call or per request: each costs several round trips and two sockets.</summary>
internal sealed class ConnectionPerCall : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR3004",
        "A connection per call",
        "{0}: a multiplexer is made to be shared, and opening one takes several round trips and two sockets; make one for the application, a singleton",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Type is "ConnectionMultiplexer" && Reason(context) is { } reason)
                context.Report(Rule, context.Call.NameLocation, reason);
        },
        "Connect");

    private static string? Reason(CallContext context)
    {
        var call = context.Call.Operation;
        for (IOperation? parent = call.Parent, lambda = null; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation)
                lambda = parent;
            if (parent is IInvocationOperation { TargetMethod.Name: "AddScoped" or "AddTransient" } registration && lambda is not null)
                return $"{registration.TargetMethod.Name} opens one for every scope";
            if (lambda is null && parent is ILoopOperation loop && call.IsWithin(loop.Body) && loop is IForEachLoopOperation or IForLoopOperation)
                return null;
        }

        if (context.Member is not IMethodSymbol method || IsEntry(method, context.Compilation))
            return null;

        if (method.MethodKind == MethodKind.PropertyGet && call.Enclosing<IReturnOperation>() is not null && call.Enclosing<ICoalesceOperation>() is null
            && call.Enclosing<IAssignmentOperation>() is null && call.Enclosing<IConditionalOperation>() is null)
            return $"'{method.AssociatedSymbol?.Name}' opens one each time it is read";

        bool isUsing = call.Enclosing<IUsingOperation>() is { } scope && call.IsWithin(scope.Resources) || call.Enclosing<IUsingDeclarationOperation>() is not null;
        return isUsing ? $"'{method.Name}' opens one and closes it again" : null;
    }

    private static bool IsEntry(IMethodSymbol method, Compilation compilation)
        => method.Name is "Main" or "<Main>$" || SymbolEqualityComparer.Default.Equals(compilation.GetEntryPoint(CancellationToken.None), method)
            || SymbolEqualityComparer.Default.Equals(compilation.GetEntryPoint(CancellationToken.None)?.ContainingType, method.ContainingType);
}
