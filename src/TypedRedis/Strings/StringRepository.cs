using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Stores entities as Redis strings, each as one JSON value. The emitted <c>{Model}Repository</c> types derive from it. Thread-safe; cheap to make.
/// </summary>
/// <remarks>
/// All errors name model and key. A call that fails with anything but the errors listed at it (a lost connection, a timeout) may or may not have been carried
/// out; cancelling a call stops the wait, not the write.
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class StringRepository<TEntity, TKey, TMapper> : EntityRepository<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IStringMapper<TEntity, TKey>
{
    /// <summary>Makes a repository.</summary>
    /// <exception cref="InvalidOperationException">The model is encrypted, and <see cref="RedisContextOptions.KeyRing"/> is null.</exception>
    protected StringRepository(RedisContext redis)
        : base(redis)
        => TMapper.Schema.CheckKeyRing(redis);

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected StringRepository()
    {
    }

    private protected sealed override ModelSchema ModelSchema => TMapper.Schema;

    private protected sealed override RedisValue PresenceField => RedisValue.EmptyString;

    /// <summary>Reads an entity. One round trip (GET; with a sliding expiry a script that also starts it anew). O(1).</summary>
    /// <returns>The entity, or null where there is none.</returns>
    /// <exception cref="RedisDecodeException">The value cannot be read, or its key parts are not those of the key.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual async Task<TEntity?> GetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue value = TMapper.Schema.Sliding
            ? ((RedisValue[])(await EvaluateAsync(StringCommands.ReadScript, redisKey, [TMapper.Schema.SlidingMilliseconds], cancellationToken).ConfigureAwait(false))!)[0]
            : await WaitAsync(Database.StringGetAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false);
        return Decode(key, redisKey, value);
    }

    /// <summary>
    /// Reads many entities. The result has one place per key, in the order of the keys; where there is no entity it is null. Pipelined: one MGET per 100 keys
    /// that share a slot (on a single node: per 100), one round trip per 1,000; where entities are missing, one more round trip makes sure that their keys
    /// hold nothing else. With a sliding expiry a script reads instead. O(keys).
    /// </summary>
    /// <inheritdoc/>
    public override Task<TEntity?[]> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
        => base.GetManyAsync(keys, cancellationToken);

    private protected sealed override async Task<TEntity?[]> ReadManyAsync(IEnumerable<TKey> keys, bool slide, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] all = [.. keys];
        RedisKey[] redisKeys = BatchOrder.Format(all);
        var entities = new TEntity?[all.Length];
        await StringCommands.ReadManyAsync(
            Redis,
            ModelSchema,
            redisKeys,
            slide ? TMapper.Schema.SlidingMilliseconds : 0,
            (i, value) => entities[i] = Decode(all[i], redisKeys[i], value),
            cancellationToken).ConfigureAwait(false);
        return entities;
    }

    /// <summary>Whether there is an entity. One round trip. O(1). Does not start a sliding expiry anew.</summary>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    public virtual async Task<bool> ExistsAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return await WaitAsync(Database.StringLengthAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>Whether there are entities, per key in its order. Pipelined: one round trip per 1,000 keys. O(keys).</summary>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value.</exception>
    public virtual async Task<bool[]> ExistsManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] all = [.. keys];
        RedisKey[] redisKeys = BatchOrder.Format(all);
        var exist = new bool[all.Length];
        await Pipeline.RunAsync(
            Redis,
            ModelSchema,
            all.Length,
            i => (redisKeys[i], Database),
            static (key, database) => database.StringLengthAsync(key),
            (i, _, length) => exist[i] = length > 0,
            cancellationToken).ConfigureAwait(false);
        return exist;
    }

    /// <summary>Writes an entity if there is none at its key. One round trip, atomic. O(1).</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="expiresIn">Its time to live; null for the declared one; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>True if it was written, false if there is one already, which stays as it is.</returns>
    /// <exception cref="RedisEncodeException">The entity cannot be written. Nothing was sent; of a batch, nothing of its chunk of 100 or behind it.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual Task<bool> InsertAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Insert, entity, expiresIn, cancellationToken);

    /// <summary>Writes an entity, whether or not there is one. One round trip, atomic. O(1).</summary>
    /// <inheritdoc cref="InsertAsync" path="/param"/>
    /// <returns>True if there was none, false if one was replaced.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool> UpsertAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Upsert, entity, expiresIn, cancellationToken);

    /// <summary>Replaces an entity that exists; never makes one that was deleted or has expired. One round trip, atomic. O(1).</summary>
    /// <inheritdoc cref="InsertAsync" path="/param"/>
    /// <returns>True if it was replaced, false if there is none.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool> UpdateAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Update, entity, expiresIn, cancellationToken);

    /// <summary>
    /// Inserts many entities: one script per 100 that share a slot (on a single node: per 100), one round trip per 1,000. Each script is atomic, the batch as a whole is not.
    /// Of several entities with one key the first is inserted. O(entities).
    /// </summary>
    /// <returns>Per entity, in its order, whether it was inserted.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool[]> InsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteManyAsync(WriteMode.Insert, entities, expiresIn, cancellationToken);

    /// <summary>Upserts many entities, as <see cref="InsertManyAsync"/> inserts them; of several entities with one key the last is written.</summary>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task UpsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteManyAsync(WriteMode.Upsert, entities, expiresIn, cancellationToken);

    /// <summary>Updates many entities, as <see cref="InsertManyAsync"/> inserts them; of several entities with one key the last is written.</summary>
    /// <returns>Per entity, in its order, whether there was one at its key.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool[]> UpdateManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteManyAsync(WriteMode.Update, entities, expiresIn, cancellationToken);

    /// <summary>
    /// Writes many entities whatever stands at their keys: the cheapest way to fill a database. Unlike <see cref="UpsertManyAsync"/> it replaces values of other types too, and
    /// an entity that does not expire loses the time to live that stood there. One MSET per 100 that share a slot (on a single node: per 100), where the model or the call has an expiry
    /// one SET each; one round trip per 1,000. Each command is atomic, the batch as a whole is not. Of several entities with one key the last is written. O(entities).
    /// </summary>
    /// <param name="entities">The entities.</param>
    /// <param name="expiresIn">Their time to live; null for the declared one; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes that were sent.</param>
    /// <exception cref="RedisEncodeException">An entity cannot be written. Nothing of its chunk of 100 or behind it was sent.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual async Task OverwriteManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        TEntity[] all = BatchOrder.Materialize(entities);
        TKey[] keys = Array.ConvertAll(all, static entity => TMapper.KeyOf(entity));
        int[] sent = BatchOrder.LastOf<TKey>(keys);
        RedisKey[] redisKeys = Array.ConvertAll(sent, position => keys[position].ToRedisKey());
        await StringCommands.OverwriteManyAsync(Redis, ModelSchema, redisKeys, i => Encode(redisKeys[i], all[sent[i]]), WriteExpiry(expiresIn), cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> WriteAsync(WriteMode mode, TEntity entity, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entity);
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey key = TMapper.KeyOf(entity).ToRedisKey();
        RedisValue[] arguments = [mode.Argument(), WriteExpiry(expiresIn), Encode(key, entity)];
        RedisResult reply = await EvaluateAsync(StringCommands.WriteScript, key, arguments, cancellationToken).ConfigureAwait(false);
        return (long)((RedisResult[])reply!)[0] == 1;
    }

    private async Task<bool[]> WriteManyAsync(WriteMode mode, IEnumerable<TEntity> entities, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        TEntity[] all = BatchOrder.Materialize(entities);
        TKey[] keys = Array.ConvertAll(all, static entity => TMapper.KeyOf(entity));
        int[] sent = mode == WriteMode.Insert ? BatchOrder.FirstOf<TKey>(keys) : BatchOrder.LastOf<TKey>(keys);
        RedisKey[] redisKeys = Array.ConvertAll(sent, position => keys[position].ToRedisKey());
        var written = new bool[all.Length];
        RedisValue expiry = WriteExpiry(expiresIn);
        await StringCommands.RunGroupsAsync(
            Redis,
            ModelSchema,
            StringCommands.WriteScript,
            redisKeys,
            group =>
            {
                var arguments = new RedisValue[2 + group.Length];
                arguments[0] = mode.Argument();
                arguments[1] = expiry;
                for (int i = 0; i < group.Length; i++)
                {
                    arguments[2 + i] = Encode(redisKeys[group[i]], all[sent[group[i]]]);
                }

                return arguments;
            },
            (i, reply) => written[sent[i]] = (long)reply == 1,
            cancellationToken).ConfigureAwait(false);
        if (mode == WriteMode.Update)
        {
            BatchOrder.Spread<TKey>(keys, sent, written);
        }

        return written;
    }

    /// <summary>
    /// Encrypts with the current key what other keys encrypted, or nothing. SCAN on every primary, then one read and one compare-and-set per entity, pipelined. What is
    /// written meanwhile is not undone. Expiries stay. O(keys of the database).
    /// </summary>
    /// <returns>How many values were encrypted anew.</returns>
    /// <exception cref="RedisDecryptException">A value cannot be decrypted. What was done before stays done.</exception>
    protected Task<long> ReencryptCoreAsync(CancellationToken cancellationToken) => Reencryption.OfStringsAsync<TKey>(Redis, TMapper.Schema, cancellationToken);

    private RedisValue Encode(RedisKey key, TEntity entity)
    {
        CodecContext context = Context(key);
        RedisValue value = TMapper.Write(entity, context);
        context.Protect(new Span<RedisValue>(ref value));
        return value;
    }

    private TEntity? Decode(TKey key, RedisKey redisKey, RedisValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        CodecContext context = Context(redisKey);
        context.Unprotect(new Span<RedisValue>(ref value));
        TEntity entity = TMapper.Read(value, context);
        TKey inside = TMapper.KeyOf(entity);
        string Inside() => TMapper.Schema.IsSecret(0) ? "another key" : $"'{Redis.FullKey(inside.ToRedisKey())}'";
        return inside.Equals(key)
            ? entity
            : throw new RedisDecodeException(
                $"{TMapper.Schema.Model}: the value at '{Redis.FullKey(redisKey)}' is the entity of {Inside()}. Either another program copied or renamed it, or the serializer does not write or read back the members of the key ([JsonIgnore], a setter that is not public).",
                TMapper.Schema.Model,
                Redis.FullKey(redisKey),
                "(value)",
                value: null);
    }
}
