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

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var call in body.Calls)
        {
            if (call.Name is "KeyDelete" or "StringGet" or "KeyTouch" or "KeyExists" && call.Argument("keys") is { } keys && IsScan(keys, body))
                body.Report(Rule, call.NameLocation, call.Operation.TargetMethod.Name);
        }
    });

    // server.Keys(…).ToArray(), with other calls of LINQ between that keep the number open.
    private static bool IsScan(IOperation keys, BodyContext body)
    {
        while (true)
        {
            keys = body.Body.Resolve(keys);
            switch (keys)
            {
                case IInvocationOperation { TargetMethod: { ContainingType.Name: "Enumerable", Name: "ToArray" or "ToList" or "Where" or "Select" or "Distinct" or "OrderBy" }, Arguments.Length: > 0 } linq:
                    keys = linq.Arguments[0].Value;
                    break;
                case IInvocationOperation { TargetMethod: { Name: "Keys", ContainingType.Name: "IServer" } method }:
                    return body.Driver.Has(method);
                default:
                    return false;
            }
        }
    }
}
