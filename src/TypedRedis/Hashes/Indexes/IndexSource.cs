using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What indexes need of the repository.</summary>
internal abstract class IndexSource<TEntity, TKey>(RedisContext redis, HashSchema schema)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    public RedisContext Redis { get; } = redis;

    public HashSchema Schema { get; } = schema;
}
