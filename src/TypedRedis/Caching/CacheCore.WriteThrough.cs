using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TypedRedis;

// Writes that go to the source first. A marker stands in the entry's place meanwhile: nobody stores what was loaded before or during the write, and readers go to the source.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    // Those who wait for a write of others to end.
    private readonly ConcurrentDictionary<TKey, TaskCompletionSource> _writes = new();

    private long WriteLease => (long)Schema.WriteTimeout.TotalMilliseconds + LeaseMargin;

    /// <summary>Writes an entity, or deletes it where it is null, at the source and then in Redis.</summary>
    public async Task<ConsistencyToken> WriteAsync(TKey key, TEntity? entity, TimeSpan? expiresIn, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        RedisKey redisKey = RedisKeyOf(key);
        await _channel.UseAsync().ConfigureAwait(false);
        Prepared entry = entity is null ? Prepared.Nothing : Prepare(key, redisKey, entity, version: 0, Tags.Clock, CacheLoad.Of(expiresIn));
        RedisValue token = NewToken();
        long version = await MarkAsync(key, redisKey, token, cancellationToken).ConfigureAwait(false);
        Task<ConsistencyToken> writing = WriteMarkedAsync([new MarkedWrite(key, redisKey, token, version, entity, entry)], loader);
        Observe(writing);
        return await writing.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes many entities at the source in one call, and then in Redis. Pipelined.</summary>
    public async Task<ConsistencyToken> WriteManyAsync(TKey[] keys, TEntity[]? entities, TimeSpan? expiresIn, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        int[] distinct = BatchOrder.LastOf<TKey>(keys);
        if (distinct.Length == 0)
        {
            return default;
        }

        await _channel.UseAsync().ConfigureAwait(false);
        long clock = Tags.Clock;
        var load = CacheLoad.Of(expiresIn);
        ConsistencyToken latest = default;
        foreach (int[] chunk in distinct.Chunk(BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var writes = new MarkedWrite[chunk.Length];
            for (int i = 0; i < chunk.Length; i++)
            {
                TKey key = keys[chunk[i]];
                RedisKey redisKey = RedisKeyOf(key);
                TEntity? entity = entities?[chunk[i]];
                writes[i] = new MarkedWrite(key, redisKey, NewToken(), 0, entity, entity is null ? Prepared.Nothing : Prepare(key, redisKey, entity, version: 0, clock, load));
            }

            try
            {
                await Pipeline.RunScriptAsync(
                    _redis,
                    Schema,
                    CacheScripts.Mark,
                    writes.Length,
                    i => ([writes[i].RedisKey], MarkArguments(writes[i].Key, writes[i].Token)),
                    (i, _, reply) => writes[i] = writes[i] with { Version = (long)reply },
                    cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                ForgetMany(Array.ConvertAll(writes, static write => write.Key));
            }

            Task<ConsistencyToken> writing = WriteMarkedAsync(writes, loader);
            Observe(writing);
            latest = ConsistencyToken.Later(latest, await writing.WaitAsync(cancellationToken).ConfigureAwait(false));
        }

        return latest;
    }

    /// <summary>Changes an entity while nobody else writes it.</summary>
    public async Task<CacheUpdate<TEntity>> UpdateAsync(TKey key, Func<TEntity, TEntity> change, CacheLoader<TKey, TEntity> loader, CancellationToken cancellationToken)
    {
        RedisKey redisKey = RedisKeyOf(key);
        await _channel.UseAsync().ConfigureAwait(false);
        RedisValue token = NewToken();
        long version = await LockAsync(key, redisKey, token, cancellationToken).ConfigureAwait(false);
        Task<CacheUpdate<TEntity>> updating = UpdateLockedAsync(key, redisKey, token, version, change, loader);
        Observe(updating);
        return await updating.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A write, and the marker that stands for it.</summary>
    private readonly record struct MarkedWrite(TKey Key, RedisKey RedisKey, RedisValue Token, long Version, TEntity? Entity, Prepared Entry);

    private async Task<CacheUpdate<TEntity>> UpdateLockedAsync(TKey key, RedisKey redisKey, RedisValue token, long version, Func<TEntity, TEntity> change, CacheLoader<TKey, TEntity> loader)
    {
        TEntity after;
        Prepared entry;
        try
        {
            long clock = Tags.Clock;
            if (await LoadOneAsync(key, loader, new CacheLoad()).ConfigureAwait(false) is not { } before)
            {
                await UnmarkAsync([new MarkedWrite(key, redisKey, token, version, null, Prepared.Nothing)]).ConfigureAwait(false);
                return default;
            }

            after = change(before) ?? throw new ArgumentException($"{Schema.Model}: the changed entity is null. To delete an entity, call DeleteAsync.", nameof(change));
            if (!EqualityComparer<TKey>.Default.Equals(TMapper.KeyOf(after), key))
            {
                throw new ArgumentException($"{Schema.Model}: the changed entity has the key '{(string?)TMapper.KeyOf(after).ToRedisKey()}', and '{(string?)key.ToRedisKey()}' is to be changed. Leave the members of the key as they are.", nameof(change));
            }

            entry = Prepare(key, redisKey, after, version: 0, clock, load: null);
        }
        catch
        {
            // Nothing was written.
            await UnmarkAsync([new MarkedWrite(key, redisKey, token, version, null, Prepared.Nothing)]).ConfigureAwait(false);
            throw;
        }

        return new CacheUpdate<TEntity>(after, await WriteMarkedAsync([new MarkedWrite(key, redisKey, token, version, after, entry)], loader).ConfigureAwait(false));
    }

    private async Task<long> MarkAsync(TKey key, RedisKey redisKey, RedisValue token, CancellationToken cancellationToken)
    {
        try
        {
            return (long)await CallAsync(CacheScripts.Mark, [redisKey], MarkArguments(key, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Forget(key);
        }
    }

    // Until it is ours. Whoever has it tells when the write has ended; a dead one's ends by itself.
    private async Task<long> LockAsync(TKey key, RedisKey redisKey, RedisValue token, CancellationToken cancellationToken)
    {
        long lease = (long)Schema.LoadTimeout.TotalMilliseconds + WriteLease;
        RedisValue[] arguments = [token, lease, _channel.Name, CacheChannel.Changed(key.ToRedisKey())];
        while (true)
        {
            Task ended = _writes.GetOrAdd(key, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            var reply = (RedisResult[])(await CallAsync(CacheScripts.Lock, [redisKey], arguments, cancellationToken).ConfigureAwait(false))!;
            if ((long)reply[0] == 1)
            {
                Forget(key);
                return (long)reply[1];
            }

            Counters.Add(CacheEvent.Wait);
            long left = Math.Max((long)reply[1], 1);
            long longest = _channel.IsTrusted(_clock.Now) ? left : Math.Min(left, Distrust);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromMilliseconds(longest), _redis.Options.TimeProvider, end.Token)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    private RedisValue[] MarkArguments(TKey key, RedisValue token) => [token, WriteLease, _channel.Name, CacheChannel.Changed(key.ToRedisKey())];

    private async Task<ConsistencyToken> WriteMarkedAsync(MarkedWrite[] writes, CacheLoader<TKey, TEntity> loader)
    {
        try
        {
            await WriteToSourceAsync(writes, loader).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (TimeoutException or OperationCanceledException))
        {
            await UnmarkAsync(writes).ConfigureAwait(false);
            throw;
        }

        // Where the time of the source ran out, the write may still reach it: the markers stay until theirs has, too.
        return await CommitAsync(writes).ConfigureAwait(false);
    }

    private async Task WriteToSourceAsync(MarkedWrite[] writes, CacheLoader<TKey, TEntity> loader)
    {
        await Task.Yield();
        using var end = new CancellationTokenSource(Schema.WriteTimeout, _redis.Options.TimeProvider);
        Task writing = WriteAsync(end.Token);
        try
        {
            await writing.WaitAsync(end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (end.IsCancellationRequested)
        {
            _ = InvalidateAfterAsync(writing, writes);
            throw new TimeoutException($"{Schema.Model}: the source did not write '{_redis.FullKey(writes[0].RedisKey)}' within {Schema.WriteTimeout.TotalMilliseconds:0} ms (WriteTimeout). Whether it did is unknown; readers go to the source for another second.", error);
        }

        async Task WriteAsync(CancellationToken cancellationToken)
        {
            CacheSourceScope<TKey, TEntity> scope = await loader.SourceAsync().ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                IWritableCacheSource<TKey, TEntity> source = Writable(scope.Source);
                if (writes.Length == 1)
                {
                    await source.WriteAsync(new CacheWrite<TKey, TEntity>(writes[0].Key, writes[0].Entity, writes[0].Version), cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await source.WriteManyAsync(Array.ConvertAll(writes, static write => new CacheWrite<TKey, TEntity>(write.Key, write.Entity, write.Version)), cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    // A write that the source takes after it was given up: what was loaded since the marker ended does not count.
    private async Task InvalidateAfterAsync(Task writing, MarkedWrite[] writes)
    {
        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // It may have written all the same.
        }

        try
        {
            await InvalidateManyAsync(Array.ConvertAll(writes, static write => write.Key), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
        }
    }

    private static IWritableCacheSource<TKey, TEntity> Writable(ICacheSource<TKey, TEntity> source) => source as IWritableCacheSource<TKey, TEntity>
        ?? throw new InvalidOperationException($"{Schema.Model}: {source.GetType().Name} does not write. Have it implement IWritableCacheSource<{typeof(TKey).Name}, {typeof(TEntity).Name}>.");

    // Redis may be gone: the markers end by themselves then, and nothing is stored.
    private Task UnmarkAsync(MarkedWrite[] writes) => CommitAsync(writes, entry: static _ => Prepared.Nothing, message: static _ => RedisValue.EmptyString);

    private Task<ConsistencyToken> CommitAsync(MarkedWrite[] writes)
        => CommitAsync(writes, static write => write.Entry, static write => CacheChannel.Changed(write.Key.ToRedisKey()));

    private async Task<ConsistencyToken> CommitAsync(MarkedWrite[] writes, Func<MarkedWrite, Prepared> entry, Func<MarkedWrite, RedisValue> message)
    {
        long latest = writes.Max(static write => write.Version);
        try
        {
            await Pipeline.RunScriptAsync(
                _redis,
                Schema,
                CacheScripts.Commit,
                writes.Length,
                i =>
                {
                    Prepared stored = entry(writes[i]);
                    return ([writes[i].RedisKey], [writes[i].Token, stored.Bytes, stored.Kept, stored.Fresh, stored.Refresh, _channel.Name, message(writes[i])]);
                },
                (i, _, reply) =>
                {
                    var parts = (RedisResult[])reply!;
                    if (!entry(writes[i]).IsNothing)
                    {
                        Counters.Add((long)parts[0] == 1 ? CacheEvent.Store : CacheEvent.RefusedStore);
                    }

                    latest = Math.Max(latest, (long)parts[1]);
                },
                CancellationToken.None).ConfigureAwait(false);
            await IndexManyAsync(Array.ConvertAll(writes, write => (entry(write), write.RedisKey))).ConfigureAwait(false);
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
        }
        finally
        {
            ForgetMany(Array.ConvertAll(writes, static write => write.Key));
        }

        return new ConsistencyToken(latest);
    }
}
