using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A connection, a database and a key prefix: what every store is made with. Thread-safe.</summary>
public sealed partial class RedisContext
{
    /// <summary>The options.</summary>
    public RedisContextOptions Options { get; } = new();

    /// <summary>The prefix of every key, or an empty string.</summary>
    public string Prefix => Options.Prefix;

    /// <summary>The key with the prefix, as text, for error messages.</summary>
    internal string FullKey(RedisKey key) => Prefix + (string?)key;
}
