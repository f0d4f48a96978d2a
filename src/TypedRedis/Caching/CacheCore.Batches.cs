using StackExchange.Redis;

namespace TypedRedis;

// Many keys at once: one read per node, one load for all that are missing.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    /// <summary>How many keys are read and loaded at once.</summary>
    public const int BatchSize = 1000;

    /// <summary>Reads many entries, and has those loaded together that are missing. The result has one place per key.</summary>
    /// <returns>The entities, and how many of them were loaded here.</returns>
    public async Task<(TEntity?[] Entities, int Loaded)> ReadManyAsync(TKey[] keys, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        var found = new TEntity?[keys.Length];
        int loaded = 0;
        var missing = new List<int>();
        for (int i = 0; i < keys.Length; i++)
        {
            if (!TryGetLocal(keys[i], need: 0, loader, out found[i]))
            {
                missing.Add(i);
            }
        }

        foreach (int[] chunk in missing.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            loaded += await ReadChunkAsync(keys, chunk, found, loader, cancellationToken).ConfigureAwait(false);
        }

        return (found, loaded);
    }

    private async Task<int> ReadChunkAsync(TKey[] keys, int[] positions, TEntity?[] found, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        var places = new Dictionary<TKey, List<int>>(positions.Length);
        foreach (int position in positions)
        {
            if (!places.TryGetValue(keys[position], out List<int>? all))
            {
                places.Add(keys[position], all = []);
            }

            all.Add(position);
        }

        TKey[] distinct = [.. places.Keys];
        RedisKey[] redisKeys = Array.ConvertAll(distinct, RedisKeyOf);
        await _channel.UseAsync().ConfigureAwait(false);
        ((int, CacheFlight<TEntity>)[] needed, bool isReached) = await ReadFromRedisAsync(distinct, redisKeys, (i, value) => Give(distinct[i], value), loader, cancellationToken).ConfigureAwait(false);
        if (needed.Length == 0)
        {
            return 0;
        }

        Counters.Add(CacheEvent.Miss, needed.Length);
        var own = new List<Passenger>();
        var waits = new List<Task>();
        foreach ((int i, CacheFlight<TEntity> flight) in needed)
        {
            flight.TryJoin(out int claims);
            if (_flights.TryAdd(distinct[i], flight))
            {
                own.Add(new Passenger(distinct[i], redisKeys[i], flight));
                waits.Add(LandAsync(distinct[i], flight, claims));
            }
            else
            {
                waits.Add(ReadOneAsync(distinct[i]));
            }
        }

        Task<int> flying = FlyManyAsync(own, loader, isReached);
        await Task.WhenAll(waits).ConfigureAwait(false);
        return flying.IsCompleted ? await flying.ConfigureAwait(false) : own.Count(static passenger => passenger.IsLoaded);

        // The first place has the entity itself, the others copies.
        void Give(TKey key, TEntity? value)
        {
            List<int> all = places[key];
            found[all[0]] = value;
            for (int j = 1; j < all.Count; j++)
            {
                found[all[j]] = CopyOf(key, value);
            }
        }

        async Task ReadOneAsync(TKey key) => Give(key, await ReadAsync(key, need: 0, loader, cancellationToken).ConfigureAwait(false));

        async Task LandAsync(TKey key, CacheFlight<TEntity> flight, int claims)
        {
            CacheOutcome<TEntity> outcome = await flight.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (await outcome.IsForAsync(claims, need: 0, Tags, cancellationToken).ConfigureAwait(false))
            {
                outcome.Error?.Throw();
                Give(key, flight.IsShared ? CopyOf(key, outcome.Value) : outcome.Value);
            }
            else
            {
                await ReadOneAsync(key).ConfigureAwait(false);
            }
        }
    }

    // One MGET per group of keys of one slot.
    private async Task<((int, CacheFlight<TEntity>)[] Needed, bool IsReached)> ReadFromRedisAsync(
        TKey[] keys, RedisKey[] redisKeys, Action<int, TEntity?> give, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        var stored = new byte[]?[keys.Length];
        long[] epochs = Array.ConvertAll(keys, EpochOf);
        bool isReached = _breaker.TryEnter(_clock.Now);
        if (isReached)
        {
            try
            {
                List<int[]> groups = SlotGroups.Of(_redis, redisKeys);
                Task reading = Pipeline.RunAsync(
                    _redis,
                    Schema,
                    groups.Count,
                    i => (redisKeys[groups[i][0]], Array.ConvertAll(groups[i], position => redisKeys[position])),
                    (_, group) => _redis.Database.StringGetAsync(group, CommandFlags.DemandMaster),
                    (i, _, values) =>
                    {
                        for (int j = 0; j < values.Length; j++)
                        {
                            stored[groups[i][j]] = values[j];
                        }
                    },
                    cancellationToken);
                if (!_channel.IsTrusted(_clock.Now))
                {
                    try
                    {
                        await _channel.ReadLogAsync(cancellationToken).ConfigureAwait(false);
                    }
                    catch
                    {
                        Observe(reading);
                        throw;
                    }
                }

                await reading.ConfigureAwait(false);
                _breaker.Succeed();
            }
            catch (Exception error) when (CacheBreaker.IsOutage(error))
            {
                OnOutage(error);
                isReached = false;
            }
        }

        var needed = new List<(int, CacheFlight<TEntity>)>();
        for (int i = 0; i < keys.Length; i++)
        {
            long demand = 0;
            if (isReached && Use(keys[i], redisKeys[i], new RedisRead(true, stored[i]), epochs[i], need: 0, loader, isStrong: false, ref demand, out TEntity? value))
            {
                give(i, value);
            }
            else
            {
                needed.Add((i, FlightFor(demand, need: 0)));
            }
        }

        return ([.. needed], isReached);
    }
}
