using System.Runtime.ExceptionServices;
using StackExchange.Redis;

namespace TypedRedis;

// Loads of many keys: one call of the source for those that are granted.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    /// <summary>A key of a batch that is loaded, and what is asked for it.</summary>
    private sealed class Passenger(TKey key, RedisKey redisKey, CacheFlight<TEntity> flight)
    {
        public TKey Key { get; } = key;

        public RedisKey RedisKey { get; } = redisKey;

        public CacheFlight<TEntity> Flight { get; } = flight;

        public Claim Claim { get; set; } = null!;

        public Grant Grant { get; set; }

        public CacheOutcome<TEntity>? Old { get; set; }

        public Prepared? Entry { get; set; }

        public bool IsLoaded { get; set; }
    }

    // All claims in one pipeline, one load for those that are granted, all stores in one pipeline. Whoever has to wait, or finds what will not do, flies on alone.
    private async Task<int> FlyManyAsync(List<Passenger> passengers, CacheLoader<TKey, TEntity> loader, bool isReached)
    {
        if (passengers.Count == 0)
        {
            return 0;
        }

        try
        {
            await ClaimManyAsync(passengers, isReached).ConfigureAwait(false);
            var loading = new List<Passenger>();
            foreach (Passenger passenger in passengers)
            {
                switch (passenger.Grant.Kind)
                {
                    case GrantKind.Claimed:
                        passenger.Flight.BeginLoad();
                        loading.Add(passenger);
                        break;
                    case GrantKind.Outage or GrantKind.Bypass:
                        Counters.Add(CacheEvent.Bypass);
                        passenger.Claim = new Claim(passenger.Flight.NextClaim(), passenger.Claim.Token, 0, 0);
                        passenger.Flight.BeginLoad();
                        loading.Add(passenger);
                        break;
                    default:
                        LandOrFlyOn(passenger, loader);
                        break;
                }
            }

            await LoadManyAsync(loading, loader).ConfigureAwait(false);
            return loading.Count;
        }
        catch (Exception error)
        {
            var failed = ExceptionDispatchInfo.Capture(error);
            foreach (Passenger passenger in passengers.Where(static passenger => !passenger.Flight.Outcome.IsCompleted && passenger.Grant.Kind is not GrantKind.Wait))
            {
                if (passenger.Grant.Kind is GrantKind.Claimed)
                {
                    GiveBack(passenger.Key, passenger.RedisKey, passenger.Claim);
                }

                Leave(passenger.Key, passenger.Flight);
                passenger.Flight.Complete(new CacheOutcome<TEntity> { Error = failed });
            }

            return 0;
        }
    }

    private async Task ClaimManyAsync(List<Passenger> passengers, bool isReached)
    {
        foreach (Passenger passenger in passengers)
        {
            passenger.Claim = new Claim(passenger.Flight.NextClaim(), NewToken(), EpochOf(passenger.Key), Tags.Clock);
            passenger.Grant = new Grant(GrantKind.Outage);
        }

        if (!isReached || !_breaker.TryEnter(_clock.Now))
        {
            await Task.Yield();     // Those who could not share the last load come along.
            return;
        }

        long sent = _clock.Precise;
        try
        {
            await Pipeline.RunScriptAsync(
                _redis,
                Schema,
                CacheScripts.Claim,
                passengers.Count,
                i => (ClaimKeys(passengers[i].RedisKey), ClaimArguments(passengers[i].RedisKey, passengers[i].Claim, passengers[i].Flight.Need, passengers[i].Flight.IsForced ? "force" : "load")),
                (i, _, reply) => passengers[i].Grant = GrantOf(reply, passengers[i].Claim, sent),
                CancellationToken.None).ConfigureAwait(false);
            _breaker.Succeed();
            if (passengers.Exists(static passenger => passenger.Grant.Entry is not null))
            {
                await CatchUpAsync().ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // What was sent may have been granted, or may be yet.
            foreach (Passenger passenger in passengers)
            {
                GiveBack(passenger.Key, passenger.RedisKey, passenger.Claim);
                passenger.Grant = new Grant(GrantKind.Outage);
            }

            if (!CacheBreaker.IsOutage(error))
            {
                throw;
            }

            OnOutage(error);
        }
    }

    private void LandOrFlyOn(Passenger passenger, CacheLoader<TKey, TEntity> loader)
    {
        try
        {
            if (passenger.Grant.Kind == GrantKind.Hit && TryLand(passenger.Key, passenger.RedisKey, passenger.Flight, passenger.Claim, passenger.Grant))
            {
                Leave(passenger.Key, passenger.Flight);
                return;
            }
        }
        catch (RedisModelException error)
        {
            Leave(passenger.Key, passenger.Flight);
            passenger.Flight.Complete(new CacheOutcome<TEntity> { Error = ExceptionDispatchInfo.Capture(error) });
            return;
        }

        _ = FlyAsync(passenger.Key, passenger.RedisKey, passenger.Flight, loader, force: false, isReached: true);
    }

    private async Task LoadManyAsync(List<Passenger> passengers, CacheLoader<TKey, TEntity> loader)
    {
        if (passengers.Count == 0)
        {
            return;
        }

        foreach (Passenger passenger in passengers)
        {
            passenger.Old = passenger.Grant.Kind is GrantKind.Claimed ? OldOf(passenger.Key, passenger.RedisKey, passenger.Claim, passenger.Grant) : null;
        }

        var load = new CacheBatchLoad<TKey>();
        Dictionary<TKey, TEntity> loaded;
        try
        {
            Task<Dictionary<TKey, TEntity>> loading = LoadAllAsync([.. passengers.Select(static passenger => passenger.Key)], loader, load);
            if (Schema.SoftTimeout > TimeSpan.Zero && passengers.Exists(static passenger => passenger.Old is not null))
            {
                await GiveOldAsync(passengers, loading).ConfigureAwait(false);
            }

            loaded = await loading.ConfigureAwait(false);
        }
        catch (Exception error) when (!loader.HasNoSource)
        {
            await Task.WhenAll(passengers.Select(passenger => FailOneAsync(passenger, error))).ConfigureAwait(false);
            return;
        }

        var storing = new List<Passenger>();
        foreach (Passenger passenger in passengers)
        {
            TEntity? value = loaded.GetValueOrDefault(passenger.Key);
            passenger.IsLoaded = true;
            if (passenger.Grant.Kind is not GrantKind.Claimed)
            {
                Leave(passenger.Key, passenger.Flight);
                passenger.Flight.Complete(OutcomeOf(passenger.Claim.Number, value));
                continue;
            }

            try
            {
                passenger.Entry = Prepare(passenger.Key, passenger.RedisKey, value, passenger.Claim.Version, passenger.Claim.TagClock, load.Find(passenger.Key));
                storing.Add(passenger);
            }
            catch (Exception error)
            {
                GiveBack(passenger.Key, passenger.RedisKey, passenger.Claim);
                Leave(passenger.Key, passenger.Flight);
                passenger.Flight.Complete(new CacheOutcome<TEntity> { Error = ExceptionDispatchInfo.Capture(error) });
            }
        }

        await StoreManyAsync(storing, loaded).ConfigureAwait(false);
    }

    private async Task<Dictionary<TKey, TEntity>> LoadAllAsync(TKey[] keys, CacheLoader<TKey, TEntity> loader, CacheBatchLoad<TKey> load)
    {
        await Task.Yield();     // The source may work before it waits.
        return await WithDeadlineAsync(
            async end =>
            {
                var byKey = new Dictionary<TKey, TEntity>(keys.Length);
                foreach (TEntity entity in await loader.LoadManyAsync(keys, load, end).ConfigureAwait(false) ?? [])
                {
                    if (entity is not null)
                    {
                        byKey[TMapper.KeyOf(entity)] = entity;
                    }
                }

                return byKey;
            },
            keys[0],
            keys.Length).ConfigureAwait(false);
    }

    // Where the source is slow, those of whom there is an older entry get that.
    private async Task GiveOldAsync(List<Passenger> passengers, Task loading)
    {
        using var end = new CancellationTokenSource();
        if (await Task.WhenAny(loading, Task.Delay(Schema.SoftTimeout, _redis.Options.TimeProvider, end.Token)).ConfigureAwait(false) != loading)
        {
            foreach (Passenger passenger in passengers.Where(static passenger => passenger.Old is not null))
            {
                Counters.Add(CacheEvent.StaleHit);
                Leave(passenger.Key, passenger.Flight);
                passenger.Flight.Complete(passenger.Old!);
            }
        }

        await end.CancelAsync().ConfigureAwait(false);
    }

    private Task FailOneAsync(Passenger passenger, Exception error)
    {
        if (passenger.Grant.Kind is GrantKind.Claimed)
        {
            return FailAsync(passenger.Key, passenger.RedisKey, passenger.Flight, passenger.Claim, passenger.Old, isKept: passenger.Old is not null, error);
        }

        Leave(passenger.Key, passenger.Flight);
        passenger.Flight.Complete(new CacheOutcome<TEntity> { Error = ExceptionDispatchInfo.Capture(error) });
        return Task.CompletedTask;
    }

    private async Task StoreManyAsync(List<Passenger> storing, Dictionary<TKey, TEntity> loaded)
    {
        if (storing.Count == 0)
        {
            return;
        }

        foreach (Passenger passenger in storing)
        {
            Leave(passenger.Key, passenger.Flight);
        }

        long[] epochs = [.. storing.Select(passenger => EpochOf(passenger.Key))];
        var stored = new bool[storing.Count];
        Task filling = FillManyAsync(storing, stored);
        for (int i = 0; i < storing.Count; i++)
        {
            Passenger passenger = storing[i];
            int place = i;
            passenger.Flight.Complete(new CacheOutcome<TEntity>
            {
                Value = loaded.GetValueOrDefault(passenger.Key),
                Version = passenger.Claim.Version,
                Claim = passenger.Claim.Number,
                IsLoaded = true,
                Stored = passenger.Entry!.IsNothing ? null : StoredAsync(filling, stored, place),
                TagClock = passenger.Claim.TagClock,
                Tags = passenger.Entry.TagHashes,
            });
        }

        await filling.ConfigureAwait(false);
        for (int i = 0; i < storing.Count; i++)
        {
            if (storing[i].Entry!.IsNothing)
            {
                continue;
            }

            Counters.Add(stored[i] ? CacheEvent.Store : CacheEvent.RefusedStore);
            if (stored[i])
            {
                AddPrepared(storing[i].Key, epochs[i], storing[i].Entry!, storing[i].Claim.Version, storing[i].Claim.TagClock);
            }
        }

        await IndexManyAsync([.. storing.Select(static passenger => (passenger.Entry!, passenger.RedisKey))]).ConfigureAwait(false);
    }

    private static async Task<bool> StoredAsync(Task filling, bool[] stored, int place)
    {
        await filling.ConfigureAwait(false);
        return stored[place];
    }

    private async Task FillManyAsync(List<Passenger> storing, bool[] stored)
    {
        try
        {
            await Pipeline.RunScriptAsync(
                _redis,
                Schema,
                CacheScripts.Fill,
                storing.Count,
                i => ([storing[i].RedisKey], FillArguments(storing[i].Key, storing[i].Claim, storing[i].Entry!, isToldToAll: false)),
                (i, _, reply) => stored[i] = (long)reply == 1,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
        }
        catch (RedisModelException)
        {
            Counters.Add(CacheEvent.RedisFailure);      // Something else was put there meanwhile. The callers have what they came for.
        }
    }
}
