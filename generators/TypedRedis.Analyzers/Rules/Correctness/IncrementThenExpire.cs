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
            if (expire.Name != "KeyExpire" || expire.IsQueued)
                continue;

            var increment = body.Calls.LastOrDefault(call
                => call.Operation.Syntax.SpanStart < expire.Operation.Syntax.SpanStart
                    && call.Name is "StringIncrement" or "HashIncrement" && !call.IsQueued && call.Key.IsSameAs(expire.Key));
            if (increment is not null && IsUnderComparison(expire.Operation, increment.Operation))
                body.Report(Rule, expire.NameLocation, expire.Key!.Syntax);
        }
    });

    // Under an `if` that compares the result with a constant.
    private static bool IsUnderComparison(IOperation expire, IOperation increment)
    {
        var result = increment.Target();
        for (var branch = expire.Enclosing<IConditionalOperation>(); branch is not null; branch = branch.Enclosing<IConditionalOperation>())
        {
            foreach (var comparison in branch.Condition.DescendantsAndSelf().OfType<IBinaryOperation>())
            {
                bool isResult = increment.IsWithin(comparison) || (result is not null && comparison.Reads(result));
                bool isConstant = comparison.LeftOperand.ConstantValue.HasValue || comparison.RightOperand.ConstantValue.HasValue || comparison.LeftOperand.Unwrap().ConstantValue.HasValue || comparison.RightOperand.Unwrap().ConstantValue.HasValue;
                if (isResult && isConstant && comparison.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.LessThan)
                    return true;
            }
        }

        return false;
    }
}
