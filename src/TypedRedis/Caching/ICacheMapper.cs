using System.Buffers;

namespace TypedRedis;

/// <summary>Maps an entity to the value of a cache entry and back. Implemented by the emitted <c>{Model}CacheMapper</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The cache's key.</typeparam>
public interface ICacheMapper<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    /// <summary>What the cache knows of the model.</summary>
    static abstract CacheSchema Schema { get; }

    /// <summary>The key of an entity.</summary>
    static abstract TKey KeyOf(TEntity entity);

    /// <summary>Writes the entity's value.</summary>
    static abstract void Write(TEntity entity, IBufferWriter<byte> output, in CodecContext context);

    /// <summary>Reads the entity of a value.</summary>
    static abstract TEntity Read(ReadOnlySpan<byte> value, in CodecContext context);

    /// <summary>The tags of an entity, for models that declare some.</summary>
    static virtual CacheTag[] TagsOf(TEntity entity) => [];

    /// <summary>A copy that shares nothing mutable with the entity. Called only where the schema says <see cref="LocalInstances.Cloned"/>.</summary>
    static virtual TEntity Clone(TEntity entity) => entity;
}
