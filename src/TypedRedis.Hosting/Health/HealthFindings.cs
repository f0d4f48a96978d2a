using System.Collections.Concurrent;
using System.Globalization;

namespace TypedRedis.Hosting;

/// <summary>The counters that only ever grow, as an earlier check saw them: what counts is what has come since.</summary>
internal sealed class HealthHistory
{
    private readonly ConcurrentDictionary<(string Node, string Field), long> _seen = new();

    /// <summary>How much a counter has grown since the last check. 0 at the first one, and where the server was restarted.</summary>
    public long GrowthOf(string node, string field, long now)
    {
        long before = now;
        _seen.AddOrUpdate((node, field), now, (_, seen) =>
        {
            before = seen;
            return now;
        });
        return Math.Max(0, now - before);
    }
}

/// <summary>What a check has found: failures make it unhealthy, warnings degraded, notes neither.</summary>
internal sealed class HealthFindings(RedisHealthOptions options, HealthHistory history, bool isDurable, string durableStores)
{
    private const long SmallServer = 100L << 20;

    private static readonly string[] Numbers =
    [
        "used_memory", "maxmemory", "connected_clients", "maxclients", "rejected_connections", "evicted_keys", "expired_keys", "keyspace_hits", "keyspace_misses",
        "instantaneous_ops_per_sec", "connected_slaves",
    ];

    private readonly SortedDictionary<string, object> _data = new(StringComparer.Ordinal);

    public List<string> Failures { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>Numbers by node, as in <c>127.0.0.1:6379/used_memory</c>.</summary>
    public IReadOnlyDictionary<string, object> Data => _data;

    public void Add(string node, string name, object value) => _data[$"{node}/{name}"] = value;

    /// <summary>Looks at the INFO of a node.</summary>
    /// <param name="node">Its address.</param>
    /// <param name="info">The reply.</param>
    /// <param name="knownReplicas">How many replicas it should have; 0 if unknown.</param>
    public void Look(string node, ServerInfo info, int knownReplicas)
    {
        foreach (string field in Numbers)
        {
            if (info.Number(field) is { } number)
            {
                Add(node, field, number);
            }
        }

        foreach (string field in (ReadOnlySpan<string>)["role", "redis_version", "maxmemory_policy"])
        {
            if (info.Text(field) is { } text)
            {
                Add(node, field, text);
            }
        }

        LookAtMemory(node, info);
        LookAtClients(node, info);
        LookAtPersistence(node, info);
        LookAtReplication(node, info, knownReplicas);
    }

    private void LookAtMemory(string node, ServerInfo info)
    {
        long used = info.Number("used_memory") ?? 0;
        long most = info.Number("maxmemory") ?? 0;
        string policy = info.Text("maxmemory_policy") ?? "";
        if (info.Fraction("mem_fragmentation_ratio") is { } ratio)
        {
            Add(node, "mem_fragmentation_ratio", ratio);
            if (ratio > options.Fragmentation && used > SmallServer)
            {
                Warnings.Add(Invariant($"{node}: mem_fragmentation_ratio is {ratio:0.00}: the process holds {ratio:0.00} times the memory of its data. Set activedefrag yes, or restart the node in a quiet hour, replicas first."));
            }
        }

        long evicted = history.GrowthOf(node, "evicted_keys", info.Number("evicted_keys") ?? 0);
        if (most <= 0)
        {
            return;
        }

        Add(node, "memory_share", Math.Round((double)used / most, 4));
        if (policy is "noeviction")
        {
            if (used >= options.MemoryShare * most)
            {
                Warnings.Add(Invariant($"{node}: {(double)used / most:P0} of maxmemory is in use ({Size(used)} of {Size(most)}), and maxmemory-policy is noeviction: when it is full, every write fails with OOM. Raise maxmemory or delete data; if the server holds caches alone, set maxmemory-policy to allkeys-lru."));
            }
            else
            {
                Notes.Add($"{node}: maxmemory-policy is noeviction. When {Size(most)} are full, every write fails with OOM, those of caches too.");
            }

            return;
        }

        if (policy.StartsWith("allkeys-", StringComparison.Ordinal) && isDurable)
        {
            Warnings.Add($"{node}: maxmemory-policy is {policy}: when memory is full, any key may be evicted, also work that waits for {durableStores} and is nowhere else. Set it to volatile-lru, which evicts only what expires, or give caches a server of their own.");
        }

        if (policy is "volatile-ttl")
        {
            Notes.Add($"{node}: maxmemory-policy is volatile-ttl, which evicts the shortest-lived keys first: claims and locks before the entries of caches, so that one entity may be loaded several times at once. volatile-lru does not.");
        }

        if (evicted > 0)
        {
            Notes.Add($"{node}: {evicted} keys were evicted since the last check.");
        }
    }

    private void LookAtClients(string node, ServerInfo info)
    {
        if (info.Number("connected_clients") is { } clients && info.Number("maxclients") is { } most and > 0 && clients >= options.ClientShare * most)
        {
            Warnings.Add($"{node}: {clients} of at most {most} clients are connected. Raise maxclients, or find who opens them with CLIENT LIST: an application needs one ConnectionMultiplexer, not one for each call.");
        }

        long rejected = history.GrowthOf(node, "rejected_connections", info.Number("rejected_connections") ?? 0);
        if (rejected > 0)
        {
            Warnings.Add($"{node}: {rejected} connections were rejected since the last check, because maxclients was reached. Raise it, or find who opens them with CLIENT LIST.");
        }
    }

    private void LookAtPersistence(string node, ServerInfo info)
    {
        if (info.Text("loading") is "1" || info.Text("async_loading") is "1")
        {
            Warnings.Add($"{node} is loading its data. Until it is done, it refuses commands, or a replica answers from old data.");
        }

        if (info.Text("rdb_last_bgsave_status") is { } saved and not "ok")
        {
            Warnings.Add($"{node}: rdb_last_bgsave_status is {saved}: the last snapshot could not be written, and with stop-writes-on-bgsave-error the server refuses writes. Look at its log: its disk may be full, or memory too scarce for a fork.");
        }

        bool appends = info.Text("aof_enabled") is "1";
        if (appends && info.Text("aof_last_write_status") is { } written and not "ok")
        {
            Warnings.Add($"{node}: aof_last_write_status is {written}: the append-only file cannot be written, and the server refuses writes. Look at its log and its disk.");
        }

        if (isDurable && info.Text("aof_enabled") is "0")
        {
            Notes.Add($"{node}: there is no append-only file. If the server crashes, work that waits for {durableStores} is lost from the last snapshot on; appendonly yes keeps all but the last second.");
        }
    }

    private void LookAtReplication(string node, ServerInfo info, int knownReplicas)
    {
        if (info.Text("master_link_status") is { } link and not "up")
        {
            Warnings.Add($"{node}: master_link_status is {link}: the replica has lost its primary and serves old data. Look at the network between them, and at masterauth.");
        }

        if (info.Text("role") is "master" && info.Number("connected_slaves") is { } replicas && replicas < knownReplicas)
        {
            Warnings.Add($"{node} has {replicas} of {knownReplicas} replicas: the link of the others is down (their master_link_status says so), they serve old data, and a failover to one of them would lose writes. A node of the connection string that is meant to be no replica belongs to a connection of its own.");
        }

        foreach ((string address, string state) in info.ReplicasBehind())
        {
            Notes.Add($"{node}: the replica {address} is being brought up to date ({state}).");
        }
    }

    private static string Size(long bytes) => Invariant($"{bytes / 1048576.0:0.0} MB");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
