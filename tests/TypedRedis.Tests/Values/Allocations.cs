namespace TypedRedis.Tests;

/// <summary>Counts the bytes that a call allocates on this thread.</summary>
internal static class Allocations
{
    private const int Calls = 1_000;

    public static long PerCall(Action call)
    {
        Run(call);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(call);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, bytes % Calls);
        return bytes / Calls;
    }

    /// <summary>The size of an array of bytes: header, type, length and content, in words of eight bytes.</summary>
    public static long OfArray(int length) => (24 + length + 7) / 8 * 8;

    /// <summary>The size of a string.</summary>
    public static long OfString(int length) => (22 + (2 * length) + 7) / 8 * 8;

    private static void Run(Action call)
    {
        for (int index = 0; index < Calls; index++)
        {
            call();
        }
    }
}
