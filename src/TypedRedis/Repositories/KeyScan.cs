using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Walks over the keys of a type with SCAN, on every primary.</summary>
internal static partial class KeyScan
{
    [LuaScript(File = "key_scan.lua")]
    private static partial RedisScript ScanScript { get; }

    /// <summary>Walks over the keys of a model. Pages without any are left out.</summary>
    public static async IAsyncEnumerable<TKey[]> PagesAsync<TKey>(
        RedisContext redis, ModelSchema schema, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TKey : struct, IRedisKey<TKey>
    {
        await foreach (byte[][] page in PagesAsync(redis, schema, TKey.Pattern, schema.RedisType, pageSize, cancellationToken).ConfigureAwait(false))
        {
            TKey[] keys = Parse<TKey>(page);
            if (keys.Length > 0)
            {
                yield return keys;
            }
        }
    }

    /// <summary>Walks over keys, without the context's prefix. A page can be empty.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">Names the model in errors.</param>
    /// <param name="keyPattern">A glob pattern, without the context's prefix.</param>
    /// <param name="type">The type of the keys.</param>
    /// <param name="pageSize">How many keys of the database a step looks at.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public static async IAsyncEnumerable<byte[][]> PagesAsync(
        RedisContext redis, ModelSchema schema, string keyPattern, string type, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        byte[] prefix = Encoding.UTF8.GetBytes(redis.Prefix);
        RedisValue pattern = Encoding.UTF8.GetBytes(EscapeGlob(redis.Prefix) + keyPattern);

        // A node is walked from its beginning to its end; then the cluster is asked again, for one that has got slots meanwhile.
        var walked = new HashSet<string>();
        while (await NextNodeAsync(redis, schema, keyPattern, walked, cancellationToken).ConfigureAwait(false) is var (node, routingKey))
        {
            RedisValue cursor = "0";
            string? server = null;
            bool completed = false;
            while (!completed)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RedisValue[] arguments = [cursor, pattern, pageSize.ToString(CultureInfo.InvariantCulture), type];
                var page = (RedisResult[])(await ScriptWait.Evaluate(ScanScript, redis, schema, [routingKey], arguments, named: keyPattern, cancellationToken).ConfigureAwait(false))!;
                string answered = (string)page[2]!;
                if ((server ??= answered) != answered)
                {
                    break;      // The slot has moved, or the server has been replaced: cursors of the one mean nothing to the other. Walk the node anew.
                }

                cursor = (RedisValue)page[0];
                completed = cursor == "0";
                yield return
                [
                    .. ((RedisResult[])page[1]!).Select(static name => (byte[])name!)
                        .Where(name => name.AsSpan().StartsWith(prefix))
                        .Select(name => name[prefix.Length..]),
                ];
            }

            if (completed)
            {
                walked.Add(node);
            }
        }
    }

    private static TKey[] Parse<TKey>(byte[][] found)
        where TKey : struct, IRedisKey<TKey>
    {
        var keys = new TKey[found.Length];
        int count = 0;
        foreach (byte[] key in found)
        {
            if (TKey.TryParse(key.AsSpan(), out TKey parsed))
            {
                keys[count++] = parsed;
            }
        }

        return count == keys.Length ? keys : keys[..count];
    }

    // A primary that was not walked yet, with a key that is routed to it. Outside of a cluster any key will do.
    private static async ValueTask<(string Node, RedisKey RoutingKey)?> NextNodeAsync(
        RedisContext redis, ModelSchema schema, RedisKey named, HashSet<string> walked, CancellationToken cancellationToken)
    {
        foreach ((string node, string tag) in await PrimariesAsync(redis, schema, cancellationToken, named).ConfigureAwait(false))
        {
            if (!walked.Contains(node))
            {
                return (node, tag.Length == 0 ? "scan" : tag);
            }
        }

        return null;
    }

    /// <summary>The primaries of a cluster, each with a hash tag of a slot that it owns. Outside of a cluster one, with an empty tag, at no cost. One round trip.</summary>
    public static async ValueTask<List<(string Node, string Tag)>> PrimariesAsync(
        RedisContext redis, ModelSchema schema, CancellationToken cancellationToken, RedisKey? named = null)
    {
        if (!SlotGroups.IsCluster(redis.Connection))
        {
            return [("", "")];
        }

        // Rows of first slot, last slot, primary, replicas; a node is host, port, id. The driver's own picture is as old as its connection.
        var primaries = new List<(string Node, string Tag)>();
        Task<RedisResult> slots = AdHocCommand.ExecuteAsync(redis.Database, "CLUSTER", "SLOTS");
        RedisResult[] rows = (RedisResult[])(await OperationWait<RedisResult>.For(slots, redis, schema, named ?? "CLUSTER SLOTS", cancellationToken).ConfigureAwait(false))!;
        foreach (RedisResult[] range in rows.Select(static row => (RedisResult[])row!).OrderBy(static range => (int)range[0]))     // nodes before Redis 7 differ in their order
        {
            string node = (string)((RedisResult[])range[2]!)[2]!;
            if (!primaries.Exists(primary => primary.Node == node))
            {
                primaries.Add((node, SlotTags.Of(redis.Connection, (int)range[0])));
            }
        }

        return primaries;
    }

    /// <summary>Text that a pattern takes literally.</summary>
    public static string EscapeGlob(string text)
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
