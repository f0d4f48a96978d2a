namespace TypedRedis;

/// <summary>What caches count.</summary>
internal enum CacheEvent
{
    LocalHit,
    RedisHit,
    Miss,
    NegativeHit,
    StaleHit,
    Load,
    LoadFailure,
    Refresh,
    Wait,
    Store,
    RefusedStore,
    Invalidation,
    Bypass,
    RedisFailure,
    Undecodable,
    LostLog,
    Reset,
    QueuedWrite,
    QueuedWriteFailure,
    DeadLetter,
    CopyHit,
}

/// <summary>Counts events: on each processor apart, so that readers of the process's own level do not wait for one another.</summary>
internal sealed class CacheCounters
{
    private static readonly int Events = Enum.GetValues<CacheEvent>().Length;
    private static readonly int Stride = (Events + 15) & ~7;      // with a cache line between two of them

    private readonly long[] _counts;
    private readonly int _mask;

    public CacheCounters()
    {
        int lanes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 64));
        _mask = lanes - 1;
        _counts = new long[lanes * Stride];
    }

    public void Add(CacheEvent what, long count = 1)
        => Interlocked.Add(ref _counts[((Thread.GetCurrentProcessorId() & _mask) * Stride) + (int)what], count);

    public long this[CacheEvent what]
    {
        get
        {
            long sum = 0;
            for (int i = (int)what; i < _counts.Length; i += Stride)
            {
                sum += Volatile.Read(ref _counts[i]);
            }

            return sum;
        }
    }
}
