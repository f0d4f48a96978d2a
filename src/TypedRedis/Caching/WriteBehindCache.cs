namespace TypedRedis;

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
