using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Kinds.RedisString;

/// <summary>Emits the file of a model in a string: key, mapper, repository.</summary>
internal static class StringEmitter
{
    public static string Emit(StringModel model)
    {
        var body = new SourceWriter();
        KeyEmitter.Emit(body, model.StringKey, model.Identity);
        body.Line();
        Mapper(body, model);
        body.Line();
        string repository = $"TR::StringRepository<{model.Identity.Reference}, {model.StringKey.Name}, {model.Names.Mapper}>";
        using (RepositoryEmitter.Open(body, model.Identity, model.StringKey, model.Names.Repository, model.StoreModifier, "JSON values", repository))
        {
            RepositoryEmitter.Batches(body, model.Identity, model.StringKey, "O(1) per entity.");
            if (model.Protection is { Encrypted: true })
                RepositoryEmitter.Reencryption(body);
        }

        return SourceFile.Compose(
            [
                HeaderEmitter.Declaration("RedisString", model.StringKey.Template.Text, model.Expires, model.Identity),
                HeaderEmitter.Key(model.StringKey),
                "value   JSON" + (model.JsonContext is null ? ", by the options of the RedisContext" : $", by {model.JsonContext.Replace("global::", "")}") + model.Protection?.Description,
                HeaderEmitter.Expires(model.Expires),
            ],
            model.Identity.Suppressed,
            [ManifestEmitter.Attribute("string", model.Identity, model.StringKey, members: null, model.Expires, protection: model.Protection)],
            model.Identity.Namespace,
            body.ToString());
    }

    private static void Mapper(SourceWriter writer, StringModel model)
    {
        string entity = model.Identity.Reference;
        string json = model.JsonContext is null ? "" : ", " + model.JsonContext;
        writer.Line($"""
            /// <summary>Maps <see cref="{entity}"/> to a JSON value and back.</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _ = writer.Block($"{model.Identity.Modifier} readonly struct {model.Names.Mapper} : TR::IStringMapper<{entity}, {model.StringKey.Name}>", after: "");
        SchemaEmitter.Emit(writer, $"public static TR::StringSchema Schema {{ get; }} = new({Literals.Text(model.FullName)})", [.. SchemaEmitter.Expiry(model.Expires), .. SchemaEmitter.Protected([model.Protection])]);
        writer.Line($"""

            /// <inheritdoc/>
            public static {model.StringKey.Name} KeyOf({entity} entity) => {KeyEmitter.New(model.StringKey, "entity")};

            /// <inheritdoc/>
            public static SER::RedisValue Write({entity} entity, in TR::CodecContext context) => context.ToJson(entity{json});

            /// <inheritdoc/>
            public static {entity} Read(SER::RedisValue value, in TR::CodecContext context) => context.FromJson<{entity}>(value{json});
            """);
    }
}
