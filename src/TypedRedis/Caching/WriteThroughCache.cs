namespace TypedRedis;

/// <summary>
/// A cache that writes to its source first; see <see cref="WriteThroughAttribute"/>. A marker stands in the entry's place while the source is written: no entry that was loaded before or during the write
/// is stored, and readers go to the source. A process that dies at any step leaves no stale entry, provided that it does not stall for longer than <see cref="WriteThroughAttribute.WriteTimeout"/> between
/// the marker and its write, and dies then.
/// </summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TMapper">Maps the model.</typeparam>
public abstract class WriteThroughCache<TEntity, TKey, TMapper> : EntityCache<TEntity, TKey, TMapper>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    /// <summary>Makes a cache over the source that is registered for dependency injection, an <see cref="IWritableCacheSource{TKey, TEntity}"/>.</summary>
    protected WriteThroughCache(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a cache over a source.</summary>
    protected WriteThroughCache(RedisContext redis, IWritableCacheSource<TKey, TEntity> source)
        : base(redis, source)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls. Everything else throws.</summary>
    protected WriteThroughCache()
    {
    }

    /// <summary>Writes an entity to the source, and then to Redis. Two round trips and the source's write. Where others write the same entity meanwhile, Redis stores none of them, and the next reader loads it.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="expiresIn">How long the entry is fresh; null as declared.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>A read that is given it sees this entity or a later one.</returns>
    /// <exception cref="TimeoutException">The source did not answer within the declared time. Whether it wrote is unknown; readers go to the source for another second, and what was cached meanwhile is dropped when the source answers after all.</exception>
    /// <exception cref="StackExchange.Redis.RedisConnectionException">Redis cannot be reached. The source was not called.</exception>
    /// <exception cref="RedisEncodeException">The entity cannot be written. Nothing was.</exception>
    /// <exception cref="InvalidOperationException">The source does not write.</exception>
    public override Task<ConsistencyToken> SetAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.WriteAsync(TMapper.KeyOf(entity), entity, expiresIn, Loader, cancellationToken), [TMapper.KeyOf(entity)], cancellationToken);
    }

    /// <summary>Writes many entities to the source, 1,000 in one call, and then to Redis. Of entities with one key, the last is written. The batch as a whole is not atomic.</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="expiresIn">How long the entries are fresh; null as declared.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    /// <inheritdoc cref="SetAsync" path="/returns|/exception"/>
    public override Task<ConsistencyToken> SetManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        TEntity[] all = BatchOrder.Materialize(entities);
        cancellationToken.ThrowIfCancellationRequested();
        TKey[] keys = Array.ConvertAll(all, TMapper.KeyOf);
        return TellAsync(Core.WriteManyAsync(keys, all, expiresIn, Loader, cancellationToken), keys, cancellationToken);
    }

    /// <summary>Deletes an entity at the source, and then in Redis. Two round trips and the source's write.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the wait, not the deletion.</param>
    /// <returns>A read that is given it sees that there is none, or a later one.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<ConsistencyToken> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.WriteAsync(key, entity: null, expiresIn: null, Loader, cancellationToken), [key], cancellationToken);
    }

    /// <summary>Deletes many entities at the source, 1,000 in one call, and then in Redis. The batch as a whole is not atomic.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Stops the wait, not the deletions.</param>
    /// <returns>A read that is given it sees that there are none, or later ones.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<ConsistencyToken> DeleteManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] all = [.. keys];
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.WriteManyAsync(all, entities: null, expiresIn: null, Loader, cancellationToken), all, cancellationToken);
    }

    /// <summary>
    /// Changes an entity as the source has it, while no other process does: one after the other, under a lease. The source is given a version with the write that grows from lease to lease, so that one
    /// that compares it refuses a writer that was held up for longer than its lease lasts. Two round trips, a load and a write of the source; more where it has to wait.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="change">Makes the new entity of the one that the source has: <c>product => product with { Price = 9 }</c>. Called once.</param>
    /// <param name="cancellationToken">Stops the wait, for others too; not a write that has begun.</param>
    /// <returns>The changed entity, or null where there is none, and none is made; and what a read is given that is to see it.</returns>
    /// <exception cref="ArgumentException">The changed entity has another key, or is null. Nothing was written.</exception>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<CacheUpdate<TEntity>> UpdateAsync(TKey key, Func<TEntity, TEntity> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.UpdateAsync(key, change, Loader, cancellationToken), [key], cancellationToken);
    }
}

/// <summary>What a change of an entity has come to.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <param name="Entity">The changed entity; null where there was none.</param>
/// <param name="Token">A read that is given it sees the change or a later one; where nothing was changed, it demands nothing.</param>
public readonly record struct CacheUpdate<TEntity>(TEntity? Entity, ConsistencyToken Token)
    where TEntity : class;
