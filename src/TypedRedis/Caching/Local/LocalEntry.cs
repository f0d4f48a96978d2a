namespace TypedRedis;

/// <summary>An entry of the level in the process. Immutable once it is added, except <see cref="VerifiedEdition"/> and what the level keeps for itself.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
internal abstract class LocalEntry<TEntity>
    where TEntity : class
{
    /// <summary>The entity; null where the source has none, or <see cref="Payload"/> holds it.</summary>
    public readonly TEntity? Value;

    /// <summary>The encoded value where each reader gets an instance of its own (<see cref="LocalInstances.Decoded"/>), else null.</summary>
    public readonly byte[]? Payload;

    /// <summary>The hashes of its tags; null for none.</summary>
    public readonly ulong[]? Tags;

    /// <summary>After this a reader must look closer: the earlier of expiry and the time to refresh. Monotonic milliseconds.</summary>
    public readonly long Due;

    /// <summary>When it ends. Monotonic milliseconds.</summary>
    public readonly long Expires;

    /// <summary>The version of the entry in Redis.</summary>
    public readonly long Version;

    /// <summary>The tag clock that was known when its load began.</summary>
    public readonly long TagClock;

    /// <summary>The edition of the table of tags in which its tags were last found valid; -1 for none. Readers write it without a lock: whichever of them is last, it is an edition in which they were.</summary>
    public long VerifiedEdition = -1;

    /// <summary>The bytes of the value.</summary>
    public readonly int Size;

    /// <summary>Whether the value stands in copies in Redis, and not here: the entry says which it is.</summary>
    public readonly bool IsElsewhere;

    // The level's own, in what would be padding. Uses is written by readers, without a lock.
    internal byte Uses;
    internal LocalQueue Queue;

    private protected LocalEntry(TEntity? value, byte[]? payload, int size, long due, long expires, long version, long tagClock, ulong[]? tags, bool isElsewhere)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        Value = value;
        Payload = payload;
        Size = size;
        Due = due;
        Expires = expires;
        Version = version;
        TagClock = tagClock;
        Tags = tags;
        IsElsewhere = isElsewhere;
    }
}

/// <summary>An entry with its key. It is the node of the level's table and queues too: one object per entry.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
/// <param name="key">The key.</param>
/// <param name="value">The entity, or null.</param>
/// <param name="payload">The encoded value, or null.</param>
/// <param name="size">The bytes of the value.</param>
/// <param name="due">When a reader must look closer.</param>
/// <param name="expires">When it ends.</param>
/// <param name="version">The version of the entry in Redis.</param>
/// <param name="tagClock">The tag clock that was known when its load began.</param>
/// <param name="tags">The hashes of its tags; null for none.</param>
/// <param name="isElsewhere">Whether its value stands in copies in Redis.</param>
internal sealed class LocalEntry<TKey, TEntity>(TKey key, TEntity? value, byte[]? payload, int size, long due, long expires, long version, long tagClock, ulong[]? tags, bool isElsewhere = false)
    : LocalEntry<TEntity>(value, payload, size, due, expires, version, tagClock, tags, isElsewhere)
    where TKey : struct
    where TEntity : class
{
    /// <summary>The key.</summary>
    public readonly TKey Key = key;

    // Next in the bucket stays as it is when the entry is taken out: a reader that stands on it goes on from there.
    internal LocalEntry<TKey, TEntity>? Next;
    internal LocalEntry<TKey, TEntity>? Older;
    internal LocalEntry<TKey, TEntity>? Newer;
}

/// <summary>Where an entry is.</summary>
internal enum LocalQueue : byte
{
    /// <summary>It was not added yet.</summary>
    None,

    /// <summary>Among the new ones.</summary>
    Small,

    /// <summary>Among those that were read again while they were new.</summary>
    Main,

    /// <summary>It was taken out.</summary>
    Gone,
}
