using System.Reflection;
using System.Text.Json;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Tells a program in what its models differ from those that were last recorded in the database. The records stand beside the entities, in the hash
/// <c>typedredis:{}:schemas</c> under the context's prefix, where no entity can stand; a field per model, whose value is its manifest. Caches have none: their entries say which form they have. Nothing looks at them but these calls:
/// make them where an application starts or is deployed.
/// </summary>
public sealed partial class RedisSchemas
{
    private const string Key = "typedredis:{}:schemas";

    private static readonly ModelSchema Records = new RecordSchema();

    [LuaScript(File = "schema_record.lua")]
    private static partial RedisScript RecordScript { get; }

    private readonly RedisContext _redis;

    internal RedisSchemas(RedisContext redis) => _redis = redis;

    /// <summary>The hash of a manifest: 16 hexadecimal digits that are the same for the same stored form, whatever the order of the members and their names in C#.</summary>
    /// <param name="manifest">The manifest, as <see cref="RedisModelSchemaAttribute.Schema"/> has it.</param>
    /// <exception cref="JsonException">It is no manifest.</exception>
    public static string HashOf(string manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new SchemaText(manifest).Hash;
    }

    /// <summary>Compares a model with what is recorded of it. One round trip. O(1).</summary>
    /// <typeparam name="TModel">A model: a type with <see cref="RedisHashAttribute"/> or <see cref="RedisStringAttribute"/>, or else the first of what it has, such as <see cref="LeaderboardAttribute"/>.</typeparam>
    /// <exception cref="ArgumentException">The type is no model.</exception>
    /// <exception cref="RedisDecodeException">The record is no manifest: another program wrote it.</exception>
    public async Task<SchemaReport> CheckAsync<TModel>(CancellationToken cancellationToken = default)
        where TModel : class
        => (await CheckAsync([OfModel(typeof(TModel))], cancellationToken).ConfigureAwait(false))[0].Report;

    /// <summary>Compares the models of an assembly with what is recorded of them. One round trip. O(models).</summary>
    /// <returns>A report per model that is declared there.</returns>
    /// <inheritdoc cref="CheckAsync{TModel}" path="/exception[@cref='RedisDecodeException']"/>
    public async Task<IReadOnlyList<SchemaReport>> CheckAsync(Assembly assembly, CancellationToken cancellationToken = default)
        => [.. (await CheckAsync(OfAssembly(assembly), cancellationToken).ConfigureAwait(false)).Select(static check => check.Report)];

    /// <summary>Records a model's schema, unless a newer program has. Two round trips; the change is atomic, and made on what was compared. O(1).</summary>
    /// <returns>How it compared with what was recorded before.</returns>
    /// <inheritdoc cref="CheckAsync{TModel}"/>
    public async Task<SchemaReport> RecordAsync<TModel>(CancellationToken cancellationToken = default)
        where TModel : class
        => (await RecordAsync([OfModel(typeof(TModel))], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Records the schemas of the models of an assembly, but those that a newer program has recorded. Two round trips; the change is atomic, and made on what was compared. O(models).</summary>
    /// <returns>How each compared with what was recorded before.</returns>
    /// <inheritdoc cref="CheckAsync{TModel}" path="/exception[@cref='RedisDecodeException']"/>
    public Task<IReadOnlyList<SchemaReport>> RecordAsync(Assembly assembly, CancellationToken cancellationToken = default)
        => RecordAsync(OfAssembly(assembly), cancellationToken);

    private async Task<IReadOnlyList<SchemaReport>> RecordAsync(RedisModelSchemaAttribute[] models, CancellationToken cancellationToken)
    {
        while (true)
        {
            var checks = await CheckAsync(models, cancellationToken).ConfigureAwait(false);
            var arguments = new List<RedisValue>();
            for (int i = 0; i < models.Length; i++)
            {
                if (checks[i].Report.Status is SchemaStatus.New or SchemaStatus.Changed)
                {
                    arguments.AddRange([NameOf(models[i]), checks[i].Recorded.IsNull ? "" : checks[i].Recorded, models[i].Schema]);
                }
            }

            if (arguments.Count == 0 || (long)await ScriptWait.Evaluate(RecordScript, _redis, Records, [Key], [.. arguments], cancellationToken).ConfigureAwait(false) == 1)
            {
                return [.. checks.Select(static check => check.Report)];
            }
        }
    }

    private async Task<(SchemaReport Report, RedisValue Recorded)[]> CheckAsync(RedisModelSchemaAttribute[] models, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (models.Length == 0)
        {
            return [];
        }

        RedisValue[] names = Array.ConvertAll(models, static model => (RedisValue)NameOf(model));
        RedisValue[] recorded = await OperationWait<RedisValue[]>.For(_redis.Database.HashGetAsync(Key, names), _redis, Records, Key, cancellationToken).ConfigureAwait(false);
        var checks = new (SchemaReport, RedisValue)[models.Length];
        for (int i = 0; i < models.Length; i++)
        {
            checks[i] = (Compare(models[i], (string?)recorded[i]), recorded[i]);
        }

        return checks;
    }

    private SchemaReport Compare(RedisModelSchemaAttribute model, string? record)
    {
        string name = NameOf(model);
        var current = new SchemaText(model.Schema);
        if (record is null)
        {
            return new SchemaReport(name, SchemaStatus.New, current.Hash, RecordedHash: null, []);
        }

        SchemaText recorded;
        try
        {
            recorded = new SchemaText(record);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            string value = Printable.Of(record);
            throw new RedisDecodeException(
                $"{name}: the field '{name}' of '{_redis.FullKey(Key)}' holds '{value}', which is no schema. Another program wrote it; remove the field and record the schema anew.",
                name, _redis.FullKey(Key), name, value, e);
        }

        List<SchemaChange> changes = current.ChangesSince(recorded);
        SchemaStatus status = changes.Count == 0 ? SchemaStatus.Same : recorded.Version > current.Version ? SchemaStatus.Newer : SchemaStatus.Changed;
        return new SchemaReport(name, status, current.Hash, recorded.Hash, changes);
    }

    private static RedisModelSchemaAttribute OfModel(Type type)
        => OfAssembly(type.Assembly).FirstOrDefault(model => model.Model == type)
            ?? throw new ArgumentException($"{type} is no model of its assembly. Name a type with [RedisHash] or [RedisString].");

    private static RedisModelSchemaAttribute[] OfAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return [.. assembly.GetCustomAttributes<RedisModelSchemaAttribute>().Where(static model => KindOf(model) != "cache").OrderBy(NameOf, StringComparer.Ordinal)];
    }

    // A type can be an entity and have a value or be counted besides. The entries of caches say themselves which form they have.
    private static string NameOf(RedisModelSchemaAttribute model)
    {
        string name = model.Model.ToString().Replace('+', '.');
        return KindOf(model) is { } kind and not ("hash" or "string") ? $"{name} ({kind})" : name;
    }

    private static string? KindOf(RedisModelSchemaAttribute model)
    {
        using JsonDocument manifest = JsonDocument.Parse(model.Schema);
        return manifest.RootElement.TryGetProperty("kind", out JsonElement kind) ? kind.GetString() : null;
    }

    private sealed class RecordSchema() : ModelSchema("The records of schemas")
    {
        internal override string RedisType => "hash";

        internal override string FieldName(int field) => "(record)";

        internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;
    }
}
