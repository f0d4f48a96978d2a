using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// A cache that writes to its source later; see <see cref="WriteBehindAttribute"/>. A write stands in Redis, as the entry and in a durable queue, before it returns; workers carry it to the source, the last
/// write of each key at least once. Until the source has it, whoever reads gets it from Redis, from the queue where the entry is gone: neither an invalidation nor eviction nor expiry hides or loses it.
/// </summary>
/// <remarks>
/// <para>An acknowledged write reaches the source, unless a later one of the same key replaces it first, or becomes a dead letter. A source that compares <see cref="CacheWrite{TKey, TEntity}.Version"/> ends at the
/// newest; without the comparison the order holds only while no worker stalls for longer than its lease and no write that timed out lands late.</para>
/// <para>Pending writes are lost only with Redis's own data. They need an append-only file, and a maxmemory-policy that evicts no keys without expiry: with <c>allkeys-*</c> and a limit of memory,
/// writes and workers are refused.</para>
/// <para>While Redis does not answer, reads go to the source, which lacks what is pending; writes throw.</para>
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TMapper">Maps the model.</typeparam>
public abstract class WriteBehindCache<TEntity, TKey, TMapper> : EntityCache<TEntity, TKey, TMapper>, IBackgroundStore
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    private const int PageSize = 100;

    /// <summary>Makes a cache over the source that is registered for dependency injection, an <see cref="IWritableCacheSource{TKey, TEntity}"/>.</summary>
    protected WriteBehindCache(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a cache over a source.</summary>
    protected WriteBehindCache(RedisContext redis, IWritableCacheSource<TKey, TEntity> source)
        : base(redis, source)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls. Everything else throws.</summary>
    protected WriteBehindCache()
    {
    }

    private WriteBehindWorker<TEntity, TKey, TMapper> NewWorker() => new(Redis, Core, Loader);

    /// <summary>
    /// Writes an entity to Redis, and into the queue to the source in the same atomic step. One round trip; one more per tag. O(log(pending writes of the queue)). A write of the same key that the source
    /// does not have yet is replaced.
    /// </summary>
    /// <param name="entity">The entity.</param>
    /// <param name="expiresIn">How long the entry is fresh; null as declared. The write stays pending until the source has it, however short that is.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>A read that is given it sees this entity or a later one.</returns>
    /// <exception cref="InvalidOperationException">The server may evict pending writes: its <c>maxmemory-policy</c> is <c>allkeys-*</c>. Nothing was written.</exception>
    /// <exception cref="RedisServerException">The server's memory is full (<c>OOM</c>). Nothing was written, and what is pending stays.</exception>
    /// <exception cref="RedisEncodeException">The entity cannot be written. Nothing was.</exception>
    /// <exception cref="RedisConnectionException">Redis cannot be reached.</exception>
    /// <exception cref="RedisOperationTimeoutException">Redis did not answer for <see cref="RedisContextOptions.CacheTimeout"/>. Whether the entity was written is unknown.</exception>
    public override Task<ConsistencyToken> SetAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        cancellationToken.ThrowIfCancellationRequested();
        return Core.PutAsync(TMapper.KeyOf(entity), entity, expiresIn, cancellationToken);
    }

    /// <summary>Writes many entities. Pipelined: one round trip per 1,000; each atomically, the batch as a whole not. Of entities with one key, the last is written. O(entities).</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="expiresIn">How long the entries are fresh; null as declared.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    /// <inheritdoc cref="SetAsync" path="/returns|/exception"/>
    public override Task<ConsistencyToken> SetManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        TEntity[] all = BatchOrder.Materialize(entities);
        cancellationToken.ThrowIfCancellationRequested();
        return Core.PutManyAsync(Array.ConvertAll(all, TMapper.KeyOf), all, expiresIn, cancellationToken);
    }

    /// <summary>Deletes an entity: readers find at once that there is none, and the source is told later. One round trip, atomic. O(log(pending writes of the queue)).</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the wait, not the deletion.</param>
    /// <returns>A read that is given it sees that there is none, or a later entity.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<ConsistencyToken> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Core.PutAsync(key, entity: null, expiresIn: null, cancellationToken);
    }

    /// <summary>Deletes many entities. Pipelined: one round trip per 1,000; each atomically, the batch as a whole not. O(keys).</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Stops the wait, not the deletions.</param>
    /// <returns>A read that is given it sees that there are none, or later entities.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<ConsistencyToken> DeleteManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] all = [.. keys];
        cancellationToken.ThrowIfCancellationRequested();
        return Core.PutManyAsync(all, entities: null, expiresIn: null, cancellationToken);
    }

    /// <summary>
    /// Carries writes to the source until it is cancelled; then it takes no more, and ends the calls of the source that are under way. Any number of workers may run, in any number of processes. A write waits
    /// for others for <see cref="WriteBehindAttribute.FlushEvery"/>, or until <see cref="WriteBehindAttribute.BatchSize"/> wait in its queue. A batch that the source refuses is tried again one by one; a
    /// single write after half a second to one, then after twice as long each time, up to 5 minutes, until it was tried <see cref="WriteBehindAttribute.MaxAttempts"/> times. What a worker has taken is
    /// taken up by another one <see cref="WriteBehindAttribute.WriteTimeout"/> and 5 seconds later, if it has died. A worker that has nothing to do sends one command a second; on a cluster, one per queue.
    /// </summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="InvalidOperationException">There is no source, or it does not write, or the server may evict pending writes: its <c>maxmemory-policy</c> is <c>allkeys-*</c>.</exception>
    public virtual Task RunAsync(CancellationToken cancellationToken) => NewWorker().RunAsync(cancellationToken);

    /// <summary>
    /// Writes to the source what is pending now, at once, and waits for what other workers are writing: at the end of a test, before a deployment. Each write is tried at least once, whatever it waits for. Two round
    /// trips, and two and a call of the source per 4 batches. O(pending writes).
    /// </summary>
    /// <param name="cancellationToken">Ends it between two calls of the source.</param>
    /// <returns>How many of these writes the source has refused, and are tried again later. Those that became dead letters are not among them.</returns>
    /// <exception cref="InvalidOperationException">There is no source, or it does not write.</exception>
    public virtual Task<long> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return NewWorker().FlushAsync(cancellationToken);
    }

    /// <summary>Counts what is in the queues. One round trip. O(queues * log(pending writes)).</summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    public virtual Task<WriteBehindStatus> GetPendingAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Core.CountQueuesAsync(cancellationToken);
    }

    /// <summary>Walks over the dead letters, in no order. One round trip per queue and 100 letters. One that is replayed or discarded meanwhile may be among them or not; rarely, one comes twice.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    public virtual async IAsyncEnumerable<DeadLetter<TKey, TEntity>> GetDeadLettersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (WriteBehindQueue queue in CacheCore<TEntity, TKey, TMapper>.Queues)
        {
            RedisValue cursor = "0";
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                Task<RedisResult> scan = AdHocCommand.ExecuteAsync(Database, "HSCAN", queue.Dead, cursor, "COUNT", PageSize);
                var page = (RedisResult[])(await OperationWait<RedisResult>.For(scan, Redis, TMapper.Schema, queue.Dead, cancellationToken).ConfigureAwait(false))!;
                cursor = (RedisValue)page[0];
                var items = (RedisResult[])page[1]!;
                for (int i = 0; i < items.Length; i += 2)
                {
                    if (TKey.TryParse((byte[])items[i]!, out TKey key))
                    {
                        yield return LetterOf(key, (byte[])items[i + 1]!);
                    }
                }
            }
            while (cursor != "0");
        }
    }

    private DeadLetter<TKey, TEntity> LetterOf(TKey key, byte[] bytes)
    {
        var letter = new WriteBehindLetter(bytes);
        TEntity? entity = null;
        try
        {
            entity = Core.Decode(key, letter.Record);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The reason says so, most likely: a value that no worker could read.
        }

        return new DeadLetter<TKey, TEntity>
        {
            Key = key,
            Entity = entity,
            IsDelete = letter.Record.IsDelete,
            Version = letter.Record.Version,
            Attempts = letter.Record.Attempts,
            Reason = letter.Reason,
            FailedAt = DateTimeOffset.FromUnixTimeMilliseconds(letter.FailedAt),
        };
    }

    /// <summary>
    /// Has a dead letter tried anew, with its own version and as often as declared, unless a newer write of its key is pending. Until the source has it, readers get it. One round trip, atomic.
    /// O(log(pending writes of the queue)).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>False where there is none, or a newer write is pending.</returns>
    /// <exception cref="RedisOperationTimeoutException">Redis did not answer for <see cref="RedisContextOptions.CacheTimeout"/>. Whether it is tried anew is unknown: try again.</exception>
    public virtual Task<bool> ReplayAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Core.ReplayAsync(key, cancellationToken);
    }

    /// <summary>Has all dead letters tried anew that no newer write has followed: after an outage of the source. One round trip per letter, one after the other.</summary>
    /// <param name="cancellationToken">Ends it between two letters.</param>
    /// <returns>How many are tried anew.</returns>
    /// <inheritdoc cref="ReplayAsync" path="/exception"/>
    public virtual async Task<long> ReplayAllAsync(CancellationToken cancellationToken = default)
    {
        long replayed = 0;
        await foreach (DeadLetter<TKey, TEntity> letter in GetDeadLettersAsync(cancellationToken).ConfigureAwait(false))
        {
            replayed += await ReplayAsync(letter.Key, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        return replayed;
    }

    /// <summary>Gives a dead letter up, and the entry with it: readers get what the source has. One round trip, atomic. O(1).</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>False where there is none.</returns>
    /// <exception cref="RedisOperationTimeoutException">Redis did not answer for <see cref="RedisContextOptions.CacheTimeout"/>. Whether it was given up is unknown: try again.</exception>
    public virtual Task<bool> DiscardAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Core.DiscardAsync(key, cancellationToken);
    }
}
