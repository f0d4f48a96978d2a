using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis;

// Writes that go to Redis, and from a queue there to the source. What is pending is the truth: whoever finds no entry is answered from the queue, and not from the source.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    private static readonly WriteBehindQueue[] AllQueues = WriteBehindKeys.QueuesOf(Schema);

    // How often it is said that nobody takes writes out of a queue, in ms.
    private const long WarnEvery = 600_000;

    private bool _isSafe;
    private long _warnedUntil = long.MinValue;

    /// <summary>Is told the queue of each entry that was changed in any process.</summary>
    public event Action<int>? QueueChanged;

    public ILogger Log => _log;

    /// <summary>The queues of the cache.</summary>
    public static WriteBehindQueue[] Queues => AllQueues;

    /// <summary>The channel, as scripts take it.</summary>
    public RedisValue ChannelName => _channel.Name;

    /// <summary>The time, in ms, that the cache counts in.</summary>
    public long Now => _clock.Now;

    /// <summary>Sees to it that changes of other processes are heard for some minutes.</summary>
    public ValueTask ListenAsync() => _channel.UseAsync();

    /// <summary>Writes an entity, or deletes it where it is null, in Redis and into the queue. One round trip.</summary>
    public async Task<ConsistencyToken> PutAsync(TKey key, TEntity? entity, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        await CheckEvictionAsync(cancellationToken).ConfigureAwait(false);
        await _channel.UseAsync().ConfigureAwait(false);
        PendingWrite write = PrepareWrite(key, entity, expiresIn);
        try
        {
            RedisResult reply = await CallAsync(WriteBehindScripts.Set, write.Keys, write.Arguments, cancellationToken).ConfigureAwait(false);
            await IndexAsync(write.Entry.Tags, write.Keys[0], write.Entry.Kept).ConfigureAwait(false);
            return new ConsistencyToken(VersionOf(reply));
        }
        finally
        {
            Forget(key);
        }
    }

    /// <summary>Writes many entities, or deletes them where there are none, in Redis and into the queue. Pipelined.</summary>
    public async Task<ConsistencyToken> PutManyAsync(TKey[] keys, TEntity[]? entities, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        int[] distinct = BatchOrder.LastOf<TKey>(keys);
        await CheckEvictionAsync(cancellationToken).ConfigureAwait(false);
        await _channel.UseAsync().ConfigureAwait(false);
        PendingWrite[] writes = Array.ConvertAll(distinct, i => PrepareWrite(keys[i], entities?[i], expiresIn));
        long latest = 0;
        try
        {
            await Pipeline.RunScriptAsync(
                _redis,
                Schema,
                WriteBehindScripts.Set,
                writes.Length,
                i => (writes[i].Keys, writes[i].Arguments),
                (_, _, reply) => latest = Math.Max(latest, VersionOf(reply)),
                cancellationToken).ConfigureAwait(false);
            await IndexManyAsync(Array.ConvertAll(writes, static write => (write.Entry, write.Keys[0]))).ConfigureAwait(false);
            return new ConsistencyToken(latest);
        }
        finally
        {
            ForgetMany(keys);
        }
    }

    // The version of a write. Where the queue shows that nobody takes writes out of it, that is said: a worker of another prefix does not.
    private long VersionOf(RedisResult reply)
    {
        var parts = (RedisResult[])reply!;
        WriteBehindWatch.Add(_redis, Schema, Queues);
        long overdue = (long)parts[1];
        if (overdue > WriteBehindWatch.Patience.TotalMilliseconds && _clock.Now >= Volatile.Read(ref _warnedUntil))
        {
            Volatile.Write(ref _warnedUntil, _clock.Now + WarnEvery);
            _log.NoWorker(Schema.Name, overdue / 1000, _redis.Prefix);
        }

        return (long)parts[0];
    }

    /// <summary>Puts a dead letter back into the queue.</summary>
    /// <returns>False where there is none, or a newer write is pending.</returns>
    public async Task<bool> ReplayAsync(TKey key, CancellationToken cancellationToken)
    {
        await CheckEvictionAsync(cancellationToken).ConfigureAwait(false);
        RedisKey entry = RedisKeyOf(key);
        byte[] own = WriteBehindKeys.OwnOf(entry);
        WriteBehindQueue queue = QueueOf(own);
        try
        {
            RedisKey[] keys = [entry, queue.Pending, queue.Schedule, queue.Since, queue.Dead];
            return (long)await CallAsync(WriteBehindScripts.Replay, keys, [own, _channel.Name, CacheChannel.Changed(own)], cancellationToken).ConfigureAwait(false) == 1;
        }
        finally
        {
            Forget(key);
        }
    }

    /// <summary>Drops a dead letter.</summary>
    /// <returns>False where there is none.</returns>
    public async Task<bool> DiscardAsync(TKey key, CancellationToken cancellationToken)
    {
        RedisKey entry = RedisKeyOf(key);
        byte[] own = WriteBehindKeys.OwnOf(entry);
        WriteBehindQueue queue = QueueOf(own);
        try
        {
            return (long)await CallAsync(WriteBehindScripts.Discard, [entry, queue.Pending, queue.Dead], [own, _channel.Name, CacheChannel.Changed(own)], cancellationToken).ConfigureAwait(false) == 1;
        }
        finally
        {
            Forget(key);
        }
    }

    /// <summary>The entity of a pending write; null where it deletes.</summary>
    /// <exception cref="RedisModelException">Its value cannot be read.</exception>
    public TEntity? Decode(TKey key, WriteBehindRecord record)
    {
        if (!record.IsRecord)
        {
            RedisKey redisKey = RedisKeyOf(key);
            throw new RedisDecodeException($"{Schema.Model}: the pending write of '{_redis.FullKey(redisKey)}' is no record of this version of TypedRedis.", Schema.Model, _redis.FullKey(redisKey), "(value)", value: null);
        }

        return record.IsDelete ? null : Decode(key, record.Payload);
    }

    /// <summary>
    /// Refuses a server that could evict pending writes. Asked once; where the server does not tell, it is not refused.
    /// </summary>
    public async ValueTask CheckEvictionAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isSafe))
        {
            return;
        }

        try
        {
            foreach ((string _, string tag) in await KeyScan.PrimariesAsync(_redis, Schema, cancellationToken).ConfigureAwait(false))
            {
                var memory = (RedisResult[])(await ScriptWait.Evaluate(WriteBehindScripts.Memory, _redis, Schema, [$"{tag}{Schema.Name}:~m"], [], cancellationToken).ConfigureAwait(false))!;
                if (((string)memory[0]!).StartsWith("allkeys-", StringComparison.Ordinal) && (string)memory[1]! != "0")
                {
                    throw new InvalidOperationException($"{Schema.Model}: the server has maxmemory-policy {memory[0]} with maxmemory {memory[1]}, and may evict writes that have not reached the source. Set a policy that leaves keys without expiry alone, such as CONFIG SET maxmemory-policy volatile-lfu, or noeviction.");
                }
            }
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            return;         // What comes next says what is wrong. It is asked again.
        }
        catch (RedisServerException)
        {
            // It may not be asked.
        }

        Volatile.Write(ref _isSafe, true);
    }

    /// <summary>A write on its way into the queue.</summary>
    private readonly record struct PendingWrite(RedisKey[] Keys, RedisValue[] Arguments, Prepared Entry);

    private PendingWrite PrepareWrite(TKey key, TEntity? entity, TimeSpan? expiresIn)
    {
        RedisKey redisKey = RedisKeyOf(key);
        Prepared entry = Prepare(key, redisKey, entity, version: 0, Tags.Clock, entity is null ? null : CacheLoad.Of(expiresIn));
        byte[] bytes = entry.Bytes;
        long kept = entry.Kept;
        if (entry.IsNothing)
        {
            // Absence is not remembered here; the queue has to know of it.
            var output = new ArrayBufferWriter<byte>();
            CacheEntry.Begin(output, EntryState.Negative, Schema.Shape, version: 0, Tags.Clock, []);
            (bytes, kept) = (output.WrittenSpan.ToArray(), 0);
        }

        byte[] own = WriteBehindKeys.OwnOf(redisKey);
        WriteBehindQueue queue = QueueOf(own);
        long wait = (long)Schema.FlushEvery.TotalMilliseconds;
        return new PendingWrite(
            [redisKey, queue.Pending, queue.Schedule, queue.Since, queue.Counter],
            [own, bytes, kept, entry.Fresh, entry.Refresh, wait, _channel.Name, CacheChannel.Changed(own)],
            entry);
    }

    private static WriteBehindQueue QueueOf(byte[] own) => AllQueues[WriteBehindKeys.PartitionOf(own, Schema.Partitions)];

    private TEntity Decode(TKey key, ReadOnlySpan<byte> payload)
    {
        CodecContext context = Context(RedisKeyOf(key));
        if (Schema.Protected.Length == 0)
        {
            return TMapper.Read(payload, context);
        }

        Span<RedisValue> values = [payload.ToArray()];
        context.Unprotect(values);
        return TMapper.Read((byte[])values[0]!, context);
    }

    // The entry, and where there is a queue, what is pending: that comes before what the source has.
    private static RedisKey[] ClaimKeys(RedisKey redisKey)
        => Schema.Partitions == 0 ? [redisKey] : [redisKey, QueueOf(WriteBehindKeys.OwnOf(redisKey)).Pending];

    private static RedisValue[] ClaimQueueArguments(RedisKey redisKey, long tagClock)
    {
        var known = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(known, tagClock);
        return [WriteBehindKeys.OwnOf(redisKey), known];
    }

    private void HearQueue(ReadOnlySpan<byte> key) => QueueChanged?.Invoke(WriteBehindKeys.PartitionOf(key, Schema.Partitions));

    /// <summary>What was counted last in the queues of a write-behind cache, for its gauges; null where nothing was.</summary>
    public WriteBehindStatus? QueueStatus { get; private set; }

    /// <summary>Counts what is in the queues. One round trip.</summary>
    public async Task<WriteBehindStatus> CountQueuesAsync(CancellationToken cancellationToken)
    {
        return QueueStatus = await WriteBehindWatch.CountAsync(_redis, Schema, Queues, cancellationToken).ConfigureAwait(false);
    }
}
