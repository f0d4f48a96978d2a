using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Operations;

/// <summary>Scripts that values are put into, and scripts that name keys by themselves.</summary>
internal sealed class ScriptText : Rule
{
    public static readonly DiagnosticDescriptor Concatenated = Describe(
        "TR5004",
        "A value in the text of a script",
        "'{0}' is put into the text of the script: a value with a quote in it runs as code, and every value is another script, which the server keeps for ever; pass it in ARGV, or a key in KEYS",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UndeclaredKey = Describe(
        "TR2014",
        "A script names a key by itself",
        "The script uses the key {0} by name: a cluster does not know where to send it, and no prefix reaches it; pass it in KEYS",
        DiagnosticSeverity.Warning);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Concatenated, UndeclaredKey];

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var call in body.Calls)
        {
            if (call.Name is not ("ScriptEvaluate" or "ScriptEvaluateReadOnly" or "Prepare" or "ScriptLoad") || call.Argument("script") is not { Type.SpecialType: SpecialType.System_String } script)
                continue;

            var text = body.Body.Resolve(script);
            if (text.ConstantValue is { HasValue: true, Value: string constant })
            {
                if (Pattern.Key.Match(constant) is { Success: true } match)
                    body.Report(UndeclaredKey, script, match.Groups["key"].Value);
            }
            else if (Inserted(text, body.Body) is { } value)
            {
                body.Report(Concatenated, value, value.Syntax);
            }
        }
    });

    // The first value that is no constant.
    private static IOperation? Inserted(IOperation text, Body body)
    {
        text = text.Unwrap();
        switch (text)
        {
            case { ConstantValue.HasValue: true }:
                return null;
            case IInterpolatedStringOperation interpolated:
                return interpolated.Parts.OfType<IInterpolationOperation>().Select(static part => part.Expression).FirstOrDefault(value => !IsFixed(value, body));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum:
                return Operand(sum.LeftOperand, body) ?? Operand(sum.RightOperand, body);
            case IInvocationOperation { TargetMethod: { Name: "Format" or "Concat", ContainingType.SpecialType: SpecialType.System_String } } call:
                return call.Arguments.SkipWhile(static argument => argument.Parameter?.Name is "provider" or "format").SelectMany(static argument => Elements(argument.Value)).FirstOrDefault(value => !IsFixed(value, body));
            default:
                return null;
        }
    }

    private static IOperation? Operand(IOperation operand, Body body)
    {
        operand = operand.Unwrap();
        return operand is IInterpolatedStringOperation or IBinaryOperation ? Inserted(operand, body) : IsFixed(operand, body) ? null : operand;
    }

    // Of params, and of an argument by itself.
    private static IEnumerable<IOperation> Elements(IOperation argument)
        => argument.Elements()?.Select(static element => element.Unwrap()) ?? [argument.Unwrap()];

    // A constant, or a text that a program or an object has once: readonly.
    private static bool IsFixed(IOperation value, Body body)
    {
        value = body.Resolve(value);
        return value.ConstantValue.HasValue || value is IFieldReferenceOperation { Field.IsReadOnly: true };
    }

    // Most programs have no use for it.
    private static class Pattern
    {
        public static readonly Regex Key = new(ScriptCommands.UpToKey + @"(?<key>'[^']*'|""[^""]*"")", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }
}
