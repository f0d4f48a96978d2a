using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Which keys may stand in one command: on a cluster those of one slot, elsewhere all.</summary>
internal static class SlotGroups
{
    /// <summary>Divides keys into groups of one slot and at most <see cref="Pipeline.ChunkSize"/>. A group holds positions of <paramref name="keys"/>, ascending.</summary>
    public static List<int[]> Of(RedisContext redis, ReadOnlySpan<RedisKey> keys)
    {
        var groups = new List<int[]>();
        if (!IsCluster(redis.Connection))
        {
            for (int start = 0; start < keys.Length; start += Pipeline.ChunkSize)
            {
                groups.Add([.. Enumerable.Range(start, Math.Min(Pipeline.ChunkSize, keys.Length - start))]);
            }

            return groups;
        }

        var bySlot = new Dictionary<int, List<int>>();
        for (int i = 0; i < keys.Length; i++)
        {
            int slot = redis.Connection.HashSlot(keys[i].Prepend(redis.Prefix));
            if (!bySlot.TryGetValue(slot, out List<int>? group))
            {
                bySlot.Add(slot, group = []);
            }

            group.Add(i);
        }

        foreach (List<int> group in bySlot.Values)
        {
            groups.AddRange(group.Chunk(Pipeline.ChunkSize));
        }

        return groups;
    }

    // A connection to a cluster stays one. That a connection is not to one is only known while it is up, so it is looked up again.
    private static readonly ConditionalWeakTable<IConnectionMultiplexer, object> Clusters = [];

    public static bool IsCluster(IConnectionMultiplexer connection)
    {
        if (Clusters.TryGetValue(connection, out _))
        {
            return true;
        }

        foreach (System.Net.EndPoint endPoint in connection.GetEndPoints())
        {
            if (connection.GetServer(endPoint).ServerType == ServerType.Cluster)
            {
                Clusters.AddOrUpdate(connection, connection);
                return true;
            }
        }

        return false;
    }
}
