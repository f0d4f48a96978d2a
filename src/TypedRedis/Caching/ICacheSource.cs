namespace TypedRedis;

/// <summary>
/// What a cache loads from: a database, a service. Register it for dependency injection as <c>ICacheSource&lt;ProductCacheKey, Product&gt;</c>, or give it to the cache's constructor.
/// It is called once for all callers of a key, in all processes.
/// </summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
public interface ICacheSource<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    /// <summary>Loads an entity.</summary>
    /// <param name="key">The key.</param>
    /// <param name="load">Says how the entry is stored, where that is not as declared.</param>
    /// <param name="cancellationToken">Is cancelled after the declared <see cref="CacheAsideAttribute.LoadTimeout"/>, not with a caller: others may wait for the same entity.</param>
    /// <returns>The entity, or null where there is none.</returns>
    ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken);

    /// <summary>Loads many entities. By default one after the other by <see cref="LoadAsync"/>: implement it with one query.</summary>
    /// <param name="keys">The keys, each once.</param>
    /// <param name="load">Says how entries are stored, where that is not as declared.</param>
    /// <param name="cancellationToken">Is cancelled after the declared <see cref="CacheAsideAttribute.LoadTimeout"/>.</param>
    /// <returns>The entities in any order. There are none of the keys that are missing among them; keys that were not asked for are ignored.</returns>
    async ValueTask<IEnumerable<TEntity>> LoadManyAsync(IReadOnlyList<TKey> keys, CacheBatchLoad<TKey> load, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(load);
        var found = new List<TEntity>(keys.Count);
        foreach (TKey key in keys)
        {
            if (await LoadAsync(key, load[key], cancellationToken).ConfigureAwait(false) is { } entity)
            {
                found.Add(entity);
            }
        }

        return found;
    }
}

/// <summary>A source that a write-through or write-behind cache writes to.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
public interface IWritableCacheSource<TKey, TEntity> : ICacheSource<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    /// <summary>
    /// Writes or deletes an entity. A write that is not newer than what is stored must change nothing and succeed: compare <see cref="CacheWrite{TKey, TEntity}.Version"/> with the stored one
    /// (<c>… WHERE version &lt; @version</c>), for deletes too, whose version a tombstone row keeps. Without the comparison a slow write can land over a newer one.
    /// </summary>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Is cancelled after the declared write timeout.</param>
    ValueTask WriteAsync(CacheWrite<TKey, TEntity> write, CancellationToken cancellationToken);

    /// <summary>
    /// Writes or deletes many entities, each of another key. By default one after the other by <see cref="WriteAsync"/>. Where it throws, all of them are tried again later, one by one, so that one
    /// that the source refuses does not hold up the others.
    /// </summary>
    /// <param name="writes">The writes.</param>
    /// <param name="cancellationToken">Is cancelled after the declared write timeout.</param>
    async ValueTask WriteManyAsync(IReadOnlyList<CacheWrite<TKey, TEntity>> writes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(writes);
        foreach (CacheWrite<TKey, TEntity> write in writes)
        {
            await WriteAsync(write, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A write on its way to the source.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Entity">The entity; null where it is deleted.</param>
/// <param name="Version">Grows from write to write of a key: microseconds of the Redis server's clock, or one more than before.</param>
public readonly record struct CacheWrite<TKey, TEntity>(TKey Key, TEntity? Entity, long Version)
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    /// <summary>Whether the entity is deleted.</summary>
    public bool IsDelete => Entity is null;
}

/// <summary>How what a loader returns is stored, where that is not as declared.</summary>
public sealed class CacheLoad
{
    private List<CacheTag>? _tags;

    /// <summary>How long the entry is fresh; null as declared. At least a millisecond, and at most a day or the declared time, whichever is longer.</summary>
    public TimeSpan? Ttl
    {
        get;
        set => field = value is null || value >= TimeSpan.FromMilliseconds(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The time to live must be at least a millisecond. To store nothing, set Store to false.");
    }

    /// <summary>Whether the entry is stored. Default: true. If not, the callers of this load get what it returns, and the next caller has it loaded again.</summary>
    public bool Store { get; set; } = true;

    /// <summary>Tags that the entry has besides those of its members.</summary>
    public IList<CacheTag> Tags => _tags ??= [];

    internal static CacheLoad Of(TimeSpan? expiresIn) => expiresIn is null || expiresIn >= TimeSpan.FromMilliseconds(1)
        ? new CacheLoad { Ttl = expiresIn }
        : throw new ArgumentOutOfRangeException(nameof(expiresIn), expiresIn, "The time to live must be at least a millisecond.");

    internal IReadOnlyList<CacheTag> OwnTags => _tags ?? (IReadOnlyList<CacheTag>)[];
}

/// <summary>How what a loader of many returns is stored, where that is not as declared.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
public sealed class CacheBatchLoad<TKey>
    where TKey : struct, IRedisKey<TKey>
{
    private Dictionary<TKey, CacheLoad>? _loads;

    internal CacheBatchLoad()
    {
    }

    internal CacheBatchLoad(TKey key, CacheLoad load) => _loads = new() { [key] = load };

    /// <summary>How the entry of a key is stored.</summary>
    public CacheLoad this[TKey key]
    {
        get
        {
            _loads ??= [];
            if (!_loads.TryGetValue(key, out CacheLoad? load))
            {
                _loads.Add(key, load = new CacheLoad());
            }

            return load;
        }
    }

    internal CacheLoad? Find(TKey key) => _loads?.GetValueOrDefault(key);
}

/// <summary>Gives caches that were made without a source the one that is registered for dependency injection. Implemented by TypedRedis.Hosting.</summary>
public interface ICacheSourceProvider
{
    /// <summary>A source in a scope of its own, which ends when the result is disposed.</summary>
    /// <returns>Null where none is registered.</returns>
    ValueTask<CacheSourceScope<TKey, TEntity>?> CreateScopeAsync<TKey, TEntity>()
        where TKey : struct, IRedisKey<TKey>
        where TEntity : class;
}

/// <summary>A source and the scope that it lives in.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
/// <param name="source">The source.</param>
/// <param name="scope">The scope, which is disposed when the load or the write has ended; or null.</param>
public sealed class CacheSourceScope<TKey, TEntity>(ICacheSource<TKey, TEntity> source, IAsyncDisposable? scope) : IAsyncDisposable
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    /// <summary>The source.</summary>
    public ICacheSource<TKey, TEntity> Source { get; } = source;

    /// <summary>Ends the scope.</summary>
    public ValueTask DisposeAsync() => scope?.DisposeAsync() ?? ValueTask.CompletedTask;
}
