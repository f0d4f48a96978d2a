using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Walks over the keys of a type with SCAN, on every primary.</summary>
internal static class KeyScan
{
    private const int SlotCount = 16384;

    private static readonly RedisScript ScanScript = RedisScript.Load("key_scan");

    public static async IAsyncEnumerable<TKey[]> PagesAsync<TKey>(
        RedisContext redis, ModelSchema schema, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TKey : struct, IRedisKey<TKey>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        byte[] prefix = Encoding.UTF8.GetBytes(redis.Prefix);
        RedisValue pattern = Encoding.UTF8.GetBytes(EscapeGlob(redis.Prefix) + TKey.Pattern);
        foreach (RedisKey node in NodeKeys(redis.Connection))
        {
            RedisValue cursor = "0";
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                RedisValue[] arguments = [cursor, pattern, pageSize.ToString(CultureInfo.InvariantCulture), schema.RedisType];
                var page = (RedisResult[])(await ScriptWait.Evaluate(ScanScript, redis, schema, [node], arguments, cancellationToken).ConfigureAwait(false))!;
                cursor = (RedisValue)page[0];
                TKey[] keys = Parse<TKey>((RedisResult[])page[1]!, prefix);
                if (keys.Length > 0)
                {
                    yield return keys;
                }
            }
            while (cursor != "0");
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

    // One key per primary that lives there: a hash tag of a slot that it owns. Outside a cluster any key will do.
    private static List<RedisKey> NodeKeys(IConnectionMultiplexer connection)
    {
        foreach (System.Net.EndPoint endPoint in connection.GetEndPoints())
        {
            if (connection.GetServer(endPoint) is { IsConnected: true, ClusterConfiguration: { } cluster })
            {
                return [.. cluster.Nodes.Where(static node => node.Slots.Count > 0).Select(node => TagOf(connection, node.Slots[0].From))];
            }
        }

        return ["scan"];
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
