using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Writes and reads values of a type of your own, where it is named by <see cref="RedisConverterAttribute"/>. Null never reaches it.</summary>
/// <typeparam name="T">The member's type.</typeparam>
public interface IRedisConverter<T>
{
    /// <summary>The value as it stands in Redis. Must not be <see cref="RedisValue.Null"/>.</summary>
    static abstract RedisValue Write(T value);

    /// <summary>Reads what <see cref="Write"/> wrote. Throws <see cref="FormatException"/> for anything else.</summary>
    static abstract T Read(RedisValue value);
}
