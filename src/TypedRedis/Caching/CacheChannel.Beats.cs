using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

// The nodes whose beats are asked for, and the messages that come.
internal sealed partial class CacheChannel
{
    // One count of beats for each primary, at a key that is routed to it; one alone outside of a cluster.
    private async ValueTask RefreshNodesAsync()
    {
        long now = _clock.Now;
        if (_topology is not null && now - _topologyReadAt < TopologyInterval)
        {
            return;
        }

        List<(string Node, string Tag)> primaries = await KeyScan.PrimariesAsync(_redis, _schema, CancellationToken.None).ConfigureAwait(false);
        _topologyReadAt = now;
        string topology = string.Join(' ', primaries);
        if (_topology is not null && topology != _topology)
        {
            _looks = MostLooks;
        }

        // The driver finds out by itself, but some versions of it take a minute, and send nothing meanwhile to a replica that was promoted. Nodes hear of it one after the other.
        if (_looks > 0)
        {
            _looks--;
            _ = _redis.Connection.ConfigureAsync();
        }

        if (topology == _topology)
        {
            return;
        }

        lock (_gate)
        {
            _topology = topology;
            _nodes.Clear();
            foreach ((string node, string tag) in primaries)
            {
                _nodes.Add(node, new Node($"{tag}{_schema.Name}:~beat"));
            }

            LoseLocked();
        }
    }

    private Node[] Nodes()
    {
        lock (_gate)
        {
            return [.. _nodes.Values];
        }
    }

    private async Task BeatAsync(Node node)
    {
        long asked = _clock.Now;
        long sent = _clock.Precise;
        long generation = Volatile.Read(ref _generation);
        RedisValue[] arguments = [Name, LeastGap, Guid.NewGuid().ToString("N")];
        var reply = (RedisResult[])(await ScriptWait.Evaluate(CacheScripts.Beat, _redis, _schema, [node.Key], arguments, CancellationToken.None).ConfigureAwait(false))!;
        string count = (string)reply[0]!;
        long ticket = (long)reply[1];
        _clock.Observe(sent, (long)reply[2]);
        lock (_gate)
        {
            if (generation != _generation)
            {
                return;     // Asked before a loss: it proves nothing of what was lost.
            }

            if (node.Count != count)
            {
                bool isNew = node.Count is null;
                node.Count = count;
                node.Last = 0;
                node.Asked.Clear();
                if (!isNew)
                {
                    LoseLocked();       // The server was flushed, or has lost its data.
                    return;
                }
            }

            if (node.Last >= ticket)
            {
                node.ProvenAt = Math.Max(node.ProvenAt, asked);
                Trust();
            }
            else
            {
                if (node.Asked.Count == MostAsked)
                {
                    node.Asked.Dequeue();
                }

                node.Asked.Enqueue((ticket, asked));
            }
        }
    }

    private void OnMessage(RedisValue message)
    {
        byte[] bytes = message!;
        if (bytes.Length == 0)
        {
            return;
        }

        ReadOnlySpan<byte> rest = bytes.AsSpan(1);
        switch (bytes[0])
        {
            case (byte)'I':
                _listener.OnChanged(rest);
                break;
            case (byte)'L':
                _listener.OnLoaded(rest);
                break;
            case (byte)'T' or (byte)'C' when rest.Length >= 8 && !_clock.IsPast(BinaryPrimitives.ReadInt64LittleEndian(rest[^8..])):
                Lose();     // The clock was set back, or somebody made it up: it would have entries count that must not. The log knows.
                break;
            case (byte)'T' when rest.Length == 16:
                Tags.Invalidate(BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadInt64LittleEndian(rest[8..]));
                break;
            case (byte)'C' when rest.Length == 8:
                Tags.InvalidateAll(BinaryPrimitives.ReadInt64LittleEndian(rest));
                _listener.OnCleared();
                break;
            case (byte)'B':
                OnBeat(Encoding.ASCII.GetString(rest));
                break;
        }
    }

    private void OnBeat(string beat)
    {
        int colon = beat.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !long.TryParse(beat.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return;
        }

        lock (_gate)
        {
            foreach (Node node in _nodes.Values)
            {
                if (node.Count is null || !beat.AsSpan(0, colon).SequenceEqual(node.Count))
                {
                    continue;
                }

                if (node.Last != 0 && number != node.Last + 1)
                {
                    LoseLocked();
                }

                node.Last = number;
                while (node.Asked.TryPeek(out (long Ticket, long Asked) first) && first.Ticket <= number)
                {
                    node.ProvenAt = Math.Max(node.ProvenAt, first.Asked);
                    node.Asked.Dequeue();
                }

                Trust();
                return;
            }
        }
    }

    private sealed class Node(string key)
    {
        public readonly RedisKey Key = key;
        public readonly Queue<(long Ticket, long Asked)> Asked = new();
        public string? Count;
        public long Last;
        public long ProvenAt = Never;
    }
}
