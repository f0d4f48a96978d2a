using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>Emits the file of a model in a hash: key, mapper, patch, repository.</summary>
internal static class HashEmitter
{
    public static string Emit(HashModel model)
    {
        var body = new SourceWriter();
        KeyEmitter.Emit(body, model.HashKey, model.Identity);
        body.Line();
        Mapper(body, model);
        body.Line();
        Patch(body, model);
        body.Line();
        Repository(body, model);
        return SourceFile.Compose(
            Header(model),
            model.Members.Any(static member => member.Name == "field") || model.Indexes.Indexes.Any(static index => index.Handle == "@field") ? [.. model.Identity.Suppressed, "CS9258"] : model.Identity.Suppressed,
            [ManifestEmitter.Attribute("hash", model.Identity, model.HashKey, model.Members, model.Expires, Manifest(model))],
            model.Identity.Namespace,
            body.ToString());
    }

    private static IEnumerable<string> Header(HashModel model)
    {
        yield return HeaderEmitter.Declaration("RedisHash", model.HashKey.Template.Text, model.Expires, model.Identity);
        yield return HeaderEmitter.Key(model.HashKey);
        var fields = model.Members.Select((member, index) => (member.Field, HeaderEmitter.Decision(member, index == model.Presence))).ToList();
        if (model.Presence < 0)
            fields.Add(("_", "marks an entity whose members are all null"));
        foreach (string line in HeaderEmitter.Fields(fields))
            yield return line;
        foreach (string line in IndexEmitter.Header(model))
            yield return line;
        foreach (string line in Evolution.Header(model))
            yield return line;
        yield return HeaderEmitter.Expires(model.Expires);
    }

    private static string Manifest(HashModel model)
        => (model.ConcurrencyToken < 0 ? "" : $",\"concurrencyToken\":{Literals.Json(model.Members[model.ConcurrencyToken].Name)}") + IndexEmitter.Manifest(model) + Evolution.Manifest(model);

    private static void Mapper(SourceWriter writer, HashModel model)
    {
        string entity = model.Identity.Reference;
        writer.Line($"""
            /// <summary>Maps <see cref="{entity}"/> to the fields of a hash and back.</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _ = writer.Block($"{model.Identity.Modifier} readonly struct {model.Names.Mapper} : TR::IHashMapper<{entity}, {model.Names.Key}>", after: "");
        Schema(writer, model);
        writer.Line($"""

            /// <inheritdoc/>
            public static {model.Names.Key} KeyOf({entity} entity) => {KeyEmitter.New(model.HashKey, "entity")};

            /// <inheritdoc/>
            public static void Write({entity} entity, SYS::Span<SER::RedisValue> values, in TR::CodecContext context)
            """);
        using (writer.Block())
        {
            for (int i = 0; i < model.Members.Count; i++)
            {
                var member = model.Members[i];
                if (member.IsNullable)
                {
                    writer.Line($"if (entity.{member.Property} is {{ }} {member.Local})");
                    using (writer.Indent())
                        writer.Line(member.Encoding.Write(i, member.Local) + ";");
                }
                else
                {
                    writer.Line(member.Encoding.Write(i, "entity." + member.Property) + ";");
                }
            }
        }

        IndexEmitter.WriteParts(writer, model);
        writer.Line("""

            /// <inheritdoc/>
            """);
        ConstructionEmitter.Emit(
            writer,
            entity,
            $"public static {entity} Read({model.Names.Key} key, SYS::ReadOnlySpan<SER::RedisValue> values, in TR::CodecContext context)",
            model.Construction);
    }

    private static void Schema(SourceWriter writer, HashModel model)
    {
        string fields = string.Join(", ", model.Members.Select(static member => Literals.Text(member.Field)));
        var initializer = SchemaEmitter.Expiry(model.Expires).ToList();
        if (model.Counters.Any())
            initializer.Add($"Counters = [{string.Join(", ", model.Counters)}],");
        if (model.Nullable.Any())
            initializer.Add($"Nullable = [{string.Join(", ", model.Nullable)}],");
        if (model.ConcurrencyToken >= 0)
        {
            initializer.Add($"ConcurrencyToken = {model.ConcurrencyToken},");
            initializer.Add($"TokenType = TR::TokenType.{model.Members[model.ConcurrencyToken].Token},");
        }

        initializer.AddRange(Evolution.Schema(model));
        initializer.AddRange(IndexEmitter.Schema(model));
        initializer.AddRange(SchemaEmitter.Protected(model.Members.Select(static member => member.Protection)));
        SchemaEmitter.Emit(
            writer,
            $"public static TR::HashSchema Schema {{ get; }} = new({Literals.Text(model.FullName)}, [{fields}], presence: {model.Presence})",
            initializer);
    }

    private static void Patch(SourceWriter writer, HashModel model)
    {
        string entity = model.Identity.Reference;
        writer.Line($"""
            /// <summary>A partial update of a <see cref="{entity}"/>: the members that are assigned, and only those.</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _ = writer.Block($"{model.Identity.Modifier} sealed class {model.Names.Patch} : TR::HashPatch<{entity}>", after: "");
        for (int i = 0; i < model.Members.Count; i++)
        {
            var member = model.Members[i];
            writer.Line($$"""
                /// <summary>{{(member.Token == TokenType.None ? "Sets" : "The version that the entity must have, which then becomes the next one:")}} <see cref="{{member.Cref}}"/>{{(member.IsNullable ? "; null clears it" : "")}}.</summary>
                public {{member.Type}} {{member.Property}} { get; set { field = value; Assign({{i}}); } }{{(member.IsReference && !member.IsNullable ? " = default!;" : "")}}

                """);
        }

        writer.Line("/// <inheritdoc/>");
        writer.Line($"protected {(model.SeesInternals ? "internal " : "")}override void Write(SYS::Span<SER::RedisValue> values, in TR::CodecContext context)");
        using (writer.Block())
        {
            for (int i = 0; i < model.Members.Count; i++)
            {
                var member = model.Members[i];
                string property = member.Name is "values" or "context" ? "this." + member.Property : member.Property;
                writer.Line(member.IsNullable ? $"if (IsAssigned({i}) && {property} is {{ }} {member.Local})" : $"if (IsAssigned({i}))");
                using (writer.Indent())
                    writer.Line(member.Encoding.Write(i, member.IsNullable ? member.Local : property) + ";");
            }
        }
    }

    private static void Repository(SourceWriter writer, HashModel model)
    {
        var (identity, key, names) = (model.Identity, model.HashKey, model.Names);
        using var _ = RepositoryEmitter.Open(
            writer, identity, key, names.Repository, model.StoreModifier, "Redis hashes", $"TR::HashRepository<{identity.Reference}, {key.Name}, {names.Mapper}>");
        RepositoryEmitter.Batches(writer, identity, key, "O(fields) per entity.", IndexEmitter.ManyOnCluster(model));
        writer.Line($"""

            /// <summary>Writes the members that the patch assigns. False where there is no entity: it never makes one.{Refusals(model, field: null)} {IndexEmitter.PatchCost(model, field: null)} O(assigned members).</summary>
            public virtual THR::Tasks.Task<bool> PatchAsync({key.Name} key, {names.Patch} patch, THR::CancellationToken cancellationToken = default)
                => PatchCoreAsync(key, patch, cancellationToken);

            /// <summary>Patches entities, and says of each whether there was one. Each is atomic, all together are not.{(Refusals(model, field: null).Length == 0 ? "" : " Throws as for one.")} {IndexEmitter.PatchManyCost(model)} O(assigned members) per entity.</summary>
            public virtual THR::Tasks.Task<bool[]> PatchManyAsync(GEN::IEnumerable<({key.Name} Key, {names.Patch} Patch)> patches, THR::CancellationToken cancellationToken = default)
                => PatchManyCoreAsync(patches, cancellationToken);

            /// <summary>Writes the members that <paramref name="patch"/> assigns where every member that <paramref name="expected"/> assigns has that value; null expects that there is none. It never makes an entity.{Refusals(model, field: null)} {IndexEmitter.PatchCost(model, field: null)} O(assigned members).</summary>
            public virtual THR::Tasks.Task<TR::PatchResult> PatchWhenAsync({key.Name} key, {names.Patch} expected, {names.Patch} patch, THR::CancellationToken cancellationToken = default)
                => PatchWhenCoreAsync(key, expected, patch, cancellationToken);
            """);

        Evolution.Emit(writer, model);
        if (model.Members.Any(static member => member.Protection is { Encrypted: true }))
            RepositoryEmitter.Reencryption(writer);

        foreach (int field in model.Counters)
            Counter(writer, model, field);
        for (int field = 0; field < model.Members.Count; field++)
        {
            if (model.Members[field].IsAtomic)
                Atomic(writer, model, field);
        }

        IndexEmitter.Handles(writer, model);
    }

    // What of a patch is refused, with a space before each sentence.
    private static string Refusals(HashModel model, int? field)
    {
        bool isUnique = model.Indexes.Indexes.Any(index => index.Kind == IndexKind.Unique && (field is null || index.Members.Any(member => member.Field == field)));
        return (isUnique ? " Throws <see cref=\"TR::RedisUniqueIndexException\"/> and changes nothing where another entity has the value of a unique index." : "")
            + (field is null && model.ConcurrencyToken >= 0
                ? $" Throws <see cref=\"TR::RedisConcurrencyException\"/> and changes nothing where the patch assigns <see cref=\"{model.Members[model.ConcurrencyToken].Cref}\"/> and the entity has another."
                : "");
    }

    private static void Counter(SourceWriter writer, HashModel model, int field)
    {
        var member = model.Members[field];
        bool isInt = member.Counter == CounterType.Int32;
        string type = isInt ? "int" : "long";
        string core = isInt ? "IncrementInt32CoreAsync" : "IncrementCoreAsync";
        string parameters = $"{model.HashKey.Name} key, {type} by = 1, THR::CancellationToken cancellationToken = default";
        if (member.Bounds is not { } bounds)
        {
            writer.Line($"""

                /// <summary>Adds to <see cref="{member.Cref}"/> and returns the sum. Throws <see cref="TR::RedisEntityNotFoundException"/> where there is no entity. {IndexEmitter.IncrementCost(model, field)} O(1).</summary>
                public virtual THR::Tasks.Task<{type}> Increment{member.Name}Async({parameters})
                    => {core}(key, field: {field}, by, cancellationToken);
                """);
            return;
        }

        string arguments = $"(key, field: {field}, by, minimum: {Bound(bounds.Minimum)}, maximum: {Bound(bounds.Maximum)}, cancellationToken)";
        writer.Line($"""

            /// <summary>Adds to <see cref="{member.Cref}"/> and returns the sum. Throws <see cref="SYS::OverflowException"/> and changes nothing where it would be {HeaderEmitter.Outside(member)}; throws <see cref="TR::RedisEntityNotFoundException"/> where there is no entity. {IndexEmitter.IncrementCost(model, field)} O(1).</summary>
            public virtual THR::Tasks.Task<{type}> Increment{member.Name}Async({parameters})
                => {core}{arguments};

            /// <summary>Adds to <see cref="{member.Cref}"/> and returns the sum, or changes nothing and returns null where it would be {HeaderEmitter.Outside(member)}. Throws <see cref="TR::RedisEntityNotFoundException"/> where there is no entity. {IndexEmitter.IncrementCost(model, field)} O(1).</summary>
            public virtual THR::Tasks.Task<{type}?> TryIncrement{member.Name}Async({parameters})
                => Try{core}{arguments};
            """);

        string Bound(long bound) => bound switch
        {
            int.MinValue when isInt => "int.MinValue",
            int.MaxValue when isInt => "int.MaxValue",
            long.MaxValue => "long.MaxValue",
            _ => Literals.Constant(bound)!.TrimEnd('L'),
        };
    }

    private static void Atomic(SourceWriter writer, HashModel model, int field)
    {
        var member = model.Members[field];
        string patch = model.Names.Patch, key = model.HashKey.Name;
        writer.Line($$"""

            /// <summary>Sets <see cref="{{member.Cref}}"/> and returns the value that it had. Throws <see cref="TR::RedisEntityNotFoundException"/> where there is no entity.{{Refusals(model, field)}} {{IndexEmitter.PatchCost(model, field)}} O(1).</summary>
            public virtual THR::Tasks.Task<{{member.Type}}> GetAndSet{{member.Name}}Async({{key}} key, {{member.Type}} value, THR::CancellationToken cancellationToken = default)
                => GetAndSetCoreAsync<{{member.Type}}>(key, field: {{field}}, new {{patch}} { {{member.Property}} = value }, static (values, in context) => {{model.Construction.Read(field)}}, cancellationToken);

            /// <summary>Sets <see cref="{{member.Cref}}"/> where it is <paramref name="expected"/>, and says whether it was. Throws <see cref="TR::RedisEntityNotFoundException"/> where there is no entity.{{Refusals(model, field)}} {{IndexEmitter.PatchCost(model, field)}} O(1).</summary>
            public virtual THR::Tasks.Task<bool> CompareAndSet{{member.Name}}Async({{key}} key, {{member.Type}} expected, {{member.Type}} value, THR::CancellationToken cancellationToken = default)
                => CompareAndSetCoreAsync(key, new {{patch}} { {{member.Property}} = expected }, new {{patch}} { {{member.Property}} = value }, cancellationToken);
            """);
    }
}
