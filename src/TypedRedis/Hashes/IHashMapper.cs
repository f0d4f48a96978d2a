using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Maps an entity to the fields of its hash and back. Implemented by the emitted <c>{Model}Hash</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
public interface IHashMapper<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    /// <summary>The model's fields, in the order in which <see cref="Write"/> and <see cref="Read"/> take their values.</summary>
    static abstract HashSchema Schema { get; }

    /// <summary>The key of an entity.</summary>
    static abstract TKey KeyOf(TEntity entity);

    /// <summary>Writes the members that are not null. <paramref name="values"/> has one cleared place per field.</summary>
    static abstract void Write(TEntity entity, Span<RedisValue> values, in CodecContext context);

    /// <summary>Writes the parts of the key that are members of indexes, behind the places of the fields.</summary>
    static virtual void WriteParts(TKey key, Span<RedisValue> values, in CodecContext context)
    {
    }

    /// <summary>Makes an entity of the values of its fields, where an absent field is <see cref="RedisValue.Null"/>.</summary>
    static abstract TEntity Read(TKey key, ReadOnlySpan<RedisValue> values, in CodecContext context);
}
