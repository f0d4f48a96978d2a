using System.Globalization;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.Leaderboard;

/// <summary>Emits the file of a leaderboard: key, mapper, store.</summary>
internal static class LeaderboardEmitter
{
    public static string Emit(LeaderboardModel model)
    {
        var (identity, key, names, _) = model.Facts;
        string types = $"{identity.Reference}, {key.Name}, {model.Player.Type}, {model.Score.Type}";
        return MeasureEmitter.Emit(model, new MeasureText(
            "Leaderboard",
            "leaderboard",
            Header(model),
            Manifest(model),
            $"TR::LeaderboardSchema Schema {{ get; }} = new({Literals.Text(identity.FullName)}, {Literals.Text(model.Score.Name)})",
            [.. model.Periods.Initializers(), .. Initializers(model), .. SchemaEmitter.Expiry(model.Expires)],
            $"TR::ILeaderboardMapper<{types}>",
            $"Writes the members and scores of <see cref=\"{identity.Reference}\"/> and reads them back.",
            $"TR::LeaderboardStore<{types}, {names.Mapper}>",
            $"Ranks the members of <see cref=\"{identity.Reference}\"/>")
        {
            Expires = model.Expires,
            More = writer => Score(writer, model.Score, identity.Reference),
        });
    }

    private static void Score(SourceWriter writer, ScoreModel score, string entity) => writer.Line($"""

        /// <inheritdoc/>
        public static {score.Type} ScoreOf({entity} entity) => entity.{score.Property};

        /// <inheritdoc/>
        public static double WriteScore({score.Type} score, in TR::CodecContext context) => context.WriteScore(score);

        /// <inheritdoc/>
        public static {score.Type} ReadScore(double score, in TR::CodecContext context) => context.Read{score.Kind}Score(score);
        """);

    private static IEnumerable<string> Initializers(LeaderboardModel model)
    {
        yield return $"Mode = TR::LeaderboardMode.{model.Mode},";
        yield return $"Ties = TR::LeaderboardTies.{model.Ties},";
        if (model.History is { } history)
        {
            yield return $"History = {history.Count.ToString(CultureInfo.InvariantCulture)},";
            yield return MeasureEmitter.Duration("HistoryRetention", history.Retention);
        }
    }

    private static IEnumerable<string> Header(LeaderboardModel model)
    {
        string mode = model.Mode switch
        {
            "Best" => "the highest stays, and is first",
            "Lowest" => "the lowest stays, and is first",
            "Latest" => "the last stays, the highest is first",
            _ => "added up, the highest sum is first",
        };
        yield return $"score   {model.Score.Name}: {model.Score.Word}; {mode}; of equals, {(model.Ties == "FirstArrival" ? "who had it first" : "by the bytes of the member")}";
        yield return model.Periods.Header;
        if (model.History is { } history)
            yield return $"history {history.Count.ToString(CultureInfo.InvariantCulture)} submissions of each member, {(history.Retention.IsNever ? "for ever" : history.Retention.Text + " after the last")}";
        if (model.Periods.HasAllTime)
        {
            yield return "expiry  " + model.Expires switch
            {
                null or { IsNever: true } => "never, of all time",
                { Sliding: true } => $"{model.Expires.Text} after the last submission, of all time",
                _ => $"{model.Expires.Text} after the first submission, of all time",
            };
        }
    }

    private static string Manifest(LeaderboardModel model)
        => $",\"score\":{{\"member\":{Literals.Json(model.Score.Name)},\"type\":{Literals.Json(model.Score.Type.Replace("SYS::", ""))},\"encoding\":{Literals.Json(model.Score.Word)}}}"
            + $",\"mode\":{Literals.Json(Identifiers.CamelCase(model.Mode))},\"ties\":{Literals.Json(Identifiers.CamelCase(model.Ties))}"
            + model.Periods.Manifest
            + (model.History is { } history ? $",\"history\":{{\"count\":{history.Count.ToString(CultureInfo.InvariantCulture)},\"retentionMs\":{MeasureEmitter.Milliseconds(history.Retention)}}}" : "");
}
