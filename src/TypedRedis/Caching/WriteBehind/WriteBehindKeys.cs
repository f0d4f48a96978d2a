using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>The keys of write-behind caches: each entry is in the slot of the queue that its writes stand in.</summary>
internal static class WriteBehindKeys
{
    /// <summary>The key of an entry: the hash tag of its queue, and its own key.</summary>
    public static RedisKey EntryOf(RedisKey key, int partitions)
    {
        byte[] own = key!;
        byte[] tag = Encoding.ASCII.GetBytes(TagOf(PartitionOf(own, partitions)));
        return (byte[])[.. tag, .. own];
    }

    /// <summary>The key that an entry has apart from the hash tag of its queue.</summary>
    public static byte[] OwnOf(RedisKey entry)
    {
        byte[] key = entry!;
        return key[(Array.IndexOf(key, (byte)'}') + 1)..];
    }

    /// <summary>The hash tag of a queue.</summary>
    public static string TagOf(int partition) => string.Create(CultureInfo.InvariantCulture, $"{{wb{partition:00}}}");

    /// <summary>The queue of a key. Part of the layout in Redis: it never changes.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions)
    {
        uint hash = 2166136261;     // FNV-1a
        foreach (byte b in key)
        {
            hash = (hash ^ b) * 16777619;
        }

        hash ^= hash >> 16;
        return (int)(hash % (uint)partitions);
    }

    /// <summary>The queues of a cache.</summary>
    public static WriteBehindQueue[] QueuesOf(CacheSchema schema)
        => [.. Enumerable.Range(0, schema.Partitions).Select(TagOf).Select(tag => new WriteBehindQueue(
            $"{tag}{schema.Name}:~d", $"{tag}{schema.Name}:~q", $"{tag}{schema.Name}:~t", $"{tag}{schema.Name}:~x", $"{tag}{schema.Name}:~n"))];
}

/// <summary>The keys of a queue, all of one slot. None of them expires.</summary>
/// <param name="Pending">The pending writes: a hash by key.</param>
/// <param name="Schedule">When each is due: a sorted set of keys.</param>
/// <param name="Since">Since when each is pending: a sorted set of keys.</param>
/// <param name="Dead">The dead letters: a hash by key.</param>
/// <param name="Counter">The last version.</param>
internal sealed record WriteBehindQueue(RedisKey Pending, RedisKey Schedule, RedisKey Since, RedisKey Dead, RedisKey Counter);
