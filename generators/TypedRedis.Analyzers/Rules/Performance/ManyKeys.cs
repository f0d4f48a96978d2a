using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>One command with all keys that a scan finds.</summary>
internal sealed class ManyKeys : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR3007",
        "One command with any number of keys",
        "'{0}' gets all keys that a scan finds in one command, which stops the server for as long as they take, and fails on a cluster: take some hundred at a time, each batch by its slot",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Argument("keys") is { } keys && IsScan(keys, hops: 2, context.Driver))
                context.Report(Rule, context.Call.NameLocation, context.Call.Operation.TargetMethod.Name);
        },
        "KeyDelete", "StringGet", "KeyTouch", "KeyExists");

    // server.Keys(…).ToArray(), with other calls of LINQ between that keep the number open.
    private static bool IsScan(IOperation keys, int hops, DriverSymbols driver)
    {
        switch (keys.Unwrap())
        {
            case IInvocationOperation { TargetMethod: { ContainingType.Name: "Enumerable", Name: "ToArray" or "ToList" or "Where" or "Select" or "Distinct" or "OrderBy" } } linq:
                return linq.Arguments.Length > 0 && IsScan(linq.Arguments[0].Value, hops, driver);
            case IInvocationOperation { TargetMethod: { Name: "Keys", ContainingType.Name: "IServer" } method }:
                return driver.Has(method);
            case ILocalReferenceOperation local when hops > 0:
                IOperation root = keys;
                while (root.Parent is { } parent)
                    root = parent;
                return root.Descendants().OfType<IVariableDeclaratorOperation>().FirstOrDefault(declarator => SymbolEqualityComparer.Default.Equals(declarator.Symbol, local.Local))
                    ?.GetVariableInitializer() is { } initializer && IsScan(initializer.Value, hops - 1, driver);
            default:
                return false;
        }
    }
}
