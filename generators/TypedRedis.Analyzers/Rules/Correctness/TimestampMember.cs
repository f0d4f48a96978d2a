using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A point in time as the member of a sorted set: two events of one tick are one member.</summary>
internal sealed class TimestampMember : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2010",
        "Two events of one moment are one member",
        "The member '{0}' is a point in time, so that a second event at the same one replaces the first and is not counted: put something unique beside it, such as a Guid or a sequence number",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Argument("member") is { } member && Clock.IsTime(member))
                context.Report(Rule, member, member.Syntax);
        },
        "SortedSetAdd");
}

/// <summary>Expressions that say what time it is.</summary>
internal static class Clock
{
    /// <summary>Whether an expression is the time and nothing else.</summary>
    public static bool IsTime(IOperation operation, int hops = 3)
    {
        operation = operation.Unwrap();
        switch (operation)
        {
            case IPropertyReferenceOperation { Property: { Name: "Now" or "UtcNow", ContainingType.Name: "DateTime" or "DateTimeOffset" } }:
            case IPropertyReferenceOperation { Property: { Name: "TickCount" or "TickCount64", ContainingType.Name: "Environment" } }:
            case IInvocationOperation { TargetMethod: { Name: "GetTimestamp", ContainingType.Name: "Stopwatch" } }:
            case IInvocationOperation { TargetMethod: { Name: "GetUtcNow" or "GetLocalNow", ContainingType.Name: "TimeProvider" } }:
                return true;
            case IPropertyReferenceOperation { Property.Name: "Ticks" or "UtcTicks" or "UtcDateTime" or "DateTime" or "TotalMilliseconds" or "TotalSeconds", Instance: { } instance }:
                return IsTime(instance, hops);
            case IInvocationOperation { TargetMethod.Name: "ToUnixTimeMilliseconds" or "ToUnixTimeSeconds" or "ToString" or "ToFileTimeUtc" or "ToBinary" or "Subtract", Instance: { } instance }:
                return IsTime(instance, hops);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract, LeftOperand: var left }:
                return IsTime(left, hops);
            case ILocalReferenceOperation local when hops > 0:
                return Initializer(local) is { } value && IsTime(value, hops - 1);
            case IInterpolatedStringOperation { Parts.Length: 1 } text when text.Parts[0] is IInterpolationOperation only:
                return IsTime(only.Expression, hops);
            default:
                return false;
        }
    }

    // What a local is declared with, where nothing else is ever put into it.
    private static IOperation? Initializer(ILocalReferenceOperation reference)
    {
        IOperation root = reference;
        while (root.Parent is { } parent)
            root = parent;

        IOperation? value = null;
        foreach (var operation in root.Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation { Initializer.Value: var initial } declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, reference.Local):
                    value = initial;
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation target } when SymbolEqualityComparer.Default.Equals(target.Local, reference.Local):
                    return null;
            }
        }

        return value;
    }
}
