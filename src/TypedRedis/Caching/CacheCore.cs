using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
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

    // ---- The process's own level

    /// <summary>Reads the process's own level: no round trip, nothing allocated where instances are shared.</summary>
    /// <param name="key">The key.</param>
    /// <param name="need">The lowest version that will do.</param>
    /// <param name="loader">What loads the entry anew where it is due; null where that is to be done later. Then an entry that is due is no answer.</param>
    /// <param name="value">The entity, or null where there is none.</param>
    public bool TryGetLocal(TKey key, long need, CacheLoader<TKey, TEntity>? loader, out TEntity? value)
    {
        if (_local is not null)
        {
            long now = _clock.Now;
            if (_channel.IsTrusted(now) && _local.TryGet(key, out LocalEntry<TEntity>? entry) && now < entry.Expires && entry.Version >= need && IsValid(entry))
            {
                if (now >= entry.Due)
                {
                    if (loader is null)
                    {
                        value = null;
                        return false;
                    }

                    StartRefresh(key, loader);
                }

                _channel.Touch(now);
                Hot.Sample(key);
                Counters.Add(CacheEvent.LocalHit);
                value = InstanceOf(key, entry);
                return true;
            }
        }

        value = null;
        return false;
    }

    private bool IsValid(LocalEntry<TEntity> entry)
    {
        long edition = Tags.Edition;
        if (entry.VerifiedEdition == edition)
        {
            return true;
        }

        if (!Tags.IsValid(entry.TagClock, entry.Tags))
        {
            return false;
        }

        entry.VerifiedEdition = edition;
        return true;
    }

    private TEntity? InstanceOf(TKey key, LocalEntry<TEntity> entry)
        => Schema.Instances switch
        {
            LocalInstances.Shared => entry.Value,
            LocalInstances.Cloned => entry.Value is null ? null : TMapper.Clone(entry.Value),
            _ => entry.Payload is null ? null : TMapper.Read(entry.Payload, Context(key.ToRedisKey())),
        };

    // Another instance of the same, for another caller.
    private TEntity? CopyOf(TKey key, TEntity? value)
    {
        if (value is null || Schema.Instances == LocalInstances.Shared)
        {
            return value;
        }

        if (Schema.Instances == LocalInstances.Cloned)
        {
            return TMapper.Clone(value);
        }

        var output = new ArrayBufferWriter<byte>();
        CodecContext context = Context(key.ToRedisKey());
        TMapper.Write(value, output, context);
        return TMapper.Read(output.WrittenSpan, context);
    }

    // What is read while messages may be missing is not kept, for nothing would tell of its end. In this order: a loss ends the trust first, and then the epoch.
    private long EpochOf(TKey key)
    {
        if (_local is null)
        {
            return Unkept;
        }

        long epoch = _local.EpochOf(key);
        return _channel.IsTrusted(_clock.Now) ? epoch : Unkept;
    }

    private void AddLocal(TKey key, long epoch, TEntity? value, byte[]? payload, int size, long fresh, long due, long version, long tagClock, ulong[]? tags)
    {
        if (_local is null || (Schema.HotTtl > TimeSpan.Zero && !Hot.IsHot(key, Schema.HotReads)))
        {
            return;
        }

        long expires = Math.Min(_clock.Now + _localTtl, fresh);
        TEntity? held = Schema.Instances == LocalInstances.Decoded ? null : value;
        byte[]? bytes = Schema.Instances == LocalInstances.Decoded && value is not null ? payload : null;
        _local.TryAdd(new LocalEntry<TKey, TEntity>(key, held, bytes, size, Math.Min(due, expires), expires, version, tagClock, tags), epoch);
    }

    /// <summary>Something happened to a key in this process: whatever was read before does not count any more.</summary>
    public void Forget(TKey key)
    {
        _local?.Remove(key);
        if (_writes.TryRemove(key, out TaskCompletionSource? ended))
        {
            ended.TrySetResult();
        }

        if (_flights.TryGetValue(key, out CacheFlight<TEntity>? flight))
        {
            if (flight.IsLoading)
            {
                Leave(key, flight);
            }
            else
            {
                flight.Wake();
            }
        }
    }

    // ---- Messages

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

    // ---- Reading

    /// <summary>Reads an entry, or has it loaded.</summary>
    /// <param name="key">The key.</param>
    /// <param name="need">The lowest version that will do.</param>
    /// <param name="loader">What loads it.</param>
    /// <param name="cancellationToken">Stops the wait, not the load.</param>
    /// <param name="isStrong">Whether an entry past its life will not do, though the source is slow or fails.</param>
    public async ValueTask<TEntity?> ReadAsync(TKey key, long need, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken, bool isStrong = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = RedisKeyOf(key);
        await _channel.UseAsync().ConfigureAwait(false);
        while (true)
        {
            if (_flights.TryGetValue(key, out CacheFlight<TEntity>? flight) && flight.TryJoin(out int claims))
            {
                CacheOutcome<TEntity> shared = await flight.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (!(isStrong && shared.IsOld) && await shared.IsForAsync(claims, need, Tags, cancellationToken).ConfigureAwait(false))
                {
                    shared.Error?.Throw();
                    return CopyOf(key, shared.Value);
                }

                continue;
            }

            long demand = need;
            bool isReached = _breaker.TryEnter(_clock.Now);
            if (isReached)
            {
                long epoch = EpochOf(key);
                RedisRead read = await TryReadAsync(redisKey, cancellationToken).ConfigureAwait(false);
                isReached = read.IsReached;
                if (isReached && Use(key, redisKey, read, epoch, need, isStrong ? null : loader, isStrong, ref demand, out TEntity? value))
                {
                    return value;
                }
            }

            Counters.Add(CacheEvent.Miss);
            flight = FlightFor(demand, need);
            flight.TryJoin(out claims);
            if (!_flights.TryAdd(key, flight))
            {
                continue;       // Another one was faster.
            }

            _ = FlyAsync(key, redisKey, flight, loader, force: false, isReached);
            CacheOutcome<TEntity> outcome = await flight.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!(isStrong && outcome.IsOld) && await outcome.IsForAsync(claims, need, Tags, cancellationToken).ConfigureAwait(false))
            {
                outcome.Error?.Throw();
                return flight.IsShared ? CopyOf(key, outcome.Value) : outcome.Value;    // The others copy it meanwhile.
            }
        }
    }

    /// <summary>Reads an entry and loads nothing.</summary>
    public async ValueTask<CacheLookup<TEntity>> LookUpAsync(TKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = RedisKeyOf(key);
        await _channel.UseAsync().ConfigureAwait(false);
        if (!_breaker.TryEnter(_clock.Now))
        {
            return default;
        }

        long epoch = EpochOf(key);
        RedisRead read = await TryReadAsync(redisKey, cancellationToken).ConfigureAwait(false);
        long unused = 0;
        CacheEntry entry = CacheEntry.Read(read.Stored, Schema.Shape);
        if (entry.State is EntryState.Failed || !read.IsReached)
        {
            return default;
        }

        bool isStale = entry.State is EntryState.Value && entry.FreshUntil <= _clock.ServerNow;
        if (isStale)
        {
            return entry.IsValid(Tags) && TryDecode(key, redisKey, entry, out TEntity? old) ? new CacheLookup<TEntity>(old, isStale: true) : default;
        }

        return Use(key, redisKey, read, epoch, need: 0, loader: null, isStrong: false, ref unused, out TEntity? value) ? new CacheLookup<TEntity>(value, isStale: false) : default;
    }

    // What Redis said, if anything.
    private readonly record struct RedisRead(bool IsReached, byte[]? Stored);

    // One round trip. Where the table of tags is not to be trusted, what is new in the log comes with it.
    private async ValueTask<RedisRead> TryReadAsync(RedisKey redisKey, CancellationToken cancellationToken)
    {
        long begun = CacheTelemetry.Begin();
        Activity? activity = CacheTelemetry.StartCall(Schema, "GET");
        Exception? failure = null;
        try
        {
            Task<RedisValue> get = _redis.Database.StringGetAsync(redisKey, CommandFlags.DemandMaster);
            if (!_channel.IsTrusted(_clock.Now))
            {
                try
                {
                    await _channel.ReadLogAsync(cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    Observe(get);
                    throw;
                }
            }

            byte[]? stored = await OperationWait<RedisValue>.For(get, _redis, Schema, redisKey, cancellationToken).ConfigureAwait(false);
            _breaker.Succeed();
            return new RedisRead(true, stored);
        }
        catch (Exception error) when (CacheBreaker.IsOutage(failure = error))
        {
            OnOutage(error);
            return default;
        }
        finally
        {
            CacheTelemetry.EndCall(begun, Schema, "GET", activity, failure);
        }
    }

    // Looks at the error of a call that nobody waits for any more.
    private static void Observe(Task task)
        => _ = task.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private void OnOutage(Exception error)
    {
        Counters.Add(CacheEvent.RedisFailure);
        if (_breaker.Fail(_clock.Now))
        {
            _log.Outage(error, Schema.Name);
        }
    }

    private static CacheFlight<TEntity> FlightFor(long demand, long need)
        => demand == Anew ? new CacheFlight<TEntity>(need) { IsForced = true } : new CacheFlight<TEntity>(demand);

    // Whether what Redis said is an answer. If not, the version that has to be there is raised where what stands there will not do.
    private bool Use(TKey key, RedisKey redisKey, RedisRead read, long epoch, long need, CacheLoader<TKey, TEntity>? loader, bool isStrong, ref long demand, out TEntity? value)
    {
        value = null;
        CacheEntry entry = CacheEntry.Read(read.Stored, Schema.Shape);
        if (entry.State is EntryState.None or EntryState.Placeholder or EntryState.Writing || entry.Version < need)
        {
            return false;
        }

        long server = _clock.ServerNow;
        bool isFresh = entry.FreshUntil > server;
        bool isClaimed = entry.ClaimedUntil > server;
        if (!isFresh && !(isClaimed && entry.State == EntryState.Value && !isStrong))
        {
            if (isStrong)
            {
                demand = entry.Version + 1;
            }

            return false;
        }

        if (!entry.IsValid(Tags))
        {
            demand = entry.Version + 1;
            return false;
        }

        switch (entry.State)
        {
            case EntryState.Failed:
                throw SourceFailed(redisKey, entry);
            case EntryState.Negative:
                Counters.Add(CacheEvent.NegativeHit);
                AddLocal(key, epoch, null, null, 0, _clock.LocalOf(entry.FreshUntil), long.MaxValue, entry.Version, entry.TagClock, entry.Tags());
                return true;
        }

        if (!TryDecode(key, redisKey, entry, out value))
        {
            demand = Anew;
            return false;
        }

        if (!isFresh)
        {
            Counters.Add(CacheEvent.StaleHit);      // Somebody loads it.
            return true;
        }

        Counters.Add(CacheEvent.RedisHit);
        Hot.Sample(key);
        long due = _clock.LocalOf(Math.Max(entry.RefreshAt, entry.ClaimedUntil));
        KeepLocal(key, epoch, entry, value!, due);
        if (entry.RefreshAt <= server && !isClaimed && loader is not null)
        {
            StartRefresh(key, loader);
        }

        return true;
    }

    private void KeepLocal(TKey key, long epoch, CacheEntry entry, TEntity value, long due)
    {
        if (_local is null)
        {
            return;
        }

        byte[]? payload = Schema.Instances == LocalInstances.Decoded ? PayloadOf(key, entry) : null;
        TEntity held = Schema.Instances == LocalInstances.Cloned ? TMapper.Clone(value) : value;
        AddLocal(key, epoch, held, payload, entry.Payload.Length, _clock.LocalOf(entry.FreshUntil), due, entry.Version, entry.TagClock, entry.Tags());
    }

    private RedisCacheSourceException SourceFailed(RedisKey redisKey, CacheEntry entry) => new(Schema.Model, _redis.FullKey(redisKey), Encoding.UTF8.GetString(entry.Payload));

    // An entry that cannot be read is loaded again. It is counted, for it should not be.
    private bool TryDecode(TKey key, RedisKey redisKey, CacheEntry entry, out TEntity? value)
    {
        try
        {
            CodecContext context = Context(redisKey);
            value = Schema.Protected.Length == 0 ? TMapper.Read(entry.Payload, context) : TMapper.Read(PayloadOf(key, entry), context);
            return true;
        }
        catch (RedisModelException error)
        {
            Counters.Add(CacheEvent.Undecodable);
            _log.Undecodable(error, Schema.Name);
            value = null;
            return false;
        }
    }

    private byte[] PayloadOf(TKey key, CacheEntry entry)
    {
        if (Schema.Protected.Length == 0)
        {
            return entry.Payload.ToArray();
        }

        Span<RedisValue> values = [entry.Payload.ToArray()];
        Context(RedisKeyOf(key)).Unprotect(values);
        return values[0]!;
    }

    private CodecContext Context(RedisKey key) => new(_redis, Schema, key);

    /// <summary>Has an entry loaded, whatever stands there.</summary>
    public async ValueTask<TEntity?> LoadAnewAsync(TKey key, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        await _channel.UseAsync().ConfigureAwait(false);
        var flight = new CacheFlight<TEntity>(0);
        _ = FlyAsync(key, RedisKeyOf(key), flight, loader, force: true, isReached: true);
        CacheOutcome<TEntity> outcome = await flight.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
        outcome.Error?.Throw();
        return outcome.Value;
    }

    // ---- Loading

    private async Task FlyAsync(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight, CacheLoader<TKey, TEntity> loader, bool force, bool isReached)
    {
        try
        {
            flight.IsForced |= force;
            while (true)
            {
                var claim = new Claim(flight.NextClaim(), NewToken(), EpochOf(key), Tags.Clock);
                Grant grant = isReached ? await ClaimAsync(key, redisKey, claim, flight.Need, flight.IsForced ? "force" : "load").ConfigureAwait(false) : new Grant(GrantKind.Outage);
                switch (grant.Kind)
                {
                    case GrantKind.Hit:
                        if (TryLand(key, redisKey, flight, claim, grant))
                        {
                            return;
                        }

                        continue;
                    case GrantKind.Wait:
                        Counters.Add(CacheEvent.Wait);
                        long begun = CacheTelemetry.Begin();
                        await WaitAsync(flight, grant.Remaining).ConfigureAwait(false);
                        CacheTelemetry.EndWait(begun, Schema);
                        continue;
                    case GrantKind.Bypass or GrantKind.Outage:
                        Counters.Add(CacheEvent.Bypass);
                        await Task.Yield();     // Those who could not share the last load come along.
                        int number = flight.NextClaim();
                        flight.BeginLoad();
                        TEntity? direct = await LoadOneAsync(key, loader, new CacheLoad()).ConfigureAwait(false);
                        Leave(key, flight);
                        flight.Complete(OutcomeOf(number, direct));
                        return;
                    default:
                        flight.BeginLoad();
                        await LoadAsync(key, redisKey, flight, claim, grant, loader, force ? LoadKind.Forced : LoadKind.Missing).ConfigureAwait(false);
                        return;
                }
            }
        }
        catch (Exception error)
        {
            flight.Complete(new CacheOutcome<TEntity> { Error = ExceptionDispatchInfo.Capture(error) });
        }
        finally
        {
            Leave(key, flight);
        }
    }

    // Past Redis, what the source says is for those who came before it was asked: others may have invalidated it since.
    private static CacheOutcome<TEntity> OutcomeOf(int claim, TEntity? value) => new() { Value = value, Claim = claim, IsLoaded = true };

    // The end of the load is heard while the channel is trusted, and has to be looked for else.
    private async Task WaitAsync(CacheFlight<TEntity> flight, long remaining)
    {
        long end = _clock.Now + remaining;
        long trusted;
        bool isHeard;
        do
        {
            long now = _clock.Now;
            trusted = _channel.TrustLeft(now);
            long longest = Math.Max(1, Math.Min(end - now, trusted > 0 ? trusted + 1 : Distrust));
            isHeard = await flight.WaitAsync(TimeSpan.FromMilliseconds(longest), _redis.Options.TimeProvider).ConfigureAwait(false);
        }
        while (!isHeard && trusted > 0 && _channel.IsTrusted(_clock.Now) && _clock.Now < end);
    }

    private void Leave(TKey key, CacheFlight<TEntity> flight)
    {
        flight.Close();
        _flights.TryRemove(new KeyValuePair<TKey, CacheFlight<TEntity>>(key, flight));
    }

    // Another one has stored what this one was about to load.
    private bool TryLand(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight, Claim claim, Grant grant)
    {
        CacheEntry entry = CacheEntry.Read(grant.Entry, Schema.Shape);
        if (entry.State == EntryState.Failed)
        {
            throw SourceFailed(redisKey, entry);
        }

        TEntity? value = null;
        if (grant.IsPending)
        {
            value = entry.State == EntryState.Value ? Decode(key, entry.Payload) : null;    // the source does not have it, whatever tags were invalidated
        }
        else if (entry.State is not (EntryState.Value or EntryState.Negative) || (entry.State == EntryState.Value && !TryDecode(key, redisKey, entry, out value)))
        {
            flight.IsForced = true;     // The script takes it for an entry, and would again.
            return false;
        }
        else if (!entry.IsValid(Tags))
        {
            flight.Demand(entry.Version + 1);
            return false;
        }

        if (value is not null && entry.FreshUntil > _clock.ServerNow)
        {
            KeepLocal(key, claim.Epoch, entry, value, _clock.LocalOf(entry.RefreshAt));
        }

        Leave(key, flight);
        flight.Complete(new CacheOutcome<TEntity> { Value = value, Version = entry.Version, Claim = claim.Number, IsLoaded = grant.IsPending, IsOld = entry.FreshUntil <= _clock.ServerNow });
        return true;
    }

    // The claim is ours, and must not stay behind.
    private async Task LoadAsync(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight, Claim claim, Grant grant, CacheLoader<TKey, TEntity> loader, LoadKind kind)
    {
        try
        {
            await LoadClaimedAsync(key, redisKey, flight, claim, grant, loader, kind).ConfigureAwait(false);
        }
        catch
        {
            GiveBack(key, redisKey, claim);
            throw;
        }
    }

    private async Task LoadClaimedAsync(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight, Claim claim, Grant grant, CacheLoader<TKey, TEntity> loader, LoadKind kind)
    {
        var load = new CacheLoad();
        CacheOutcome<TEntity>? old = kind == LoadKind.Missing ? OldOf(key, redisKey, claim, grant) : null;
        Task<TEntity?> loading = LoadOneAsync(key, loader, load);
        if (old is not null && Schema.SoftTimeout > TimeSpan.Zero)
        {
            using var end = new CancellationTokenSource();
            if (await Task.WhenAny(loading, Task.Delay(Schema.SoftTimeout, _redis.Options.TimeProvider, end.Token)).ConfigureAwait(false) != loading)
            {
                Counters.Add(CacheEvent.StaleHit);
                Leave(key, flight);
                flight.Complete(old);
            }

            await end.CancelAsync().ConfigureAwait(false);
        }

        TEntity? value;
        try
        {
            value = await loading.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await FailAsync(key, redisKey, flight, claim, old, isKept: old is not null || (kind != LoadKind.Missing && grant.Entry is not null), error).ConfigureAwait(false);
            return;
        }

        await StoreAsync(key, redisKey, flight, claim, value, load, kind).ConfigureAwait(false);
    }

    // The older entry, if it may be served on.
    private CacheOutcome<TEntity>? OldOf(TKey key, RedisKey redisKey, Claim claim, Grant grant)
    {
        if (grant.Entry is null || Schema.FailSafe == TimeSpan.Zero)
        {
            return null;
        }

        CacheEntry entry = CacheEntry.Read(grant.Entry, Schema.Shape);
        return entry.State == EntryState.Value && entry.IsValid(Tags) && TryDecode(key, redisKey, entry, out TEntity? value)
            ? new CacheOutcome<TEntity> { Value = value, Version = entry.Version, Claim = claim.Number, IsOld = true, TagClock = entry.TagClock, Tags = entry.Tags() }
            : null;
    }

    private async Task<TEntity?> LoadOneAsync(TKey key, CacheLoader<TKey, TEntity> loader, CacheLoad load)
    {
        await Task.Yield();     // The source may work before it waits.
        return await WithDeadlineAsync(end => loader.LoadAsync(key, load, end), key, keys: 1).ConfigureAwait(false);
    }

    private async Task<T> WithDeadlineAsync<T>(Func<CancellationToken, ValueTask<T>> load, TKey key, int keys)
    {
        Counters.Add(CacheEvent.Load);
        long begun = CacheTelemetry.Begin();
        Activity? activity = CacheTelemetry.StartLoad(Schema, keys);
        try
        {
            T loaded = await CallSourceAsync(load, key).ConfigureAwait(false);
            CacheTelemetry.EndLoad(begun, Schema, activity, error: null);
            return loaded;
        }
        catch (Exception error)
        {
            CacheTelemetry.EndLoad(begun, Schema, activity, error);
            throw;
        }
    }

    private async Task<T> CallSourceAsync<T>(Func<CancellationToken, ValueTask<T>> load, TKey key)
    {
        using var end = new CancellationTokenSource(Schema.LoadTimeout, _redis.Options.TimeProvider);
        Task<T> loading = load(end.Token).AsTask();
        try
        {
            return await loading.WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (end.IsCancellationRequested)
        {
            Observe(loading);
            throw new TimeoutException($"{Schema.Model}: the source did not answer for '{_redis.FullKey(RedisKeyOf(key))}' within {Schema.LoadTimeout.TotalMilliseconds:0} ms (LoadTimeout of [CacheAside]).", error);
        }
    }

    private async Task FailAsync(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight, Claim claim, CacheOutcome<TEntity>? old, bool isKept, Exception error)
    {
        Counters.Add(CacheEvent.LoadFailure);
        _log.SourceFailed(error, Schema.Name);
        Leave(key, flight);
        var failure = new CacheOutcome<TEntity> { Error = ExceptionDispatchInfo.Capture(error) };
        if (isKept)
        {
            Task<bool> deferred = AskAsync(CacheScripts.Defer, redisKey, [claim.Token, FailurePause]);
            if (old is not null)
            {
                Counters.Add(CacheEvent.StaleHit);
            }

            flight.Complete(old is null ? failure : new CacheOutcome<TEntity> { Value = old.Value, Version = old.Version, Claim = old.Claim, Stored = deferred, IsOld = true, TagClock = old.TagClock, Tags = old.Tags });
            await deferred.ConfigureAwait(false);
            return;
        }

        var output = new ArrayBufferWriter<byte>();
        CacheEntry.Begin(output, EntryState.Failed, Schema.Shape, claim.Version, claim.TagClock, []);
        output.Write(Encoding.UTF8.GetBytes(error.GetType().FullName!));
        Task<bool> noted = AskAsync(
            CacheScripts.Fill, redisKey, [claim.Token, output.WrittenSpan.ToArray(), FailurePause, FailurePause, FailurePause, _channel.Name, CacheChannel.Loaded(key.ToRedisKey()), RedisValue.EmptyString]);
        flight.Complete(failure);
        await noted.ConfigureAwait(false);
    }

    // Everything that reads the entity comes before a caller gets it, who may change it.
    private async Task StoreAsync(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight, Claim claim, TEntity? value, CacheLoad load, LoadKind kind)
    {
        Prepared entry = Prepare(key, redisKey, value, claim.Version, claim.TagClock, load);
        Leave(key, flight);
        long epoch = EpochOf(key);
        if (entry.IsNothing)
        {
            _local?.Remove(key);
        }

        bool isToldToAll = kind == LoadKind.Forced || (kind == LoadKind.Ahead && entry.IsNothing);
        Task<bool> stored = AskAsync(CacheScripts.Fill, redisKey, FillArguments(key, claim, entry, isToldToAll));
        Task tagged = entry.Tags.Length == 0 ? Task.CompletedTask : IndexAsync(entry.Tags, redisKey, entry.Kept);
        flight.Complete(new CacheOutcome<TEntity> { Value = value, Version = claim.Version, Claim = claim.Number, IsLoaded = true, Stored = entry.IsNothing ? null : stored, TagClock = claim.TagClock, Tags = entry.TagHashes });
        bool isStored = await stored.ConfigureAwait(false);
        if (!entry.IsNothing)
        {
            Counters.Add(isStored ? CacheEvent.Store : CacheEvent.RefusedStore);
            if (isStored)
            {
                AddPrepared(key, epoch, entry, claim.Version, claim.TagClock);
            }
        }

        await tagged.ConfigureAwait(false);
    }

    private void AddPrepared(TKey key, long epoch, Prepared entry, long version, long tagClock)
    {
        long now = _clock.Now;
        AddLocal(key, epoch, entry.Held, entry.Payload, entry.Size, now + entry.Fresh, now + entry.Refresh, version, tagClock, entry.TagHashes);
    }

    private RedisValue[] FillArguments(TKey key, Claim claim, Prepared entry, bool isToldToAll)
        => [claim.Token, entry.Bytes, entry.Kept, entry.Fresh, entry.Refresh, _channel.Name, CacheChannel.Loaded(key.ToRedisKey()), isToldToAll ? CacheChannel.Changed(key.ToRedisKey()) : RedisValue.EmptyString];

    // Ends a claim whose load came to nothing, or that may have been granted after nobody waited for it any more. Behind the claim on the same connection; should it get lost, the claim ends by itself.
    private void GiveBack(TKey key, RedisKey redisKey, Claim claim)
    {
        try
        {
            Observe(AdHocCommand.EvaluateAsync(_redis.Database, CacheScripts.Fill, [redisKey], FillArguments(key, claim, Prepared.Unchanged, isToldToAll: false)));
        }
        catch (Exception error) when (error is RedisException or ObjectDisposedException)
        {
            // Not sent.
        }
    }

    // A script that ends a load. Redis may be gone: then nothing is stored, and the claim ends by itself.
    private async Task<bool> AskAsync(RedisScript script, RedisKey redisKey, RedisValue[] arguments)
    {
        try
        {
            RedisResult reply = await CallAsync(script, [redisKey], arguments, CancellationToken.None).ConfigureAwait(false);
            return (long)reply == 1;
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
            return false;
        }
    }

    // ---- Entries

    /// <summary>An entry as it is sent to Redis, and as the process keeps it.</summary>
    private sealed record Prepared(byte[] Bytes, TEntity? Held, byte[]? Payload, int Size, CacheTag[] Tags, long Kept, long Fresh, long Refresh)
    {
        /// <summary>There is none, and what stands there is removed.</summary>
        public static readonly Prepared Nothing = new([], null, null, 0, [], 0, 0, 0);

        /// <summary>What stands there stays.</summary>
        public static readonly Prepared Unchanged = new([], null, null, 0, [], 1, 0, 0);

        public bool IsNothing => Bytes.Length == 0;

        public ulong[]? TagHashes => Tags.Length == 0 ? null : Array.ConvertAll(Tags, static tag => tag.Hash);
    }

    private Prepared Prepare(TKey key, RedisKey redisKey, TEntity? value, long version, long tagClock, CacheLoad? load)
    {
        if (load is { Store: false } || (value is null && Schema.NegativeTtl == TimeSpan.Zero && load?.Ttl is null))
        {
            return Prepared.Nothing;
        }

        if (value is not null && !EqualityComparer<TKey>.Default.Equals(TMapper.KeyOf(value), key))
        {
            throw new ArgumentException($"{Schema.Model}: the entity has the key '{(string?)TMapper.KeyOf(value).ToRedisKey()}', but was loaded for '{(string?)key.ToRedisKey()}'. Return the entity of the key that was asked for, or null.");
        }

        TimeSpan life = load?.Ttl ?? (value is null ? Schema.NegativeTtl : Schema.Expiry!.Value);
        if (life > LongestLife && life > Schema.Expiry)
        {
            throw new ArgumentException($"{Schema.Model}: the time to live of {life} is longer than Ttl of [CacheAside] and longer than a day, for which invalidated tags are remembered. Raise Ttl, or give a shorter one.");
        }

        CacheTag[] tags = value is null ? [] : TMapper.TagsOf(value);
        if (load is { OwnTags.Count: > 0 })
        {
            tags = [.. tags, .. load.OwnTags];
        }

        if (tags.Length > byte.MaxValue)
        {
            throw new ArgumentException($"{Schema.Model}: '{_redis.FullKey(redisKey)}' has {tags.Length} tags, and an entry can have {byte.MaxValue}.");
        }

        var output = new ArrayBufferWriter<byte>(512);
        CacheEntry.Begin(output, value is null ? EntryState.Negative : EntryState.Value, Schema.Shape, version, tagClock, tags);
        int head = output.WrittenCount;
        byte[] bytes;
        byte[]? payload = null;
        if (value is null)
        {
            bytes = output.WrittenSpan.ToArray();
        }
        else if (Schema.Protected.Length == 0)
        {
            TMapper.Write(value, output, Context(redisKey));
            bytes = output.WrittenSpan.ToArray();
            payload = Schema.Instances == LocalInstances.Decoded && _local is not null ? bytes[head..] : null;
        }
        else
        {
            var plain = new ArrayBufferWriter<byte>(512);
            TMapper.Write(value, plain, Context(redisKey));
            payload = plain.WrittenSpan.ToArray();
            Span<RedisValue> values = [payload];
            Context(redisKey).Protect(values);
            output.Write((byte[])values[0]!);
            bytes = output.WrittenSpan.ToArray();
        }

        TEntity? held = value is not null && Schema.Instances == LocalInstances.Cloned && _local is not null ? TMapper.Clone(value) : value;
        long fresh = Math.Max(1, (long)(life.TotalMilliseconds * (value is null || load?.Ttl is not null ? 1 : 1 - (Schema.Jitter * Random.Shared.NextDouble()))));
        long refresh = value is null || Schema.RefreshAhead == 0 ? fresh : (long)(fresh * Schema.RefreshAhead);
        long kept = fresh + (value is null ? 0 : (long)Schema.FailSafe.TotalMilliseconds);
        return new Prepared(bytes, held, payload, bytes.Length - head, tags, kept, fresh, refresh);
    }

    // ---- Claims

    /// <summary>A request for the right to load, and what stood when it was made.</summary>
    private sealed class Claim(int number, RedisValue token, long epoch, long tagClock)
    {
        public int Number { get; } = number;

        public RedisValue Token { get; } = token;

        public long Epoch { get; } = epoch;

        public long TagClock { get; } = tagClock;

        public long Version { get; set; }
    }

    private enum GrantKind
    {
        Hit,
        Claimed,
        Wait,
        Bypass,
        Outage,
    }

    private enum LoadKind
    {
        /// <summary>There is none that may be served.</summary>
        Missing,

        /// <summary>There is one, and it is due.</summary>
        Ahead,

        /// <summary>Somebody wants it anew.</summary>
        Forced,
    }

    private readonly record struct Grant(GrantKind Kind, long Version = 0, byte[]? Entry = null, long Remaining = 0, bool IsPending = false);

    // Calls a script of an entry.
    private async ValueTask<RedisResult> CallAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        long begun = CacheTelemetry.Begin();
        Activity? activity = CacheTelemetry.StartCall(Schema, "EVALSHA", script.Name);
        Exception? failure = null;
        try
        {
            return await ScriptWait.Evaluate(script, _redis, Schema, keys, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            CacheTelemetry.EndCall(begun, Schema, "EVALSHA", activity, failure);
        }
    }

    private async ValueTask<Grant> ClaimAsync(TKey key, RedisKey redisKey, Claim claim, long need, RedisValue mode)
    {
        if (!_breaker.TryEnter(_clock.Now))
        {
            return new Grant(GrantKind.Outage);
        }

        long sent = _clock.Precise;
        try
        {
            RedisResult reply = await CallAsync(CacheScripts.Claim, ClaimKeys(redisKey), ClaimArguments(redisKey, claim, need, mode), CancellationToken.None).ConfigureAwait(false);
            _breaker.Succeed();
            Grant grant = GrantOf(reply, claim, sent);
            if (grant.Entry is not null)
            {
                await CatchUpAsync().ConfigureAwait(false);
            }

            return grant;
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
            GiveBack(key, redisKey, claim);
            return new Grant(GrantKind.Outage);
        }
    }

    // Before an entry that a claim has brought is looked at, what messages may not have told of its tags.
    private ValueTask CatchUpAsync() => _channel.IsTrusted(_clock.Now) ? ValueTask.CompletedTask : _channel.ReadLogAsync(CancellationToken.None);

    private RedisValue[] ClaimArguments(RedisKey redisKey, Claim claim, long need, RedisValue mode)
        => Schema.Partitions == 0
            ? [claim.Token, _lease, 1, need, ShapeArgument, mode]
            : [claim.Token, _lease, 1, need, ShapeArgument, mode, .. ClaimQueueArguments(redisKey, claim.TagClock)];

    private static readonly RedisValue ShapeArgument = ShapeBytes();

    private static byte[] ShapeBytes()
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Schema.Shape);
        return bytes;
    }

    private Grant GrantOf(RedisResult reply, Claim claim, long sent)
    {
        var parts = (RedisResult[])reply!;
        long version = (long)parts[1];
        claim.Version = version;
        byte[]? third = parts.Length > 2 ? (byte[]?)parts[2] : null;
        switch ((string)parts[0]!)
        {
            case "hit":
                _clock.Observe(sent, version);
                return new Grant(GrantKind.Hit, version, third);
            case "pending":
                // Another version of the model may have written it. It counts all the same, and is read as well as it can be.
                _clock.Observe(sent, version);
                BinaryPrimitives.WriteUInt32LittleEndian(third.AsSpan(4), Schema.Shape);
                return new Grant(GrantKind.Hit, version, third, IsPending: true);
            case "wait":
                _clock.Observe(sent, version);
                return new Grant(GrantKind.Wait, version, Remaining: (long)parts[2]);
            case "bypass":
                return new Grant(GrantKind.Bypass);
            default:
                return new Grant(GrantKind.Claimed, version, third);
        }
    }

    private static RedisValue NewToken()
    {
        var token = new byte[CacheEntry.TokenSize];
        BinaryPrimitives.WriteInt64LittleEndian(token, ProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(token.AsSpan(8), Interlocked.Increment(ref s_tokens));
        return token;
    }

    // ---- Refresh-ahead

    // In the background, by one caller of this process and, by the claim, of all.
    private void StartRefresh(TKey key, CacheLoader<TKey, TEntity> loader)
    {
        if (_refreshing.TryAdd(key, true))
        {
            _ = Task.Run(() => RefreshAheadAsync(key, loader));
        }
    }

    private async Task RefreshAheadAsync(TKey key, CacheLoader<TKey, TEntity> loader)
    {
        RedisKey redisKey = RedisKeyOf(key);
        var unheard = new CacheFlight<TEntity>(0);
        try
        {
            var claim = new Claim(unheard.NextClaim(), NewToken(), EpochOf(key), Tags.Clock);
            Grant grant = await ClaimAsync(key, redisKey, claim, need: 0, "refresh").ConfigureAwait(false);
            if (grant.Kind == GrantKind.Claimed)
            {
                Counters.Add(CacheEvent.Refresh);
                await LoadAsync(key, redisKey, unheard, claim, grant, loader, LoadKind.Ahead).ConfigureAwait(false);
            }

            if (grant.Kind == GrantKind.Hit)
            {
                _local?.Remove(key);        // Others have done it, or do.
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Counters.Add(CacheEvent.LoadFailure);
            _log.SourceFailed(error, Schema.Name);
        }
        finally
        {
            _refreshing.TryRemove(key, out _);
        }
    }
}
