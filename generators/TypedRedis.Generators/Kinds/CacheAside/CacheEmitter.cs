using System.Globalization;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary>Emits the file of a model in a cache: key, mapper, tags, cache.</summary>
internal static class CacheEmitter
{
    public static string Emit(CacheModel model)
    {
        var body = new SourceWriter();
        KeyEmitter.Emit(body, model.CacheKey, model.Identity);
        body.Line();
        Mapper(body, model);
        body.Line();
        if (!model.Tags.IsEmpty)
        {
            Tags(body, model);
            body.Line();
        }

        Cache(body, model);
        return SourceFile.Compose(
            Header(model),
            model.Identity.Suppressed,
            [ManifestEmitter.Attribute("cache", model.Identity, model.CacheKey, members: null, expiry: null, Manifest(model), model.Protection)],
            model.Identity.Namespace,
            body.ToString());
    }

    private static IEnumerable<string> Header(CacheModel model)
    {
        var options = model.Options;
        string writes = model.Writes switch { null => "", { Queue: null } => ", WriteThrough", _ => ", WriteBehind" };
        yield return $"[CacheAside({Literals.Text(model.CacheKey.Template.Text)}, Ttl = {Literals.Text(options.Ttl.Text)}){writes}] on {model.FullName}";
        yield return HeaderEmitter.Key(model.CacheKey);
        yield return "value   JSON" + (model.JsonContext is null ? ", by the options of the RedisContext" : $", by {model.JsonContext.Replace("global::", "")}") + model.Protection?.Description;
        yield return $"fresh   {options.Ttl.Text}{(options.Jitter == 0 ? "" : $", less up to {Percent(options.Jitter)}")}"
            + (options.RefreshAhead == 0 ? "" : $"; loaded anew in the background after {Percent(options.RefreshAhead)}")
            + (options.NegativeTtl.IsOff ? "; absence is not remembered" : $"; absence {options.NegativeTtl.Text}");
        yield return "source  " + $"at most {options.LoadTimeout.Text} a load"
            + (options.FailSafe.IsOff ? "" : $"; where it fails{(options.SoftTimeout.IsOff ? "" : $", or takes more than {options.SoftTimeout.Text}")}, entries are served {options.FailSafe.Text} longer");
        if (model.Writes is { } write)
        {
            yield return "writes  " + (write.Queue is { } queue
                ? $"behind, every {queue.FlushEvery.Text}, {Number(queue.BatchSize)} at once in at most {write.Timeout.Text}, {Number(queue.MaxAttempts)} attempts, {Number(queue.Partitions)} queues"
                : $"through, in at most {write.Timeout.Text}");
        }

        string instances = model.Instances.Kind switch
        {
            InstanceKind.Shared => "shared instance",
            InstanceKind.Cloned => "a copy for each reader",
            _ => "read from the JSON for each reader",
        };
        string kept = options.HotTtl.IsOff ? options.LocalTtl.Text : $"{options.HotTtl.Text} of what is read {Number(options.HotReads)} times a second";
        if (options.HotCopies > 0)
            kept += $", in {Number(options.HotCopies)} copies in other slots";
        yield return $"local   {(options.LocalTtl.IsOff && options.HotTtl.IsOff ? "none" : $"{kept}, at most {options.LocalSize.Text}{(options.LocalSize.Entries == 0 ? "" : " entries")}")}; {instances}: {model.Instances.Reason}";
        string label = "tags    ";
        foreach (var tag in model.Tags)
        {
            yield return label + tag.Template.Text;
            label = "        ";
        }
    }

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Manifest(CacheModel model)
        => $",\"cache\":{{\"ttlMs\":{Number(model.Options.Ttl.Milliseconds)}"
            + (model.Options.FailSafe.IsOff ? "" : $",\"failSafeMs\":{Number(model.Options.FailSafe.Milliseconds)}")
            + (model.Writes is null ? "" : $",\"writes\":\"{(model.Writes.Queue is null ? "through" : "behind")}\"")
            + (model.Tags.IsEmpty ? "" : $",\"tags\":[{string.Join(",", model.Tags.Select(static tag => Literals.Json(tag.Template.Text)))}]")
            + $",\"shape\":\"{model.Shape.ToString("x8", CultureInfo.InvariantCulture)}\"}}";

    private static void Mapper(SourceWriter writer, CacheModel model)
    {
        string entity = model.Identity.Reference;
        string json = model.JsonContext is null ? "" : ", " + model.JsonContext;
        writer.Line($"""
            /// <summary>Maps <see cref="{entity}"/> to the JSON value of a cache entry and back.</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _ = writer.Block($"{model.Identity.Modifier} readonly struct {model.Names.Mapper} : TR::ICacheMapper<{entity}, {model.CacheKey.Name}>", after: "");
        string schema = $"{Literals.Text(model.FullName)}, {Literals.Text(model.CacheKey.Template.Shape)}, 0x{model.Shape.ToString("x8", CultureInfo.InvariantCulture)}u";
        SchemaEmitter.Emit(writer, $"public static TR::CacheSchema Schema {{ get; }} = new({schema})", [.. Schema(model), .. SchemaEmitter.Protected([model.Protection])]);
        writer.Line($"""

            /// <inheritdoc/>
            public static {model.CacheKey.Name} KeyOf({entity} entity) => {KeyEmitter.New(model.CacheKey, "entity")};

            /// <inheritdoc/>
            public static void Write({entity} entity, SYS::Buffers.IBufferWriter<byte> output, in TR::CodecContext context) => context.WriteJson(entity, output{json});

            /// <inheritdoc/>
            public static {entity} Read(SYS::ReadOnlySpan<byte> value, in TR::CodecContext context) => context.ReadJson<{entity}>(value{json});
            """);
        TagsOf(writer, model);
        Clone(writer, model);
    }

    // What differs from the schema's own defaults.
    private static IEnumerable<string> Schema(CacheModel model)
    {
        var options = model.Options;
        yield return Text("Expiry", options.Ttl);
        if (options.Jitter != 0.1)
            yield return $"Jitter = {Share(options.Jitter)},";
        if (!options.NegativeTtl.IsOff)
            yield return Text("NegativeTtl", options.NegativeTtl);
        if (options.RefreshAhead != 0)
            yield return $"RefreshAhead = {Share(options.RefreshAhead)},";
        if (!options.FailSafe.IsOff)
            yield return Text("FailSafe", options.FailSafe);
        if (!options.SoftTimeout.IsOff)
            yield return Text("SoftTimeout", options.SoftTimeout);
        if (options.LoadTimeout.Milliseconds != 5000)
            yield return Text("LoadTimeout", options.LoadTimeout);
        if (!options.LocalTtl.IsOff)
            yield return Text("LocalTtl", options.LocalTtl);
        if (!options.HotTtl.IsOff)
        {
            yield return Text("HotTtl", options.HotTtl);
            yield return $"HotReads = {Number(options.HotReads)},";
            if (options.HotCopies > 0)
                yield return $"HotCopies = {Number(options.HotCopies)},";
        }

        if (!options.LocalTtl.IsOff || !options.HotTtl.IsOff)
        {
            yield return options.LocalSize.Entries > 0
                ? $"LocalEntries = {Number(options.LocalSize.Entries)},"
                : $"LocalBytes = {Number(options.LocalSize.Bytes)}, // {options.LocalSize.Text}";
        }

        if (model.Instances.Kind != InstanceKind.Shared)
            yield return $"Instances = TR::LocalInstances.{model.Instances.Kind},";
        if (model.Writes is not { } writes)
            yield break;

        yield return Text("WriteTimeout", writes.Timeout);
        if (writes.Queue is { } queue)
        {
            yield return $"BatchSize = {Number(queue.BatchSize)},";
            yield return Text("FlushEvery", queue.FlushEvery);
            yield return $"MaxAttempts = {Number(queue.MaxAttempts)},";
            yield return $"Partitions = {Number(queue.Partitions)},";
        }

        static string Text(string property, Duration duration) => SchemaEmitter.Duration(property, duration.Text, duration.Milliseconds);
        static string Share(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static void TagsOf(SourceWriter writer, CacheModel model)
    {
        if (model.Tags.IsEmpty)
            return;

        writer.Line("\n/// <inheritdoc/>");
        string head = $"public static TR::CacheTag[] TagsOf({model.Identity.Reference} entity)";
        if (model.Tags.All(static tag => tag.Parts.All(static part => !part.CanBeNull)))
        {
            writer.Line(model.Tags.Count == 1
                ? $"{head} => [{Call(model, model.Tags[0])}];"
                : $"{head} =>\n[\n{string.Concat(model.Tags.Select(tag => $"    {Call(model, tag)},\n"))}];");
            return;
        }

        using (writer.Block(head, after: ""))
        {
            writer.Line($"var tags = new GEN::List<TR::CacheTag>({Number(model.Tags.Count)});");
            foreach (var tag in model.Tags)
            {
                string add = $"tags.Add({Call(model, tag)});";
                var conditions = tag.Parts.Where(static part => part.CanBeNull).Select(static part => $"entity.{part.Property} is not null").ToList();
                writer.Line(conditions.Count == 0 ? add : $"if ({string.Join(" && ", conditions)})\n    {add}");
            }

            writer.Line("return [.. tags];");
        }
    }

    private static string Call(CacheModel model, TagModel tag)
        => $"{model.Names.Tag}.{tag.Method}" + (tag.Parts.IsEmpty ? "" : $"({string.Join(", ", tag.Parts.Select(static part => $"entity.{part.Property}{(part.IsNullableValue ? ".Value" : "")}"))})");

    private static void Clone(SourceWriter writer, CacheModel model)
    {
        if (model.Instances.Kind != InstanceKind.Cloned)
            return;

        string head = $"public static {model.Identity.Reference} Clone({model.Identity.Reference} entity) =>";
        writer.Line("\n/// <inheritdoc/>");
        if (model.Instances.Copied.IsEmpty)
        {
            writer.Line($"{head} entity with {{ }};");
            return;
        }

        using var _ = writer.Block(head + " new()", after: ";");
        foreach (string property in model.Instances.Copied)
            writer.Line($"{property} = entity.{property},");
    }

    private static void Tags(SourceWriter writer, CacheModel model)
    {
        writer.Line($"""
            /// <summary>Makes the tags of cached <see cref="{model.Identity.Reference}"/> entities, by which all entries that have one are invalidated at once.</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _ = writer.Block($"{model.Identity.Modifier} static class {model.Names.Tag}", after: "");
        bool isFirst = true;
        foreach (var tag in model.Tags)
        {
            if (!isFirst)
                writer.Line();
            isFirst = false;
            writer.Line($"/// <summary>The tag <c>{Literals.Xml(tag.Template.Text)}</c>.</summary>");
            if (tag.Parts.IsEmpty)
            {
                writer.Line($"public static TR::CacheTag {tag.Method} {{ get; }} = new({Literals.Text(tag.Template.Text)});");
                continue;
            }

            using (writer.Block($"public static TR::CacheTag {tag.Method}({string.Join(", ", tag.Parts.Select(static part => $"{part.Type} {part.Parameter}"))})", after: ""))
            {
                writer.Line("var tag = new TR::KeyWriter(stackalloc byte[TR::KeyWriter.StackSize]);");
                int position = 0;
                foreach (var segment in tag.Template.Segments)
                {
                    writer.Line(segment is KeyLiteral literal
                        ? $"tag.Literal({Literals.Text(literal.Text)}u8);"
                        : $"tag.{KeyEmitter.Format((KeyPart)segment, tag.Parts[position++].Parameter)};");
                }

                writer.Line("return new TR::CacheTag(tag.ToRedisKey());");
            }
        }
    }

    private static void Cache(SourceWriter writer, CacheModel model)
    {
        var (key, entity, name) = (model.CacheKey, model.Identity.Reference, model.Names.Cache);
        string cref = $"<see cref=\"{entity}\"/>";
        string @base = model.Writes switch { null => "EntityCache", { Queue: null } => "WriteThroughCache", _ => "WriteBehindCache" };
        string source = $"TR::{(model.Writes is null ? "ICacheSource" : "IWritableCacheSource")}<{key.Name}, {entity}> source";
        writer.Line($"""
            /// <summary>Caches {cref} entities at <c>{Literals.Xml(key.Template.Text)}</c>. Thread-safe.</summary>
            {SourceFile.GeneratedCode}
            {model.StoreModifier}partial class {name} : TR::{@base}<{entity}, {key.Name}, {model.Names.Mapper}>
            """);
        using var _ = writer.Block();
        string ids = $"GEN::IEnumerable<{key.PartsType}> ids";
        string keys = $"SYS::Linq.Enumerable.Select(ids ?? throw new SYS::ArgumentNullException(nameof(ids)), static id => {KeyEmitter.NewFromParts(key, "id")})";
        const string OfKeys = "TR::EntityCache{TEntity, TKey, TMapper}.";
        const string Keys = "GEN::IEnumerable{TKey}";
        const string Load = "SYS::Func{GEN::IReadOnlyList{TKey}, THR::CancellationToken, THR::Tasks.ValueTask{GEN::IEnumerable{TEntity}}}";
        const string BatchLoad = "SYS::Func{GEN::IReadOnlyList{TKey}, TR::CacheBatchLoad{TKey}, THR::CancellationToken, THR::Tasks.ValueTask{GEN::IEnumerable{TEntity}}}";
        string cancellation = "THR::CancellationToken cancellationToken = default";
        string batchLoad = $"SYS::Func<GEN::IReadOnlyList<{key.Name}>, TR::CacheBatchLoad<{key.Name}>, THR::CancellationToken, THR::Tasks.ValueTask<GEN::IEnumerable<{entity}>>> load";
        string load = $"SYS::Func<GEN::IReadOnlyList<{key.Name}>, THR::CancellationToken, THR::Tasks.ValueTask<GEN::IEnumerable<{entity}>>> load";
        writer.Line($$"""
            /// <summary>Caches {{cref}} entities over the source that is registered for dependency injection{{(model.Writes is null ? ", or with loaders that its callers give" : "")}}.</summary>
            public {{name}}(TR::RedisContext redis)
                : base(redis)
            {
            }

            /// <summary>Caches {{cref}} entities over a source.</summary>
            public {{name}}(TR::RedisContext redis, {{source}})
                : base(redis, source)
            {
            }

            /// <summary>For substitutes in unit tests, which override what is called.</summary>
            protected {{name}}()
            {
            }

            /// <inheritdoc cref="{{OfKeys}}GetManyAsync({{Keys}}, THR::CancellationToken)"/>
            public virtual THR::Tasks.Task<{{entity}}?[]> GetManyAsync({{ids}}, {{cancellation}})
                => GetManyAsync({{keys}}, cancellationToken);

            /// <inheritdoc cref="{{OfKeys}}GetManyAsync({{Keys}}, {{Load}}, THR::CancellationToken)"/>
            public virtual THR::Tasks.Task<{{entity}}?[]> GetManyAsync({{ids}}, {{load}}, {{cancellation}})
                => GetManyAsync({{keys}}, load, cancellationToken);

            /// <inheritdoc cref="{{OfKeys}}GetManyAsync({{Keys}}, {{BatchLoad}}, THR::CancellationToken)"/>
            public virtual THR::Tasks.Task<{{entity}}?[]> GetManyAsync({{ids}}, {{batchLoad}}, {{cancellation}})
                => GetManyAsync({{keys}}, load, cancellationToken);

            /// <inheritdoc cref="{{OfKeys}}InvalidateManyAsync({{Keys}}, THR::CancellationToken)"/>
            public virtual THR::Tasks.Task<TR::ConsistencyToken> InvalidateManyAsync({{ids}}, {{cancellation}})
                => InvalidateManyAsync({{keys}}, cancellationToken);

            /// <inheritdoc cref="{{OfKeys}}WarmAsync({{Keys}}, SYS::IProgress{TR::WarmProgress}?, THR::CancellationToken)"/>
            public virtual THR::Tasks.Task<TR::WarmProgress> WarmAsync({{ids}}, SYS::IProgress<TR::WarmProgress>? progress = null, {{cancellation}})
                => WarmAsync({{keys}}, progress, cancellationToken);
            """);
        if (model.Writes is { } writes)
        {
            string declaring = writes.Queue is null ? "WriteThroughCache" : "WriteBehindCache";
            writer.Line($$"""

                /// <inheritdoc cref="TR::{{declaring}}{TEntity, TKey, TMapper}.DeleteManyAsync({{Keys}}, THR::CancellationToken)"/>
                public virtual THR::Tasks.Task<TR::ConsistencyToken> DeleteManyAsync({{ids}}, {{cancellation}})
                    => DeleteManyAsync({{keys}}, cancellationToken);
                """);
        }
    }
}
