using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Where this process has written to queues, whatever the prefix: a worker carries those of its own, and a tenant's may have none. A queue that is found empty is forgotten until the next write. Thread-safe.
/// </summary>
internal static class WriteBehindWatch
{
    /// <summary>How long writes may be due before it is said that nobody takes them.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly ConditionalWeakTable<IConnectionMultiplexer, ConcurrentDictionary<(int Database, string Prefix, string Cache), Watched>> Connections = [];

    private sealed record Watched(RedisContext Redis, CacheSchema Schema, WriteBehindQueue[] Queues);

    /// <summary>Something was written.</summary>
    public static void Add(RedisContext redis, CacheSchema schema, WriteBehindQueue[] queues)
    {
        ConcurrentDictionary<(int, string, string), Watched> known = Connections.GetValue(redis.Connection, static _ => []);
        (int, string, string) place = (redis.Database.Database, redis.Prefix, schema.Name);
        if (!known.ContainsKey(place))
        {
            known.TryAdd(place, new Watched(redis, schema, queues));
        }
    }

    /// <summary>The queues whose writes have been due for longer than <see cref="Patience"/>. One round trip for each that is known.</summary>
    public static async Task<IReadOnlyList<OverdueWrites>> FindAsync(IConnectionMultiplexer connection, CancellationToken cancellationToken)
    {
        var overdue = new List<OverdueWrites>();
        if (!Connections.TryGetValue(connection, out ConcurrentDictionary<(int Database, string Prefix, string Cache), Watched>? known))
        {
            return overdue;
        }

        foreach (((int, string, string) place, Watched watched) in known)
        {
            // First, so that what is written from here on is noted again.
            known.TryRemove(place, out _);
            bool isEmpty = false;
            try
            {
                WriteBehindStatus status = await CountAsync(watched.Redis, watched.Schema, watched.Queues, cancellationToken).ConfigureAwait(false);
                isEmpty = status.Pending == 0;
                if (status.Overdue > Patience)
                {
                    overdue.Add(new OverdueWrites(watched.Schema.Name, watched.Redis.Prefix, status));
                }
            }
            finally
            {
                if (!isEmpty)
                {
                    known.TryAdd(place, watched);
                }
            }
        }

        return overdue;
    }

    /// <summary>Counts what is in queues. One round trip.</summary>
    public static async Task<WriteBehindStatus> CountAsync(RedisContext redis, CacheSchema schema, WriteBehindQueue[] queues, CancellationToken cancellationToken)
    {
        long pending = 0, leased = 0, retrying = 0, oldest = 0, dead = 0, overdue = 0;
        await Pipeline.RunScriptAsync(
            redis,
            schema,
            WriteBehindScripts.Status,
            queues.Length,
            i => ([queues[i].Pending, queues[i].Schedule, queues[i].Since, queues[i].Dead], []),
            (_, _, reply) =>
            {
                long[] counts = Array.ConvertAll((RedisResult[])reply!, static count => (long)count);
                pending += counts[0];
                leased += counts[1];
                retrying += counts[2];
                oldest = Math.Max(oldest, counts[3]);
                dead += counts[4];
                overdue = Math.Max(overdue, counts[5]);
            },
            cancellationToken).ConfigureAwait(false);
        return new WriteBehindStatus
        {
            Pending = pending,
            Leased = leased,
            Retrying = retrying,
            Lag = TimeSpan.FromMilliseconds(oldest),
            Overdue = TimeSpan.FromMilliseconds(overdue),
            DeadLetters = dead,
        };
    }
}
