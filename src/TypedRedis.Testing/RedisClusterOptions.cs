using System.Globalization;

namespace TypedRedis.Testing;

/// <summary>How <see cref="RedisCluster.StartAsync"/> sets up a cluster. What is changed afterwards has no effect on it.</summary>
public sealed class RedisClusterOptions
{
    // Without these the nodes would not find each other, or not be what RedisCluster says they are.
    private static readonly Dictionary<string, string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cluster-enabled"] = "is set by RedisCluster itself and cannot be overridden",
        ["cluster-config-file"] = "is set by RedisCluster itself and cannot be overridden",
        ["cluster-port"] = "cannot be the same for all nodes",
        ["cluster-announce-ip"] = "is set by RedisCluster itself and cannot be overridden",
        ["cluster-announce-port"] = "cannot be the same for all nodes",
        ["cluster-announce-bus-port"] = "cannot be the same for all nodes",
        ["cluster-node-timeout"] = $"is set through {nameof(NodeTimeout)}",
    };

    /// <summary>How many primaries share the slots; 3 by default. With fewer than 3 no replica is promoted by itself, because that takes the votes of a majority.</summary>
    public int Primaries { get; set; } = 3;

    /// <summary>How many replicas each primary has; 1 by default, 0 for none.</summary>
    public int ReplicasPerPrimary { get; set; } = 1;

    /// <summary>Further directives for the <c>redis.conf</c> of every node; they win over the defaults. With <c>requirepass</c>, replicas use the same password.</summary>
    public RedisConfiguration Configuration { get; init; } = [];

    /// <summary>
    /// How long a node may be unreachable before the others take it for failed and promote a replica (<c>cluster-node-timeout</c>, in whole milliseconds); 2 seconds by default.
    /// A promotion takes about a second longer. Where nothing fails on purpose, 30 seconds keep a stalled machine from looking like a failure.
    /// </summary>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long each node may take to start, and then the cluster to form; afterwards the limit of every wait for the cluster, such as <see cref="RedisCluster.WaitForFailoverAsync"/>.
    /// Forming takes about 3 seconds, of which Redis itself insists on 2; the default of 60 seconds is for machines under heavy load.
    /// </summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);

    internal int NodeCount => Primaries * (1 + ReplicasPerPrimary);

    internal void Validate()
    {
        if (Primaries is < 1 or > 1000)
            throw new ArgumentException($"{nameof(Primaries)} is {Primaries}. A cluster has at least one primary, and at most 1000.", "options");
        if (ReplicasPerPrimary is < 0 or > 1000)
            throw new ArgumentException($"{nameof(ReplicasPerPrimary)} is {ReplicasPerPrimary}. It is 0 or more, and at most 1000.", "options");
        if (NodeTimeout < TimeSpan.FromMilliseconds(1) || NodeTimeout > TimeSpan.FromDays(1))
            throw new ArgumentException($"{nameof(NodeTimeout)} is {NodeTimeout}. It is at least one millisecond, and at most one day.", "options");
        if (StartTimeout <= TimeSpan.Zero)
            throw new ArgumentException($"{nameof(StartTimeout)} is {StartTimeout}. It is a positive time.", "options");
        foreach (var (name, _) in Configuration)
        {
            if (Reserved.TryGetValue(name, out var reason))
                throw new ArgumentException($"'{name}' {reason}.", "options");
        }
    }

    /// <summary>How each node is set up.</summary>
    internal RedisServerOptions ToServerOptions()
    {
        var configuration = new RedisConfiguration
        {
            ["cluster-enabled"] = "yes",
            ["cluster-config-file"] = "nodes.conf",
            ["cluster-announce-ip"] = "127.0.0.1",
            ["cluster-node-timeout"] = ((long)NodeTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            ["repl-diskless-sync"] = "yes",
            ["repl-diskless-sync-delay"] = "0", // By default a primary waits 5 seconds for further replicas.
        };
        if (Configuration.LastOrDefault(static directive => Is(directive, "requirepass")).Value is [{ Length: > 0 } password] && !Configuration.Any(static directive => Is(directive, "masterauth")))
            configuration["masterauth"] = password;
        foreach (var (name, arguments) in Configuration)
            configuration.Add(name, [.. arguments]);
        return new RedisServerOptions { Configuration = configuration, StartTimeout = StartTimeout };

        static bool Is(KeyValuePair<string, IReadOnlyList<string>> directive, string name) => directive.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
