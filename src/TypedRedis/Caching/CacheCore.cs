using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// What all instances of a cache in a process share: the process's own level, the loads under way, what is known of tags, the channel. One per mapper, connection and options.
/// The protocol: the right to store what was loaded is a token in the entry itself, which every invalidation and write removes; so what a slow load gives is not stored over
/// anything newer, and nobody holds a lock.
/// </summary>
internal sealed partial class CacheCore<TEntity, TKey, TMapper> : ICacheListener, ICacheMeasured
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    // How long the source is left alone after it has failed, in ms.
    private const long FailurePause = 1_000;

    // What a claim lasts beyond the deadline of the load that it is for, in ms: the way there and back.
    private const long LeaseMargin = 1_000;

    // How often somebody looks who waits for another process and may have missed its message, in ms.
    private const long Distrust = 100;

    // How often expired entries are taken out of the process's own level, in ms.
    private const long TidyInterval = 5_000;

    // A demand for what is loaded now: what stands there cannot be read.
    private const long Anew = long.MaxValue;

    // An epoch that no key has.
    private const long Unkept = -1;

    // How long a loader may have an entry live whose declared time is shorter.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    private static readonly ConditionalWeakTable<IConnectionMultiplexer, ConcurrentDictionary<RedisContextOptions, WeakReference<CacheCore<TEntity, TKey, TMapper>>>> Cores = [];
    private static readonly long ProcessId = BinaryPrimitives.ReadInt64LittleEndian(Guid.NewGuid().ToByteArray());
    private static long s_tokens;

    private readonly RedisContext _redis;
    private readonly CacheClock _clock;
    private readonly CacheBreaker _breaker;
    private readonly CacheChannel _channel;
    private readonly ILogger _log;
    private readonly LocalLevel<TKey, TEntity>? _local;
    private readonly ConcurrentDictionary<TKey, CacheFlight<TEntity>> _flights = new();
    private readonly ConcurrentDictionary<TKey, bool> _refreshing = new();
    private readonly long _localTtl;
    private readonly long _lease;
    private readonly byte[] _indexPrefix;
    private long _tidiedAt;

    private CacheCore(RedisContext redis)
    {
        Schema.CheckKeyRing(redis);
        _redis = redis.ForCaches();
        _clock = new CacheClock(redis.Options.TimeProvider);
        Hot = new HotKeys<TKey>(_clock);
        _breaker = CacheBreaker.Of(redis.Connection);
        _log = (redis.Options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(CacheLog.Category);
        _channel = new CacheChannel(_redis, Schema, this, Tags, _clock, Counters, _log);
        _localTtl = (long)(Schema.HotTtl > TimeSpan.Zero ? Schema.HotTtl : Schema.LocalTtl).TotalMilliseconds;
        _lease = (long)Schema.LoadTimeout.TotalMilliseconds + LeaseMargin;
        _indexPrefix = Encoding.UTF8.GetBytes(Schema.Name + ":~tag:");
        _local = _localTtl > 0 ? new LocalLevel<TKey, TEntity>(Schema.LocalEntries, Schema.LocalBytes) : null;
    }

    public CacheCounters Counters { get; } = new();

    public TagTable Tags { get; } = new();

    public HotKeys<TKey> Hot { get; }

    // How long an invalidated tag is remembered, in µs: longer than any entry lives that was loaded before.
    private static long TagMemory => (long)(Math.Max(LongestLife.TotalMicroseconds, Schema.Expiry!.Value.TotalMicroseconds) + Schema.FailSafe.TotalMicroseconds);

    public string CacheName => Schema.Name;

    private static CacheSchema Schema => TMapper.Schema;

    public int LocalCount => _local?.Count ?? 0;

    public long LocalBytes => _local?.Bytes ?? 0;

    public long LocalEvictions => _local?.Evictions ?? 0;

    public bool IsBypassed => _breaker.IsOpen;

    public bool IsTrusted => _channel.IsTrusted(_clock.Now);

    /// <summary>The core of a context.</summary>
    public static CacheCore<TEntity, TKey, TMapper> Of(RedisContext redis)
    {
        ConcurrentDictionary<RedisContextOptions, WeakReference<CacheCore<TEntity, TKey, TMapper>>> cores = Cores.GetValue(redis.Connection, static _ => []);
        lock (cores)
        {
            if (cores.TryGetValue(redis.Options, out WeakReference<CacheCore<TEntity, TKey, TMapper>>? known) && known.TryGetTarget(out CacheCore<TEntity, TKey, TMapper>? core))
            {
                return core;
            }

            foreach ((RedisContextOptions options, WeakReference<CacheCore<TEntity, TKey, TMapper>> other) in cores)
            {
                if (!other.TryGetTarget(out _))
                {
                    cores.TryRemove(options, out _);
                }
            }

            core = new CacheCore<TEntity, TKey, TMapper>(redis);
            CacheTelemetry.Add(core);
            cores[redis.Options] = new WeakReference<CacheCore<TEntity, TKey, TMapper>>(core);
            return core;
        }
    }

    /// <summary>The key of an entry in Redis, without the prefix: of a write-behind cache it begins with the hash tag of its queue.</summary>
    public static RedisKey RedisKeyOf(TKey key) => Schema.Partitions == 0 ? key.ToRedisKey() : WriteBehindKeys.EntryOf(key.ToRedisKey(), Schema.Partitions);

    void ICacheListener.OnChanged(ReadOnlySpan<byte> key)
    {
        if (Schema.Partitions > 0)
        {
            HearQueue(key);
        }

        if (TKey.TryParse(key, out TKey parsed))
        {
            Forget(parsed);
        }
    }

    void ICacheListener.OnLoaded(ReadOnlySpan<byte> key)
    {
        if (TKey.TryParse(key, out TKey parsed) && _flights.TryGetValue(parsed, out CacheFlight<TEntity>? flight))
        {
            flight.Wake();
        }
    }

    void ICacheListener.OnCleared() => ForgetAll();

    void ICacheListener.OnLost() => ForgetAll();

    void ICacheListener.OnTime(long now)
    {
        if (now - _tidiedAt > TidyInterval)
        {
            _tidiedAt = now;
            _local?.RemoveExpired(now);
            Tags.Forget(TagMemory);
        }
    }

    private void ForgetAll()
    {
        _local?.Clear();
        foreach (TKey key in _flights.Keys)
        {
            Forget(key);
        }
    }
}
