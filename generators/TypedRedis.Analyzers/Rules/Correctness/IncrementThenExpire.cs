using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>INCR, then EXPIRE where the result is 1: a process that dies between leaves a counter that never expires, and a limit that is never lifted.</summary>
internal sealed class IncrementThenExpire : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2002",
        "The expiry of a counter can be lost",
        "'{0}' expires only if this process lives from the first increment to here; else the counter stays for ever: increment and expire in one script or transaction, or declare a [PeriodCounter]",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var expire in body.Calls)
        {
            if (expire.Name != "KeyExpire" || expire.IsQueued || !expire.Gives("expiry"))
                continue;

            var increment = body.Calls.LastOrDefault(call
                => call.Name is "StringIncrement" or "HashIncrement" && !call.IsQueued && expire.Operation.CanFollow(call.Operation) && body.Body.IsSameKey(call, expire));

            // Whoever looks at the time that is left mends what was lost.
            if (increment is not null && IsUnderComparison(expire.Operation, increment.Operation)
                && !body.Calls.Any(call => call.Name is "KeyTimeToLive" or "KeyExpireTime" && body.Body.IsSameKey(call, expire)))
                body.Report(Rule, expire.NameLocation, expire.Key!.Syntax);
        }
    });

    // Under an `if` that compares the result with a constant, and asks nothing else that would do.
    private static bool IsUnderComparison(IOperation expire, IOperation increment)
    {
        var result = increment.Target();
        for (var branch = expire.Enclosing<IConditionalOperation>(); branch is not null; branch = branch.Enclosing<IConditionalOperation>())
        {
            if (!expire.IsWithin(branch.WhenTrue) || branch.Condition.DescendantsAndSelf().Any(static operation => operation is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr }))
                continue;

            foreach (var operation in branch.Condition.DescendantsAndSelf())
            {
                bool isComparison = operation switch
                {
                    IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.LessThan } comparison
                        => comparison.LeftOperand.Unwrap().ConstantValue.HasValue || comparison.RightOperand.Unwrap().ConstantValue.HasValue,
                    IIsPatternOperation { Pattern: IConstantPatternOperation } => true,
                    _ => false,
                };
                if (isComparison && (increment.IsWithin(operation) || (result is not null && operation.Reads(result))))
                    return true;
            }
        }

        return false;
    }
}
