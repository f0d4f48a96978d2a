using System.Globalization;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;

namespace TypedRedis.Generators.Kinds.PeriodCounter;

/// <summary>Emits the file of a counter by periods: key, mapper, store.</summary>
internal static class PeriodCounterEmitter
{
    public static string Emit(PeriodCounterModel model)
    {
        var (identity, key, names, _) = model.Facts;
        return MeasureEmitter.Emit(model, new MeasureText(
            "PeriodCounter",
            "counter",
            Header(model),
            model.Periods.Manifest + (HasBounds(model) ? $",\"minimum\":{Text(model.Minimum)},\"maximum\":{Text(model.Maximum)}" : ""),
            $"TR::PeriodCounterSchema Schema {{ get; }} = new({Literals.Text(identity.FullName)})",
            [.. model.Periods.Initializers(), .. Bounds(model)],
            "TR::IPeriodCounterMapper",
            $"Says how <see cref=\"{identity.Reference}\"/> is counted.",
            $"TR::PeriodCounterStore<{key.Name}, {names.Mapper}>",
            $"Counts <see cref=\"{identity.Reference}\"/>", ", by calendar periods"));
    }

    private static bool HasBounds(PeriodCounterModel model) => model.Minimum != long.MinValue || model.Maximum != long.MaxValue;

    private static IEnumerable<string> Bounds(PeriodCounterModel model)
    {
        if (model.Minimum != long.MinValue)
            yield return $"Minimum = {Constant(model.Minimum)},";
        if (model.Maximum != long.MaxValue)
            yield return $"Maximum = {Constant(model.Maximum)},";
    }

    private static IEnumerable<string> Header(PeriodCounterModel model)
    {
        yield return model.Periods.Header;
        if (HasBounds(model))
        {
            yield return "bounds  never " + string.Join(" or ", new[]
            {
                model.Minimum == long.MinValue ? null : "below " + Text(model.Minimum),
                model.Maximum == long.MaxValue ? null : "above " + Text(model.Maximum),
            }.OfType<string>());
        }
    }

    private static string Constant(long value) => value switch
    {
        long.MinValue => "long.MinValue",
        long.MaxValue => "long.MaxValue",
        _ => Text(value),
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
