using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A part of an entity that is read by itself. Implemented by the emitted half of <c>[RedisProjection]</c> types.</summary>
/// <typeparam name="TSelf">The projection.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
public interface IHashProjection<TSelf, TEntity, TKey>
    where TSelf : class, IHashProjection<TSelf, TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    /// <summary>The fields that the projection reads, made by <see cref="HashSchema.Project"/>.</summary>
    static abstract HashSchema Schema { get; }

    /// <summary>Makes a projection of the values of its fields, where an absent field is <see cref="RedisValue.Null"/>.</summary>
    static abstract TSelf Read(TKey key, ReadOnlySpan<RedisValue> values, in CodecContext context);
}
