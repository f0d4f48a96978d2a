using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Stores entities as Redis hashes, one field per member. The emitted <c>{Model}Repository</c> types derive from it. Thread-safe; cheap to make.
/// </summary>
/// <remarks>
/// An entity exists where its hash has the field that every entity of the model has; a hash without it is another program's and is neither read nor replaced
/// nor deleted, with one exception: where <see cref="UpsertAsync"/> is one HSET, it cannot tell, and adds the entity's fields. All errors name model and key. A call that fails with anything but the
/// errors listed at it (a lost connection, a timeout) may or may not have been carried out; cancelling a call stops the wait, not the write.
/// <para>
/// Where a model has indexes (<see cref="IndexedAttribute"/>), every write changes them in the same step, in O(log n) per entry, and throws <see cref="RedisUniqueIndexException"/> where
/// another entity has a unique value. On a cluster, where they stand in other slots, a write that changes an indexed value takes about four round trips; the entity itself is still changed atomically. Where a model
/// has a <see cref="ConcurrencyTokenAttribute"/>, upsert, update and patch throw <see cref="RedisConcurrencyException"/> where the stored version is another one.
/// </para>
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class HashRepository<TEntity, TKey, TMapper> : EntityRepository<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IHashMapper<TEntity, TKey>
{
    /// <summary>Makes a repository.</summary>
    /// <exception cref="InvalidOperationException">The model is encrypted, and <see cref="RedisContextOptions.KeyRing"/> is null.</exception>
    protected HashRepository(RedisContext redis)
        : base(redis)
        => TMapper.Schema.CheckKeyRing(redis);

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected HashRepository()
    {
    }

    private protected sealed override ModelSchema ModelSchema => TMapper.Schema;

    private protected sealed override RedisValue PresenceField => TMapper.Schema.PresenceName;

    private HashChanges AllChanges => field ??= new HashChanges(Redis, TMapper.Schema, EntriesOf);

    private protected sealed override HashChanges? Changes => TMapper.Schema.Indexes.Length > 0 || TMapper.Schema.Evolves ? AllChanges : null;

    private IndexSource<TEntity, TKey> Indexes => field ??= new IndexReader(this);

    /// <summary>Reads an entity. One round trip (HMGET; with a sliding expiry a script that also starts it anew). O(fields).</summary>
    /// <returns>The entity, or null where there is none.</returns>
    /// <exception cref="RedisDecodeException">A field's value cannot be read, or a required field is missing.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<TEntity?> GetAsync(TKey key, CancellationToken cancellationToken = default)
        => ReadAsync<TEntity, EntityReader>(key, cancellationToken);

    /// <summary>Reads the part of an entity that a projection has. One round trip. O(fields of the projection).</summary>
    /// <typeparam name="TProjection">A type with <see cref="RedisProjectionAttribute{TEntity}"/> for the model.</typeparam>
    /// <returns>The projection, or null where there is no entity.</returns>
    /// <exception cref="RedisDecodeException">A field's value cannot be read, or a required field is missing.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    public virtual Task<TProjection?> GetAsync<TProjection>(TKey key, CancellationToken cancellationToken = default)
        where TProjection : class, IHashProjection<TProjection, TEntity, TKey>
        => ReadAsync<TProjection, ProjectionReader<TProjection>>(key, cancellationToken);

    private protected sealed override Task<TEntity?[]> ReadManyAsync(IEnumerable<TKey> keys, bool slide, CancellationToken cancellationToken)
        => ReadManyAsync<TEntity, EntityReader>(keys, slide, cancellationToken);

    /// <summary>Reads a projection of many entities, as <see cref="GetManyAsync(IEnumerable{TKey}, CancellationToken)"/> does whole ones.</summary>
    /// <typeparam name="TProjection">A type with <see cref="RedisProjectionAttribute{TEntity}"/> for the model.</typeparam>
    /// <inheritdoc cref="GetManyAsync(IEnumerable{TKey}, CancellationToken)"/>
    public virtual Task<TProjection?[]> GetManyAsync<TProjection>(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
        where TProjection : class, IHashProjection<TProjection, TEntity, TKey>
        => ReadManyAsync<TProjection, ProjectionReader<TProjection>>(keys, slide: true, cancellationToken);

    /// <summary>Whether there is an entity. One round trip. O(1). Does not start a sliding expiry anew.</summary>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    public virtual async Task<bool> ExistsAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return await WaitAsync(Database.HashExistsAsync(redisKey, PresenceField), redisKey, cancellationToken).ConfigureAwait(false)
            || await IsHiddenAsync(redisKey, cancellationToken).ConfigureAwait(false);
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
            i => (redisKeys[i], PresenceField),
            (key, field) => Database.HashExistsAsync(key, field),
            (i, _, reply) => exist[i] = reply,
            cancellationToken).ConfigureAwait(false);
        if (TMapper.Schema.HidesOld)
        {
            int[] gaps = [.. Enumerable.Range(0, all.Length).Where(i => !exist[i])];
            await HashChanges.ForEachAsync(gaps.Length, async (i, token) => exist[gaps[i]] = await IsHiddenAsync(redisKeys[gaps[i]], token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }

        return exist;
    }

    /// <summary>Writes an entity if there is none at its key. One round trip, atomic. O(fields).</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="expiresIn">Its time to live; null for the declared one; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>True if it was written, false if there is one already, which stays as it is.</returns>
    /// <exception cref="RedisEncodeException">A member's value cannot be written without loss. Nothing was sent; of a batch, nothing of its chunk of 100 or behind it.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual Task<bool> InsertAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Insert, entity, expiresIn, cancellationToken);

    /// <summary>
    /// Writes an entity, whether or not there is one: afterwards the hash has the fields of this entity and no other. Counters keep the value that they have.
    /// One round trip, atomic. O(fields). Of a model without nullable members, counters and expiry, whose entities always have all fields, it is one HSET: fields
    /// that the model does not know stay.
    /// </summary>
    /// <inheritdoc cref="InsertAsync" path="/param"/>
    /// <returns>True if there was none, false if one was replaced.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool> UpsertAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Upsert, entity, expiresIn, cancellationToken);

    /// <summary>Replaces an entity that exists, as <see cref="UpsertAsync"/> does; never makes one that was deleted or has expired. One round trip, atomic. O(fields).</summary>
    /// <inheritdoc cref="InsertAsync" path="/param"/>
    /// <returns>True if it was replaced, false if there is none.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool> UpdateAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Update, entity, expiresIn, cancellationToken);

    /// <summary>
    /// Inserts many entities. Pipelined: one round trip per 1,000; each entity is written atomically, the batch as a whole is not. Of several entities with one
    /// key the first is inserted. O(fields of all).
    /// </summary>
    /// <returns>Per entity, in its order, whether it was inserted.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool[]> InsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteManyAsync(WriteMode.Insert, entities, expiresIn, cancellationToken);

    /// <summary>
    /// Upserts many entities. Pipelined: one round trip per 1,000; each entity is written atomically, the batch as a whole is not. Of several entities with one
    /// key the last is written. O(fields of all).
    /// </summary>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task UpsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteManyAsync(WriteMode.Upsert, entities, expiresIn, cancellationToken);

    /// <summary>
    /// Updates many entities. Pipelined: one round trip per 1,000; each entity is written atomically, the batch as a whole is not. Of several entities with one
    /// key the last is written. O(fields of all).
    /// </summary>
    /// <returns>Per entity, in its order, whether there was one at its key.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    public virtual Task<bool[]> UpdateManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteManyAsync(WriteMode.Update, entities, expiresIn, cancellationToken);

    /// <summary>Changes the assigned members of an entity that exists. One round trip, atomic. O(fields of the patch).</summary>
    /// <returns>Whether there is an entity.</returns>
    protected async Task<bool> PatchCoreAsync(TKey key, HashPatch<TEntity> patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        cancellationToken.ThrowIfCancellationRequested();
        if (TMapper.Schema.IsTracked)
        {
            return (await PatchTrackedAsync(key, patch, expected: null, readBefore: -1, cancellationToken).ConfigureAwait(false)).Status == ChangeStatus.Done;
        }

        RedisKey redisKey = key.ToRedisKey();
        RedisResult reply = await EvaluateAsync(HashCommands.PatchScript, redisKey, PatchArguments(redisKey, patch), cancellationToken).ConfigureAwait(false);
        return (long)reply == 1;
    }

    /// <summary>Changes the assigned members of many entities. Pipelined: one round trip per 1,000 patches.</summary>
    /// <returns>Per patch, in its order, whether there is an entity.</returns>
    /// <exception cref="ArgumentException">Two patches are for one key: their order would be lost.</exception>
    protected async Task<bool[]> PatchManyCoreAsync<TPatch>(IEnumerable<(TKey Key, TPatch Patch)> patches, CancellationToken cancellationToken)
        where TPatch : HashPatch<TEntity>
    {
        ArgumentNullException.ThrowIfNull(patches);
        (TKey Key, TPatch Patch)[] all = [.. patches];
        var seen = new HashSet<TKey>(all.Length);
        RedisKey[] redisKeys = BatchOrder.Format(Array.ConvertAll(all, static item => item.Key));
        foreach ((TKey key, TPatch patch) in all)
        {
            ArgumentNullException.ThrowIfNull(patch, nameof(patches));
            if (!seen.Add(key))
            {
                throw new ArgumentException($"{TMapper.Schema.Model}: the batch has two patches for '{Redis.FullKey(key.ToRedisKey())}'. Merge them, or apply them one after the other.", nameof(patches));
            }
        }

        var changed = new bool[all.Length];
        if (TMapper.Schema.IsTracked)
        {
            await PatchManyTrackedAsync(all, redisKeys, changed, cancellationToken).ConfigureAwait(false);
            return changed;
        }

        await Pipeline.RunScriptAsync(
            Redis,
            ModelSchema,
            HashCommands.PatchScript,
            all.Length,
            i =>
            {
                return ([redisKeys[i]], PatchArguments(redisKeys[i], all[i].Patch));
            },
            (i, _, reply) => changed[i] = (long)reply == 1,
            cancellationToken).ConfigureAwait(false);
        return changed;
    }

    /// <summary>
    /// Encrypts with the current key what other keys encrypted, or nothing. SCAN on every primary, then one read and one compare-and-set per entity, pipelined. What is
    /// written meanwhile is not undone. Expiries stay. O(keys of the database).
    /// </summary>
    /// <returns>How many values were encrypted anew.</returns>
    /// <exception cref="RedisDecryptException">A value cannot be decrypted. What was done before stays done.</exception>
    protected Task<long> ReencryptCoreAsync(CancellationToken cancellationToken) => Reencryption.OfHashesAsync<TKey>(Redis, TMapper.Schema, cancellationToken);

    /// <summary>Adds to a counter of an entity that exists. One round trip, atomic. O(1).</summary>
    /// <returns>The new value.</returns>
    /// <exception cref="RedisEntityNotFoundException">There is no entity.</exception>
    /// <exception cref="OverflowException">The sum leaves the range of the member's type. Nothing was changed.</exception>
    protected Task<long> IncrementCoreAsync(TKey key, int field, long by, CancellationToken cancellationToken)
        => IncrementAsync(key, field, by, minimum: "", maximum: "", nameof(Int64), cancellationToken);

    /// <inheritdoc cref="IncrementCoreAsync(TKey, int, long, CancellationToken)"/>
    protected async Task<int> IncrementInt32CoreAsync(TKey key, int field, int by, CancellationToken cancellationToken)
        => (int)await IncrementAsync(key, field, by, minimum: int.MinValue, maximum: int.MaxValue, nameof(Int32), cancellationToken).ConfigureAwait(false);

    /// <summary>Adds to a counter with bounds. One round trip, atomic. O(1).</summary>
    /// <returns>The new value.</returns>
    /// <exception cref="RedisEntityNotFoundException">There is no entity.</exception>
    /// <exception cref="OverflowException">The sum leaves the bounds. Nothing was changed.</exception>
    protected Task<long> IncrementCoreAsync(TKey key, int field, long by, long minimum, long maximum, CancellationToken cancellationToken)
        => IncrementAsync(key, field, by, minimum, maximum, nameof(Int64), cancellationToken);

    /// <inheritdoc cref="IncrementCoreAsync(TKey, int, long, long, long, CancellationToken)"/>
    protected async Task<int> IncrementInt32CoreAsync(TKey key, int field, int by, int minimum, int maximum, CancellationToken cancellationToken)
        => (int)await IncrementAsync(key, field, by, minimum, maximum, nameof(Int32), cancellationToken).ConfigureAwait(false);

    /// <summary>Adds to a counter with bounds, unless the sum leaves them. One round trip, atomic. O(1).</summary>
    /// <returns>The new value, or null where nothing was changed.</returns>
    /// <exception cref="RedisEntityNotFoundException">There is no entity.</exception>
    protected async Task<long?> TryIncrementCoreAsync(TKey key, int field, long by, long minimum, long maximum, CancellationToken cancellationToken)
    {
        try
        {
            return await IncrementAsync(key, field, by, minimum, maximum, nameof(Int64), cancellationToken).ConfigureAwait(false);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="TryIncrementCoreAsync"/>
    protected async Task<int?> TryIncrementInt32CoreAsync(TKey key, int field, int by, int minimum, int maximum, CancellationToken cancellationToken)
        => (int?)await TryIncrementCoreAsync(key, field, by, minimum, maximum, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Changes the assigned members of <paramref name="patch"/> where every member that <paramref name="expected"/> assigns has that value, or none where it is null. One
    /// round trip, atomic. O(members).
    /// </summary>
    /// <exception cref="ArgumentException">A value is expected of an encrypted or compressed member, which Redis cannot compare.</exception>
    protected async Task<PatchResult> PatchWhenCoreAsync(TKey key, HashPatch<TEntity> expected, HashPatch<TEntity> patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(patch);
        ChangeReply reply = await PatchTrackedAsync(key, patch, expected, readBefore: -1, cancellationToken).ConfigureAwait(false);
        return reply.Status switch
        {
            ChangeStatus.Done => PatchResult.Applied,
            ChangeStatus.Absent => PatchResult.NotFound,
            _ => PatchResult.ConditionFailed,
        };
    }

    /// <summary>Sets a member and returns the value that it had. One round trip, atomic. O(1).</summary>
    /// <exception cref="RedisEntityNotFoundException">There is no entity.</exception>
    protected async Task<TValue> GetAndSetCoreAsync<TValue>(TKey key, int field, HashPatch<TEntity> patch, MemberReader<TValue> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        ArgumentNullException.ThrowIfNull(read);
        ChangeReply reply = await PatchTrackedAsync(key, patch, expected: null, readBefore: field, cancellationToken).ConfigureAwait(false);
        RedisKey redisKey = key.ToRedisKey();
        if (reply.Status == ChangeStatus.Absent)
        {
            throw NotFound(redisKey, $"setting '{TMapper.Schema.FieldName(field)}'");
        }

        return ReadMember(redisKey, field, reply.Value, read);
    }

    /// <summary>Sets a member where it has an expected value. One round trip, atomic. O(1).</summary>
    /// <returns>Whether it had.</returns>
    /// <exception cref="RedisEntityNotFoundException">There is no entity.</exception>
    protected async Task<bool> CompareAndSetCoreAsync(TKey key, HashPatch<TEntity> expected, HashPatch<TEntity> patch, CancellationToken cancellationToken)
        => await PatchWhenCoreAsync(key, expected, patch, cancellationToken).ConfigureAwait(false) switch
        {
            PatchResult.Applied => true,
            PatchResult.ConditionFailed => false,
            _ => throw NotFound(key.ToRedisKey(), $"comparing and setting '{TMapper.Schema.FieldName(Enumerable.Range(0, TMapper.Schema.FieldCount).First(patch.IsAssigned))}'"),
        };

    /// <summary>Makes the handle of a unique index.</summary>
    protected UniqueIndex<TEntity, TKey, TValue> Unique<TValue>(int index, IndexValueWriter<TValue> write) => new(Indexes, index, write);

    /// <summary>Makes the handle of an exact index.</summary>
    protected ExactIndex<TEntity, TKey, TValue> Exact<TValue>(int index, IndexValueWriter<TValue> write) => new(Indexes, index, write);

    /// <summary>Makes the handle of a sorted index of one member.</summary>
    protected SortedIndex<TEntity, TKey, TSort> Sorted<TSort>(int index, IndexValueWriter<TSort> write)
        where TSort : struct
        => new(Indexes, index, write);

    /// <summary>Makes the handle of a sorted index of several members.</summary>
    protected SortedIndex<TEntity, TKey, TValue, TSort> Sorted<TValue, TSort>(int index, IndexValueWriter<TValue> writeValue, IndexValueWriter<TSort> writeSort)
        where TSort : struct
        => new(Indexes, index, writeValue, writeSort);
}
