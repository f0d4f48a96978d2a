using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary>The time to live that a model declares.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Milliseconds">The duration; 0 for <c>never</c>.</param>
/// <param name="Sliding">Whether reads start it anew.</param>
internal sealed record Expiry(string Text, long Milliseconds, bool Sliding)
{
    public bool IsNever => Milliseconds == 0;
}

/// <summary><c>[Expires("30d", Sliding = true)]</c>.</summary>
internal static class ExpiresFacet
{
    public const string Attribute = "ExpiresAttribute";

    private const string Never = "never";

    /// <summary>The declared expiry, or null where there is none.</summary>
    public static Expiry? Parse(INamedTypeSymbol model, AttributeData kind, ParseContext context)
    {
        if (model.FindAttribute(Attribute) is not { } attribute)
        {
            context.Report(Rules.NoExpiry, LiteralLocation.Of(kind, context.CancellationToken), model.Name);
            return null;
        }

        bool sliding = attribute.NamedArgument("Sliding") is true;
        if (attribute.Argument(0) as string == Never)
        {
            if (sliding)
            {
                context.Report(
                    Rules.FacetWithoutEffect,
                    LiteralLocation.OfNamedArgument(attribute, "Sliding", context.CancellationToken),
                    model.Name,
                    "Expires(…, Sliding = true)",
                    "entities that never expire have no duration to start anew; give a duration or remove Sliding");
            }

            return new Expiry(Never, 0, Sliding: false);
        }

        if (DurationParser.Parse(model, attribute, 0, context.ReportAction, context.CancellationToken) is { } milliseconds)
            return new Expiry((string)attribute.Argument(0)!, milliseconds, sliding);

        context.Fail();
        return null;
    }
}
