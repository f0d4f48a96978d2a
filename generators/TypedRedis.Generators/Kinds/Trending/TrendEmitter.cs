using System.Globalization;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.Trending;

/// <summary>Emits the file of a trend: key, mapper, store.</summary>
internal static class TrendEmitter
{
    public static string Emit(TrendModel model)
    {
        var (identity, key, names, _) = model.Facts;
        string types = $"{identity.Reference}, {key.Name}, {model.Item.Type}";
        return MeasureEmitter.Emit(model, new MeasureText(
            "Trending",
            "trend",
            Header(model),
            Manifest(model),
            $"TR::TrendSchema Schema {{ get; }} = new({Literals.Text(identity.FullName)})",
            [MeasureEmitter.Duration("HalfLife", model.HalfLife), $"Negligible = {Number(model.Negligible)},"],
            $"TR::ITrendMapper<{types}>",
            $"Writes the members of <see cref=\"{identity.Reference}\"/> and reads them back.",
            $"TR::TrendStore<{types}, {names.Mapper}>",
            $"Ranks the members of <see cref=\"{identity.Reference}\"/>", ", by interactions that fade")
        {
            More = writer => Weights(writer, model.Interaction, identity.Reference),
        });
    }

    private static void Weights(SourceWriter writer, InteractionModel? interaction, string entity)
    {
        writer.Line("""

            /// <inheritdoc/>
            """);
        string head = $"public static double WeightOf({entity} entity) => ";
        if (interaction is null)
        {
            writer.Line(head + "1;");
            return;
        }

        using var _ = writer.Block($"{head}entity.{interaction.Property} switch", after: ";");
        foreach (var weight in interaction.Weights)
            writer.Line($"{interaction.Type}.{Identifiers.Escape(weight.Name)} => {Number(weight.Weight)},");
        writer.Line($"_ => throw new SYS::ArgumentOutOfRangeException(nameof(entity), entity.{interaction.Property}, {Literals.Text($"It is no kind of interaction that {interaction.TypeName} declares, and has no weight.")}),");
    }

    private static IEnumerable<string> Header(TrendModel model)
    {
        if (model.Interaction is { } interaction)
            yield return $"weights {string.Join(", ", interaction.Weights.Select(static weight => $"{weight.Name} {Number(weight.Weight)}"))}";
        yield return $"decay   half in {model.HalfLife.Text}; negligible below {Number(model.Negligible)}";
    }

    private static string Manifest(TrendModel model)
        => $",\"halfLifeMs\":{MeasureEmitter.Milliseconds(model.HalfLife)},\"negligible\":{Number(model.Negligible)}"
            + (model.Interaction is { } interaction ? $",\"weights\":{{{string.Join(",", interaction.Weights.Select(static weight => $"{Literals.Json(weight.Name)}:{Number(weight.Weight)}"))}}}" : "");

    // As C# and as JSON.
    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
