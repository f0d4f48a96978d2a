using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.PeriodCounter;

/// <summary><c>[PeriodCounter("views:{Page}", PeriodUnits.Day, Retention = "90d")]</c>: counts by calendar periods.</summary>
internal sealed class PeriodCounterKind : MeasureKind
{
    private const string Minimum = "Minimum", Maximum = "Maximum";

    public override string AttributeName => "TypedRedis.PeriodCounterAttribute";

    protected override string FileSuffix => "-counter";

    protected override string Noun => "Counter";

    public override string Emit(EntityModel model) => PeriodCounterEmitter.Emit((PeriodCounterModel)model);

    protected override object? UnitsOf(AttributeData attribute) => attribute.Argument(1);

    protected override MeasureModel? Parse(Declaration declaration, MeasureFacts facts)
    {
        CheckProperties(declaration);
        var place = LiteralLocation.OfArgument(declaration.Attribute, 1, declaration.Context.CancellationToken);
        var periods = PeriodParser.Parse(declaration, UnitsOf(declaration.Attribute), place, whatStays: "count");
        if (periods is null)
            return null;

        // What the attribute says by default is no bound.
        long minimum = declaration.Attribute.NamedArgument(Minimum) as long? ?? long.MinValue, maximum = declaration.Attribute.NamedArgument(Maximum) as long? ?? long.MaxValue;
        foreach (string bound in new[] { Minimum, Maximum })
        {
            if (periods.AreSeveral && declaration.Has(bound))
                declaration.Contradiction(bound, "with several units, an increment could be right for one period and wrong for another; count by one unit, or declare a second counter");
        }

        if (minimum > maximum)
        {
            string last = declaration.Has(Maximum) ? Maximum : Minimum;
            declaration.OutOfRange(last, Text(last == Maximum ? maximum : minimum), last == Maximum ? $"at least the Minimum, {Text(minimum)}" : $"at most the Maximum, {Text(maximum)}");
        }

        return new PeriodCounterModel(facts, periods, minimum, maximum);
    }

    // Where the model is nothing else, a property that is no part of the key looks like the count.
    private static void CheckProperties(Declaration declaration)
    {
        var (type, context) = (declaration.Type, declaration.Context);
        if (declaration.Key is null || On(type).Count() > 1)
            return;

        foreach (var property in ModelProperties.Of(type))
        {
            if (!declaration.IsPart(property) && !MemberFacets.Of(property).IsIgnored && ConstructorChoice.AccessOf(property, within: null, context) != PropertyAccess.Computed)
                context.Report(Rules.CounterProperty, property.SourceLocation() ?? declaration.TypeLocation, type.Name, property.Name);
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
