namespace TypedRedis.Tests;

/// <summary>Counts the bytes that a call allocates on this thread.</summary>
internal static class Allocations
{
    private const int Calls = 1_000;

    /// <summary>The fewest bytes of several rounds: what the runtime allocates now and then for itself is not the call's.</summary>
    public static long PerCall(Action call)
    {
        long fewest = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int index = 0; index < Calls; index++)
            {
                call();
            }

            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, fewest % Calls);
        return fewest / Calls;
    }

    /// <summary>The size of an array of bytes: header, type, length and content, in words of eight bytes.</summary>
    public static long OfArray(int length) => (24 + length + 7) / 8 * 8;

    /// <summary>The size of a string.</summary>
    public static long OfString(int length) => (22 + (2 * length) + 7) / 8 * 8;
}
