using System.Globalization;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.AtomicValue;

/// <summary>Emits the file of a model of one value: key, mapper, store.</summary>
internal static class AtomicValueEmitter
{
    public static string Emit(AtomicValueModel model)
    {
        var body = new SourceWriter();
        KeyEmitter.Emit(body, model.ValueKey, model.Identity);
        body.Line();
        Mapper(body, model);
        body.Line();
        Store(body, model);
        return SourceFile.Compose(
            [
                HeaderEmitter.Declaration("AtomicValue", model.ValueKey.Template.Text, model.Expires, model.Identity),
                HeaderEmitter.Key(model.ValueKey),
                $"value   {model.Value.Name}: {model.Value.Encoding.Description}{(model.Value.Bounds is null ? "" : $", never {HeaderEmitter.Outside(model.Value)}")}",
                HeaderEmitter.Expires(model.Expires),
            ],
            model.Identity.Suppressed,
            [ManifestEmitter.Attribute("value", model.Identity, model.ValueKey, members: null, model.Expires, Manifest(model.Value))],
            model.Identity.Namespace,
            body.ToString());
    }

    private static string Manifest(MemberModel value)
        => $",\"value\":{{\"member\":{Literals.Json(value.Name)},\"type\":{Literals.Json(value.ReadableType)},\"encoding\":{Literals.Json(value.Encoding.ManifestName)}"
            + (value.Bounds is { } bounds ? $",\"minimum\":{bounds.Minimum.ToString(CultureInfo.InvariantCulture)},\"maximum\":{bounds.Maximum.ToString(CultureInfo.InvariantCulture)}" : "")
            + "}";

    private static void Mapper(SourceWriter writer, AtomicValueModel model)
    {
        var value = model.Value;
        writer.Line($"""
            /// <summary>Writes <see cref="{value.Cref}"/> to a string and reads it back.</summary>
            {SourceFile.GeneratedCode}
            """);
        using var _ = writer.Block($"{model.Identity.Modifier} readonly struct {model.Names.Mapper} : TR::IAtomicValueMapper<{value.Type}, {value.Type}?>", after: "");
        var initializer = SchemaEmitter.Expiry(model.Expires).ToList();
        if (value.Counter == CounterType.Int32 || value.Bounds is not null)
        {
            bool isInt = value.Counter == CounterType.Int32;
            initializer.Add($"Minimum = {Bound(value.Bounds?.Minimum ?? int.MinValue, isInt)},");
            initializer.Add($"Maximum = {Bound(value.Bounds?.Maximum ?? int.MaxValue, isInt)},");
        }

        SchemaEmitter.Emit(writer, $"public static TR::AtomicValueSchema Schema {{ get; }} = new({Literals.Text(model.FullName)})", initializer);
        writer.Line($"""

            /// <inheritdoc/>
            public static void Write({value.Type} value, SYS::Span<SER::RedisValue> values, in TR::CodecContext context)
                => {value.Encoding.Write(0, "value")};

            /// <inheritdoc/>
            public static {value.Type}? Read(SYS::ReadOnlySpan<SER::RedisValue> values, in TR::CodecContext context)
                => values[0].IsNull ? null : {value.Encoding.Read(0)};
            """);
    }

    private static string Bound(long bound, bool isInt) => bound switch
    {
        int.MinValue when isInt => "int.MinValue",
        int.MaxValue when isInt => "int.MaxValue",
        long.MaxValue => "long.MaxValue",
        _ => Literals.Constant(bound)!.TrimEnd('L'),
    };

    private static void Store(SourceWriter writer, AtomicValueModel model)
    {
        var (identity, key, names, value) = (model.Identity, model.ValueKey, model.Names, model.Value);
        using var _ = RepositoryEmitter.Open(
            writer, identity, key, names.Store, model.StoreModifier, "atomic values", $"TR::AtomicValueStore<{key.Name}, {value.Type}, {value.Type}?, {names.Mapper}>");
        string ids = $"GEN::IEnumerable<{key.PartsType}> ids";
        string keys = $"SYS::Linq.Enumerable.Select(ids, static id => {KeyEmitter.NewFromParts(key, "id")})";
        writer.Line($"""
            /// <summary>Reads values, in the order of <paramref name="ids"/>; null where there is none. Pipelined: one round trip per 1,000 keys. O(1) per value.</summary>
            public virtual THR::Tasks.Task<{value.Type}?[]> GetManyAsync({ids}, THR::CancellationToken cancellationToken = default)
                => GetManyAsync({keys}, cancellationToken);

            /// <summary>Deletes values, and says of each of <paramref name="ids"/> whether there was one. Pipelined: one round trip per 1,000 keys. O(1) per value.</summary>
            public virtual THR::Tasks.Task<bool[]> DeleteManyAsync({ids}, THR::CancellationToken cancellationToken = default)
                => DeleteManyAsync({keys}, cancellationToken);
            """);
        if (value.Counter == CounterType.None)
            return;

        string core = value.Counter == CounterType.Int32 ? "IncrementInt32CoreAsync" : "IncrementCoreAsync";
        string parameters = $"{key.Name} key, {value.Type} by = 1, THR::CancellationToken cancellationToken = default";
        string outside = value.Bounds is null ? $"outside the range of <see cref=\"{value.Type}\"/>" : HeaderEmitter.Outside(value);
        writer.Line($"""

            /// <summary>Adds to <see cref="{value.Cref}"/>, which counts as 0 where it is absent, and returns the sum. Throws <see cref="SYS::OverflowException"/> and changes nothing where it would be {outside}. One round trip, atomic. O(1).</summary>
            public virtual THR::Tasks.Task<{value.Type}> IncrementAsync({parameters})
                => {core}(key, by, cancellationToken);
            """);
        if (value.Bounds is null)
            return;

        writer.Line($"""

            /// <summary>Adds to <see cref="{value.Cref}"/>, which counts as 0 where it is absent, and returns the sum, or changes nothing and returns null where it would be {outside}. One round trip, atomic. O(1).</summary>
            public virtual THR::Tasks.Task<{value.Type}?> TryIncrementAsync({parameters})
                => Try{core}(key, by, cancellationToken);
            """);
    }
}
