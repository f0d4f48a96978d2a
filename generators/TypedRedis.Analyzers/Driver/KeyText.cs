using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TypedRedis.Analyzers.Driver;

/// <summary>The text of a key as far as the source says it: literals, with values between.</summary>
/// <param name="Pieces">Literals; null stands for a value.</param>
/// <param name="Values">The values.</param>
internal sealed record KeyText(IReadOnlyList<string?> Pieces, IReadOnlyList<IOperation> Values)
{
    public IEnumerable<string> Literals => Pieces.OfType<string>();

    /// <summary>The text with <c>{}</c> for values.</summary>
    public string Shape { get; } = string.Concat(Pieces.Select(static piece => piece ?? "{}"));

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
                        values.Add(Written(operand));
                    }
                }

                return true;
            default:
                return false;
        }
    }

    // As it stands in the source: a cast is another value.
    private static IOperation Written(IOperation operand)
    {
        while (operand is IConversionOperation { IsImplicit: true } conversion)
            operand = conversion.Operand;
        return operand;
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
