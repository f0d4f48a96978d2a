using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What the stores share that have one key per entity: deletion, expiry and the walk over all keys.</summary>
/// <typeparam name="TKey">The model's key.</typeparam>
public abstract partial class KeyedStore<TKey> : RedisStore
    where TKey : struct, IRedisKey<TKey>
{
    [LuaScript(File = "key_delete.lua")]
    private static partial RedisScript DeleteScript { get; }

    [LuaScript(File = "key_expire.lua")]
    private static partial RedisScript ExpireScript { get; }

    [LuaScript(File = "key_ttl.lua")]
    private static partial RedisScript TimeToLiveScript { get; }

    private protected KeyedStore(RedisContext redis)
        : base(redis)
    {
    }

    private protected KeyedStore()
    {
    }

    private protected abstract ModelSchema ModelSchema { get; }

    /// <summary>What changes the entities of a model with indexes; null where there are none.</summary>
    private protected virtual HashChanges? Changes => null;

    /// <summary>Whether an entity stands there that a script does not know for one, because it has an older form.</summary>
    private protected virtual ValueTask<bool> IsHiddenAsync(RedisKey key, CancellationToken cancellationToken) => new(false);

    /// <summary>The field that every hash entity has; empty for strings.</summary>
    private protected abstract RedisValue PresenceField { get; }

    /// <summary>Deletes an entity. One round trip, atomic. O(1); the memory is freed in the background.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Changes is { } changes)
        {
            ChangeReply changed = await changes.RunAsync(key.ToRedisKey(), HashChange.Delete(changes.Schema, skipForeign: false), cancellationToken).ConfigureAwait(false);
            return changed.Status == ChangeStatus.Done;
        }

        RedisResult reply = await EvaluateAsync(DeleteScript, key.ToRedisKey(), TypeArguments(), cancellationToken).ConfigureAwait(false);
        return (long)reply == 1;
    }

    /// <summary>Deletes many entities. Pipelined: one round trip per 1,000 keys; each entity is deleted atomically, the batch as a whole is not. O(keys).</summary>
    /// <returns>Per key, in its order, whether there was an entity. Of a key that stands several times, only the first can be true.</returns>
    public virtual Task<bool[]> DeleteManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
        => DeleteManyAsync(keys, skipForeign: false, cancellationToken);

    private async Task<bool[]> DeleteManyAsync(IEnumerable<TKey> keys, bool skipForeign, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] all = [.. keys];
        RedisKey[] redisKeys = BatchOrder.Format(all);
        var deleted = new bool[all.Length];
        int[] distinct = BatchOrder.FirstOf<TKey>(all);
        if (Changes is { } changes)
        {
            await changes.RunManyAsync(
                distinct.Length,
                i => (redisKeys[distinct[i]], HashChange.Delete(changes.Schema, skipForeign)),
                (i, _, _, reply) => deleted[distinct[i]] = reply.Status == ChangeStatus.Done,
                cancellationToken).ConfigureAwait(false);
            return deleted;
        }

        RedisValue[] arguments = skipForeign ? [.. TypeArguments(), "skip"] : TypeArguments();
        await Pipeline.RunScriptAsync(
            Redis,
            ModelSchema,
            DeleteScript,
            distinct.Length,
            i => ([redisKeys[distinct[i]]], arguments),
            (i, _, reply) => deleted[distinct[i]] = (long)reply == 1,
            cancellationToken).ConfigureAwait(false);
        return deleted;
    }

    /// <summary>
    /// Deletes every entity of the model under the context's prefix: SCAN on every primary, then UNLINK in batches. Not atomic: an entity that is written
    /// meanwhile may stay. What stands at a key of the model but is no entity of it stays too. O(keys of the database).
    /// </summary>
    /// <returns>How many were deleted.</returns>
    public virtual async Task<long> DeleteAllAsync(CancellationToken cancellationToken = default)
    {
        long count = 0;
        await foreach (TKey[] page in ScanPagesAsync(pageSize: 1000, cancellationToken).ConfigureAwait(false))
        {
            foreach (bool deleted in await DeleteManyAsync(page, skipForeign: true, cancellationToken).ConfigureAwait(false))
            {
                count += deleted ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>
    /// Sets the time to live of an entity. One round trip, atomic. O(1). The next whole write of a model with <see cref="ExpiresAttribute"/>, and the next
    /// access of one that slides, set the declared one again.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="expiresIn">The time from now; <see cref="Timeout.InfiniteTimeSpan"/> removes the expiry.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>Whether there is an entity.</returns>
    public virtual async Task<bool> ExpireAsync(TKey key, TimeSpan expiresIn, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Changes is { } changes)
        {
            ChangeReply changed = await changes.RunAsync(key.ToRedisKey(), HashChange.Touch(changes.Schema, ExpiryArgument(expiresIn)), cancellationToken).ConfigureAwait(false);
            return changed.Status == ChangeStatus.Done;
        }

        RedisValue[] arguments = [ModelSchema.RedisType, PresenceField, ExpiryArgument(expiresIn)];
        RedisResult reply = await EvaluateAsync(ExpireScript, key.ToRedisKey(), arguments, cancellationToken).ConfigureAwait(false);
        return (long)reply == 1;
    }

    /// <summary>The time that an entity has left. One round trip. O(1).</summary>
    /// <returns>The time; <see cref="Timeout.InfiniteTimeSpan"/> where the entity does not expire; null where there is none.</returns>
    public virtual async Task<TimeSpan?> GetTimeToLiveAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisResult reply = await EvaluateAsync(TimeToLiveScript, key.ToRedisKey(), TypeArguments(), cancellationToken).ConfigureAwait(false);
        if ((long)reply == -2 && await IsHiddenAsync(key.ToRedisKey(), cancellationToken).ConfigureAwait(false))
        {
            reply = await WaitAsync(AdHocCommand.ExecuteAsync(Database, "PTTL", key.ToRedisKey()), key.ToRedisKey(), cancellationToken).ConfigureAwait(false);
        }

        return (long)reply switch
        {
            -2 => null,
            -1 => Timeout.InfiniteTimeSpan,
            long milliseconds => TimeSpan.FromMilliseconds(milliseconds),
        };
    }

    /// <summary>
    /// Walks over the keys of all entities of the model under the context's prefix: SCAN on every primary, never KEYS. Entities that exist during the whole
    /// walk are seen; one written, deleted or moved meanwhile may or may not be, and a key can be seen twice. O(keys of the database), in constant memory.
    /// </summary>
    /// <param name="pageSize">How many keys of the database a step looks at (COUNT). Default: 1,000.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public virtual async IAsyncEnumerable<TKey> ScanKeysAsync(int pageSize = 1000, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (TKey[] page in ScanPagesAsync(pageSize, cancellationToken).ConfigureAwait(false))
        {
            foreach (TKey key in page)
            {
                yield return key;
            }
        }
    }

    private protected IAsyncEnumerable<TKey[]> ScanPagesAsync(int pageSize, CancellationToken cancellationToken)
        => KeyScan.PagesAsync<TKey>(Redis, ModelSchema, pageSize, cancellationToken);

    private protected ValueTask<RedisResult> EvaluateAsync(RedisScript script, RedisKey key, RedisValue[] arguments, CancellationToken cancellationToken)
        => ScriptWait.Evaluate(script, Redis, ModelSchema, [key], arguments, cancellationToken);

    private protected ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, CancellationToken cancellationToken)
        => OperationWait<T>.For(task, Redis, ModelSchema, key, cancellationToken);

    private protected CodecContext Context(RedisKey key) => new(Redis, ModelSchema, key);

    /// <summary>The expiry of a whole write as the scripts take it: the call's own, else the declared one, else 0 for none of our business.</summary>
    private protected long WriteExpiry(TimeSpan? expiresIn) => expiresIn is { } own ? ExpiryArgument(own) : ModelSchema.ExpiryMilliseconds;

    private protected RedisValue[] TypeArguments() => [ModelSchema.RedisType, PresenceField];

    private static long ExpiryArgument(TimeSpan expiresIn)
    {
        if (expiresIn == Timeout.InfiniteTimeSpan)
        {
            return -1;
        }

        long milliseconds = (long)expiresIn.TotalMilliseconds;
        return milliseconds >= 1
            ? milliseconds
            : throw new ArgumentOutOfRangeException(nameof(expiresIn), expiresIn, "The time to live must be at least a millisecond, or Timeout.InfiniteTimeSpan for none. To end an entity at once, delete it.");
    }
}
