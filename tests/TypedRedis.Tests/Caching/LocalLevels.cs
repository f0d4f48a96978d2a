using System.Reflection;
using TypedRedis.Tests.Keys;

namespace TypedRedis.Tests.Caching;

/// <summary>What the tests of the level in the process share.</summary>
internal static class LocalLevels
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;
    private static readonly string Shared = "";

    /// <summary>An entry that counts one where entries are bounded.</summary>
    public static LocalEntry<UserKey, string> Entry(long key, long version = 1, int size = 100, long expires = long.MaxValue, ulong[]? tags = null)
        => new(new UserKey(key), Shared, null, size, expires, expires, version, 0, tags);

    /// <summary>Adds an entry as a reader does that nothing came in between.</summary>
    public static bool Add(this LocalLevel<UserKey, string> level, LocalEntry<UserKey, string> entry) => level.TryAdd(entry, level.EpochOf(entry.Key));

    public static bool Has(this LocalLevel<UserKey, string> level, long key) => level.TryGet(new UserKey(key), out _);

    /// <summary>Counts again what the level counts as it goes, in its table and in its queues.</summary>
    public static void Recount(LocalLevel<UserKey, string> level, int maxEntries, long maxBytes)
    {
        var table = new HashSet<LocalEntry<UserKey, string>>();
        foreach (LocalEntry<UserKey, string>? first in Field<LocalEntry<UserKey, string>?[]>(level, "_buckets"))
        {
            for (LocalEntry<UserKey, string>? entry = first; entry is not null; entry = entry.Next)
            {
                Assert.True(table.Add(entry), "The table has an entry twice.");
                byte uses = entry.Uses;
                Assert.True(level.TryGet(entry.Key, out LocalEntry<string>? found));
                Assert.Same(entry, found);
                entry.Uses = uses;
            }
        }

        var queued = new HashSet<LocalEntry<UserKey, string>>();
        foreach ((string name, LocalQueue queue) in new[] { ("_small", LocalQueue.Small), ("_main", LocalQueue.Main) })
        {
            object fifo = Field<object>(level, name);
            LocalEntry<UserKey, string>? older = null;
            long weight = 0;
            for (var entry = (LocalEntry<UserKey, string>?)fifo.GetType().GetProperty("Oldest")!.GetValue(fifo); entry is not null; older = entry, entry = entry.Newer)
            {
                Assert.True(queued.Add(entry), "The queues have an entry twice.");
                Assert.Same(older, entry.Older);
                Assert.Equal(queue, entry.Queue);
                weight += maxEntries > 0 ? 1 : Math.Max(entry.Size, 128);
            }

            Assert.Same(older, Field<LocalEntry<UserKey, string>?>(fifo, "_newest"));
            Assert.Equal(weight, fifo.GetType().GetProperty("Weight")!.GetValue(fifo));
        }

        Assert.Equal(table, queued);
        Assert.Equal(table.Count, level.Count);
        Assert.Equal(table.Sum(static entry => (long)entry.Size), level.Bytes);
        Bounded(level, maxEntries, maxBytes);
    }

    public static void Bounded(LocalLevel<UserKey, string> level, int maxEntries, long maxBytes)
    {
        if (maxEntries > 0)
        {
            Assert.InRange(level.Count, 0, maxEntries);
        }
        else
        {
            Assert.InRange(level.Bytes, 0, maxBytes);
            Assert.InRange(level.Count, 0, maxBytes / 128);
        }
    }

    private static T Field<T>(object of, string name) => (T)of.GetType().GetField(name, Private)!.GetValue(of)!;
}
