using System.Globalization;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.ModelBased;

/// <summary>
/// Random operations on a repository and on a dictionary, whose answers must be the same. The dictionary keeps no time: it knows which expiry a key was given
/// last, and those that a run gives are hours apart.
/// </summary>
internal sealed class ModelRun<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    private static readonly TimeSpan?[] Expiries = [null, null, null, TimeSpan.FromHours(5), TimeSpan.FromHours(48), Timeout.InfiniteTimeSpan];
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    private readonly Scenario<TEntity, TKey> _scenario;
    private readonly IVerbs<TEntity, TKey> _verbs;
    private readonly TKey[] _keys;
    private readonly int _seed;
    private readonly Random _random;
    private readonly (string Name, int Weight, Func<Task> Step)[] _steps;
    private readonly Dictionary<TKey, Entry> _model = [];
    private readonly Queue<string> _log = new();

    /// <param name="scenario">The repository.</param>
    /// <param name="worker">Which of the workers on the scenario's context this is.</param>
    /// <param name="alone">Whether it is the only one: then it also does what touches every entity of the context.</param>
    /// <param name="seed">Where the operations come from.</param>
    public ModelRun(Scenario<TEntity, TKey> scenario, int worker, bool alone, int seed)
    {
        _scenario = scenario;
        _verbs = scenario.Verbs;
        _keys = scenario.Keys(worker);
        _seed = seed;
        _random = new Random(seed);
        _steps =
        [
            ("Insert", 10, InsertAsync),
            ("Upsert", 10, UpsertAsync),
            ("Update", 10, UpdateAsync),
            ("InsertMany", 5, InsertManyAsync),
            ("UpsertMany", 5, UpsertManyAsync),
            ("UpdateMany", 5, UpdateManyAsync),
            ("Delete", 8, DeleteAsync),
            ("DeleteMany", 4, DeleteManyAsync),
            ("Get", 12, GetAsync),
            ("GetMany", 6, GetManyAsync),
            ("Exists", 5, ExistsAsync),
            ("ExistsMany", 4, ExistsManyAsync),
            ("Expire", 6, ExpireAsync),
            ("GetTimeToLive", 15, GetTimeToLiveAsync),
            ("ScanKeys", 2, ScanKeysAsync),
            ("Scan", 2, ScanAsync),
            ("DeleteAll", alone ? 1 : 0, DeleteAllAsync),
            ("Increment", scenario.Counters.Count > 0 ? 20 : 0, IncrementAsync),
            ("Patch", scenario.Patches is not null ? 15 : 0, PatchAsync),
            ("PatchMany", scenario.Patches is not null ? 6 : 0, PatchManyAsync),
            ("GetProjection", scenario.Projections.Count > 0 ? 8 : 0, GetProjectionAsync),
            ("GetManyProjections", scenario.Projections.Count > 0 ? 4 : 0, GetManyProjectionsAsync),
            ("GetAndSet", Strings is null ? 0 : 6, GetAndSetAsync),
            ("GetAndDelete", Strings is null ? 0 : 4, GetAndDeleteAsync),
            ("CompareAndSet", Strings is null ? 0 : 10, CompareAndSetAsync),
            ("CompareAndDelete", Strings is null ? 0 : 4, CompareAndDeleteAsync),
            ("UpdateByFunction", Strings is null ? 0 : 6, UpdateByFunctionAsync),
        ];
    }

    /// <summary>The keys that there must be, in full.</summary>
    public IEnumerable<string> FullKeys => _model.Keys.Select(key => _scenario.Redis.Full(key));

    public async Task RunAsync(int operations)
    {
        int total = _steps.Sum(step => step.Weight);
        try
        {
            for (int i = 0; i < operations; i++)
            {
                int choice = _random.Next(total);
                var (name, _, step) = _steps.First(step => (choice -= step.Weight) < 0);
                Log($"{i}. {name}");
                await step().EndsAsync();
            }

            Log("at the end");
            await CheckAllAsync().EndsAsync();
        }
        catch (Exception error)
        {
            throw new XunitException(
                $"{typeof(TEntity).Name}, prefix '{_scenario.Redis.Prefix}', seed {_seed} (set {Seeds.Variable}={Seeds.Base} to repeat): {error.Message}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    private async Task InsertAsync()
    {
        var (entity, expiresIn) = (NextEntity(), NextExpiry());
        Same(ModelInsert(entity, expiresIn), await _verbs.InsertAsync(entity, expiresIn));
    }

    private async Task UpsertAsync()
    {
        var (entity, expiresIn) = (NextEntity(), NextExpiry());
        Same(ModelUpsert(entity, expiresIn), await _verbs.UpsertAsync(entity, expiresIn));
    }

    private async Task UpdateAsync()
    {
        var (entity, expiresIn) = (NextEntity(), NextExpiry());
        Same(ModelUpdate(entity, expiresIn), await _verbs.UpdateAsync(entity, expiresIn));
    }

    private async Task InsertManyAsync()
    {
        var (entities, expiresIn) = (NextEntities(), NextExpiry());
        Same(entities.Select(entity => ModelInsert(entity, expiresIn)), await _verbs.InsertManyAsync(entities, expiresIn));
    }

    private async Task UpsertManyAsync()
    {
        var (entities, expiresIn) = (NextEntities(), NextExpiry());
        foreach (TEntity entity in LastOfEach(entities))
            ModelUpsert(entity, expiresIn);
        await _verbs.UpsertManyAsync(entities, expiresIn);
    }

    private async Task UpdateManyAsync()
    {
        var (entities, expiresIn) = (NextEntities(), NextExpiry());
        bool[] expected = [.. entities.Select(entity => _model.ContainsKey(_scenario.KeyOf(entity)))];
        foreach (TEntity entity in LastOfEach(entities))
            ModelUpdate(entity, expiresIn);
        Same(expected, await _verbs.UpdateManyAsync(entities, expiresIn));
    }

    private async Task DeleteAsync()
    {
        TKey key = NextKey();
        Same(_model.Remove(key), await _verbs.Repository.DeleteAsync(key));
    }

    private async Task DeleteManyAsync()
    {
        TKey[] keys = NextKeys();
        Same(keys.Select(_model.Remove), await _verbs.Repository.DeleteManyAsync(keys));
    }

    private async Task GetAsync()
    {
        TKey key = NextKey();
        Same(Read(key), await _verbs.GetAsync(key));
    }

    private async Task GetManyAsync()
    {
        TKey[] keys = NextKeys();
        Same(keys.Select(Read), await _verbs.Repository.GetManyAsync(keys));
    }

    private async Task ExistsAsync()
    {
        TKey key = NextKey();
        Same(_model.ContainsKey(key), await _verbs.ExistsAsync(key));
    }

    private async Task ExistsManyAsync()
    {
        TKey[] keys = NextKeys();
        Same(keys.Select(_model.ContainsKey), await _verbs.ExistsManyAsync(keys));
    }

    private async Task ExpireAsync()
    {
        TKey key = NextKey();
        TimeSpan expiresIn = NextExpiry() ?? TimeSpan.FromHours(20);
        if (_model.TryGetValue(key, out var entry))
            entry.Expiry = OfNone(expiresIn);
        Same(entry is not null, await _verbs.Repository.ExpireAsync(key, expiresIn));
    }

    private async Task GetTimeToLiveAsync()
    {
        TKey key = NextKey();
        CheckTimeToLive(key, await _verbs.Repository.GetTimeToLiveAsync(key));
    }

    private async Task ScanKeysAsync()
    {
        var found = new HashSet<TKey>();
        await foreach (TKey key in _verbs.Repository.ScanKeysAsync(pageSize: _random.Next(1, 50)))
            found.Add(key);
        Same(_keys.Where(_model.ContainsKey), _keys.Where(found.Contains));
    }

    private async Task ScanAsync()
    {
        var found = new Dictionary<TKey, TEntity>();
        await foreach (TEntity entity in _verbs.Repository.ScanAsync(pageSize: _random.Next(1, 50)))
            found[_scenario.KeyOf(entity)] = entity;
        Same(_keys.Select(key => _model.GetValueOrDefault(key)?.Entity), _keys.Select(key => found.GetValueOrDefault(key)));    // A walk does not slide.
    }

    private async Task DeleteAllAsync()
    {
        long count = _model.Count;
        _model.Clear();
        Same(count, await _verbs.Repository.DeleteAllAsync());
    }

    private async Task IncrementAsync()
    {
        TKey key = NextKey();
        var counter = _scenario.Counters[_random.Next(_scenario.Counters.Count)];
        long[] steps = [1, -1, 7, -1000, counter.Maximum, counter.Minimum, counter.Maximum / 2];
        long by = steps[_random.Next(steps.Length)];
        Log($"   {counter.Name} of {key} by {by}");
        if (!_model.TryGetValue(key, out var entry))
        {
            await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => counter.IncrementAsync(key, by));
            return;
        }

        Int128 sum = (Int128)counter.Of(entry.Entity) + by;
        if (sum < counter.Minimum || sum > counter.Maximum)
        {
            await Assert.ThrowsAsync<OverflowException>(() => counter.IncrementAsync(key, by));
            return;
        }

        entry.Entity = counter.With(entry.Entity, (long)sum);
        Slide(entry);
        Same((long)sum, await counter.IncrementAsync(key, by));
    }

    private async Task PatchAsync()
    {
        TKey key = NextKey();
        var (patch, change) = _scenario.Patches!.Next(_random);
        Log($"   {key}: {Shown.Of(patch)}");
        Same(ModelPatch(key, change), await _scenario.Patches.ApplyAsync(key, patch));
    }

    private async Task PatchManyAsync()
    {
        TKey[] keys = NextKeys();
        var patches = keys.Select(key => (Key: key, Next: _scenario.Patches!.Next(_random))).ToArray();
        Log(string.Join("; ", patches.Select(patch => $"   {patch.Key}: {Shown.Of(patch.Next.Patch)}")));
        var given = patches.Select(patch => (patch.Key, patch.Next.Patch));
        if (keys.Distinct().Count() < keys.Length)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => _scenario.Patches!.ApplyManyAsync(given));
            return;
        }

        Same(patches.Select(patch => ModelPatch(patch.Key, patch.Next.Change)), await _scenario.Patches!.ApplyManyAsync(given));
    }

    private async Task GetProjectionAsync()
    {
        TKey key = NextKey();
        var projection = _scenario.Projections[_random.Next(_scenario.Projections.Count)];
        Same(Read(key) is { } entity ? projection.Of(entity) : null, await projection.GetAsync(key));
    }

    private async Task GetManyProjectionsAsync()
    {
        TKey[] keys = NextKeys();
        var projection = _scenario.Projections[_random.Next(_scenario.Projections.Count)];
        Same(keys.Select(key => Read(key) is { } entity ? projection.Of(entity) : null), await projection.GetManyAsync(keys));
    }

    private IStringVerbs<TEntity, TKey>? Strings => _verbs as IStringVerbs<TEntity, TKey>;

    private async Task GetAndSetAsync()
    {
        var (entity, expiresIn) = (NextEntity(), NextExpiry());
        TEntity? before = _model.GetValueOrDefault(_scenario.KeyOf(entity))?.Entity;
        ModelUpsert(entity, expiresIn);
        Same(before, await Strings!.GetAndSetAsync(entity, expiresIn));
    }

    private async Task GetAndDeleteAsync()
    {
        TKey key = NextKey();
        _model.Remove(key, out var before);
        Same(before?.Entity, await Strings!.GetAndDeleteAsync(key));
    }

    private async Task CompareAndSetAsync()
    {
        var (entity, expiresIn) = (NextEntity(), NextExpiry());
        TEntity expected = NextExpected(_scenario.KeyOf(entity), out bool isStored);
        if (isStored)
            ModelUpdate(entity, expiresIn);
        Same(isStored, await Strings!.CompareAndSetAsync(expected, entity, expiresIn));
    }

    private async Task CompareAndDeleteAsync()
    {
        TKey key = NextKey();
        TEntity expected = NextExpected(key, out bool isStored);
        if (isStored)
            _model.Remove(key);
        Same(isStored, await Strings!.CompareAndDeleteAsync(expected));
    }

    private async Task UpdateByFunctionAsync()
    {
        TEntity entity = NextEntity();
        TEntity? before = null;
        TEntity? stored = _model.GetValueOrDefault(_scenario.KeyOf(entity))?.Entity;
        bool isStored = ModelUpdate(entity, expiresIn: null);
        Same(isStored ? entity : null, await Strings!.UpdateAsync(_scenario.KeyOf(entity), found => { before = found; return entity; }));
        Same(stored, before);
    }

    private TEntity NextExpected(TKey key, out bool isStored)
    {
        TEntity? stored = _model.GetValueOrDefault(key)?.Entity;
        TEntity expected = stored is not null && _random.Next(2) == 0 ? stored : _scenario.Entity(_random, key);
        isStored = stored is not null && Shown.Of(stored) == Shown.Of(expected);
        Log($"   expected {Shown.Of(expected)}");
        return expected;
    }

    private async Task CheckAllAsync()
    {
        foreach (TKey key in _keys)
            CheckTimeToLive(key, await _verbs.Repository.GetTimeToLiveAsync(key));
        Same(_keys.Select(Read), await _verbs.Repository.GetManyAsync(_keys));
    }

    private bool ModelInsert(TEntity entity, TimeSpan? expiresIn) => _model.TryAdd(_scenario.KeyOf(entity), new Entry(entity) { Expiry = WholeWrite(expiresIn, before: null) });

    private bool ModelUpsert(TEntity entity, TimeSpan? expiresIn) => !ModelUpdate(entity, expiresIn) && ModelInsert(entity, expiresIn);

    private bool ModelUpdate(TEntity entity, TimeSpan? expiresIn)
    {
        if (!_model.TryGetValue(_scenario.KeyOf(entity), out var entry))
            return false;
        entry.Entity = _scenario.KeepCounters(entity, entry.Entity);
        entry.Expiry = WholeWrite(expiresIn, entry.Expiry);
        return true;
    }

    private bool ModelPatch(TKey key, Func<TEntity, TEntity> change)
    {
        if (!_model.TryGetValue(key, out var entry))
            return false;
        entry.Entity = change(entry.Entity);
        Slide(entry);
        return true;
    }

    private TEntity? Read(TKey key)
    {
        if (!_model.TryGetValue(key, out var entry))
            return null;
        Slide(entry);
        return entry.Entity;
    }

    private void Slide(Entry entry)
    {
        if (_scenario.Schema.Sliding)
            entry.Expiry = _scenario.Schema.Expiry;
    }

    private TimeSpan? WholeWrite(TimeSpan? expiresIn, TimeSpan? before) => OfNone(expiresIn ?? _scenario.Schema.Expiry ?? before);

    private static TimeSpan? OfNone(TimeSpan? expiry) => expiry == Timeout.InfiniteTimeSpan ? null : expiry;

    private TEntity[] LastOfEach(TEntity[] entities) => [.. entities.Reverse().DistinctBy(_scenario.KeyOf)];

    private TKey NextKey()
    {
        TKey key = _keys[_random.Next(_keys.Length)];
        Log($"   {key}");
        return key;
    }

    private TKey[] NextKeys()
    {
        TKey[] keys = [.. Enumerable.Range(0, _random.Next(0, 8)).Select(_ => _keys[_random.Next(_keys.Length)])];
        Log($"   {string.Join(", ", keys)}");
        return keys;
    }

    private TEntity NextEntity()
    {
        TEntity entity = _scenario.Entity(_random, _keys[_random.Next(_keys.Length)]);
        Log($"   {Shown.Of(entity)}");
        return entity;
    }

    private TEntity[] NextEntities() => [.. Enumerable.Range(0, _random.Next(0, 6)).Select(_ => NextEntity())];

    private TimeSpan? NextExpiry()
    {
        TimeSpan? expiry = Expiries[_random.Next(Expiries.Length)];
        Log($"   for {expiry?.ToString() ?? "the declared time"}");
        return expiry;
    }

    private void CheckTimeToLive(TKey key, TimeSpan? actual)
    {
        if (!_model.TryGetValue(key, out var entry))
            Same(null, actual);
        else if (entry.Expiry is not { } expiry)
            Same(Timeout.InfiniteTimeSpan, actual);
        else if (!(actual <= expiry && actual > expiry - Slack))
            throw new XunitException($"{key} should have a little less than {expiry}, and has {actual}.");
    }

    private static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual)
        => Assert.Equal(expected.Select(item => Shown.Of(item)), actual.Select(item => Shown.Of(item)));

    private static void Same(object? expected, object? actual) => Assert.Equal(Shown.Of(expected), Shown.Of(actual));

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 60)
            _log.Dequeue();
    }

    private sealed class Entry(TEntity entity)
    {
        public TEntity Entity { get; set; } = entity;

        /// <summary>The expiry that the key was given last; null = none.</summary>
        public TimeSpan? Expiry { get; set; }
    }
}

/// <summary>Each run of the tests takes other operations. A failed one says how to repeat it.</summary>
internal static class Seeds
{
    public const string Variable = "TYPEDREDIS_TEST_SEED";

    public static int Base { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Random.Shared.Next();

    public static int Of(int worker) => unchecked(Base + worker * 7919);
}
