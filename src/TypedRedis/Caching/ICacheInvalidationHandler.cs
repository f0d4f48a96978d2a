using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Hears what this process invalidates or writes through caches, once Redis has it: to pass it on where the channel of Redis does not reach, such as another region, by a message bus. What comes from there
/// is given to <see cref="EntityCache{TEntity, TKey, TMapper}.ApplyAsync"/>, which does not tell the handler again. Of a write of a write-behind
/// cache, the worker's process is told once the source has it, at least once; where that throws, the write is tried again, as one that the source has refused. Set it in <see cref="RedisContextOptions.CacheInvalidationHandler"/>.
/// </summary>
public interface ICacheInvalidationHandler
{
    /// <summary>Is told of a change. An exception reaches the caller of the method that made the change, which is made all the same.</summary>
    ValueTask OnInvalidatedAsync(CacheInvalidation invalidation, CancellationToken cancellationToken);
}

/// <summary>Entries of a cache that do not count any more: some keys, a tag, or all.</summary>
/// <param name="Cache">The cache: its key template with <c>{}</c> for each part, such as <c>product:{}</c>.</param>
/// <param name="Prefix">The prefix of the context.</param>
/// <param name="Keys">The keys, without the prefix; empty where a tag or everything is meant.</param>
/// <param name="Tag">The tag, or null.</param>
public sealed record CacheInvalidation(string Cache, string Prefix, IReadOnlyList<string> Keys, string? Tag)
{
    /// <summary>Whether all entries are meant.</summary>
    public bool IsAll => Tag is null && Keys.Count == 0;

    internal static CacheInvalidation OfKeys(RedisContext redis, CacheSchema schema, IEnumerable<RedisKey> keys)
        => new(schema.Name, redis.Prefix, [.. keys.Select(static key => (string)key!)], Tag: null);

    internal static CacheInvalidation OfTag(RedisContext redis, CacheSchema schema, CacheTag tag)
        => new(schema.Name, redis.Prefix, [], Encoding.UTF8.GetString(tag.Name));

    internal static CacheInvalidation OfAll(RedisContext redis, CacheSchema schema) => new(schema.Name, redis.Prefix, [], Tag: null);
}
