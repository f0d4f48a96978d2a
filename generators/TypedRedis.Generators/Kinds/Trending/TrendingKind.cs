using System.Collections.Immutable;
using System.Globalization;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.Trending;

/// <summary><c>[Trending("trending:{Category}", HalfLife = "6h")]</c>: members by interactions that fade.</summary>
internal sealed class TrendingKind : MeasureKind
{
    private const string HalfLife = "HalfLife";

    private const long Shortest = 1000, Longest = 3650L * 24 * 60 * 60 * 1000;

    public override string AttributeName => "TypedRedis.TrendingAttribute";

    public override ImmutableArray<string> Marks { get; } = ImmutableArray.Create(Member, InteractionParser.Interaction);

    protected override string FileSuffix => "-trend";

    protected override string Noun => "Trend";

    protected override string WhyNoExpires => "a member goes once its score is negligible; remove it";

    public override string Emit(EntityModel model) => TrendEmitter.Emit((TrendModel)model);

    protected override MeasureModel? Parse(Declaration declaration, MeasureFacts facts)
    {
        var item = ElementParser.Parse(declaration, "ranks");
        var interaction = InteractionParser.Parse(declaration);
        var halfLife = declaration.Duration(HalfLife, mayBeNever: false);
        if (!declaration.Has(HalfLife))
            declaration.Required("after how long an interaction counts half", "write HalfLife = \"6h\", or what suits");
        else if (halfLife is { Milliseconds: < Shortest or (> Longest and <= Span.Longest) })
            declaration.OutOfRange(HalfLife, $"\"{halfLife.Text}\"", "from 1s to 3650d");
        double negligible = declaration.Number("Negligible", 0.001, static value => value > 0 && !double.IsInfinity(value), "a finite number above 0");
        CheckCounts(declaration, negligible, interaction);
        if (item is null || halfLife is null)
            return null;

        var identity = facts.Identity with { Suppressed = Suppressions.And(facts.Identity.Suppressed, InteractionParser.Constants(declaration)) };
        return new TrendModel(facts with { Identity = identity }, item, halfLife, negligible, interaction);
    }

    // What weighs less than what is negligible never adds up to anything.
    private static void CheckCounts(Declaration declaration, double negligible, InteractionModel? interaction)
    {
        if (interaction is null)
        {
            if (negligible > 1 && !double.IsInfinity(negligible))
                declaration.Contradiction("Negligible", "every interaction counts 1, which is less, so that none would count; make it at most 1");
            return;
        }

        if (double.IsInfinity(negligible) || interaction.Weights.Where(static weight => weight.Weight > 0).OrderBy(static weight => weight.Weight).FirstOrDefault() is not { } least || least.Weight >= negligible)
            return;

        if (declaration.Has("Negligible"))
            declaration.Contradiction("Negligible", $"'{least.Name}' has the weight {least.Weight.ToString("R", CultureInfo.InvariantCulture)}, which is less, so that it would never count; make it at most that");
        else
            declaration.Required($"a lower Negligible than 0.001, below which '{least.Name}' weighs", "write Negligible = 1E-06, or what suits, or weigh it more");
    }
}
