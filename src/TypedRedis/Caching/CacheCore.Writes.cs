using System.Buffers.Binary;
using StackExchange.Redis;

namespace TypedRedis;

// What changes entries: writes, invalidations of keys, of tags and of everything.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    // Entries of a tag that are freed in one step, which keeps the server for a fraction of a millisecond.
    private const int SweepSize = 100;

    /// <summary>Stores an entity. One round trip.</summary>
    public async Task<ConsistencyToken> SetAsync(TEntity entity, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        TKey key = TMapper.KeyOf(entity);
        RedisKey redisKey = RedisKeyOf(key);
        await _channel.UseAsync().ConfigureAwait(false);
        Prepared entry = Prepare(key, redisKey, entity, version: 0, Tags.Clock, CacheLoad.Of(expiresIn));
        try
        {
            RedisResult reply = await CallAsync(CacheScripts.Set, [redisKey], SetArguments(key, entry), cancellationToken).ConfigureAwait(false);
            await IndexAsync(entry.Tags, redisKey, entry.Kept).ConfigureAwait(false);
            return new ConsistencyToken((long)reply);
        }
        finally
        {
            Forget(key);
        }
    }

    /// <summary>Stores many entities. Pipelined.</summary>
    public async Task<ConsistencyToken> SetManyAsync(TEntity[] entities, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        TKey[] keys = Array.ConvertAll(entities, TMapper.KeyOf);
        int[] distinct = BatchOrder.LastOf<TKey>(keys);
        RedisKey[] redisKeys = Array.ConvertAll(distinct, i => RedisKeyOf(keys[i]));
        await _channel.UseAsync().ConfigureAwait(false);
        long clock = Tags.Clock;
        var load = CacheLoad.Of(expiresIn);
        var entries = new Prepared[distinct.Length];
        for (int i = 0; i < distinct.Length; i++)
        {
            entries[i] = Prepare(keys[distinct[i]], redisKeys[i], entities[distinct[i]], version: 0, clock, load);
        }

        long latest = 0;
        try
        {
            await Pipeline.RunScriptAsync(
                _redis,
                Schema,
                CacheScripts.Set,
                distinct.Length,
                i => ([redisKeys[i]], SetArguments(keys[distinct[i]], entries[i])),
                (_, _, reply) => latest = Math.Max(latest, (long)reply),
                cancellationToken).ConfigureAwait(false);
            await IndexManyAsync([.. entries.Zip(redisKeys)]).ConfigureAwait(false);
            return new ConsistencyToken(latest);
        }
        finally
        {
            ForgetMany(keys);
        }
    }

    /// <summary>Invalidates an entry. One round trip.</summary>
    public async Task<ConsistencyToken> InvalidateAsync(TKey key, CancellationToken cancellationToken)
    {
        try
        {
            RedisResult reply = await CallAsync(CacheScripts.Invalidate, [RedisKeyOf(key)], InvalidateArguments(key), cancellationToken).ConfigureAwait(false);
            Counters.Add(CacheEvent.Invalidation);
            return new ConsistencyToken((long)reply);
        }
        finally
        {
            Forget(key);
        }
    }

    /// <summary>Invalidates many entries. Pipelined.</summary>
    public async Task<ConsistencyToken> InvalidateManyAsync(TKey[] keys, CancellationToken cancellationToken)
    {
        TKey[] distinct = [.. keys.Distinct()];
        RedisKey[] redisKeys = Array.ConvertAll(distinct, RedisKeyOf);
        long latest = 0;
        try
        {
            await Pipeline.RunScriptAsync(
                _redis,
                Schema,
                CacheScripts.Invalidate,
                distinct.Length,
                i => ([redisKeys[i]], InvalidateArguments(distinct[i])),
                (_, _, reply) => latest = Math.Max(latest, (long)reply),
                cancellationToken).ConfigureAwait(false);
            Counters.Add(CacheEvent.Invalidation, distinct.Length);
            return new ConsistencyToken(latest);
        }
        finally
        {
            ForgetMany(distinct);
        }
    }

    /// <summary>Invalidates all entries with a tag, and then frees them.</summary>
    /// <returns>How many were freed.</returns>
    public async Task<long> InvalidateTagAsync(CacheTag tag, CancellationToken cancellationToken)
    {
        var hash = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(hash, tag.Hash);
        RedisKey index = IndexOf(tag);
        long time = await LogAsync(hash, cancellationToken).ConfigureAwait(false);
        Tags.Invalidate(tag.Hash, time);
        Counters.Add(CacheEvent.Invalidation);

        // Those that end first come first. What is loaded meanwhile stands behind them.
        long left = await WaitAsync(_redis.Database.SortedSetLengthAsync(index), index, cancellationToken).ConfigureAwait(false);
        long freed = 0;
        while (left > 0)
        {
            RedisValue[] members = await WaitAsync(_redis.Database.SortedSetRangeByRankAsync(index, 0, SweepSize - 1), index, cancellationToken).ConfigureAwait(false);
            if (members.Length == 0)
            {
                break;
            }

            freed += await SweepAsync(Array.ConvertAll(members, static member => (RedisKey)(byte[])member!), time, cancellationToken).ConfigureAwait(false);
            await WaitAsync(_redis.Database.SortedSetRemoveAsync(index, members), index, cancellationToken).ConfigureAwait(false);
            left -= members.Length;
        }

        return freed;
    }

    /// <summary>Invalidates all entries, and then frees them.</summary>
    /// <returns>How many were freed.</returns>
    public async Task<long> ClearAsync(CancellationToken cancellationToken)
    {
        long time = await LogAsync([], cancellationToken).ConfigureAwait(false);
        Tags.InvalidateAll(time);
        ForgetAll();
        Counters.Add(CacheEvent.Invalidation);
        long freed = 0;
        string pattern = Schema.Partitions == 0 ? TKey.Pattern : "{wb*}" + TKey.Pattern;
        await foreach (byte[][] page in KeyScan.PagesAsync(_redis, Schema, pattern, Schema.RedisType, pageSize: 1000, cancellationToken).ConfigureAwait(false))
        {
            RedisKey[] found = [.. page.Where(IsEntry).Select(static key => (RedisKey)key)];
            foreach (RedisKey[] chunk in found.Chunk(SweepSize))
            {
                freed += await SweepAsync(chunk, time, cancellationToken).ConfigureAwait(false);
            }
        }

        return freed;
    }

    private static bool IsEntry(byte[] key)
    {
        ReadOnlySpan<byte> own = key;
        return TKey.TryParse(Schema.Partitions == 0 ? own : own[(own.IndexOf((byte)'}') + 1)..], out TKey _);
    }

    private async Task<long> LogAsync(byte[] tag, CancellationToken cancellationToken)
    {
        return (long)await CallAsync(CacheScripts.InvalidateTag, [_channel.LogKey], [tag, _channel.Name, TagMemory], cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> SweepAsync(RedisKey[] keys, long time, CancellationToken cancellationToken)
    {
        long freed = 0;
        List<int[]> groups = SlotGroups.Of(_redis, keys);
        await Pipeline.RunScriptAsync(
            _redis,
            Schema,
            CacheScripts.Sweep,
            groups.Count,
            i => (Array.ConvertAll(groups[i], position => keys[position]), [time]),
            (_, _, reply) => freed += (long)reply,
            cancellationToken).ConfigureAwait(false);
        return freed;
    }

    // Where an entry is in no index, its memory is freed when it ends, no sooner: so this is not worth an error.
    private async Task IndexAsync(CacheTag[] tags, RedisKey redisKey, long kept)
    {
        try
        {
            foreach (CacheTag tag in tags)
            {
                await CallAsync(CacheScripts.AddToTag, [IndexOf(tag)], [kept, (byte[])redisKey!], CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
        }
    }

    private async Task IndexManyAsync((Prepared Entry, RedisKey Key)[] entries)
    {
        var byTag = new Dictionary<CacheTag, List<RedisValue>>();
        foreach ((Prepared entry, RedisKey key) in entries)
        {
            foreach (CacheTag tag in entry.Tags)
            {
                if (!byTag.TryGetValue(tag, out List<RedisValue>? members))
                {
                    byTag.Add(tag, members = []);
                }

                members.Add(entry.Kept);
                members.Add((byte[])key!);
            }
        }

        if (byTag.Count == 0)
        {
            return;
        }

        (RedisKey Index, RedisValue[] Members)[] calls = [.. byTag.SelectMany(pair => pair.Value.Chunk(2 * SweepSize).Select(members => (IndexOf(pair.Key), members)))];
        try
        {
            await Pipeline.RunScriptAsync(
                _redis, Schema, CacheScripts.AddToTag, calls.Length, i => ([calls[i].Index], calls[i].Members), static (_, _, _) => { }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
        }
    }

    private RedisKey IndexOf(CacheTag tag) => (byte[])[.. _indexPrefix, .. tag.Name];

    private RedisValue[] SetArguments(TKey key, Prepared entry)
        => [entry.Bytes, entry.Kept, entry.Fresh, entry.Refresh, _channel.Name, CacheChannel.Changed(key.ToRedisKey())];

    private RedisValue[] InvalidateArguments(TKey key) => [_channel.Name, CacheChannel.Changed(key.ToRedisKey())];

    private void ForgetMany(TKey[] keys)
    {
        foreach (TKey key in keys)
        {
            Forget(key);
        }
    }

    private ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, CancellationToken cancellationToken)
        => OperationWait<T>.For(task, _redis, Schema, key, cancellationToken);
}
