using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Operations;

/// <summary>A <c>ConfigurationOptions</c> in a body, as far as it says what is done with it.</summary>
internal sealed class ConnectionOptions
{
    private readonly IOperation _made;
    private readonly ILocalSymbol? _local;
    private readonly Body _body;

    private ConnectionOptions(IOperation made, ILocalSymbol? local, Body body)
    {
        _made = made;
        _local = local;
        _body = body;
    }

    /// <summary>Whether they are made here, and so have nothing that does not stand here.</summary>
    public bool IsMade => _made is IObjectCreationOperation;

    /// <summary>Options that an expression makes: <c>new ConfigurationOptions { … }</c>, <c>ConfigurationOptions.Parse("…")</c>; null where they go to something else than a local.</summary>
    public static ConnectionOptions? Of(IOperation made, Body body) => made.Target() is { } local ? new ConnectionOptions(made, local, body) : null;

    /// <summary>The options that an end point is added to; null where they come from elsewhere.</summary>
    public static ConnectionOptions? OfEndPoint(IInvocationOperation add, Body body)
    {
        // options.EndPoints.Add(…)
        if (add.Instance?.Unwrap() is IPropertyReferenceOperation { Instance: ILocalReferenceOperation reference })
            return body.OnlyValueOf(reference.Local)?.Unwrap() is { } made && IsOptions(made) ? new ConnectionOptions(made, reference.Local, body) : null;

        // new ConfigurationOptions { EndPoints = { … } }
        for (var parent = add.Parent; parent is not null; parent = parent.Parent)
        {
            if (IsOptions(parent))
                return new ConnectionOptions(parent, parent.Target(), body);
        }

        return null;
    }

    /// <summary>Whether a property is set to anything but false, or may be where it is not seen.</summary>
    public bool MayHave(string property)
    {
        if (_made is IObjectCreationOperation { Initializer: { } initializer } && initializer.Initializers.Any(assignment => Sets(assignment, property)))
            return true;
        if (_local is null)
            return false;

        foreach (var read in _body.ReadsOf(_local))
        {
            // Whoever gets it as an argument may set it, but for those who connect.
            bool mayBeSet = read.Parent switch
            {
                IPropertyReferenceOperation { Parent: ISimpleAssignmentOperation assignment } => Sets(assignment, property),
                IPropertyReferenceOperation or IInvocationOperation or IReturnOperation => false,
                IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Connect" or "ConnectAsync" } } => false,
                _ => true,
            };
            if (mayBeSet)
                return true;
        }

        return false;
    }

    private static bool Sets(IOperation operation, string property)
        => operation is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: var name }, Value: var value } && name == property
            && value.Unwrap().ConstantValue is not { HasValue: true, Value: false };

    private static bool IsOptions(IOperation operation) => operation is IObjectCreationOperation { Type.Name: "ConfigurationOptions" };
}
