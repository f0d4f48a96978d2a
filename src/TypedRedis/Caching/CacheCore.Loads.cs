using System.Buffers;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis;

// Loads: of what is missing, and in the background of what is due.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
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
        catch (Exception error) when (!loader.HasNoSource)
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
        if (isToldToAll)
        {
            await stored.ConfigureAwait(false);     // Who wants it anew wants others to see it.
        }

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
