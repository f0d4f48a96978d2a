using System.Globalization;

namespace TypedRedis.Testing.Clusters;

/// <summary>What all nodes say about the cluster, at about one instant.</summary>
internal sealed class ClusterState
{
    private readonly ClusterView[] _views;

    private ClusterState(ClusterView[] views) => _views = views;

    public IEnumerable<ClusterView> Answering => _views.Where(static view => view.Answers);

    public static async Task<ClusterState> ReadAsync(IEnumerable<RedisClusterNode> nodes, CancellationToken cancellationToken)
        => new(await Task.WhenAll(nodes.Select(node => ClusterView.ReadAsync(node, cancellationToken))).ConfigureAwait(false));

    public ClusterView ViewOf(RedisClusterNode node) => Array.Find(_views, view => view.Node == node)!;

    /// <summary>What a node says about itself, or if it says nothing, what another one says about it.</summary>
    public NodeLine? LineOf(RedisClusterNode node)
        => ViewOf(node).LineOf(node) ?? Answering.Select(view => view.LineOf(node)).FirstOrDefault(static line => line is not null);

    /// <summary>Who serves a slot; where nodes disagree, the one that has come to it last.</summary>
    public RedisClusterNode? OwnerOf(int slot)
        => (from view in Answering
            from owner in _views.Select(static other => other.Node)
            let line = view.LineOf(owner)
            where line is not null && line.Serves(slot)
            orderby line.Epoch descending
            select owner).FirstOrDefault();

    /// <summary>Each node that serves slots, and one of these.</summary>
    public IEnumerable<(RedisClusterNode Node, int Slot)> Owners()
        => from view in _views
           let line = LineOf(view.Node)
           where line?.Slots.Length > 0
           let slot = line.Slots[0].First
           where OwnerOf(slot) == view.Node
           select (view.Node, slot);

    /// <summary>Each node that another one knows as what it is no longer, and that other one.</summary>
    public IEnumerable<(RedisClusterNode Known, RedisClusterNode Listener)> Outdated()
        => from known in Answering
           let own = known.LineOf(known.Node)
           where own is not null
           from listener in Answering
           let line = listener.LineOf(known.Node)
           where line is { IsHandshake: false } && line.Place != own.Place
           select (known.Node, listener.Node);

    /// <summary>What stands against the cluster being whole; null where nothing does. Nodes that are not running, and own nothing, are left aside.</summary>
    public Objection? AgainstReady()
    {
        var running = _views.Where(static view => view.Node.IsRunning).ToArray();
        foreach (var view in running)
        {
            if (AgainstView(view, running) is { } objection)
                return objection;
        }

        foreach (var view in running)
        {
            if (AgainstReplica(view) is { } objection)
                return objection;
        }

        return running.Length > 0 ? null : new Objection(null, "No node is running.");
    }

    /// <summary>What stands against all slots being served, as far as a node can tell.</summary>
    public static Objection? AgainstServing(ClusterView view)
        => view.Fact("cluster_state") == "ok" ? null : Says(view, "cluster_state");

    /// <summary>What stands against every node that answers knowing <paramref name="owner"/> as the one that serves the slot.</summary>
    public Objection? AgainstOwner(int slot, RedisClusterNode? owner)
    {
        foreach (var view in Answering)
        {
            if (owner is null || view.LineOf(owner)?.Serves(slot) != true)
                return new Objection(view.Node, string.Create(CultureInfo.InvariantCulture, $"{view.Node} does not know {owner?.ToString() ?? "anybody"} as the node of slot {slot}."));
        }

        return Answering.Any() ? null : new Objection(null, "No node answers.");
    }

    /// <summary>What stands against every node that answers knowing that a replica has changed places with its primary.</summary>
    public Objection? AgainstReplacement(RedisClusterNode primary, RedisClusterNode replica)
    {
        foreach (var view in Answering)
        {
            if (view.LineOf(replica)?.IsPrimary != true)
                return new Objection(view.Node, $"{view.Node} knows {replica} as {view.LineOf(replica)?.Place ?? "nobody"}.");
            if (view.LineOf(primary)?.PrimaryId != replica.Id)
                return new Objection(view.Node, $"{view.Node} knows {primary} as {view.LineOf(primary)?.Place ?? "nobody"}.");
        }

        return Answering.Any() ? null : new Objection(null, "No node answers.");
    }

    private Objection? AgainstView(ClusterView view, ClusterView[] running)
    {
        if (!view.Answers)
            return new Objection(view.Node, $"{view.Node} {view.Silence}.");
        if (AgainstServing(view) is { } objection)
            return objection;
        if (view.Fact("cluster_slots_ok") != HashSlots.Count.ToString(CultureInfo.InvariantCulture))
            return Says(view, "cluster_slots_ok");
        if (view.Lines.Any(static line => line.IsHandshake))
            return new Objection(view.Node, $"{view.Node} is in a handshake.");

        foreach (var other in _views)
        {
            var line = view.LineOf(other.Node);
            if (!running.Contains(other))
            {
                if (line?.Slots.Length > 0)
                    return new Objection(view.Node, $"{view.Node} knows {other.Node}, which is not running, as {line.Place}.");
                continue;
            }

            if (line is null || line.IsFailing || !line.IsConnected)
                return new Objection(view.Node, $"{view.Node} knows {other.Node} as {(line is null ? "nobody" : string.Join(',', line.Flags))}{(line?.IsConnected == false ? ", disconnected" : "")}.");
            if (other.LineOf(other.Node) is { } own && own.Place != line.Place)
                return new Objection(view.Node, $"{view.Node} knows {other.Node} as {line.Place}, which knows itself as {own.Place}.");
        }

        return null;
    }

    private Objection? AgainstReplica(ClusterView view)
    {
        if (view.LineOf(view.Node)?.PrimaryId is not { } primaryId)
            return null;
        if (view.Fact("master_link_status") != "up")
            return Says(view, "master_link_status");

        var primary = Array.Find(_views, other => other.Node.Id == primaryId);
        return primary is null || primary.HasOnline(view.Node)
            ? null
            : new Objection(primary.Node, $"{primary.Node} does not have its replica {view.Node} online.");
    }

    private static Objection Says(ClusterView view, string name) => new(view.Node, $"{view.Node} says {name}:{view.Fact(name)}.");
}
