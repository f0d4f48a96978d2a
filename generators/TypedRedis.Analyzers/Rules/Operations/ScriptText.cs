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

    private static readonly Regex Key = new(
        @"redis\.p?call\(\s*['""](?:GET|SET|SETEX|SETNX|DEL|UNLINK|EXPIRE|PEXPIRE|TTL|PTTL|EXISTS|TYPE|INCR|DECR|INCRBY|DECRBY|INCRBYFLOAT|APPEND|HGET|HSET|HMGET|HMSET|HDEL|HGETALL|HINCRBY|HEXISTS|LPUSH|RPUSH|LPOP|RPOP|LLEN|LRANGE|LREM|LTRIM|SADD|SREM|SISMEMBER|SMEMBERS|SCARD|ZADD|ZREM|ZSCORE|ZRANK|ZREVRANK|ZRANGE|ZREVRANGE|ZRANGEBYSCORE|ZCARD|ZINCRBY|XADD|PFADD|PFCOUNT|SETBIT|GETBIT)['""]\s*,\s*(?<key>'[^']*'|""[^""]*"")",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Concatenated, UndeclaredKey];

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Argument("script") is not { } script || script.Type?.SpecialType != SpecialType.System_String)
                return;

            if (script.ConstantValue is { HasValue: true, Value: string text })
            {
                if (Key.Match(text) is { Success: true } match)
                    context.Report(UndeclaredKey, script, match.Groups["key"].Value);
            }
            else if (Inserted(script) is { } value)
            {
                context.Report(Concatenated, value, value.Syntax);
            }
        },
        "ScriptEvaluate", "ScriptEvaluateReadOnly", "Prepare", "ScriptLoad");

    // The first value that is no constant.
    private static IOperation? Inserted(IOperation text)
    {
        text = text.Unwrap();
        switch (text)
        {
            case { ConstantValue.HasValue: true }:
                return null;
            case IInterpolatedStringOperation interpolated:
                return interpolated.Parts.OfType<IInterpolationOperation>().Select(static part => part.Expression).FirstOrDefault(static value => !IsFixed(value));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum:
                return Operand(sum.LeftOperand) ?? Operand(sum.RightOperand);
            case IInvocationOperation { TargetMethod: { Name: "Format" or "Concat", ContainingType.SpecialType: SpecialType.System_String } } call:
                return call.Arguments.Skip(1).SelectMany(static argument => argument.Value.DescendantsAndSelf()).FirstOrDefault(static value => value is ILocalReferenceOperation or IParameterReferenceOperation);
            default:
                return null;
        }

        static IOperation? Operand(IOperation operand)
        {
            operand = operand.Unwrap();
            return operand is IInterpolatedStringOperation or IBinaryOperation ? Inserted(operand) : IsFixed(operand) ? null : operand;
        }
    }

    // A constant, or a text that a program has once: static readonly.
    private static bool IsFixed(IOperation value)
    {
        value = value.Unwrap();
        return value.ConstantValue.HasValue || value is IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } };
    }
}
