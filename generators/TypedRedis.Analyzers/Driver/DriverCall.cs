using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TypedRedis.Analyzers.Driver;

/// <summary>A call of a method of the driver.</summary>
internal sealed class DriverCall
{
    private DriverCall(IInvocationOperation operation, string name, bool isAsync)
    {
        Operation = operation;
        Name = name;
        IsAsync = isAsync;
    }

    public IInvocationOperation Operation { get; }

    /// <summary>The method's name without <c>Async</c>.</summary>
    public string Name { get; }

    public bool IsAsync { get; }

    /// <summary>The type that the method is declared on: <c>IDatabaseAsync</c>.</summary>
    public string Type => Operation.TargetMethod.ContainingType.Name;

    /// <summary>Whether the call is made on a transaction or a batch, which send it later, or on what may be one: an <c>IDatabaseAsync</c> that nobody waits for.</summary>
    public bool IsQueued => Operation.Instance?.Type?.Name switch
    {
        "ITransaction" or "IBatch" => true,
        "IDatabaseAsync" => !IsWaitedFor,
        _ => false,
    };

    /// <summary>Whether the next statement runs when the reply is there: a synchronous call, or one that is awaited or blocked on at once; not one with <c>FireAndForget</c>.</summary>
    public bool IsWaitedFor
    {
        get
        {
            if (GivesEnum("flags", "FireAndForget"))
                return false;
            if (!IsAsync)
                return true;

            var parent = Operation.Parent;
            while (parent is IConversionOperation or IParenthesizedOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "AsTask" })
                parent = parent.Parent;
            return parent is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "GetResult" or "Wait" } or IPropertyReferenceOperation { Property.Name: "Result" };
        }
    }

    /// <summary>The key, without conversions; null for calls of another shape.</summary>
    public IOperation? Key => Argument("key");

    /// <summary>The method's name where it is called.</summary>
    public Location NameLocation => Operation.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
        ? access.Name.GetLocation()
        : Operation.Syntax.GetLocation();

    public static DriverCall? Of(IInvocationOperation operation, DriverSymbols driver)
    {
        var method = operation.TargetMethod;
        if (!driver.Has(method))
            return null;

        bool isAsync = method.Name.EndsWith("Async", StringComparison.Ordinal);
        return new DriverCall(operation, isAsync ? method.Name.Substring(0, method.Name.Length - 5) : method.Name, isAsync);
    }

    /// <summary>What is passed for a parameter, without conversions; null where nothing is, or the method has no such parameter.</summary>
    public IOperation? Argument(string parameter)
    {
        foreach (var argument in Operation.Arguments)
        {
            if (argument.Parameter?.Name == parameter)
                return argument.ArgumentKind is ArgumentKind.DefaultValue ? null : argument.Value.Unwrap();
        }

        return null;
    }

    /// <summary>Whether a parameter is given anything but null or default.</summary>
    public bool Gives(string parameter) => Argument(parameter) is { } value && !value.IsNullOrDefault();

    /// <summary>Whether a parameter is given a value of an enum, or flags that include it.</summary>
    public bool GivesEnum(string parameter, string name)
    {
        if (Argument(parameter) is not { } value)
            return false;

        return value.DescendantsAndSelf().Any(operation => operation is IFieldReferenceOperation { Field.Name: var field } && field == name
            || operation is IPropertyReferenceOperation { Property.Name: var property } && property == name);
    }

    /// <summary>The command of <c>Execute</c>, in upper case.</summary>
    public string? Command => Name == "Execute" && Argument("command") is { ConstantValue: { HasValue: true, Value: string text } } ? text.Trim().ToUpperInvariant() : null;
}
