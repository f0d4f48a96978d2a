using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary>What an increment of a counter may lead to. A bound that is not declared is that of the member's type.</summary>
internal sealed record CounterBounds(long Minimum, long Maximum);

/// <summary><c>[Counter(Minimum = …, Maximum = …)]</c>: a member that Redis counts.</summary>
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

    /// <summary>The bounds, or null where the counter may be all that its type holds.</summary>
    public static CounterBounds? Bounds(AttributeData facet, IPropertySymbol property, string model, ParseContext context)
    {
        bool isInt = property.Type.SpecialType == SpecialType.System_Int32;
        var type = isInt ? new CounterBounds(int.MinValue, int.MaxValue) : new CounterBounds(long.MinValue, long.MaxValue);
        long minimum = Bound("Minimum", long.MinValue, type.Minimum);
        long maximum = Bound("Maximum", long.MaxValue, type.Maximum);
        if (minimum > maximum)
        {
            string last = facet.NamedArgument("Maximum") is null ? "Minimum" : "Maximum";
            Refuse(last, last == "Maximum" ? maximum : minimum, $"no value is at least {Text(minimum)} and at most {Text(maximum)}; exchange the bounds");
        }

        var bounds = new CounterBounds(minimum, maximum);
        return bounds == type ? null : bounds;

        // What the attribute says by default stands for the type's own bound.
        long Bound(string name, long undeclared, long ofType)
        {
            if (facet.NamedArgument(name) is not long bound || bound == undeclared)
                return ofType;
            if (bound >= type.Minimum && bound <= type.Maximum)
                return bound;

            Refuse(name, bound, $"an 'int' goes from {Text(int.MinValue)} to {Text(int.MaxValue)}; choose a bound among these, or make the member a 'long'");
            return ofType;
        }

        void Refuse(string name, long bound, string why)
            => context.Report(Rules.CounterBounds, LiteralLocation.OfNamedArgument(facet, name, context.CancellationToken), model, property.Name, name, Text(bound), why);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
