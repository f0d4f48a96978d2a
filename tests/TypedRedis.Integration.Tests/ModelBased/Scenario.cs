using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TypedRedis.Integration.Tests.ModelBased;

/// <summary>A repository under test, and what a run must know to choose its operations and to foretell their answers.</summary>
internal abstract class Scenario<TEntity, TKey>(IVerbs<TEntity, TKey> verbs, ModelSchema schema, RedisContext redis)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    public IVerbs<TEntity, TKey> Verbs { get; } = verbs;

    public ModelSchema Schema { get; } = schema;

    public RedisContext Redis { get; } = redis;

    /// <summary>A few keys, which no other worker has.</summary>
    public abstract TKey[] Keys(int worker);

    public abstract TKey KeyOf(TEntity entity);

    public abstract TEntity Entity(Random random, TKey key);

    /// <summary>What a whole write leaves where an entity exists.</summary>
    public virtual TEntity KeepCounters(TEntity written, TEntity existing) => written;

    public virtual IReadOnlyList<Counter<TEntity, TKey>> Counters => [];

    public virtual IReadOnlyList<Projection<TEntity, TKey>> Projections => [];

    public virtual Patches<TEntity, TKey>? Patches => null;

    private static readonly string[] HostileTexts =
        ["", " ", "a", "a:b*{}%", "%3A", "*", "?", "[a-z]", "\\", "{x}", "a:", ":", "\n\0\x7f", "é€😀", "_", "1", "01", new string('x', 300)];

    public static string Hostile(int i) => HostileTexts[i % HostileTexts.Length];

    protected static string Text(Random random) => Hostile(random.Next(HostileTexts.Length)) + random.Next(100).ToString(CultureInfo.InvariantCulture);

    protected static T? Maybe<T>(Random random, T value)
        where T : struct
        => random.Next(2) == 0 ? null : value;

    protected static string? MaybeText(Random random) => random.Next(2) == 0 ? null : Text(random);
}

/// <summary>A counter: how it is incremented, and where it stands in the entity.</summary>
internal sealed record Counter<TEntity, TKey>(
    string Name, long Minimum, long Maximum, Func<TKey, long, Task<long>> IncrementAsync, Func<TEntity, long> Of, Func<TEntity, long, TEntity> With);

/// <summary>Random patches of a model. What is applied is the emitted patch; what is foretold is the change of an entity in memory.</summary>
internal abstract class Patches<TEntity, TKey>
{
    public abstract (object Patch, Func<TEntity, TEntity> Change) Next(Random random);

    public abstract Task<bool> ApplyAsync(TKey key, object patch);

    public abstract Task<bool[]> ApplyManyAsync(IEnumerable<(TKey Key, object Patch)> patches);
}

internal sealed class Patches<TEntity, TKey, TPatch>(
    Func<TKey, TPatch, Task<bool>> apply,
    Func<IEnumerable<(TKey, TPatch)>, Task<bool[]>> applyMany,
    params (Func<Random, (Action<TPatch> Assign, Func<TEntity, TEntity> Change)> Member, int Weight)[] members) : Patches<TEntity, TKey>
    where TPatch : HashPatch<TEntity>, new()
    where TEntity : class
{
    public override (object Patch, Func<TEntity, TEntity> Change) Next(Random random)
    {
        var patch = new TPatch();
        Func<TEntity, TEntity> change = static entity => entity;
        foreach (var (member, weight) in members)
        {
            if (random.Next(100) >= weight)
                continue;
            var (assign, next) = member(random);
            var before = change;
            assign(patch);
            change = entity => next(before(entity));
        }

        return (patch, change);
    }

    public override Task<bool> ApplyAsync(TKey key, object patch) => apply(key, (TPatch)patch);

    public override Task<bool[]> ApplyManyAsync(IEnumerable<(TKey Key, object Patch)> patches) => applyMany(patches.Select(patch => (patch.Key, (TPatch)patch.Patch)));
}

internal abstract class Projection<TEntity, TKey>
{
    public abstract Task<object?> GetAsync(TKey key);

    public abstract Task<object?[]> GetManyAsync(IEnumerable<TKey> keys);

    public abstract object Of(TEntity entity);
}

internal sealed class Projection<TEntity, TKey, TMapper, TProjection>(HashRepository<TEntity, TKey, TMapper> repository, Func<TEntity, TProjection> of) : Projection<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IHashMapper<TEntity, TKey>
    where TProjection : class, IHashProjection<TProjection, TEntity, TKey>
{
    public override async Task<object?> GetAsync(TKey key) => await repository.GetAsync<TProjection>(key);

    public override async Task<object?[]> GetManyAsync(IEnumerable<TKey> keys) => await repository.GetManyAsync<TProjection>(keys);

    public override object Of(TEntity entity) => of(entity);
}

/// <summary>Shows an entity in full, so that two can be compared and a difference can be read.</summary>
internal static class Shown
{
    private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static string Of(object? value) => value is null ? "null" : JsonSerializer.Serialize(value, value.GetType(), Options);
}
