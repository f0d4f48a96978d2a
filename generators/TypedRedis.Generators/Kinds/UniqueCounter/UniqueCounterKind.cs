using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.UniqueCounter;

/// <summary><c>[UniqueCounter("visitors:{Site}", PeriodUnits.Day, Retention = "400d")]</c>: how many different members there were, by calendar periods.</summary>
internal sealed class UniqueCounterKind : MeasureKind
{
    public override string AttributeName => "TypedRedis.UniqueCounterAttribute";

    public override ImmutableArray<string> Marks { get; } = ImmutableArray.Create(Member);

    protected override string FileSuffix => "-unique";

    protected override string Noun => "UniqueCounter";

    public override string Emit(EntityModel model)
    {
        var counter = (UniqueCounterModel)model;
        var (identity, key, names, _) = counter.Facts;
        string types = $"{identity.Reference}, {key.Name}, {counter.Seen.Type}";
        return MeasureEmitter.Emit(counter, new MeasureText(
            "UniqueCounter",
            "unique-counter",
            [counter.Periods.Header],
            counter.Periods.Manifest,
            $"TR::UniqueCounterSchema Schema {{ get; }} = new({Literals.Text(identity.FullName)})",
            counter.Periods.Initializers().ToList(),
            $"TR::IUniqueCounterMapper<{types}>",
            $"Writes the members of <see cref=\"{identity.Reference}\"/> and reads them back.",
            $"TR::UniqueCounterStore<{types}, {names.Mapper}>",
            $"Counts the different members of <see cref=\"{identity.Reference}\"/>", ", by calendar periods"));
    }

    protected override object? UnitsOf(AttributeData attribute) => attribute.Argument(1);

    // A union of more periods than one command takes.
    protected override IEnumerable<KeySegment[]> SuffixesOfAll(INamedTypeSymbol model, AttributeData attribute) => [[new KeyLiteral(":union")]];

    protected override MeasureModel? Parse(Declaration declaration, MeasureFacts facts)
    {
        var seen = ElementParser.Parse(declaration, "counts");
        var place = LiteralLocation.OfArgument(declaration.Attribute, 1, declaration.Context.CancellationToken);
        var periods = PeriodParser.Parse(declaration, UnitsOf(declaration.Attribute), place, whatStays: "count");
        return seen is null || periods is null ? null : new UniqueCounterModel(facts, seen, periods);
    }
}
