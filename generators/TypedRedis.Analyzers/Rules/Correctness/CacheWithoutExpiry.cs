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

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var write in body.Calls)
        {
            if (write.Name != "StringSet" || write.IsQueued || write.Key is null || write.Operation.TargetMethod.Parameters.All(static parameter => parameter.Name != "expiry")
                || write.Gives("expiry") || write.Gives("when") || write.Gives("keepTtl"))
                continue;

            // Read first, and looked at whether it is there.
            var read = body.Calls.FirstOrDefault(call => call.Name == "StringGet" && call.Operation.Syntax.SpanStart < write.Operation.Syntax.SpanStart && call.Key.IsSameAs(write.Key));
            if (read?.Operation.Target() is not { } local || write.Argument("value") is not { } value || value.Reads(local)
                || body.Calls.Any(call => call.Name is "KeyExpire" or "KeyPersist" && call.Key.IsSameAs(write.Key)))
                continue;

            bool isMiss = body.Blocks.Any(block => block.Descendants().OfType<IConditionalOperation>().Any(branch
                => branch.Condition.Reads(local) && (write.Operation.Syntax.SpanStart > branch.Syntax.SpanStart) && AsksForPresence(branch.Condition)));
            if (isMiss)
                body.Report(Rule, write.NameLocation, write.Key.Syntax);
        }
    });

    private static bool AsksForPresence(IOperation condition) => condition.DescendantsAndSelf().Any(static operation => operation switch
    {
        IPropertyReferenceOperation { Property.Name: "HasValue" or "IsNull" or "IsNullOrEmpty" } => true,
        IInvocationOperation { TargetMethod.Name: "IsNullOrEmpty" or "IsNullOrWhiteSpace" } => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison => comparison.LeftOperand.IsNullOrDefault() || comparison.RightOperand.IsNullOrDefault(),
        IIsPatternOperation => true,
        _ => false,
    });
}
