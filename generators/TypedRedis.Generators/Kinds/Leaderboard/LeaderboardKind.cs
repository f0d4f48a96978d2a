using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Leaderboard;

/// <summary><c>[Leaderboard("leaderboard:{Mode}")]</c>: members by score, of all time and by calendar periods.</summary>
internal sealed class LeaderboardKind : MeasureKind
{
    private const string Windows = "Windows";

    private static readonly string[] Modes = ["Best", "Lowest", "Latest", "Sum"];
    private static readonly string[] Ties = ["Lexicographic", "FirstArrival"];

    public override string AttributeName => "TypedRedis.LeaderboardAttribute";

    public override bool UsesExpires => true;

    public override ImmutableArray<string> Marks { get; } = ImmutableArray.Create(Member, ScoreParser.Score);

    protected override string FileSuffix => "-leaderboard";

    protected override string Noun => "Leaderboard";

    public override string Emit(EntityModel model) => LeaderboardEmitter.Emit((LeaderboardModel)model);

    protected override object UnitsOf(AttributeData attribute)
        => attribute.NamedArguments.Any(static argument => argument.Key == Windows) ? attribute.NamedArgument(Windows)! : PeriodOptions.AllTime;

    // The arrivals of a window's members.
    protected override IEnumerable<KeySegment[]> SuffixesOfPeriods(AttributeData attribute)
        => attribute.NamedArgument("Ties") is int ties && ties == Array.IndexOf(Ties, "FirstArrival") ? [[new KeyLiteral(":a")]] : [];

    // The histories of members.
    protected override IEnumerable<KeySegment[]> SuffixesOfAll(INamedTypeSymbol model, AttributeData attribute)
        => attribute.NamedArgument("History") is > 0 ? [[new KeyLiteral(":s:"), .. ElementParser.Segments(model)]] : [];

    protected override MeasureModel? Parse(Declaration declaration, MeasureFacts facts)
    {
        var player = ElementParser.Parse(declaration, "ranks");
        var score = ScoreParser.Parse(declaration);
        var periods = PeriodParser.Parse(declaration, UnitsOf(declaration.Attribute), declaration.Place(Windows), whatStays: null);
        string mode = declaration.Choice("Mode", Modes), ties = declaration.Choice("Ties", Ties);
        var history = History(declaration);
        var expires = periods is null ? null : Expires(declaration, periods);
        return player is null || score is null || periods is null ? null : new LeaderboardModel(facts, player, score, periods, mode, ties, history, expires);
    }

    private static ScoreHistory? History(Declaration declaration)
    {
        int count = declaration.Number("History", 0, static value => value is >= 0 and <= 10_000, "from 0 to 10000");
        var retention = declaration.Duration("HistoryRetention", mayBeNever: true);
        if (count == 0 && declaration.Has("HistoryRetention"))
            declaration.Contradiction("HistoryRetention", "no history is kept; set History to a number of submissions, or remove it");
        return count == 0 ? null : new ScoreHistory(count, retention ?? new Span("90d", 90L * 24 * 60 * 60 * 1000));
    }

    // The other windows expire after their periods.
    private Expiry? Expires(Declaration declaration, PeriodOptions periods)
    {
        var (type, context) = (declaration.Type, declaration.Context);
        if (type.FindAttribute(ExpiresFacet.Attribute) is not { } attribute)
            return null;

        if (!periods.HasAllTime)
        {
            if (!IsExpiresRead(type))
            {
                context.Report(
                    Rules.FacetWithoutEffect,
                    LiteralLocation.Of(attribute, context.CancellationToken),
                    type.Name,
                    "Expires",
                    "it is for the window of all time, which is not among the Windows; the others stay as long after their periods as Retention says: remove it, or add PeriodUnits.AllTime");
            }

            return null;
        }

        if (!IsExpiresRead(type))
            return ExpiresFacet.Parse(type, declaration.Attribute, context);

        var quiet = new ParseContext(context.Compilation, report: null, context.CancellationToken);
        var expiry = ExpiresFacet.Parse(type, declaration.Attribute, quiet);
        if (quiet.HasErrors)
            context.Fail();
        return expiry;
    }
}
