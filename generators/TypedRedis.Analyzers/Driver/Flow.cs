using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TypedRedis.Analyzers.Driver;

/// <summary>The order in which operations of a body run, as far as its blocks say.</summary>
internal static class Flow
{
    /// <summary>The lambda or local function that an operation runs in; null for the member itself.</summary>
    public static IOperation? Function(this IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return parent;
        }

        return null;
    }

    /// <summary>
    /// Whether one operation can run after another in one run of the same function: it stands behind, in no other branch, and nothing returns between. Turns of a loop are not
    /// followed.
    /// </summary>
    public static bool CanFollow(this IOperation second, IOperation first)
    {
        if (second.Syntax.SpanStart <= first.Syntax.SpanStart || second.Syntax.SyntaxTree != first.Syntax.SyntaxTree || first.Function() != second.Function())
            return false;

        bool isLeft = false;
        IOperation child = first;
        for (var parent = first.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            bool isInside = second.IsWithin(parent);
            switch (parent)
            {
                case ITryOperation { Finally: { } last } when second.IsWithin(last):
                    return true;
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    return !isLeft;
                case IReturnOperation or IThrowOperation when !isInside:
                    isLeft = true;
                    break;
                case IBlockOperation block when !isInside && Leaves(block):
                    isLeft = true;
                    break;
                case IConditionalOperation branch when isInside && child != branch.Condition && !second.IsWithin(child):
                    return false;
                case ISwitchCaseOperation when !isInside && parent.Parent is { } choice && second.IsWithin(choice):
                    return false;
                case ISwitchExpressionArmOperation when !isInside && parent.Parent is { } choice && second.IsWithin(choice):
                    return false;
            }
        }

        return !isLeft;
    }

    /// <summary>Whether an operation has run whenever another one behind it runs: it stands in a block around that one.</summary>
    public static bool Precedes(this IOperation first, IOperation second)
        => first.Syntax.SpanStart < second.Syntax.SpanStart && second.IsWithin(first.Scope()) && first.Function() == second.Function();

    /// <summary>Whether a statement or block ends by leaving: return, throw, break, continue.</summary>
    public static bool Leaves(this IOperation? statement) => statement switch
    {
        IReturnOperation or IThrowOperation or IBranchOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBlockOperation { Operations: { Length: > 0 } operations } => operations[operations.Length - 1].Leaves(),
        _ => false,
    };

    // The block, branch or case that an operation stands in.
    private static IOperation Scope(this IOperation operation)
    {
        var child = operation;
        for (var parent = operation.Parent; parent is not null; child = parent, parent = parent.Parent)
        {
            switch (parent)
            {
                case IBlockOperation or ISwitchCaseOperation or ISwitchExpressionArmOperation or IAnonymousFunctionOperation or ILocalFunctionOperation or ICatchClauseOperation:
                    return parent;
                case IConditionalOperation branch when child != branch.Condition:
                    return child;
                case ILoopOperation loop when child == loop.Body:
                    return child;
            }
        }

        return child;
    }
}
