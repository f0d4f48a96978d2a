using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Walks over the keys of a type with SCAN, on every primary.</summary>
internal static partial class KeyScan
{
    private const int SlotCount = 16384;

    [LuaScript(File = "key_scan.lua")]
    private static partial RedisScript ScanScript { get; }

    public static async IAsyncEnumerable<TKey[]> PagesAsync<TKey>(
        RedisContext redis, ModelSchema schema, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TKey : struct, IRedisKey<TKey>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        byte[] prefix = Encoding.UTF8.GetBytes(redis.Prefix);
        RedisValue pattern = Encoding.UTF8.GetBytes(EscapeGlob(redis.Prefix) + TKey.Pattern);

        // A node is walked from its beginning to its end; then the cluster is asked again, for one that has got slots meanwhile.
        var walked = new HashSet<string>();
        while (await NextNodeAsync(redis, schema, walked, cancellationToken).ConfigureAwait(false) is var (node, routingKey))
        {
            RedisValue cursor = "0";
            string? server = null;
            bool completed = false;
            while (!completed)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RedisValue[] arguments = [cursor, pattern, pageSize.ToString(CultureInfo.InvariantCulture), schema.RedisType];
                var page = (RedisResult[])(await ScriptWait.Evaluate(ScanScript, redis, schema, [routingKey], arguments, cancellationToken).ConfigureAwait(false))!;
                string answered = (string)page[2]!;
                if ((server ??= answered) != answered)
                {
                    break;      // The slot has moved, or the server has been replaced: cursors of the one mean nothing to the other. Walk the node anew.
                }

                cursor = (RedisValue)page[0];
                completed = cursor == "0";
                TKey[] keys = Parse<TKey>((RedisResult[])page[1]!, prefix);
                if (keys.Length > 0)
                {
                    yield return keys;
                }
            }

            if (completed)
            {
                walked.Add(node);
            }
        }
    }

    private static TKey[] Parse<TKey>(RedisResult[] found, ReadOnlySpan<byte> prefix)
        where TKey : struct, IRedisKey<TKey>
    {
        var keys = new TKey[found.Length];
        int count = 0;
        foreach (RedisResult name in found)
        {
            ReadOnlySpan<byte> key = (byte[])name!;
            if (key.StartsWith(prefix) && TKey.TryParse(key[prefix.Length..], out TKey parsed))
            {
                keys[count++] = parsed;
            }
        }

        return count == keys.Length ? keys : keys[..count];
    }

    // A primary that was not walked yet, with a key that is routed to it: a hash tag of a slot that it owns. Outside of a cluster any key will do.
    private static async ValueTask<(string Node, RedisKey RoutingKey)?> NextNodeAsync(
        RedisContext redis, ModelSchema schema, HashSet<string> walked, CancellationToken cancellationToken)
    {
        if (!SlotGroups.IsCluster(redis.Connection))
        {
            return walked.Count == 0 ? ("", "scan") : null;
        }

        // Rows of first slot, last slot, primary, replicas; a node is host, port, id. The driver's own picture is as old as its connection.
        Task<RedisResult> slots = AdHocCommand.ExecuteAsync(redis.Database, "CLUSTER", "SLOTS");
        foreach (RedisResult row in (RedisResult[])(await OperationWait<RedisResult>.For(slots, redis, schema, "CLUSTER SLOTS", cancellationToken).ConfigureAwait(false))!)
        {
            var range = (RedisResult[])row!;
            string node = (string)((RedisResult[])range[2]!)[2]!;
            if (!walked.Contains(node))
            {
                return (node, TagOf(redis.Connection, (int)range[0]));
            }
        }

        return null;
    }

    private static RedisKey TagOf(IConnectionMultiplexer connection, int slot)
    {
        // Numbers spread evenly: on average one in 16,384 is of the slot.
        for (int i = 0; i < SlotCount * 64; i++)
        {
            RedisKey tag = "{" + i.ToString(CultureInfo.InvariantCulture) + "}";
            if (connection.HashSlot(tag) == slot)
            {
                return tag;
            }
        }

        throw new InvalidOperationException($"No hash tag was found for the cluster slot {slot}.");
    }

    private static string EscapeGlob(string text)
    {
        if (text.AsSpan().IndexOfAny("*?[]\\") < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (c is '*' or '?' or '[' or ']' or '\\')
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
