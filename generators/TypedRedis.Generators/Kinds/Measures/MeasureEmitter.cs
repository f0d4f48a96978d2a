using System.Globalization;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>What only one kind's file says.</summary>
/// <param name="Attribute">The attribute, without its suffix.</param>
/// <param name="Kind">The word in the manifest.</param>
/// <param name="Header">The lines that follow the key.</param>
/// <param name="Manifest">The members that only the kind has, each with a comma before it.</param>
/// <param name="Schema">The schema's constructor with its arguments: <c>TR::TrendSchema Schema { get; } = new("Shop.Visit")</c>.</param>
/// <param name="Initializers">The schema's initializers, a line each.</param>
/// <param name="Mapper">The interface of the mapper.</param>
/// <param name="MapperSummary">What the mapper does.</param>
/// <param name="Store">The base of the store.</param>
/// <param name="StoreSummary">What the store does; where it does that follows.</param>
/// <param name="How">How, behind it; with its comma.</param>
internal sealed record MeasureText(
    string Attribute,
    string Kind,
    IEnumerable<string> Header,
    string Manifest,
    string Schema,
    IReadOnlyCollection<string> Initializers,
    string Mapper,
    string MapperSummary,
    string Store,
    string StoreSummary,
    string How = "")
{
    /// <summary>The declared expiry.</summary>
    public Expiry? Expires { get; init; }

    /// <summary>Writes what the mapper has besides key and member.</summary>
    public Action<SourceWriter>? More { get; init; }
}

/// <summary>Emits the file of a model that ranks or counts: key, mapper, store.</summary>
internal static class MeasureEmitter
{
    public static string Emit(MeasureModel model, MeasureText text)
    {
        var (identity, key, names, modifier) = model.Facts;
        var body = new SourceWriter();
        KeyEmitter.Emit(body, key, identity);
        body.Line();
        Mapper(body, model, text);
        body.Line();
        using (RepositoryEmitter.OpenStore(body, names.Store, modifier, $"{text.StoreSummary} at <c>{Literals.Xml(key.Template.Layout)}</c>{text.How}", text.StoreSummary + " in a database", text.Store))
        {
        }

        return SourceFile.Compose(
            [
                HeaderEmitter.Declaration(text.Attribute, key.Template.Text, text.Expires, identity),
                HeaderEmitter.Key(key),
                .. model.Element is { } element ? [ElementEmitter.Header(element)] : Array.Empty<string>(),
                .. text.Header,
            ],
            identity.Suppressed,
            [ManifestEmitter.Attribute(text.Kind, identity, key, members: null, text.Expires, (model.Element is null ? "" : ElementEmitter.Manifest(model.Element)) + text.Manifest)],
            identity.Namespace,
            body.ToString());
    }

    /// <summary>The initializer of a property that is a duration, or none.</summary>
    public static string Duration(string property, Span span)
        => span.IsNever ? $"{property} = THR::Timeout.InfiniteTimeSpan," : SchemaEmitter.Duration(property, span.Text, span.Milliseconds);

    /// <summary>A duration in the manifest.</summary>
    public static string Milliseconds(Span span) => span.IsNever ? "null" : span.Milliseconds.ToString(CultureInfo.InvariantCulture);

    private static void Mapper(SourceWriter writer, MeasureModel model, MeasureText text)
    {
        var (identity, key, names, _) = model.Facts;
        string entity = identity.Reference;
        writer.Line($"""
            /// <summary>{text.MapperSummary}</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _1 = writer.Block($"{identity.Modifier} readonly struct {names.Mapper} : {text.Mapper}", after: "");
        SchemaEmitter.Emit(writer, $"public static {text.Schema}", text.Initializers);
        if (model.Element is not { } element)
            return;

        writer.Line($"""

            /// <inheritdoc/>
            public static {key.Name} KeyOf({entity} entity) => {KeyEmitter.New(key, "entity")};
            """);
        ElementEmitter.Emit(writer, element, entity);
        text.More?.Invoke(writer);
    }
}
