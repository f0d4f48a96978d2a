using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Maps an entity to one string value and back. Implemented by the emitted <c>{Model}String</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
public interface IStringMapper<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    /// <summary>What the store knows of the model.</summary>
    static abstract StringSchema Schema { get; }

    /// <summary>The key of an entity.</summary>
    static abstract TKey KeyOf(TEntity entity);

    /// <summary>The entity as a value.</summary>
    static abstract RedisValue Write(TEntity entity, in CodecContext context);

    /// <summary>The entity of a value.</summary>
    static abstract TEntity Read(RedisValue value, in CodecContext context);
}
