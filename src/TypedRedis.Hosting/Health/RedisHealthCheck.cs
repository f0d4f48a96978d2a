using System.Globalization;
using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace TypedRedis.Hosting;

/// <summary>
/// Asks every node that the driver knows for a PING, and every primary for its INFO. INFO goes through a script, because the driver keeps its own method for connections with
/// <c>allowAdmin</c>, and because the key of a script is what sends a command to a certain node of a cluster.
/// </summary>
internal sealed partial class RedisHealthCheck(
    Func<CancellationToken, ValueTask<RedisContext>> open, RedisHealthOptions options, HealthHistory history, IReadOnlyList<string> workers) : IHealthCheck
{
    private const int SlotCount = 16384;

    [LuaScript("return redis.call('INFO')")]
    private static partial RedisScript Info { get; }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool isDurable = options.HoldsDurableData ?? workers.Count > 0;
        var findings = new HealthFindings(options, history, isDurable, workers.Count > 0 ? string.Join(", ", workers) : "stores that need it");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        Exception? error;
        try
        {
            error = await CheckAsync(findings, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            error = e;
            findings.Failures.Add($"No connection to Redis: {Text(e)}");
        }

        HealthStatus status = findings.Failures.Count > 0 ? context.Registration.FailureStatus : findings.Warnings.Count > 0 ? HealthStatus.Degraded : HealthStatus.Healthy;
        return new HealthCheckResult(status, string.Join(' ', [.. findings.Failures, .. findings.Warnings, .. findings.Notes]), error, findings.Data);
    }

    private async Task<Exception?> CheckAsync(HealthFindings findings, CancellationToken cancellationToken)
    {
        RedisContext redis = await open(cancellationToken).ConfigureAwait(false);
        Node[] nodes = await PingAsync(redis.Connection, findings, cancellationToken).ConfigureAwait(false);
        Node[] silent = [.. nodes.Where(static node => node.Error is not null)];
        if (silent.Length == nodes.Length)
        {
            findings.Failures.Add(nodes.Length == 0
                ? "The connection has no address."
                : $"No node answers PING: {string.Join("; ", silent.Select(node => $"{node.Address} ({Text(node.Error!)})"))}. Check that the server runs and can be reached from here.");
            return silent.FirstOrDefault()?.Error;
        }

        Exception? error = nodes.Any(static node => node.Server.ServerType == ServerType.Cluster)
            ? await CheckClusterAsync(redis, nodes, findings, cancellationToken).ConfigureAwait(false)
            : await CheckPrimaryAsync(redis, nodes, findings, cancellationToken).ConfigureAwait(false);
        await LookAtQueuesAsync(redis, findings, cancellationToken).ConfigureAwait(false);
        return error;
    }

    /// <summary>Queues that this process has written to, and that nobody empties.</summary>
    private static async Task LookAtQueuesAsync(RedisContext redis, HealthFindings findings, CancellationToken cancellationToken)
    {
        try
        {
            foreach (OverdueWrites queue in await redis.FindOverdueWritesAsync(cancellationToken).ConfigureAwait(false))
            {
                findings.Warnings.Add(string.Create(CultureInfo.InvariantCulture, $"{queue.Status.Pending} writes of {queue.Cache} under the prefix '{queue.Prefix}' wait for their source, and have been due for {queue.Status.Overdue.TotalSeconds:0} s without being taken. Run a worker over a context of that prefix (AddRedisWorker, or RunAsync of the cache), or more of them."));
            }
        }
        catch (Exception e) when (IsOfServer(e) || e is RedisModelException)
        {
            findings.Notes.Add($"The queues of write-behind caches could not be counted ({Text(e)}).");
        }
    }

    /// <summary>Outside of a cluster, one node is the primary, and the driver takes the others for its replicas.</summary>
    private async Task<Exception?> CheckPrimaryAsync(RedisContext redis, Node[] nodes, HealthFindings findings, CancellationToken cancellationToken)
    {
        Node[] silent = [.. nodes.Where(static node => node.Error is not null)];
        string primary;
        try
        {
            Task<EndPoint?> identified = redis.Connection.GetDatabase().IdentifyEndpointAsync(default, CommandFlags.DemandMaster);
            Observe(identified);
            primary = ConnectionStrings.Text(await identified.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (IsOfServer(e))
        {
            Exception error = silent.FirstOrDefault()?.Error ?? e;
            findings.Failures.Add($"No primary answers ({Text(error)}), only replicas: reads may work, writes fail.");
            Warn(silent, findings);
            return error;
        }

        Warn(silent, findings);
        if (options.ReadsInfo)
        {
            await LookAsync(redis, "health", primary, nodes.Length - 1, findings, cancellationToken).ConfigureAwait(false);
        }

        return silent.FirstOrDefault()?.Error;
    }

    private static void Warn(IEnumerable<Node> silent, HealthFindings findings)
    {
        foreach (Node node in silent)
        {
            findings.Warnings.Add($"{node.Address} does not answer PING ({Text(node.Error!)}), other nodes do. Start it again, or take it out of the connection string.");
        }
    }

    /// <summary>On a cluster, every slot must have a primary that answers.</summary>
    private async Task<Exception?> CheckClusterAsync(RedisContext redis, Node[] nodes, HealthFindings findings, CancellationToken cancellationToken)
    {
        List<Shard> shards;
        try
        {
            shards = await ShardsAsync(redis, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsOfServer(e))
        {
            Warn(nodes.Where(static node => node.Error is not null), findings);
            findings.Notes.Add($"CLUSTER SLOTS was refused ({Text(e)}), so that nothing is known of its slots.");
            return e is RedisServerException ? null : e;
        }

        int served = shards.Sum(static shard => shard.Slots);
        if (served < SlotCount)
        {
            findings.Failures.Add($"{SlotCount - served} of the {SlotCount} slots of the cluster belong to no node: commands with keys of them fail. Look at CLUSTER NODES, and repair with redis-cli --cluster fix.");
        }

        Exception? error = null;
        var silent = nodes.Where(static node => node.Error is not null).ToDictionary(static node => node.Address);
        foreach (Shard shard in shards)
        {
            if (silent.Remove(shard.Address, out Node? down))
            {
                error ??= down.Error;
                findings.Failures.Add($"The primary {shard.Address} of {shard.Slots} slots does not answer PING ({Text(down.Error!)}): their keys cannot be read or written until it is back or a replica takes over.");
            }
        }

        Warn(silent.Values, findings);
        error ??= silent.Values.FirstOrDefault()?.Error;
        if (options.ReadsInfo)
        {
            var down = nodes.Where(static node => node.Error is not null).Select(static node => node.Address).ToHashSet();
            await Task.WhenAll(shards.Where(shard => !down.Contains(shard.Address)).Select(shard =>
                LookAsync(redis, TagOf(redis.Connection, shard.FirstSlot), shard.Address, shard.Replicas, findings, cancellationToken))).ConfigureAwait(false);
        }

        return error;
    }

    /// <summary>What a primary that answers says of itself. That it does not say it, to this user or at all, is a note.</summary>
    private static async Task LookAsync(RedisContext redis, RedisKey key, string node, int replicas, HealthFindings findings, CancellationToken cancellationToken)
    {
        string? text = null;
        string? refusal = null;
        try
        {
            text = (string?)await Info.EvaluateAsync(redis, [key], [], cancellationToken).ConfigureAwait(false);
        }
        catch (RedisScriptException e)
        {
            refusal = $"{node}: INFO could not be read ({e.InnerException?.Message ?? e.Message}), so that there are no numbers and no warnings. The user needs +info, +eval and +evalsha, and a key pattern that includes {redis.Prefix}*.";
        }
        catch (Exception e) when (IsOfServer(e))
        {
            refusal = $"{node}: INFO could not be read ({Text(e)}), so that there are no numbers and no warnings.";
        }

        lock (findings)
        {
            if (refusal is not null)
            {
                findings.Notes.Add(refusal);
            }
            else
            {
                findings.Look(node, new ServerInfo(text ?? ""), replicas);
            }
        }
    }

    private static async Task<Node[]> PingAsync(IConnectionMultiplexer connection, HealthFindings findings, CancellationToken cancellationToken)
    {
        Node[] nodes = await Task.WhenAll(connection.GetEndPoints().Select(endPoint => PingAsync(connection.GetServer(endPoint), cancellationToken))).ConfigureAwait(false);
        foreach (Node node in nodes)
        {
            if (node.Ping is { } ping)
            {
                findings.Add(node.Address, "ping_ms", Math.Round(ping.TotalMilliseconds, 3));
            }
        }

        return nodes;
    }

    private static async Task<Node> PingAsync(IServer server, CancellationToken cancellationToken)
    {
        string address = ConnectionStrings.Text(server.EndPoint);
        try
        {
            Task<TimeSpan> ping = server.PingAsync();
            Observe(ping);
            return new Node(server, address, await ping.WaitAsync(cancellationToken).ConfigureAwait(false), Error: null);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            return new Node(server, address, Ping: null, new TimeoutException("no answer in time", e));
        }
        catch (Exception e) when (IsOfServer(e))
        {
            return new Node(server, address, Ping: null, e);
        }
    }

    // The cluster as it is now; the driver's own picture is as old as its connection. Rows of first slot, last slot, primary, replicas; a node is host, port, id.
    private static async Task<List<Shard>> ShardsAsync(RedisContext redis, CancellationToken cancellationToken)
    {
        Task<RedisResult> slots = redis.Database.ExecuteAsync("CLUSTER", "SLOTS");
        Observe(slots);
        var shards = new Dictionary<string, Shard>();
        foreach (RedisResult row in (RedisResult[])(await slots.WaitAsync(cancellationToken).ConfigureAwait(false))!)
        {
            var range = (RedisResult[])row!;
            var primary = (RedisResult[])range[2]!;
            int first = (int)range[0];
            int count = (int)range[1] - first + 1;
            string id = (string)primary[2]!;
            shards[id] = shards.TryGetValue(id, out Shard? shard)
                ? shard with { Slots = shard.Slots + count }
                : new Shard(Address((string?)primary[0], (int)primary[1]), first, count, range.Length - 3);
        }

        return [.. shards.Values];
    }

    private static string Address(string? host, int port)
        => IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port).ToString() : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    // Numbers spread evenly: on average one in 16,384 is of the slot.
    private static RedisKey TagOf(IConnectionMultiplexer connection, int slot)
    {
        for (int i = 0; ; i++)
        {
            RedisKey tag = "{" + i.ToString(CultureInfo.InvariantCulture) + "}";
            if (connection.HashSlot(tag) == slot)
            {
                return tag;
            }
        }
    }

    // An answer that comes when nobody waits any more may be an error.
    private static void Observe(Task task)
        => _ = task.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    // What a server or a connection can do to a call; anything else is a mistake of this class.
    private static bool IsOfServer(Exception error) => error is RedisException or TimeoutException or OperationCanceledException or ObjectDisposedException;

    private static string Text(Exception error) => error is OperationCanceledException ? "no answer in time" : error.Message.TrimEnd('.');

    private sealed record Node(IServer Server, string Address, TimeSpan? Ping, Exception? Error);

    private sealed record Shard(string Address, int FirstSlot, int Slots, int Replicas);
}
