using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TypedRedis.Analyzers.Driver;

/// <summary>What rules ask of operations.</summary>
internal static class OperationExtensions
{
    /// <summary>The operation under conversions and parentheses.</summary>
    public static IOperation Unwrap(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>The same, also under <c>await</c>, <c>ConfigureAwait</c>, <c>.Result</c> and <c>.GetAwaiter().GetResult()</c>.</summary>
    public static IOperation UnwrapAwait(this IOperation operation)
    {
        while (true)
        {
            operation = operation.Unwrap();
            switch (operation)
            {
                case IAwaitOperation awaited:
                    operation = awaited.Operation;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult", Instance: { } task }:
                    operation = task;
                    break;
                case IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } when task.Type?.Name is "Task" or "ValueTask":
                    operation = task;
                    break;
                default:
                    return operation;
            }
        }
    }

    public static bool IsNullOrDefault(this IOperation operation)
    {
        operation = operation.Unwrap();
        return operation is IDefaultValueOperation || operation.ConstantValue is { HasValue: true, Value: null };
    }

    /// <summary>The operation that the value of this one goes to: over conversions and awaits.</summary>
    public static IOperation? Consumer(this IOperation operation)
    {
        var parent = operation.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation or IAwaitOperation
            || parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult" }
            || parent is IPropertyReferenceOperation { Property.Name: "Result" })
        {
            parent = parent.Parent;
        }

        return parent;
    }

    /// <summary>The local that the value of an operation is put into, if it is.</summary>
    public static ILocalSymbol? Target(this IOperation operation) => operation.Consumer() switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation local } => local.Local,
        _ => null,
    };

    /// <summary>All of the body or initializer that an operation stands in.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;
        return operation;
    }

    /// <summary>The nearest operation around this one of a type, within the same body: a lambda or local function ends the search.</summary>
    public static T? Enclosing<T>(this IOperation operation)
        where T : class, IOperation
    {
        for (var parent = operation.Parent; parent is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation); parent = parent.Parent)
        {
            if (parent is T found)
                return found;
        }

        return null;
    }

    /// <summary>The elements of an array or a collection expression; null of anything else, or where one is spread.</summary>
    public static IReadOnlyList<IOperation>? Elements(this IOperation operation)
    {
        operation = operation.Unwrap();
        if (operation is IArrayCreationOperation array)
            return array.Initializer?.ElementValues;

        // The compiler of some versions has no operation for it.
        return operation.Syntax is CollectionExpressionSyntax expression && expression.Elements.All(static element => element is ExpressionElementSyntax) ? [.. operation.ChildOperations] : null;
    }

    /// <summary>Whether an operation stands within another.</summary>
    public static bool IsWithin(this IOperation operation, IOperation outer) => outer.Syntax.Span.Contains(operation.Syntax.Span) && operation.Syntax.SyntaxTree == outer.Syntax.SyntaxTree;

    /// <summary>Whether an operation reads a local.</summary>
    public static bool Reads(this IOperation operation, ILocalSymbol local)
        => operation.DescendantsAndSelf().Any(inner => inner is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, local));

    /// <summary>Whether two expressions have the same value, as far as their text tells: the same names, constants and calls. What has no text is never the same.</summary>
    public static bool IsSameAs(this IOperation? left, IOperation? right)
    {
        if (left is null || right is null)
            return false;

        left = left.Unwrap();
        right = right.Unwrap();
        if (left.ConstantValue.HasValue || right.ConstantValue.HasValue)
            return left.ConstantValue.HasValue && right.ConstantValue.HasValue && Equals(left.ConstantValue.Value, right.ConstantValue.Value);

        return (left, right) switch
        {
            (ILocalReferenceOperation a, ILocalReferenceOperation b) => Same(a.Local, b.Local),
            (IParameterReferenceOperation a, IParameterReferenceOperation b) => Same(a.Parameter, b.Parameter),
            (IInstanceReferenceOperation, IInstanceReferenceOperation) => true,
            (IFieldReferenceOperation a, IFieldReferenceOperation b) => Same(a.Field, b.Field) && SameInstance(a.Instance, b.Instance),
            (IPropertyReferenceOperation a, IPropertyReferenceOperation b) => Same(a.Property, b.Property) && SameInstance(a.Instance, b.Instance) && SameAll(a.Arguments, b.Arguments),
            // Each call of Guid.NewGuid has another value.
            (IInvocationOperation { TargetMethod.Name: var name }, _) when name.StartsWith("New", StringComparison.Ordinal) || name.StartsWith("Next", StringComparison.Ordinal) => false,
            (IInvocationOperation a, IInvocationOperation b) => Same(a.TargetMethod, b.TargetMethod) && SameInstance(a.Instance, b.Instance) && SameAll(a.Arguments, b.Arguments),
            (IObjectCreationOperation a, IObjectCreationOperation b) => Same(a.Constructor, b.Constructor) && a.Initializer is null && b.Initializer is null && SameAll(a.Arguments, b.Arguments),
            (IArrayElementReferenceOperation a, IArrayElementReferenceOperation b) => a.ArrayReference.IsSameAs(b.ArrayReference) && SameAll(a.Indices, b.Indices),
            (IArgumentOperation a, IArgumentOperation b) => a.Value.IsSameAs(b.Value),
            (IInterpolatedStringOperation a, IInterpolatedStringOperation b) => SameAll(a.Parts, b.Parts),
            (IInterpolatedStringTextOperation a, IInterpolatedStringTextOperation b) => a.Text.IsSameAs(b.Text),
            (IInterpolationOperation a, IInterpolationOperation b) => a.Expression.IsSameAs(b.Expression) && SameText(a.FormatString, b.FormatString) && SameText(a.Alignment, b.Alignment),
            (IBinaryOperation a, IBinaryOperation b) => a.OperatorKind == b.OperatorKind && a.LeftOperand.IsSameAs(b.LeftOperand) && a.RightOperand.IsSameAs(b.RightOperand),
            _ => false,
        };
    }

    private static bool Same(ISymbol? a, ISymbol? b) => SymbolEqualityComparer.Default.Equals(a, b);

    private static bool SameInstance(IOperation? a, IOperation? b) => (a is null && b is null) || a.IsSameAs(b);

    private static bool SameText(IOperation? a, IOperation? b) => a?.Syntax.ToString() == b?.Syntax.ToString();

    private static bool SameAll<T>(IReadOnlyList<T> a, IReadOnlyList<T> b)
        where T : IOperation
    {
        if (a.Count != b.Count)
            return false;

        for (int i = 0; i < a.Count; i++)
        {
            if (!a[i].IsSameAs(b[i]))
                return false;
        }

        return true;
    }
}
