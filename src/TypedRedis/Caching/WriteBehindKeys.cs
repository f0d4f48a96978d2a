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
}
