using System.Runtime.CompilerServices;
using TypedRedis.Tests.Keys;
using Xunit.Abstractions;
using static TypedRedis.Tests.Caching.LocalLevels;

namespace TypedRedis.Tests.Caching;

/// <summary>Other tests must not run beside these: they measure what the process holds.</summary>
[CollectionDefinition(nameof(LocalLevelMemoryTests), DisableParallelization = true)]
public sealed class LocalLevelMemoryCollection;

/// <summary>What the level in the process costs besides keys and values.</summary>
[Collection(nameof(LocalLevelMemoryTests))]
public class LocalLevelMemoryTests(ITestOutputHelper output)
{
    private const int Entries = 100_000;

    [Theory]
    [InlineData(Entries, 0)]
    [InlineData(0, Entries * 128L)]
    public void An_entry_costs_150_bytes_at_most(int maxEntries, long maxBytes)
    {
        // What earlier tests left behind may be let go of meanwhile, and counts then as if an entry gave memory back: two in a row that agree say what an entry costs.
        double before = double.NaN, cost = PerEntry(maxEntries, maxBytes);
        for (int attempt = 1; attempt < 20 && !(Math.Abs(cost - before) < 1); attempt++)
        {
            (before, cost) = (cost, PerEntry(maxEntries, maxBytes));
            output.WriteLine($"{cost:0.0} bytes per entry");
        }

        Assert.InRange(cost, before - 1, before + 1);
        Assert.InRange(cost, 100, 150);
    }

    [Fact]
    public void What_was_removed_is_not_held()
    {
        var level = new LocalLevel<UserKey, string>(1_000, 0);
        WeakReference[] removed = Churn(level);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.DoesNotContain(removed, static one => one.IsAlive);
        Assert.Equal(1_000, level.Count);
        Recount(level, 1_000, 0);
        GC.KeepAlive(level);
    }

    // Twice as many as there is room for, so that hashes of those that left are there too.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double PerEntry(int maxEntries, long maxBytes)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var level = new LocalLevel<UserKey, string>(maxEntries, maxBytes);
        for (int key = 0; key < 2 * Entries; key++)
        {
            level.Add(Entry(key));
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(Entries, level.Count);
        return (after - before) / (double)Entries;
    }

    // Removed, evicted, expired or replaced.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Churn(LocalLevel<UserKey, string> level)
    {
        var removed = new List<WeakReference>();
        for (int key = 0; key < 3_000; key++)
        {
            LocalEntry<UserKey, string> entry = Entry(key, expires: key % 2 == 0 ? 1 : long.MaxValue);
            removed.Add(new WeakReference(entry));
            level.Add(entry);
            if (key % 5 == 0 || key % 3 == 0)
            {
                level.Remove(new(key));
            }
        }

        level.RemoveExpired(1);
        for (int key = 0; key < 3_000; key++)
        {
            level.Add(Entry(key, version: 2));
        }

        return [.. removed];
    }
}
