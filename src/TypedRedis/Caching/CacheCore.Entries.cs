using System.Buffers;
using StackExchange.Redis;

namespace TypedRedis;

// Entries as they are sent to Redis, and as they come from there.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    /// <summary>An entry as it is sent to Redis, and as the process keeps it.</summary>
    private sealed record Prepared(byte[] Bytes, TEntity? Held, byte[]? Payload, int Size, CacheTag[] Tags, long Kept, long Fresh, long Refresh)
    {
        /// <summary>There is none, and what stands there is removed.</summary>
        public static readonly Prepared Nothing = new([], null, null, 0, [], 0, 0, 0);

        /// <summary>What stands there stays.</summary>
        public static readonly Prepared Unchanged = new([], null, null, 0, [], 1, 0, 0);

        public bool IsNothing => Bytes.Length == 0;

        public ulong[]? TagHashes => Tags.Length == 0 ? null : Array.ConvertAll(Tags, static tag => tag.Hash);
    }

    // Whether the process's own level has values.
    private bool HoldsValues => _local is not null && Schema.HotCopies == 0;

    private Prepared Prepare(TKey key, RedisKey redisKey, TEntity? value, long version, long tagClock, CacheLoad? load)
    {
        if (load is { Store: false } || (value is null && Schema.NegativeTtl == TimeSpan.Zero && load?.Ttl is null))
        {
            return Prepared.Nothing;
        }

        if (value is not null && !EqualityComparer<TKey>.Default.Equals(TMapper.KeyOf(value), key))
        {
            throw new ArgumentException($"{Schema.Model}: the entity has the key '{(string?)TMapper.KeyOf(value).ToRedisKey()}', but was loaded for '{(string?)key.ToRedisKey()}'. Return the entity of the key that was asked for, or null.");
        }

        TimeSpan life = load?.Ttl ?? (value is null ? Schema.NegativeTtl : Schema.Expiry!.Value);
        if (life > LongestLife && life > Schema.Expiry)
        {
            throw new ArgumentException($"{Schema.Model}: the time to live of {life} is longer than Ttl of [CacheAside] and longer than a day, for which invalidated tags are remembered. Raise Ttl, or give a shorter one.");
        }

        CacheTag[] tags = value is null ? [] : TMapper.TagsOf(value);
        if (load is { OwnTags.Count: > 0 })
        {
            tags = [.. tags, .. load.OwnTags];
        }

        if (tags.Length > byte.MaxValue)
        {
            throw new ArgumentException($"{Schema.Model}: '{_redis.FullKey(redisKey)}' has {tags.Length} tags, and an entry can have {byte.MaxValue}.");
        }

        var output = new ArrayBufferWriter<byte>(512);
        CacheEntry.Begin(output, value is null ? EntryState.Negative : EntryState.Value, Schema.Shape, version, tagClock, tags);
        int head = output.WrittenCount;
        byte[] bytes;
        byte[]? payload = null;
        if (value is null)
        {
            bytes = output.WrittenSpan.ToArray();
        }
        else if (Schema.Protected.Length == 0)
        {
            TMapper.Write(value, output, Context(redisKey));
            bytes = output.WrittenSpan.ToArray();
            payload = Schema.Instances == LocalInstances.Decoded && HoldsValues ? bytes[head..] : null;
        }
        else
        {
            var plain = new ArrayBufferWriter<byte>(512);
            TMapper.Write(value, plain, Context(redisKey));
            payload = plain.WrittenSpan.ToArray();
            Span<RedisValue> values = [payload];
            Context(redisKey).Protect(values);
            output.Write((byte[])values[0]!);
            bytes = output.WrittenSpan.ToArray();
        }

        TEntity? held = value is not null && Schema.Instances == LocalInstances.Cloned && HoldsValues ? TMapper.Clone(value) : value;
        long fresh = Math.Max(1, (long)(life.TotalMilliseconds * (value is null || load?.Ttl is not null ? 1 : 1 - (Schema.Jitter * Random.Shared.NextDouble()))));
        long refresh = value is null || Schema.RefreshAhead == 0 ? fresh : (long)(fresh * Schema.RefreshAhead);
        long kept = fresh + (value is null ? 0 : (long)Schema.FailSafe.TotalMilliseconds);
        return new Prepared(bytes, held, payload, bytes.Length - head, tags, kept, fresh, refresh);
    }
}
