using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A cache entry that never expires: where an invalidation is missed it is wrong for ever, and the memory fills.</summary>
internal sealed class CacheWithoutExpiry : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2013",
        "A cache entry never expires",
        "'{0}' is read, and written where it is missing, without an expiry: an entry that nobody invalidates stays wrong for ever, and memory fills; pass an expiry",
        DiagnosticSeverity.Warning);

    private static readonly string[] Loads = ["Load", "Find", "Fetch", "Query", "Select", "Read", "GetBy", "GetAll", "GetFrom"];

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var write in body.Calls)
        {
            if (write.Name != "StringSet" || write.IsQueued || write.Key is null || write.Operation.TargetMethod.Parameters.All(static parameter => parameter.Name != "expiry")
                || write.Gives("expiry") || write.Gives("when") || write.Gives("keepTtl"))
                continue;

            // Read first, looked at whether it is there, and made elsewhere.
            var read = body.Calls.FirstOrDefault(call => call.Name == "StringGet" && write.Operation.CanFollow(call.Operation) && body.Body.IsSameKey(call, write));
            if (read?.Operation.Target() is not { } local || write.Argument("value") is not { } value || body.Body.IsMadeOf(value, read.Operation)
                || body.Calls.Any(call => call.Name is "KeyExpire" or "KeyPersist" && call.Key.IsSameAs(write.Key)))
                continue;

            bool isMiss = body.Body.Branches.Any(branch => write.Operation.Syntax.SpanStart > branch.Syntax.SpanStart && branch.Condition.Reads(local) && AsksForPresence(branch.Condition));
            if (isMiss && body.Body.Any(value, IsLoad))
                body.Report(Rule, write.NameLocation, write.Key.Syntax);
        }
    });

    // What a source is asked for. A value that is made here may be stored in Redis alone.
    private static bool IsLoad(IOperation operation)
    {
        if (operation is not IInvocationOperation { TargetMethod: var method } call || method.ContainingAssembly?.Name is "StackExchange.Redis" or "System.Text.Json" or "Newtonsoft.Json")
            return false;

        return method.MethodKind == MethodKind.DelegateInvoke
            || (call.Parent is IAwaitOperation && method.Name != "ConfigureAwait")
            || Loads.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal));
    }

    private static bool AsksForPresence(IOperation condition) => condition.DescendantsAndSelf().Any(static operation => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "HasValue" or "IsNull" or "IsNullOrEmpty" } => true,
        IInvocationOperation { TargetMethod.Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison => comparison.LeftOperand.IsNullOrDefault() || comparison.RightOperand.IsNullOrDefault(),
        IIsPatternOperation => true,
        _ => false,
    });
}
