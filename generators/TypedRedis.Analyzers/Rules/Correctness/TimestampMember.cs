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

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var call in body.Calls)
        {
            if (call.Name == "SortedSetAdd" && call.Argument("member") is { } member && Clock.IsTime(member, body.Body))
                body.Report(Rule, member, member.Syntax);
        }
    });
}

/// <summary>Expressions that say what time it is.</summary>
internal static class Clock
{
    private const int Depth = 12;

    /// <summary>Whether an expression is the time and nothing else, to the second or finer: a day is meant to be the same all day.</summary>
    /// <param name="operation">The expression.</param>
    /// <param name="body">What its locals stand for; null where they are not looked at.</param>
    /// <param name="depth">How many members of members are followed.</param>
    public static bool IsTime(IOperation operation, Body? body = null, int depth = Depth)
    {
        if (depth == 0)
            return false;

        operation = operation.Unwrap();
        switch (operation)
        {
            case IPropertyReferenceOperation { Property: { Name: "Now" or "UtcNow", Type.Name: "DateTime" or "DateTimeOffset" } }:
            case IPropertyReferenceOperation { Property: { Name: "TickCount" or "TickCount64", ContainingType.Name: "Environment" } }:
            case IInvocationOperation { TargetMethod: { Name: "GetTimestamp", ContainingType.Name: "Stopwatch" or "TimeProvider" } }:
            case IInvocationOperation { TargetMethod: { Name: "GetUtcNow" or "GetLocalNow", ContainingType.Name: "TimeProvider" } }:
                return true;
            case IPropertyReferenceOperation { Property.Name: "Ticks" or "UtcTicks" or "UtcDateTime" or "DateTime" or "TotalMilliseconds" or "TotalSeconds", Instance: { } instance }:
                return IsTime(instance, body, depth - 1);
            case IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } instance } call:
                return call.Arguments.All(static argument => argument.Value.Type?.SpecialType != SpecialType.System_String || IsFine(argument.Value.ConstantValue.Value as string)) && IsTime(instance, body, depth - 1);
            case IInvocationOperation { TargetMethod.Name: "ToUnixTimeMilliseconds" or "ToUnixTimeSeconds" or "ToFileTimeUtc" or "ToFileTime" or "ToBinary" or "Subtract" or "ToUniversalTime", Instance: { } instance }:
                return IsTime(instance, body, depth - 1);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract, LeftOperand: var left }:
                return IsTime(left, body, depth - 1);
            case ILocalReferenceOperation local:
                return body?.OnlyValueOf(local.Local) is { } value && IsTime(value, body, depth - 1);
            case IInterpolatedStringOperation { Parts.Length: 1 } text when text.Parts[0] is IInterpolationOperation only:
                return IsFine(only.FormatString is null ? "" : only.FormatString.ConstantValue.Value as string) && IsTime(only.Expression, body, depth - 1);
            default:
                return false;
        }
    }

    // Whether a format has seconds: none does, and the standard ones but for those of days and minutes.
    private static bool IsFine(string? format) => format switch
    {
        null => false,
        { Length: <= 1 } => format is not ("d" or "D" or "f" or "g" or "m" or "M" or "y" or "Y" or "t"),
        _ => format.Contains('s'),
    };
}
