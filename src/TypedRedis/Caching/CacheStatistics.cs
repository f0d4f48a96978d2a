namespace TypedRedis;

/// <summary>What a cache has counted in this process, at one moment.</summary>
public sealed record CacheStatistics
{
    /// <summary>Reads that the process's own level answered.</summary>
    public long LocalHits { get; init; }

    /// <summary>Reads that Redis answered with an entity.</summary>
    public long RedisHits { get; init; }

    /// <summary>Those of <see cref="RedisHits"/> that a copy of the entry in another slot answered; see <see cref="CacheAsideAttribute.HotCopies"/>.</summary>
    public long CopyHits { get; init; }

    /// <summary>Reads that Redis answered with the knowledge that there is none.</summary>
    public long NegativeHits { get; init; }

    /// <summary>Reads that got an entity past its time to live, because the source failed, is slow or is being asked.</summary>
    public long StaleHits { get; init; }

    /// <summary>Reads that neither level answered.</summary>
    public long Misses { get; init; }

    /// <summary>Calls of the source, in the background too. A load of many keys is one.</summary>
    public long Loads { get; init; }

    /// <summary>Loads that failed, by key.</summary>
    public long LoadFailures { get; init; }

    /// <summary>Loads in the background of entries that were due.</summary>
    public long Refreshes { get; init; }

    /// <summary>Waits for a load of another process.</summary>
    public long Waits { get; init; }

    /// <summary>Entries that were stored after a load, or a write of the source: entities, and that there are none.</summary>
    public long Stores { get; init; }

    /// <summary>Entries that were not stored after a load, or a write of the source, because their key was invalidated or written meanwhile, or Redis did not answer.</summary>
    public long RefusedStores { get; init; }

    /// <summary>Invalidations by this process: of keys, tags and everything.</summary>
    public long Invalidations { get; init; }

    /// <summary>Reads that went to the source past Redis, because it does not answer or a write was under way.</summary>
    public long Bypasses { get; init; }

    /// <summary>Calls that Redis did not answer.</summary>
    public long RedisFailures { get; init; }

    /// <summary>Entries that could not be read, and were loaded again.</summary>
    public long UndecodableEntries { get; init; }

    /// <summary>Writes that workers of a write-behind cache have carried to the source.</summary>
    public long QueuedWrites { get; init; }

    /// <summary>Attempts to do so that failed.</summary>
    public long QueuedWriteFailures { get; init; }

    /// <summary>Writes that became dead letters.</summary>
    public long DeadLetters { get; init; }

    /// <summary>How often the log of invalidated tags was lost, by eviction or FLUSHALL, so that all older entries were dropped.</summary>
    public long LostTagLogs { get; init; }

    /// <summary>How often the process's own level was cleared because messages may have been missed.</summary>
    public long LocalResets { get; init; }

    /// <summary>Entries of the process's own level that gave way to others.</summary>
    public long LocalEvictions { get; init; }

    /// <summary>How many entries the process's own level has now.</summary>
    public int LocalEntries { get; init; }

    /// <summary>The bytes of their values as they are in Redis.</summary>
    public long LocalBytes { get; init; }

    /// <summary>Whether the process's own level is in use now: it is not in the first fraction of a second, and while messages may be missing.</summary>
    public bool IsLocalTrusted { get; init; }

    /// <summary>Whether reads go past Redis now, because it did not answer several times.</summary>
    public bool IsRedisBypassed { get; init; }

    /// <summary>The share of reads that did not miss, from 0 to 1; 0 where there was none.</summary>
    public double HitRatio
    {
        get
        {
            double hits = LocalHits + RedisHits + NegativeHits + StaleHits;
            return hits + Misses == 0 ? 0 : hits / (hits + Misses);
        }
    }

    internal static CacheStatistics Of(CacheCounters counters, int entries, long bytes, long evictions, bool isTrusted, bool isBypassed) => new()
    {
        LocalHits = counters[CacheEvent.LocalHit],
        RedisHits = counters[CacheEvent.RedisHit],
        CopyHits = counters[CacheEvent.CopyHit],
        NegativeHits = counters[CacheEvent.NegativeHit],
        StaleHits = counters[CacheEvent.StaleHit],
        Misses = counters[CacheEvent.Miss],
        Loads = counters[CacheEvent.Load],
        LoadFailures = counters[CacheEvent.LoadFailure],
        Refreshes = counters[CacheEvent.Refresh],
        Waits = counters[CacheEvent.Wait],
        Stores = counters[CacheEvent.Store],
        RefusedStores = counters[CacheEvent.RefusedStore],
        Invalidations = counters[CacheEvent.Invalidation],
        Bypasses = counters[CacheEvent.Bypass],
        RedisFailures = counters[CacheEvent.RedisFailure],
        UndecodableEntries = counters[CacheEvent.Undecodable],
        QueuedWrites = counters[CacheEvent.QueuedWrite],
        QueuedWriteFailures = counters[CacheEvent.QueuedWriteFailure],
        DeadLetters = counters[CacheEvent.DeadLetter],
        LostTagLogs = counters[CacheEvent.LostLog],
        LocalResets = counters[CacheEvent.Reset],
        LocalEvictions = evictions,
        LocalEntries = entries,
        LocalBytes = bytes,
        IsLocalTrusted = isTrusted,
        IsRedisBypassed = isBypassed,
    };
}
