using System.Globalization;
using TypedRedis.Testing.Clusters;
using TypedRedis.Testing.Processes;

namespace TypedRedis.Testing;

/// <summary>A real Redis Cluster of a test's own: every node a <see cref="RedisServer"/> on loopback, gone when the cluster is disposed or when this process ends, however that ends.</summary>
/// <remarks>
/// <code>
/// await using var cluster = await RedisCluster.StartAsync();
/// var redis = await RedisContext.ConnectAsync(cluster.ConnectionString);
/// </code>
/// <para>Starting one takes about 3 seconds, of which Redis itself insists on 2; share one among the tests of a class. Every member may be called from several threads.</para>
/// <para>Redis 6.0 or newer, or Valkey, on Linux and macOS.</para>
/// </remarks>
public sealed class RedisCluster : IAsyncDisposable, IDisposable
{
    /// <summary>The number of slots: 16384, whatever the number of nodes.</summary>
    public const int SlotCount = HashSlots.Count;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan SpreadDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SpreadInterval = TimeSpan.FromSeconds(1);

    // A node gives up a planned failover by itself after 5 seconds, and says so to its log only.
    private static readonly TimeSpan FailoverAttempt = TimeSpan.FromSeconds(6);

    // Under this name a TimeoutException of ours has the node that stood against the end of the wait.
    private const string NodeOfTimeout = "TypedRedis.Node";

    private volatile bool _disposed;

    private RedisCluster(IReadOnlyList<RedisClusterNode> nodes, TimeSpan timeout)
    {
        Nodes = nodes;
        WaitTimeout = timeout;
        ConnectionString = string.Join(',', nodes.Select(static node => node.ConnectionString));
    }

    /// <summary>All nodes, in an order that does not change: at first the primaries in the order of their slots, then the replicas of the first one, and so on.</summary>
    public IReadOnlyList<RedisClusterNode> Nodes { get; }

    /// <summary>The addresses of all nodes, as StackExchange.Redis takes them. A password is not in it.</summary>
    public string ConnectionString { get; }

    /// <summary>The limit of every wait for the cluster.</summary>
    internal TimeSpan WaitTimeout { get; set; }

    /// <summary>Starts the nodes, forms the cluster, and returns when every node serves and has every replica in sync.</summary>
    /// <param name="options">Size, timeouts and configuration; by default 3 primaries with 1 replica each.</param>
    /// <param name="cancellationToken">Cancels the start; nothing is left behind.</param>
    /// <returns>The running cluster. Dispose it.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or is a directive that the cluster sets itself.</exception>
    /// <exception cref="RedisServerNotFoundException">Neither <c>REDIS_SERVER_PATH</c> nor PATH leads to a server; the message says what to install.</exception>
    /// <exception cref="RedisServerStartException">A node ended or did not answer, or the cluster did not form; the message says what a node said last, with the end of its log.</exception>
    /// <exception cref="RedisClusterException">A node refused a command by which the cluster is formed.</exception>
    /// <exception cref="PlatformNotSupportedException">On Windows.</exception>
    public static async Task<RedisCluster> StartAsync(RedisClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new();
        options.Validate();
        var (primaries, replicasPerPrimary) = (options.Primaries, options.ReplicasPerPrimary);

        var servers = await StartServersAsync(options, cancellationToken).ConfigureAwait(false);
        try
        {
            var nodes = await Task.WhenAll(servers.Select(async server =>
                new RedisClusterNode(server, (await server.ExecuteAsync(["CLUSTER", "MYID"], cancellationToken).ConfigureAwait(false)).Text!))).ConfigureAwait(false);
            var cluster = new RedisCluster(nodes, options.StartTimeout);
            await cluster.FormAsync(nodes[..primaries], [.. nodes[primaries..].Select((replica, i) => (replica, nodes[i / replicasPerPrimary]))], cancellationToken).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await DisposeAllAsync(servers).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The slot of a key, as the server computes it: by what stands between the first <c>{</c> and the first <c>}</c> behind it, or where that is nothing, by the whole key.</summary>
    /// <param name="key">The key, with its prefix if there is one.</param>
    /// <returns>0 to 16383.</returns>
    public static int HashSlot(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return HashSlots.Of(key);
    }

    /// <summary>The slot of a key that is not text.</summary>
    /// <param name="key">The bytes of the key.</param>
    /// <returns>0 to 16383.</returns>
    public static int HashSlot(ReadOnlySpan<byte> key) => HashSlots.Of(key);

    /// <summary>The node that serves a slot, by what all nodes that answer say now. It may be down, if no replica has taken its place yet.</summary>
    /// <param name="slot">0 to 16383.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The node.</returns>
    /// <exception cref="RedisClusterException">No node serves the slot, or none answers.</exception>
    public async Task<RedisClusterNode> PrimaryOfAsync(int slot, CancellationToken cancellationToken = default)
    {
        CheckSlot(slot);
        var state = await LookAsync(cancellationToken).ConfigureAwait(false);
        return state.OwnerOf(slot)
            ?? throw new RedisClusterException(null, state.Answering.Any() ? $"No node serves slot {slot}." : $"No node answers: {string.Join("; ", Nodes.Select(node => $"{node} {state.ViewOf(node).Silence}"))}.");
    }

    /// <summary>The node that serves the slot of a key, by what all nodes that answer say now. It may be down, if no replica has taken its place yet.</summary>
    /// <param name="key">The key, with its prefix if there is one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The node.</returns>
    /// <exception cref="RedisClusterException">No node serves the slot, or none answers.</exception>
    public Task<RedisClusterNode> PrimaryOfAsync(string key, CancellationToken cancellationToken = default) => PrimaryOfAsync(HashSlot(key), cancellationToken);

    /// <summary>The nodes that are replicas of a node now, those that are down included.</summary>
    /// <param name="primary">A node of this cluster.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The replicas; none for a node that is a replica itself.</returns>
    public async Task<IReadOnlyList<RedisClusterNode>> ReplicasOfAsync(RedisClusterNode primary, CancellationToken cancellationToken = default)
    {
        CheckOurs(primary);
        var state = await LookAsync(cancellationToken).ConfigureAwait(false);
        return [.. Nodes.Where(node => state.LineOf(node)?.PrimaryId == primary.Id)];
    }

    /// <summary>Moves a slot with all its keys to another primary, while the cluster works.</summary>
    /// <param name="slot">0 to 16383.</param>
    /// <param name="target">The primary that gets it.</param>
    /// <param name="cancellationToken">Ends the wait; the slot may then be between the two nodes.</param>
    /// <returns>A task that ends when every node that answers knows the slot's new place.</returns>
    /// <exception cref="ArgumentException"><paramref name="target"/> has the slot already, or is a node of another cluster.</exception>
    /// <exception cref="RedisClusterException">A node refused a command, for example because <paramref name="target"/> is a replica.</exception>
    /// <exception cref="TimeoutException">Not every node knew it within <see cref="RedisClusterOptions.StartTimeout"/>.</exception>
    public async Task MigrateSlotAsync(int slot, RedisClusterNode target, CancellationToken cancellationToken = default)
    {
        var migration = await BeginMigrateSlotAsync(slot, target, cancellationToken).ConfigureAwait(false);
        await migration.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to move a slot to another primary (CLUSTER SETSLOT IMPORTING and MIGRATING) and leaves the rest to the caller, so that a test can see what clients see in between.</summary>
    /// <param name="slot">0 to 16383.</param>
    /// <param name="target">The primary that gets it.</param>
    /// <param name="cancellationToken">Ends the wait; the migration may have begun.</param>
    /// <returns>The migration; complete or cancel it.</returns>
    /// <exception cref="ArgumentException"><paramref name="target"/> has the slot already, or is a node of another cluster.</exception>
    /// <exception cref="RedisClusterException">A node refused a command, for example because <paramref name="target"/> is a replica.</exception>
    public async Task<RedisSlotMigration> BeginMigrateSlotAsync(int slot, RedisClusterNode target, CancellationToken cancellationToken = default)
    {
        CheckOurs(target);
        var source = await PrimaryOfAsync(slot, cancellationToken).ConfigureAwait(false);
        if (source == target)
            throw new ArgumentException($"{target} has slot {slot} already.", nameof(target));

        var migration = new RedisSlotMigration(this, slot, source, target);
        await migration.BeginAsync(cancellationToken).ConfigureAwait(false);
        return migration;
    }

    /// <summary>Makes a replica the primary in an orderly way (CLUSTER FAILOVER): its primary becomes its replica, and no write is lost between them.</summary>
    /// <param name="replica">A replica whose primary answers.</param>
    /// <param name="cancellationToken">Ends the wait; the failover may still take place.</param>
    /// <returns>A task that ends when every node that answers knows both in their new roles.</returns>
    /// <exception cref="ArgumentException"><paramref name="replica"/> is a node of another cluster.</exception>
    /// <exception cref="RedisClusterException">The node refused, for example because it is no replica or its primary is down.</exception>
    /// <exception cref="TimeoutException">It did not take place within <see cref="RedisClusterOptions.StartTimeout"/>.</exception>
    public async Task FailoverAsync(RedisClusterNode replica, CancellationToken cancellationToken = default)
    {
        CheckOurs(replica);
        var before = await LookAsync(cancellationToken).ConfigureAwait(false);
        var primary = Nodes.FirstOrDefault(node => node.Id == before.LineOf(replica)?.PrimaryId);
        await replica.CommandAsync(cancellationToken, "CLUSTER", "FAILOVER").ConfigureAwait(false);
        var asked = Environment.TickCount64;
        await WaitAsync(
            $"The failover from {primary} to {replica}",
            async (state, token) =>
            {
                var objection = state.AgainstReplacement(primary!, replica);
                if (objection is not null && Environment.TickCount64 - asked > FailoverAttempt.TotalMilliseconds && state.LineOf(replica)?.IsPrimary == false)
                {
                    await replica.CommandAsync(token, "CLUSTER", "FAILOVER").ConfigureAwait(false);
                    asked = Environment.TickCount64;
                }

                return objection;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until another node serves the slots of one that was killed, stopped or paused.</summary>
    /// <param name="lost">The primary that is lost.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The node that was promoted, when every node that answers knows it and serves again. With the defaults that takes about 3 seconds: <see cref="RedisClusterOptions.NodeTimeout"/> and one more.</returns>
    /// <exception cref="ArgumentException"><paramref name="lost"/> is a node of another cluster.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="lost"/> had no slots: nobody takes its place.</exception>
    /// <exception cref="TimeoutException">It did not take place within <see cref="RedisClusterOptions.StartTimeout"/>, for example because the node had no replica or the majority of the primaries is down.</exception>
    public async Task<RedisClusterNode> WaitForFailoverAsync(RedisClusterNode lost, CancellationToken cancellationToken = default)
    {
        CheckOurs(lost);
        await LookAsync(cancellationToken).ConfigureAwait(false);
        var slot = lost.LastSlot ?? throw new InvalidOperationException($"{lost} had no slots: no other node takes its place.");
        var state = await WaitAsync(
            $"A failover from {lost}",
            state => state.OwnerOf(slot) is { } owner && (owner == lost || !state.ViewOf(owner).Answers)
                ? new Objection(owner, $"Slot {slot} is still that of {owner}, which {state.ViewOf(owner).Silence ?? "answers"}.")
                : state.AgainstOwner(slot, state.OwnerOf(slot)) ?? state.Answering.Select(ClusterState.AgainstServing).FirstOrDefault(static objection => objection is not null),
            cancellationToken).ConfigureAwait(false);
        return state.OwnerOf(slot)!;
    }

    /// <summary>Waits until the cluster is whole: every node that is running answers, serves (<c>cluster_state:ok</c>), agrees with the others on who has which slots and who is whose replica, and every replica is in sync.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that ends when that is so. Nodes that are not running, and have been replaced, are left aside.</returns>
    /// <exception cref="TimeoutException">It was not so within <see cref="RedisClusterOptions.StartTimeout"/>; the message has what stood against it last.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken = default)
        => WaitAsync("That the cluster is whole", static state => state.AgainstReady(), cancellationToken);

    /// <summary>Removes every key of every primary that is running (FLUSHALL), so that tests can share one cluster. Replicas follow a moment later.</summary>
    /// <param name="cancellationToken">Ends the wait; the nodes may still be emptied.</param>
    /// <returns>A task that ends when the primaries are empty.</returns>
    /// <exception cref="RedisClusterException">A node refused or did not answer, for example because it is paused.</exception>
    public Task FlushAllAsync(CancellationToken cancellationToken = default)
        => Task.WhenAll(Nodes.Where(static node => node.IsRunning).Select(async node =>
        {
            if (await node.GetRoleAsync(cancellationToken).ConfigureAwait(false) == RedisClusterRole.Primary)
                await node.CommandAsync(cancellationToken, "FLUSHALL").ConfigureAwait(false);
        }));

    /// <summary>Ends every node, whatever state it is in, and deletes its directory.</summary>
    /// <returns>A task that ends when all are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await DisposeAllAsync(Nodes.Select(static node => node.Server)).ConfigureAwait(false);
    }

    /// <summary>Ends every node, whatever state it is in, and deletes its directory.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var node in Nodes)
            node.Server.Dispose();
    }

    internal async Task<IReadOnlyList<RedisClusterNode>> AnsweringPrimariesAsync(CancellationToken cancellationToken)
    {
        var state = await LookAsync(cancellationToken).ConfigureAwait(false);
        return [.. state.Answering.Where(static view => view.LineOf(view.Node)?.IsPrimary == true).Select(static view => view.Node)];
    }

    internal Task<ClusterState> WaitAsync(string what, Func<ClusterState, Objection?> against, CancellationToken cancellationToken)
        => WaitAsync(what, (state, _) => ValueTask.FromResult(against(state)), cancellationToken);

    /// <summary>Asks all nodes until nothing stands against what is waited for.</summary>
    private async Task<ClusterState> WaitAsync(string what, Func<ClusterState, CancellationToken, ValueTask<Objection?>> against, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(WaitTimeout);
        Objection? objection = null;
        var spread = Environment.TickCount64 + (long)SpreadDelay.TotalMilliseconds;
        try
        {
            while (true)
            {
                var state = await LookAsync(timeout.Token).ConfigureAwait(false);
                objection = await against(state, timeout.Token).ConfigureAwait(false);
                if (objection is null)
                    return state;
                if (Environment.TickCount64 >= spread)
                {
                    await SpreadAsync(state, timeout.Token).ConfigureAwait(false);
                    spread = Environment.TickCount64 + (long)SpreadInterval.TotalMilliseconds;
                }

                await Task.Delay(PollInterval, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{what} was awaited for {WaitTimeout} in vain. {objection?.Text ?? "No node answered."}", e) { Data = { [NodeOfTimeout] = objection?.Node } };
        }
    }

    /// <summary>
    /// Lets nodes introduce themselves to those that know them in an earlier role. By itself a node says what it has become in the pings that it sends anyway,
    /// and until the last one has heard of it, half of the node timeout may pass.
    /// </summary>
    private static async Task SpreadAsync(ClusterState state, CancellationToken cancellationToken)
    {
        foreach (var (known, listener) in state.Outdated())
        {
            try
            {
                await MeetAsync(known, listener, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisClusterException)
            {
                // It has gone in the meantime, which the next look will see.
            }
        }
    }

    private static Task MeetAsync(RedisClusterNode node, RedisClusterNode other, CancellationToken cancellationToken)
        => node.CommandAsync(cancellationToken, "CLUSTER", "MEET", other.EndPoint.Address.ToString(), Text(other.Port));

    private async Task<ClusterState> LookAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var state = await ClusterState.ReadAsync(Nodes, cancellationToken).ConfigureAwait(false);
        foreach (var (node, slot) in state.Owners())
            node.LastSlot = slot;
        return state;
    }

    private async Task FormAsync(RedisClusterNode[] primaries, (RedisClusterNode Node, RedisClusterNode Primary)[] replicas, CancellationToken cancellationToken)
    {
        try
        {
            // Different epochs from the start: else those who share one have to settle it between them.
            for (var i = 0; i < Nodes.Count; i++)
                await Nodes[i].CommandAsync(cancellationToken, "CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1)).ConfigureAwait(false);
            for (var i = 0; i < primaries.Length; i++)
                await AddSlotsAsync(primaries[i], SlotCount * i / primaries.Length, SlotCount * (i + 1) / primaries.Length - 1, cancellationToken).ConfigureAwait(false);

            // Everybody with everybody: that they hear of each other by gossip would take longer.
            for (var i = 0; i < Nodes.Count; i++)
            {
                foreach (var other in Nodes.Skip(i + 1))
                    await MeetAsync(Nodes[i], other, cancellationToken).ConfigureAwait(false);
            }

            foreach (var (replica, primary) in replicas)
            {
                await WaitAsync(
                    $"That {replica} meets {primary}",
                    state => state.ViewOf(replica).LineOf(primary) is { IsHandshake: false } ? null : new Objection(replica, $"{replica} does not know {primary} yet."),
                    cancellationToken).ConfigureAwait(false);
                await replica.CommandAsync(cancellationToken, "CLUSTER", "REPLICATE", primary.Id).ConfigureAwait(false);
            }

            await WaitUntilReadyAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RedisServerStartException($"The cluster did not form. {e.Message}", (e.Data[NodeOfTimeout] as RedisClusterNode)?.Log ?? "");
        }
    }

    private static async Task AddSlotsAsync(RedisClusterNode node, int first, int last, CancellationToken cancellationToken)
    {
        try
        {
            await node.CommandAsync(cancellationToken, "CLUSTER", "ADDSLOTSRANGE", Text(first), Text(last)).ConfigureAwait(false);
        }
        catch (RedisClusterException e) when (e.Message.Contains("unknown subcommand", StringComparison.OrdinalIgnoreCase))
        {
            // Before Redis 7.
            await node.CommandAsync(cancellationToken, ["CLUSTER", "ADDSLOTS", .. Enumerable.Range(first, last - first + 1).Select(Text)]).ConfigureAwait(false);
        }
    }

    private static async Task<RedisServer[]> StartServersAsync(RedisClusterOptions options, CancellationToken cancellationToken)
    {
        var serverOptions = options.ToServerOptions();
        var starts = Enumerable.Range(0, options.NodeCount).Select(_ => RedisServer.StartOnAsync(FreePorts.NextOfNode, serverOptions, cancellationToken)).ToArray();
        try
        {
            return await Task.WhenAll(starts).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAllAsync(starts.Where(static start => start.IsCompletedSuccessfully).Select(static start => start.Result)).ConfigureAwait(false);
            throw;
        }
    }

    private static Task DisposeAllAsync(IEnumerable<RedisServer> servers) => Task.WhenAll(servers.Select(static server => Task.Run(async () => await server.DisposeAsync().ConfigureAwait(false))));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void CheckSlot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, SlotCount);
    }

    private void CheckOurs(RedisClusterNode node, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(node))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(node, name);
        if (!Nodes.Contains(node))
            throw new ArgumentException($"{node} is not a node of this cluster.", name);
    }
}
