using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A typed key, implemented by the emitted key structs. Two keys are equal exactly when their texts are.</summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
public interface IRedisKey<TSelf>
    where TSelf : struct, IRedisKey<TSelf>
{
    /// <summary>The key as UTF-8, without any prefix of a <see cref="RedisContext"/>.</summary>
    RedisKey ToRedisKey();

    /// <summary>A glob pattern, for SCAN, that matches every key of this type (and may match others: parse what it finds).</summary>
    static abstract string Pattern { get; }

    /// <summary>Reads a key back. Accepts exactly what <see cref="ToRedisKey"/> writes.</summary>
    static abstract bool TryParse(ReadOnlySpan<char> key, out TSelf result);

    /// <summary>Reads a UTF-8 key back. Accepts exactly what <see cref="ToRedisKey"/> writes.</summary>
    static abstract bool TryParse(ReadOnlySpan<byte> utf8Key, out TSelf result);
}
