using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A key or a value that reads otherwise on a machine with other settings: 1.5 and 1,5, the years 2026 and 2569.</summary>
internal sealed class CultureInKey : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2012",
        "The text depends on the culture of the machine",
        "'{0}' is formatted in the current culture, so that machines with other settings use another {1}: format it with CultureInfo.InvariantCulture",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var conversion in body.Body.ConversionsOfStrings)
        {
            string? what =
                SymbolEqualityComparer.Default.Equals(conversion.Type, body.Driver.Key) ? "key"
                : SymbolEqualityComparer.Default.Equals(conversion.Type, body.Driver.Value) ? "value"
                : null;
            if (what is null)
                continue;

            foreach (var culprit in Culprits(body.Body.Resolve(conversion.Operand)))
            {
                if (seen.Add(culprit.Syntax))
                    body.Report(Rule, culprit, culprit.Syntax, what);
            }
        }
    });

    private static IEnumerable<IOperation> Culprits(IOperation text)
    {
        switch (text.Unwrap())
        {
            case IInterpolatedStringOperation interpolated:
                foreach (var part in interpolated.Parts.OfType<IInterpolationOperation>())
                {
                    if (DependsOnCulture(part.Expression.Type, part.FormatString?.ConstantValue.Value as string))
                        yield return part.Expression;
                }

                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum:
                foreach (var operand in new[] { sum.LeftOperand, sum.RightOperand })
                {
                    var value = operand.Unwrap();
                    if (value.Type?.SpecialType != SpecialType.System_String)
                    {
                        if (DependsOnCulture(value.Type, format: null))
                            yield return value;
                    }
                    else
                    {
                        foreach (var inner in Culprits(value))
                            yield return inner;
                    }
                }

                break;
            case IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } instance } call
                when call.Arguments.All(static argument => argument.Parameter?.Type.SpecialType == SpecialType.System_String):
                string? given = call.Arguments.FirstOrDefault()?.Value.ConstantValue.Value as string;
                if ((call.Arguments.IsEmpty || given is not null) && DependsOnCulture(instance.Type, given))
                    yield return call;
                break;
        }
    }

    private static bool DependsOnCulture(ITypeSymbol? type, string? format)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        switch (type?.SpecialType)
        {
            case SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Decimal:
                // No decimals, no point.
                return format is not ("0" or "F0" or "f0" or "D" or "X" or "x");
            case SpecialType.System_DateTime:
                break;
            default:
                if (type?.Name is not ("DateTimeOffset" or "DateOnly" or "TimeOnly") || !type.ContainingNamespace.ToDisplayString().Equals("System", StringComparison.Ordinal))
                    return false;
                break;
        }

        return format switch
        {
            null or "" => true,

            // Those read the same everywhere.
            "O" or "o" or "s" or "u" or "R" or "r" => false,

            // The digits of a time do, but not its separator, nor the year, which has a calendar.
            { Length: > 1 } => format.Any(static c => c is 'y' or 'd' or 'M' or 't' or 'g' or '/' or ':'),
            _ => true,
        };
    }
}
