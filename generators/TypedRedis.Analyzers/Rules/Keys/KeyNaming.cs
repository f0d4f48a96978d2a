using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>Keys that are hard to type, to match and to share.</summary>
internal sealed class KeyNaming : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR4004",
        "The key is hard to type and to match",
        "The key text '{0}' {1}: keys are easiest to type, match and share in lower case with ':' between parts",
        DiagnosticSeverity.Info);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var call in body.Calls)
        {
            if (call.Key is { } key && KeyText.Of(key) is { } text && seen.Add(key.Syntax) && Fault(text) is var (part, fault))
                body.Report(Rule, key, part, fault);
        }
    });

    private static (string Part, string Fault)? Fault(KeyText text)
    {
        string? literal = text.Literals.FirstOrDefault(static literal => literal.Any(static c => char.IsWhiteSpace(c)));
        if (literal is not null)
            return (literal, "has a space");

        literal = text.Literals.FirstOrDefault(static literal => literal.Any(static c => char.IsUpper(c)));
        if (literal is not null)
            return (literal, "has capitals");

        literal = text.Literals.FirstOrDefault(static literal => literal.Contains('/') || literal.Contains('\\'));
        return literal is null ? null : (literal, "is separated by slashes");
    }
}

/// <summary>The text of a key as far as the source says it: literals, with values between.</summary>
/// <param name="Pieces">Literals; null stands for a value.</param>
/// <param name="Values">The values.</param>
internal sealed record KeyText(IReadOnlyList<string?> Pieces, IReadOnlyList<IOperation> Values)
{
    public IEnumerable<string> Literals => Pieces.OfType<string>();

    /// <summary>The text with <c>{}</c> for values.</summary>
    public string Shape => string.Concat(Pieces.Select(static piece => piece ?? "{}"));

    /// <summary>The text of a constant, an interpolated string or a concatenation; null of anything else.</summary>
    public static KeyText? Of(IOperation key)
    {
        var pieces = new List<string?>();
        var values = new List<IOperation>();
        return Read(key.Unwrap(), pieces, values) && pieces.Any(static piece => piece is not null) ? new KeyText(Merge(pieces), values) : null;
    }

    private static bool Read(IOperation operation, List<string?> pieces, List<IOperation> values)
    {
        operation = operation.Unwrap();
        switch (operation)
        {
            case { ConstantValue: { HasValue: true, Value: string text } }:
                pieces.Add(text);
                return true;
            case IInterpolatedStringOperation interpolated:
                foreach (var part in interpolated.Parts)
                {
                    switch (part)
                    {
                        case IInterpolatedStringTextOperation { Text.ConstantValue: { HasValue: true, Value: string text } }:
                            pieces.Add(text);
                            break;
                        case IInterpolationOperation { Expression: var value }:
                            if (value.ConstantValue is { HasValue: true, Value: string constant })
                            {
                                pieces.Add(constant);
                                break;
                            }

                            pieces.Add(null);
                            values.Add(value);
                            break;
                    }
                }

                return true;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String } sum:
                foreach (var operand in new[] { sum.LeftOperand, sum.RightOperand })
                {
                    if (!Read(operand, pieces, values))
                    {
                        pieces.Add(null);
                        values.Add(operand.Unwrap());
                    }
                }

                return true;
            default:
                return false;
        }
    }

    private static List<string?> Merge(List<string?> pieces)
    {
        var merged = new List<string?>();
        foreach (string? piece in pieces)
        {
            if (piece is { Length: 0 })
                continue;
            if (piece is not null && merged.Count > 0 && merged[merged.Count - 1] is { } last)
                merged[merged.Count - 1] = last + piece;
            else
                merged.Add(piece);
        }

        return merged;
    }
}
