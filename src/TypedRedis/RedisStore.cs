using StackExchange.Redis;

namespace TypedRedis;

/// <summary>The base of all stores.</summary>
public abstract class RedisStore
{
    private readonly RedisContext? _redis;

    /// <summary>Makes a store.</summary>
    protected RedisStore(RedisContext redis)
    {
        ArgumentNullException.ThrowIfNull(redis);
        _redis = redis;
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls. Everything else throws.</summary>
    protected RedisStore()
    {
    }

    /// <summary>The context that the store was made with.</summary>
    public RedisContext Redis => _redis
        ?? throw new InvalidOperationException($"{GetType().Name} was made with its parameterless constructor, which is for test doubles: override the member that is called, or make it with a RedisContext.");

    private protected IDatabase Database => Redis.Database;
}
