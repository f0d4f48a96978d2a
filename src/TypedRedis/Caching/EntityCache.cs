using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Caches entities in Redis, with a level in the process in front. The emitted <c>{Model}Cache</c> classes derive from it.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TMapper">Maps the model.</typeparam>
public abstract partial class EntityCache<TEntity, TKey, TMapper> : RedisStore
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    /// <summary>Makes a cache over the source that is registered for dependency injection, or with loaders that its callers give.</summary>
    protected EntityCache(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a cache over a source.</summary>
    protected EntityCache(RedisContext redis, ICacheSource<TKey, TEntity> source)
        : base(redis)
    {
        ArgumentNullException.ThrowIfNull(source);
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls. Everything else throws.</summary>
    protected EntityCache()
    {
    }

    /// <summary>Skeleton.</summary>
    public virtual Task<TEntity?[]> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Skeleton.</summary>
    public virtual Task<TEntity?[]> GetManyAsync(IEnumerable<TKey> keys, Func<IReadOnlyList<TKey>, CancellationToken, ValueTask<IEnumerable<TEntity>>> load, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Skeleton.</summary>
    public virtual Task<ConsistencyToken> InvalidateManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default) => throw new InvalidOperationException();

    /// <summary>Skeleton.</summary>
    public virtual Task<WarmProgress> WarmAsync(IEnumerable<TKey> keys, IProgress<WarmProgress>? progress = null, CancellationToken cancellationToken = default) => throw new InvalidOperationException();
}

/// <summary>How far the warming of a cache is.</summary>
/// <param name="Done">How many keys are done.</param>
/// <param name="Loaded">How many of them were loaded; the others were there, or are held by other processes.</param>
/// <param name="Failed">How many could not be loaded.</param>
public readonly record struct WarmProgress(long Done, long Loaded, long Failed);

/// <summary>A cache that writes to its source first; see <see cref="WriteThroughAttribute"/>.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TMapper">Maps the model.</typeparam>
public abstract class WriteThroughCache<TEntity, TKey, TMapper> : EntityCache<TEntity, TKey, TMapper>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    /// <summary>Makes a cache over the source that is registered for dependency injection.</summary>
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
}

/// <summary>A cache that writes to its source later; see <see cref="WriteBehindAttribute"/>.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TMapper">Maps the model.</typeparam>
public abstract class WriteBehindCache<TEntity, TKey, TMapper> : EntityCache<TEntity, TKey, TMapper>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    /// <summary>Makes a cache over the source that is registered for dependency injection.</summary>
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
}
