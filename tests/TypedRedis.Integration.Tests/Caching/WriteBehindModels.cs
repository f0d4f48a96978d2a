using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>Waits for a flush: what happens when is up to the test.</summary>
[CacheAside("parcel:{Id}", Ttl = "10m", Tags = ["place:{Place}"])]
[WriteBehind(BatchSize = 5, FlushEvery = "1h", MaxAttempts = 3, WriteTimeout = "20s", Partitions = 4)]
public sealed record Parcel(long Id, string Place, long Revision = 0);

/// <summary>Is written as soon as there is a worker.</summary>
[CacheAside("reading:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off, NegativeTtl = CacheAsideAttribute.Off)]
[WriteBehind(BatchSize = 10, FlushEvery = "20ms", MaxAttempts = 4, WriteTimeout = "1s", Partitions = 4)]
public sealed record Reading(long Id, long Revision);

[CacheAside("diary:{Id}", Ttl = "10m"), Encrypted, Compressed]
[WriteBehind(FlushEvery = "1h", Partitions = 1)]
public sealed record Diary(string Id, string Body)
{
    public override string ToString() => Id;
}

/// <summary>A source in memory that compares versions, as it should; or not.</summary>
internal class MemorySource<TKey, TEntity>(bool compares = true) : IWritableCacheSource<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    public ConcurrentDictionary<TKey, (long Version, TEntity? Entity)> Rows { get; } = new();

    /// <summary>The sizes of the calls.</summary>
    public ConcurrentQueue<int> Calls { get; } = new();

    /// <summary>What is done before a write, which it may refuse or hold up.</summary>
    public Func<CacheWrite<TKey, TEntity>, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    public TEntity? this[TKey key] => Rows.GetValueOrDefault(key).Entity;

    public int Loads;

    public ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Loads);
        return new(this[key]);
    }

    public async ValueTask WriteAsync(CacheWrite<TKey, TEntity> write, CancellationToken cancellationToken)
    {
        Calls.Enqueue(1);
        await Before(write, cancellationToken);
        Apply(write);
    }

    public async ValueTask WriteManyAsync(IReadOnlyList<CacheWrite<TKey, TEntity>> writes, CancellationToken cancellationToken)
    {
        Calls.Enqueue(writes.Count);
        foreach (CacheWrite<TKey, TEntity> write in writes)
        {
            await Before(write, cancellationToken);
            Apply(write);
        }
    }

    public void Apply(CacheWrite<TKey, TEntity> write) => Rows.AddOrUpdate(
        write.Key,
        _ => (write.Version, write.Entity),
        (_, row) => compares && row.Version >= write.Version ? row : (write.Version, write.Entity));
}

internal sealed class ParcelSource(bool compares = true) : MemorySource<ParcelCacheKey, Parcel>(compares);

internal sealed class ReadingSource : MemorySource<ReadingCacheKey, Reading>;

/// <summary>
/// A source that other processes see too: a hash per key, and the list of all versions that it has taken. Of its calls, a share fails, before or after they have worked; of some keys all do.
/// </summary>
internal sealed class SharedSource(IDatabase database, string prefix, int seed, double failures) : IWritableCacheSource<ReadingCacheKey, Reading>
{
    /// <summary>From here on, keys are refused.</summary>
    public const long FirstPoison = 1000;

    private const string Compare = """
        local version = tonumber(redis.call('HGET', KEYS[1], 'version') or 0)
        if version < tonumber(ARGV[1]) then
          redis.call('HSET', KEYS[1], 'version', ARGV[1], 'revision', ARGV[2])
          redis.call('RPUSH', KEYS[2], ARGV[1])
        end
        redis.call('INCR', KEYS[3])
        """;

    private readonly Random _random = new(seed);

    public bool IsPoisoned { get; set; } = true;

    public async ValueTask<Reading?> LoadAsync(ReadingCacheKey key, CacheLoad load, CancellationToken cancellationToken) => await ReadAsync(key.Id) is (_, { } revision) ? new(key.Id, revision) : null;

    public ValueTask WriteAsync(CacheWrite<ReadingCacheKey, Reading> write, CancellationToken cancellationToken) => WriteManyAsync([write], cancellationToken);

    public async ValueTask WriteManyAsync(IReadOnlyList<CacheWrite<ReadingCacheKey, Reading>> writes, CancellationToken cancellationToken)
    {
        double fate;
        lock (_random)
            fate = _random.NextDouble();
        if (fate < failures / 2 || (IsPoisoned && writes.Any(write => write.Key.Id >= FirstPoison)))
            throw new InvalidOperationException("refused");
        foreach (CacheWrite<ReadingCacheKey, Reading> write in writes)
            await database.ScriptEvaluateAsync(Compare, [RowOf(write.Key.Id), LogOf(write.Key.Id), CountKey], [write.Version, write.Entity is null ? "none" : write.Entity.Revision]);
        if (fate < failures)
            throw new InvalidOperationException("refused, though it has written");
    }

    public async Task<(long Version, long? Revision)> ReadAsync(long id)
    {
        RedisValue[] row = await database.HashGetAsync(RowOf(id), [(RedisValue)"version", "revision"]);
        return ((long)row[0], row[1].IsNull || row[1] == "none" ? null : (long)row[1]);
    }

    /// <summary>The versions that it has taken, in their order.</summary>
    public async Task<long[]> TakenAsync(long id) => Array.ConvertAll(await database.ListRangeAsync(LogOf(id)), static version => (long)version);

    /// <summary>How many writes have come, in all processes.</summary>
    public async Task<long> CountAsync() => (long)await database.StringGetAsync(CountKey);

    private RedisKey CountKey => $"source:{prefix}count";

    private RedisKey RowOf(long id) => $"source:{prefix}{id}";

    private RedisKey LogOf(long id) => $"source:{prefix}{id}:log";
}
