using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Which items of a batch are sent where a key stands several times. A batch has no order that the server would keep (a script that has to be sent again comes
/// later than its successors), so each key is sent once.
/// </summary>
internal static class BatchOrder
{
    /// <summary>The entities of a batch, none of which is null.</summary>
    public static TEntity[] Materialize<TEntity>(IEnumerable<TEntity> entities)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(entities);
        TEntity[] all = [.. entities];
        int missing = Array.FindIndex(all, static entity => entity is null);
        return missing < 0 ? all : throw new ArgumentException($"The entity at position {missing} is null.", nameof(entities));
    }

    /// <summary>The keys as the driver takes them. All of them before anything is sent: one that cannot be formatted leaves nothing behind.</summary>
    public static RedisKey[] Format<TKey>(TKey[] keys)
        where TKey : struct, IRedisKey<TKey>
        => Array.ConvertAll(keys, static key => key.ToRedisKey());

    /// <summary>The positions of the first item of each key.</summary>
    public static int[] FirstOf<TKey>(ReadOnlySpan<TKey> keys)
        where TKey : struct
    {
        var positions = new int[keys.Length];
        var seen = new HashSet<TKey>(keys.Length);
        int count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (seen.Add(keys[i]))
            {
                positions[count++] = i;
            }
        }

        return count == positions.Length ? positions : positions[..count];
    }

    /// <summary>The positions of the last item of each key.</summary>
    public static int[] LastOf<TKey>(ReadOnlySpan<TKey> keys)
        where TKey : struct
    {
        var last = new Dictionary<TKey, int>(keys.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            last[keys[i]] = i;
        }

        int[] positions = [.. last.Values];
        Array.Sort(positions);
        return positions;
    }

    /// <summary>Gives the answers to the items that were sent to the other items of the same keys too.</summary>
    public static void Spread<TKey>(ReadOnlySpan<TKey> keys, ReadOnlySpan<int> sent, Span<bool> answers)
        where TKey : struct
    {
        if (sent.Length == keys.Length)
        {
            return;
        }

        var byKey = new Dictionary<TKey, bool>(sent.Length);
        foreach (int position in sent)
        {
            byKey.Add(keys[position], answers[position]);
        }

        for (int i = 0; i < keys.Length; i++)
        {
            answers[i] = byKey[keys[i]];
        }
    }
}
