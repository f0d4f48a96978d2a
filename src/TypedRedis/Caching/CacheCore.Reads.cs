using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis;

// What callers read: from Redis, by a load that is under way, or by one of their own.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
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
                CopyRead copy = isStrong ? default : await TryReadCopyAsync(key, redisKey, need, loader, cancellationToken).ConfigureAwait(false);
                if (copy.IsFound)
                {
                    return copy.Value;
                }

                long epoch = EpochOf(key);
                RedisRead read = await TryReadAsync(redisKey, cancellationToken).ConfigureAwait(false);
                isReached = read.IsReached;
                if (isReached && Use(key, redisKey, read, epoch, need, isStrong ? null : loader, isStrong, ref demand, out TEntity? value))
                {
                    StoreCopy(copy.Missing, read);
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

        CopyRead copy = await TryReadCopyAsync(key, redisKey, need: 0, loader: null, cancellationToken).ConfigureAwait(false);
        if (copy.IsFound)
        {
            return new CacheLookup<TEntity>(copy.Value, isStale: false);
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

        byte[]? payload = Schema.Instances == LocalInstances.Decoded && HoldsValues ? PayloadOf(key, entry) : null;
        TEntity held = Schema.Instances == LocalInstances.Cloned && HoldsValues ? TMapper.Clone(value) : value;
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
}
