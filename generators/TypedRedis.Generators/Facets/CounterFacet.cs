using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary><c>[Counter]</c>: a member that Redis counts.</summary>
internal static class CounterFacet
{
    public const string Attribute = "CounterAttribute";

    public static bool Check(AttributeData facet, IPropertySymbol property, string model, ParseContext context)
    {
        if (property.Type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64)
            return true;

        context.Report(Rules.CounterType, LiteralLocation.Of(facet, context.CancellationToken), model, property.Name, TypeNames.ForPeople(property.Type));
        return false;
    }
}
