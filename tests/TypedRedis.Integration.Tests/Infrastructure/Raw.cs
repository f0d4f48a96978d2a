using System.Globalization;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests;

/// <summary>What is in Redis, seen past TypedRedis and the driver.</summary>
internal static class Raw
{
    /// <summary>The fields and values of a hash.</summary>
    public static async Task<SortedDictionary<string, string>> HashAsync(this RedisServer server, string key)
    {
        var items = (await server.ExecuteAsync("HGETALL", key)).Items;
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i += 2)
            fields.Add(items[i].Text!, items[i + 1].Text!);
        return fields;
    }

    /// <summary>The keys that begin with a prefix, which has no character that a pattern would treat in a way of its own.</summary>
    public static async Task<string[]> KeysAsync(this RedisServer server, string prefix)
        => [.. (await server.ExecuteAsync("KEYS", prefix + "*")).Items.Select(item => item.Text!).Order(StringComparer.Ordinal)];

    public static async Task<bool> ExistsAsync(this RedisServer server, string key) => (await server.ExecuteAsync("EXISTS", key)).Integer == 1;

    /// <summary>A key's milliseconds; -1 = no expiry, -2 = no key.</summary>
    public static async Task<long> TimeToLiveAsync(this RedisServer server, string key) => (await server.ExecuteAsync("PTTL", key)).Integer;

    /// <summary>How many calls of a command the server has had.</summary>
    public static async Task<long> CallsAsync(this RedisServer server, string command)
    {
        string start = $"cmdstat_{command}:calls=";
        string? line = (await server.ExecuteAsync("INFO", "commandstats")).Text!.Split('\n').FirstOrDefault(one => one.StartsWith(start, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[start.Length..line.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    /// <summary>The full key of a typed one.</summary>
    public static string Full<TKey>(this RedisContext redis, TKey key)
        where TKey : struct, IRedisKey<TKey>
        => redis.Prefix + (string?)key.ToRedisKey();
}
