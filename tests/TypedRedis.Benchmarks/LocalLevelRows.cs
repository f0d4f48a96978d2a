using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace TypedRedis.Benchmarks;

/// <summary>The level of a cache in the process against the table of a cache that has no bound and forgets nothing.</summary>
internal static class LocalLevelRows
{
    private const int Reads = 100_000;
    private const int Keys = 1_000;

    public static async Task<bool> CompareAsync()
    {
        Console.WriteLine($"reads in the process, {Reads:N0} at a time, of {Keys:N0} keys (theirs: ConcurrentDictionary.TryGetValue)");
        bool kept = await CompareAsync("key of a number", index => new PlainItemKey(index), 1.25);
        kept &= await CompareAsync("key of a text of 16 characters", index => new TextKey($"customer-{index:0000000}"), 1.25);
        return kept;
    }

    private static Task<bool> CompareAsync<TKey>(string name, Func<int, TKey> keyOf, double maxTime)
        where TKey : struct
    {
        TKey[] keys = [.. Enumerable.Range(0, Keys).Select(keyOf)];
        var level = new LocalLevel<TKey, string>(10_000, 0);
        var dictionary = new ConcurrentDictionary<TKey, LocalEntry<string>>();
        foreach (TKey key in keys)
        {
            level.TryAdd(Entry(key), level.EpochOf(key));
            dictionary[key] = Entry(key);
        }

        return Paired.CompareAsync(
            name,
            () =>
            {
                Keep(Read(level, keys));
                return Task.CompletedTask;
            },
            () =>
            {
                Keep(Read(dictionary, keys));
                return Task.CompletedTask;
            },
            maxTime,
            1.0);

        static LocalEntry<TKey, string> Entry(TKey key) => new(key, "", null, 0, long.MaxValue, long.MaxValue, 1, 0, null);
    }

    private static long Read<TKey>(LocalLevel<TKey, string> level, TKey[] keys)
        where TKey : struct
    {
        long sum = 0;
        for (int turn = 0; turn < Reads / Keys; turn++)
        {
            foreach (TKey key in keys)
            {
                if (level.TryGet(key, out LocalEntry<string>? entry))
                {
                    sum += entry.Version;
                }
            }
        }

        return sum;
    }

    private static long Read<TKey>(ConcurrentDictionary<TKey, LocalEntry<string>> dictionary, TKey[] keys)
        where TKey : struct
    {
        long sum = 0;
        for (int turn = 0; turn < Reads / Keys; turn++)
        {
            foreach (TKey key in keys)
            {
                if (dictionary.TryGetValue(key, out LocalEntry<string>? entry))
                {
                    sum += entry.Version;
                }
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep<T>(T value) => GC.KeepAlive(value);

    // As the generator emits keys, but for their text.
    private readonly record struct TextKey(string Name);
}
