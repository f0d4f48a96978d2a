using System.Globalization;
using System.Net.Sockets;
using TypedRedis.Testing.Processes;

namespace TypedRedis.Testing.Clusters;

/// <summary>What one node says about the cluster, at one instant.</summary>
internal sealed class ClusterView
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly string[][] Questions = [["CLUSTER", "NODES"], ["CLUSTER", "INFO"], ["INFO", "replication"]];

    private readonly Dictionary<string, NodeLine> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    private ClusterView(RedisClusterNode node, string? silence)
    {
        Node = node;
        Silence = silence;
    }

    public RedisClusterNode Node { get; }

    /// <summary>Why the node says nothing; null where it does.</summary>
    public string? Silence { get; }

    public bool Answers => Silence is null;

    /// <summary>The nodes that it knows, those in handshake included.</summary>
    public IReadOnlyCollection<NodeLine> Lines => _lines.Values;

    public NodeLine? LineOf(RedisClusterNode node) => _lines.GetValueOrDefault(node.Id);

    /// <summary>What the node says under a name of <c>CLUSTER INFO</c> or <c>INFO replication</c>; empty where it says nothing.</summary>
    public string Fact(string name) => _facts.GetValueOrDefault(name, "");

    /// <summary>Whether the node, a primary, has this replica in sync.</summary>
    public bool HasOnline(RedisClusterNode replica)
    {
        var port = string.Create(CultureInfo.InvariantCulture, $",port={replica.Port},state=online,");
        return _facts.Any(fact => fact.Key.StartsWith("slave", StringComparison.Ordinal) && fact.Value.Contains(port, StringComparison.Ordinal));
    }

    public static async Task<ClusterView> ReadAsync(RedisClusterNode node, CancellationToken cancellationToken)
    {
        if (!node.IsRunning)
            return new(node, "is not running");
        if (await ProcessState.IsStoppedAsync(node.ProcessId, cancellationToken).ConfigureAwait(false))
            return new(node, "is paused");

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var connection = await node.Server.ConnectAsync(timeout.Token).ConfigureAwait(false);
            var answers = new string[Questions.Length];
            for (var i = 0; i < Questions.Length; i++)
            {
                var reply = await connection.ExecuteAsync(Questions[i], timeout.Token).ConfigureAwait(false);
                if (reply.Kind == RedisReplyKind.Error)
                    return new(node, $"says {reply.Text}");
                answers[i] = reply.Text!;
            }

            var view = new ClusterView(node, silence: null);
            view.Parse(answers);
            return view;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(node, $"did not answer within {AnswerTimeout.TotalSeconds:0} seconds");
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or RedisReplyException)
        {
            return new(node, $"does not answer: {e.Message}");
        }
    }

    private void Parse(string[] answers)
    {
        foreach (var line in Split(answers[0]))
        {
            var node = NodeLine.Parse(line);
            _lines[node.Id] = node;
        }

        foreach (var line in answers[1..].SelectMany(Split))
        {
            if (line.IndexOf(':') is > 0 and var colon)
                _facts[line[..colon]] = line[(colon + 1)..];
        }

        static IEnumerable<string> Split(string text) => text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
