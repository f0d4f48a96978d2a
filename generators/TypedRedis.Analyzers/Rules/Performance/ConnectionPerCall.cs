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

    public override void Register(RuleRegistry registry)
    {
        bool isTool = IsTool(registry.Start.Compilation);
        registry.OnBody(body =>
        {
            foreach (var call in body.Calls)
            {
                if (call is { Name: "Connect", Type: "ConnectionMultiplexer" } && Reason(call, body, isTool) is { } reason)
                    body.Report(Rule, call.NameLocation, reason);
            }
        });
    }

    private static string? Reason(DriverCall call, BodyContext body, bool isTool)
    {
        IOperation? lambda = null;
        for (var parent = call.Operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation)
                lambda = parent;
            if (parent is IInvocationOperation { TargetMethod.Name: "AddScoped" or "AddTransient" or "TryAddScoped" or "TryAddTransient" } registration && lambda is not null)
                return $"{registration.TargetMethod.Name} opens one for every scope";
        }

        if (body.Member is not IMethodSymbol method || lambda is not null || IsEntry(method, body.Compilation))
            return null;

        if (method.MethodKind == MethodKind.PropertyGet)
            return IsReturned(call.Operation) ? $"'{method.AssociatedSymbol?.Name}' opens one each time it is read" : null;

        if (method.MethodKind == MethodKind.Constructor)
            return !method.IsStatic && RequestTypes.Has(method.ContainingType) ? $"'{method.ContainingType.Name}' opens one for every request" : null;

        // A program that does one thing and ends has one connection all the same.
        if (isTool || call.Operation.Enclosing<ILoopOperation>() is not null)
            return null;

        if (IsUsed(call.Operation))
            return $"'{method.Name}' opens one and closes it again";

        return IsForgotten(call.Operation, body.Body) ? $"'{method.Name}' opens one and never closes it" : null;
    }

    // Nothing keeps it: no field, no condition.
    private static bool IsReturned(IOperation call)
    {
        for (var parent = call.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IReturnOperation:
                    return true;
                case ICoalesceOperation or IAssignmentOperation or IConditionalOperation or IAnonymousFunctionOperation or IObjectCreationOperation:
                    return false;
            }
        }

        return false;
    }

    private static bool IsUsed(IOperation call)
    {
        if (call.Enclosing<IUsingDeclarationOperation>() is not null)
            return true;

        for (var scope = call.Enclosing<IUsingOperation>(); scope is not null; scope = scope.Enclosing<IUsingOperation>())
        {
            if (call.IsWithin(scope.Resources))
                return true;
        }

        return false;
    }

    // A local that goes nowhere, and is not closed.
    private static bool IsForgotten(IOperation call, Body body)
    {
        if (call.Consumer() is not IVariableInitializerOperation || call.Target() is not { } local)
            return false;

        var reads = body.ReadsOf(local);
        return reads.Count > 0 && reads.All(static read => read.Parent is IInvocationOperation { TargetMethod.Name: "GetDatabase" } use && use.Instance == read && IsLocal(use));

        static bool IsLocal(IInvocationOperation database) => database.Parent is IInvocationOperation command && command.Instance == database;
    }

    private static bool IsTool(Compilation compilation)
        => compilation.Options.OutputKind is OutputKind.ConsoleApplication
            && !compilation.ReferencedAssemblyNames.Any(static reference => reference.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || reference.Name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal));

    private static bool IsEntry(IMethodSymbol method, Compilation compilation)
        => method.Name is "Main" or "<Main>$" || SymbolEqualityComparer.Default.Equals(compilation.GetEntryPoint(CancellationToken.None)?.ContainingType, method.ContainingType);
}
