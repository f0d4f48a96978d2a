using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Caches entities in Redis, with a level in the process in front. The emitted <c>{Model}Cache</c> classes derive from it. All instances in a process that are made with the same connection
/// and options share what they know, so making one costs little.
/// </summary>
/// <remarks>
/// <para>After an invalidation or a write has returned, no read of Redis that begins later gives an older entity, in any process, and no load that began before it is stored. The process's own level
/// follows at once in the process that invalidates, by a message in the others, normally within a millisecond; where the link is dead or slow, at most 800 ms later.</para>
/// <para>An entity is loaded once for all callers in all processes that wait for it, while the load stays within its deadline.</para>
/// <para>Reads go to the source where Redis does not answer within <see cref="RedisContextOptions.CacheTimeout"/>, and at once for a while where it did not answer several times. Writes and invalidations throw then.</para>
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TMapper">Maps the model.</typeparam>
public abstract class EntityCache<TEntity, TKey, TMapper> : RedisStore
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    private const int WarmSize = 500;

    private readonly CacheCore<TEntity, TKey, TMapper>? _core;
    private readonly SourceLoader<TKey, TEntity>? _loader;

    /// <summary>Makes a cache over the source that is registered for dependency injection, or with loaders that its callers give.</summary>
    protected EntityCache(RedisContext redis)
        : base(redis)
    {
        _core = CacheCore<TEntity, TKey, TMapper>.Of(redis);
        _loader = new SourceLoader<TKey, TEntity>(source: null, redis, TMapper.Schema);
    }

    /// <summary>Makes a cache over a source.</summary>
    protected EntityCache(RedisContext redis, ICacheSource<TKey, TEntity> source)
        : base(redis)
    {
        ArgumentNullException.ThrowIfNull(source);
        _core = CacheCore<TEntity, TKey, TMapper>.Of(redis);
        _loader = new SourceLoader<TKey, TEntity>(source, redis, TMapper.Schema);
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls. Everything else throws.</summary>
    protected EntityCache()
    {
    }

    private protected CacheCore<TEntity, TKey, TMapper> Core => _core ?? throw Double();

    private protected SourceLoader<TKey, TEntity> Loader => _loader ?? throw Double();

    /// <summary>
    /// Reads an entity, from the process's own level, from Redis, or from the source, and stores it where it was missing. No round trip; one to Redis; three and a load, of which the caller waits for two.
    /// Atomic. O(1).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the wait, not a load, for which others may wait too.</param>
    /// <returns>The entity, or null where the source has none.</returns>
    /// <exception cref="InvalidOperationException">The cache has no source.</exception>
    /// <exception cref="RedisCacheSourceException">The source failed a moment ago. Where it failed just now, its own exception is thrown.</exception>
    /// <exception cref="TimeoutException">The source did not answer within <see cref="CacheAsideAttribute.LoadTimeout"/>.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    public virtual ValueTask<TEntity?> GetAsync(TKey key, CancellationToken cancellationToken = default)
        => Core.TryGetLocal(key, need: 0, _loader, out TEntity? entity) ? new ValueTask<TEntity?>(entity) : Core.ReadAsync(key, need: 0, Loader, cancellationToken);

    /// <summary>Reads an entity that is at least as new as a write: read-your-writes, in any process. See <see cref="GetAsync(TKey, CancellationToken)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="token">What the write has returned.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/returns|/exception"/>
    public virtual ValueTask<TEntity?> GetAsync(TKey key, ConsistencyToken token, CancellationToken cancellationToken = default)
        => Core.TryGetLocal(key, token.Version, _loader, out TEntity? entity) ? new ValueTask<TEntity?>(entity) : Core.ReadAsync(key, token.Version, Loader, cancellationToken);

    /// <summary>Reads an entity, and has it loaded by a function where it is missing. See <see cref="GetAsync(TKey, CancellationToken)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="load">
    /// Loads the entity of a key, or returns null where there is none. Its token is cancelled after the declared <see cref="CacheAsideAttribute.LoadTimeout"/>, not with a caller. Of callers that come together,
    /// one's function is called; an entry that is due is loaded anew with it in the background, after the caller has gone on.
    /// </param>
    /// <param name="cancellationToken">Stops the wait, not the load.</param>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/returns|/exception"/>
    public virtual ValueTask<TEntity?> GetAsync(TKey key, Func<TKey, CancellationToken, ValueTask<TEntity?>> load, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        return Core.TryGetLocal(key, need: 0, loader: null, out TEntity? entity)
            ? new ValueTask<TEntity?>(entity)
            : ReadWithAsync(key, (asked, _, end) => load(asked, end), cancellationToken);
    }

    /// <summary>The same with a function that says how the entity is stored: for how long, with which tags, or not at all.</summary>
    /// <inheritdoc cref="GetAsync(TKey, Func{TKey, CancellationToken, ValueTask{TEntity}}, CancellationToken)"/>
    public virtual ValueTask<TEntity?> GetAsync(TKey key, Func<TKey, CacheLoad, CancellationToken, ValueTask<TEntity?>> load, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        return Core.TryGetLocal(key, need: 0, loader: null, out TEntity? entity)
            ? new ValueTask<TEntity?>(entity)
            : ReadWithAsync(key, load, cancellationToken);
    }

    /// <summary>
    /// Reads an entity past the process's own level, and never one past its life: what the source has, as long as every change of it is made through a <see cref="WriteThroughCache{TEntity, TKey, TMapper}"/>, or
    /// is not acknowledged before its invalidation has returned. One round trip; three and a load where it is missing. O(1).
    /// </summary>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/param|/returns|/exception"/>
    public virtual ValueTask<TEntity?> GetStrongAsync(TKey key, CancellationToken cancellationToken = default)
        => Core.ReadAsync(key, need: 0, Loader, cancellationToken, isStrong: true);

    private ValueTask<TEntity?> ReadWithAsync(TKey key, Func<TKey, CacheLoad, CancellationToken, ValueTask<TEntity?>> load, CancellationToken cancellationToken)
    {
        var loader = new FunctionLoader<TKey, TEntity>(load);
        return Core.TryGetLocal(key, need: 0, loader, out TEntity? entity) ? new ValueTask<TEntity?>(entity) : Core.ReadAsync(key, need: 0, loader, cancellationToken);
    }

    /// <summary>
    /// Reads many entities: what is not in the process in one command per node (on a cluster, per slot), what is missing by one load for all. The result has one place per key, in the order of the keys;
    /// where the source has none it is null. One round trip per 1,000 keys; three and a load where some are missing. O(keys).
    /// </summary>
    /// <param name="keys">The keys. The same key may stand in it several times.</param>
    /// <param name="cancellationToken">Stops the wait, not a load.</param>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/exception"/>
    public virtual async Task<TEntity?[]> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
        => (await Core.ReadManyAsync(All(keys), Loader, cancellationToken).ConfigureAwait(false)).Entities;

    /// <summary>Reads many entities, and has those that are missing loaded by a function, at once. See <see cref="GetManyAsync(IEnumerable{TKey}, CancellationToken)"/>.</summary>
    /// <param name="keys">The keys. The same key may stand in it several times.</param>
    /// <param name="load">Loads entities: in any order, without those that do not exist. It gets at most 1,000 keys, each once.</param>
    /// <param name="cancellationToken">Stops the wait, not a load.</param>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/exception"/>
    public virtual Task<TEntity?[]> GetManyAsync(
        IEnumerable<TKey> keys, Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IEnumerable<TEntity>>> load, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        return GetManyAsync(keys, (asked, _, end) => load(asked, end), cancellationToken);
    }

    /// <summary>The same with a function that says how each entity is stored: for how long, with which tags, or not at all.</summary>
    /// <inheritdoc cref="GetManyAsync(IEnumerable{TKey}, Func{IReadOnlyList{TKey}, CancellationToken, ValueTask{IEnumerable{TEntity}}}, CancellationToken)"/>
    public virtual async Task<TEntity?[]> GetManyAsync(
        IEnumerable<TKey> keys, Func<IReadOnlyList<TKey>, CacheBatchLoad<TKey>, CancellationToken, ValueTask<IEnumerable<TEntity>>> load, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(load);
        return (await Core.ReadManyAsync(All(keys), new BatchFunctionLoader<TKey, TEntity>(load, TMapper.KeyOf), cancellationToken).ConfigureAwait(false)).Entities;
    }

    /// <summary>Reads an entity if it is cached, and loads nothing. No round trip, or one. O(1).</summary>
    /// <returns>What is cached: an entity, that the source has none, or nothing. Nothing too where Redis does not answer.</returns>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/param"/>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    public virtual ValueTask<CacheLookup<TEntity>> TryGetAsync(TKey key, CancellationToken cancellationToken = default)
        => Core.TryGetLocal(key, need: 0, loader: null, out TEntity? entity)
            ? new ValueTask<CacheLookup<TEntity>>(new CacheLookup<TEntity>(entity, isStale: false))
            : Core.LookUpAsync(key, cancellationToken);

    /// <summary>
    /// Stores an entity in place of what is cached. One round trip, atomic; one more per tag. O(1). Of two writers at once, the later one to arrive wins, which may be the one with the older entity:
    /// where that matters, invalidate instead, or declare <see cref="WriteThroughAttribute"/>.
    /// </summary>
    /// <param name="entity">The entity.</param>
    /// <param name="expiresIn">How long it is fresh; null as declared.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>A read that is given it sees this entity or a later one.</returns>
    /// <exception cref="RedisEncodeException">The entity cannot be written. Nothing was.</exception>
    /// <exception cref="RedisOperationTimeoutException">Redis did not answer for <see cref="RedisContextOptions.CacheTimeout"/>. Whether the entity was stored is unknown.</exception>
    public virtual Task<ConsistencyToken> SetAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.SetAsync(entity, expiresIn, cancellationToken), [TMapper.KeyOf(entity)], cancellationToken);
    }

    /// <summary>Stores many entities. Pipelined: one round trip per 1,000; each is stored atomically, the batch as a whole is not. Of entities with one key, the last is stored. O(entities).</summary>
    /// <param name="entities">The entities.</param>
    /// <param name="expiresIn">How long they are fresh; null as declared.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    /// <inheritdoc cref="SetAsync" path="/returns|/exception"/>
    public virtual Task<ConsistencyToken> SetManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        TEntity[] all = BatchOrder.Materialize(entities);
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.SetManyAsync(all, expiresIn, cancellationToken), all.Select(TMapper.KeyOf), cancellationToken);
    }

    /// <summary>Has an entity loaded now, whatever is cached, and stored in its place. Three round trips and a load. O(1).</summary>
    /// <returns>The entity as the source gives it, or null where it has none.</returns>
    /// <inheritdoc cref="GetAsync(TKey, CancellationToken)" path="/param|/exception"/>
    public virtual ValueTask<TEntity?> RefreshAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Core.LoadAnewAsync(key, Loader, cancellationToken);
    }

    /// <summary>
    /// Invalidates an entry: whoever reads it next loads it, and a load that is under way stores nothing. Call it after the source has changed. One round trip, atomic. O(1).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops the wait, not the invalidation.</param>
    /// <returns>A read that is given it sees what the source has now, in any process.</returns>
    /// <exception cref="StackExchange.Redis.RedisConnectionException">Redis cannot be reached. The entry may stay until it expires: try again.</exception>
    /// <exception cref="RedisOperationTimeoutException">Redis did not answer for <see cref="RedisContextOptions.CacheTimeout"/>. Whether the entry was invalidated is unknown: try again.</exception>
    public virtual Task<ConsistencyToken> InvalidateAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.InvalidateAsync(key, cancellationToken), [key], cancellationToken);
    }

    /// <summary>Invalidates many entries. Pipelined: one round trip per 1,000; each atomically, the batch as a whole not. O(keys).</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="InvalidateAsync" path="/returns|/exception"/>
    public virtual Task<ConsistencyToken> InvalidateManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        TKey[] all = All(keys);
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.InvalidateManyAsync(all, cancellationToken), all, cancellationToken);
    }

    /// <summary>
    /// Invalidates all entries that have a tag, in one atomic step whatever their number, and then frees their memory, in steps of 100. One round trip, and three per 100 entries. O(entries of the tag).
    /// </summary>
    /// <param name="tag">The tag.</param>
    /// <param name="cancellationToken">Stops the wait. What was invalidated stays so; memory may be freed later then, when entries expire.</param>
    /// <returns>How many entries were freed.</returns>
    /// <inheritdoc cref="InvalidateAsync" path="/exception"/>
    public virtual Task<long> InvalidateTagAsync(CacheTag tag, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.InvalidateTagAsync(tag, cancellationToken), () => CacheInvalidation.OfTag(Redis, TMapper.Schema, tag), cancellationToken);
    }

    /// <summary>
    /// Invalidates all entries of the cache under the context's prefix in one atomic step, and then frees their memory: SCAN on every primary, UNLINK in steps of 100. O(keys of the database).
    /// </summary>
    /// <param name="cancellationToken">Stops the wait. What was invalidated stays so; memory may be freed later then, when entries expire.</param>
    /// <returns>How many entries were freed.</returns>
    /// <inheritdoc cref="InvalidateAsync" path="/exception"/>
    public virtual Task<long> ClearAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TellAsync(Core.ClearAsync(cancellationToken), () => CacheInvalidation.OfAll(Redis, TMapper.Schema), cancellationToken);
    }

    /// <summary>
    /// Invalidates here what was invalidated elsewhere, as an <see cref="ICacheInvalidationHandler"/> there was told: keys, a tag, or everything. Does not tell the handler of this process.
    /// </summary>
    /// <param name="invalidation">What a handler was given, for this cache. Its prefix is not looked at: the keys of this context are invalidated.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ArgumentException">It is another cache's, or a key is not one of this cache. Nothing was invalidated.</exception>
    /// <inheritdoc cref="InvalidateAsync" path="/exception"/>
    public virtual Task ApplyAsync(CacheInvalidation invalidation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invalidation);
        cancellationToken.ThrowIfCancellationRequested();
        if (invalidation.Cache != TMapper.Schema.Name)
        {
            throw new ArgumentException($"The invalidation is of '{invalidation.Cache}', and this is the cache '{TMapper.Schema.Name}'. Give each cache its own.", nameof(invalidation));
        }

        return invalidation switch
        {
            { IsAll: true } => Core.ClearAsync(cancellationToken),
            { Tag: { } tag } => Core.InvalidateTagAsync(new CacheTag((RedisKey)tag), cancellationToken),
            _ => Core.InvalidateManyAsync([.. invalidation.Keys.Select(Parse)], cancellationToken),
        };

        static TKey Parse(string key) => TKey.TryParse(key, out TKey parsed)
            ? parsed
            : throw new ArgumentException($"'{key}' is no key of the cache '{TMapper.Schema.Name}'.", nameof(invalidation));
    }

    /// <summary>
    /// The keys that are read most often in this process, most first, by a sample of one read in 64: those of the last ten seconds or so. What to look at where one key is too much for one server. No round trip.
    /// </summary>
    /// <param name="count">How many, at most 256.</param>
    public virtual IReadOnlyList<HotKey<TKey>> GetHotKeys(int count = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return Core.Hot.Top(count);
    }

    /// <summary>Waits for a change, and tells the handler.</summary>
    private protected Task<T> TellAsync<T>(Task<T> change, IEnumerable<TKey> keys, CancellationToken cancellationToken)
        => keys.Any()       // none would mean all
            ? TellAsync(change, () => CacheInvalidation.OfKeys(Redis, TMapper.Schema, keys.Distinct().Select(static key => key.ToRedisKey())), cancellationToken)
            : change;

    private Task<T> TellAsync<T>(Task<T> change, Func<CacheInvalidation> what, CancellationToken cancellationToken)
    {
        return Redis.Options.CacheInvalidationHandler is { } handler ? WaitAsync() : change;

        async Task<T> WaitAsync()
        {
            T changed = await change.ConfigureAwait(false);
            await handler.OnInvalidatedAsync(what(), cancellationToken).ConfigureAwait(false);
            return changed;
        }
    }

    /// <summary>
    /// Has entries loaded that are missing, 500 at a time, two batches at once. A batch that fails is counted, and the next one is tried. To go on after an interruption, skip as many keys as were done.
    /// </summary>
    /// <param name="keys">The keys, in a sequence of any length: it is walked over as the work goes on.</param>
    /// <param name="progress">Is told after each batch.</param>
    /// <param name="cancellationToken">Ends the work after the batches that are under way.</param>
    /// <returns>What was done.</returns>
    public virtual async Task<WarmProgress> WarmAsync(IEnumerable<TKey> keys, IProgress<WarmProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var done = default(WarmProgress);
        var underWay = new Queue<Task<WarmProgress>>();
        foreach (TKey[] batch in keys.Chunk(WarmSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            underWay.Enqueue(WarmBatchAsync(batch, cancellationToken));
            if (underWay.Count == 2)
            {
                await TakeAsync().ConfigureAwait(false);
            }
        }

        while (underWay.Count > 0)
        {
            await TakeAsync().ConfigureAwait(false);
        }

        return done;

        // In their order, so that what is done is the beginning of the sequence.
        async Task TakeAsync()
        {
            WarmProgress batch = await underWay.Dequeue().ConfigureAwait(false);
            done = new WarmProgress(done.Done + batch.Done, done.Loaded + batch.Loaded, done.Failed + batch.Failed);
            progress?.Report(done);
        }
    }

    /// <summary>What the cache has counted since the process began, under this connection and these options.</summary>
    public virtual CacheStatistics Statistics => CacheStatistics.Of(Core.Counters, Core.LocalCount, Core.LocalBytes, Core.LocalEvictions, Core.IsTrusted, Core.IsBypassed);

    private async Task<WarmProgress> WarmBatchAsync(TKey[] keys, CancellationToken cancellationToken)
    {
        try
        {
            (_, int loaded) = await Core.ReadManyAsync(keys, Loader, cancellationToken).ConfigureAwait(false);
            return new WarmProgress(keys.Length, loaded, 0);
        }
        catch (Exception error) when (error is not OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new WarmProgress(keys.Length, 0, keys.Length);
        }
    }

    private static TKey[] All(IEnumerable<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return [.. keys];
    }

    private InvalidOperationException Double()
        => new($"{GetType().Name} was made with its parameterless constructor, which is for test doubles: override the member that is called, or make it with a RedisContext.");
}

/// <summary>What is cached of a key.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
public readonly record struct CacheLookup<TEntity>
    where TEntity : class
{
    internal CacheLookup(TEntity? entity, bool isStale)
    {
        IsFound = true;
        Entity = entity;
        IsStale = isStale;
    }

    /// <summary>Whether anything is.</summary>
    public bool IsFound { get; }

    /// <summary>The entity; null where nothing is cached, or that the source has none.</summary>
    public TEntity? Entity { get; }

    /// <summary>Whether the entry is older than its time to live, and kept for when the source fails.</summary>
    public bool IsStale { get; }
}

/// <summary>How far the warming of a cache is.</summary>
/// <param name="Done">How many keys are done.</param>
/// <param name="Loaded">How many of them were loaded here; the others were cached, or loaded by others.</param>
/// <param name="Failed">How many are in batches that could not be loaded.</param>
public readonly record struct WarmProgress(long Done, long Loaded, long Failed);
