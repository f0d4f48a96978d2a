using System.Collections.Concurrent;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Hash tags by the slots of a cluster that they lead to.</summary>
internal static class SlotTags
{
    /// <summary>How many slots a cluster has.</summary>
    public const int SlotCount = 16_384;

    private static readonly ConcurrentDictionary<int, string> Known = new();

    /// <summary>A hash tag, with its braces, of a slot: of any process the same.</summary>
    public static string Of(IConnectionMultiplexer connection, int slot)
    {
        if (Known.TryGetValue(slot, out string? known))
        {
            return known;
        }

        // Numbers spread evenly: on average one in 16,384 is of the slot.
        for (int i = 0; i < SlotCount * 64; i++)
        {
            string tag = "{" + i.ToString(CultureInfo.InvariantCulture) + "}";
            if (connection.HashSlot(tag) == slot)
            {
                Known[slot] = tag;
                return tag;
            }
        }

        throw new InvalidOperationException($"No hash tag was found for the cluster slot {slot}.");
    }
}
