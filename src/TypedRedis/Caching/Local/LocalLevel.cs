using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace TypedRedis;

/// <summary>
/// The level of a cache in the process: a table of entries, bounded by their number or by the bytes of their values, with epochs that keep a value out that was read before its key was
/// invalidated.
/// </summary>
/// <remarks>
/// <para>
/// What stays is decided by S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO Queues are All You Need for Cache Eviction", SOSP 2023). New entries wait in a small queue, a tenth of the bound;
/// those that were read twice there move on to the main queue, the others leave and only their hashes are remembered. One that comes back while it is remembered goes to the main queue at
/// once. The main queue gives an entry another round for each read, up to three. So a scan of keys that are read once passes through the small queue alone. Beyond the paper: an entry that is
/// replaced keeps its place and its reads, and one that is removed or expires while it would have been kept is remembered too, so that it comes back to where it was.
/// </para>
/// <para>
/// A read takes no lock, allocates nothing, and writes to memory only the first three times after an entry was looked at for eviction. (A read that finds nothing while the table grows
/// looks again under the lock.) Changes take one lock for the whole level, for less than a microsecond on average: they follow a round trip to Redis, and one order of all entries makes the bound
/// exact and the choice of what leaves the best. Epochs are striped, so that invalidating a key does not keep the values of other keys out.
/// </para>
/// <para>An entry costs about 135 bytes besides its value, its tags and the strings of its key: itself, its place in the table, and the hash of one that left.</para>
/// </remarks>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
internal sealed class LocalLevel<TKey, TEntity>
    where TKey : struct
    where TEntity : class
{
    // Two bits of reads, as in the paper.
    private const int MaxUses = 3;

    // What an entry counts at least where bytes are bounded: about what it takes itself. Otherwise there would be no bound for those of entities that the source does not have.
    private const int MinWeight = 128;

    // How many entries one eviction spares at most, and how many buckets are gone through at once, so that no call holds the lock for long.
    private const int MaxSpared = 1024;
    private const int Chunk = 1024;

    private const int MinBuckets = 16;
    private const int MaxStripes = 1024;

    private readonly Lock _changing = new();
    private readonly long[] _epochs;
    private readonly bool _byEntries;
    private readonly long _bound;
    private readonly long _smallBound;
    private readonly long _largest;
    private readonly int _maxBuckets;
    private LocalEntry<TKey, TEntity>?[] _buckets;
    private LocalGhosts? _ghosts;
    private Fifo _small;
    private Fifo _main;

    // Odd while the table grows: a search may then leave its bucket for another.
    private int _moves;
    private int _count;
    private long _bytes;
    private long _evictions;

    /// <summary>Makes an empty level.</summary>
    /// <param name="maxEntries">How many entries it holds at most; 0 where <paramref name="maxBytes"/> is the bound.</param>
    /// <param name="maxBytes">How many bytes of values it holds at most, each entry counting 128 at least; 0 where <paramref name="maxEntries"/> is the bound. One of more than an eighth of them is not admitted.</param>
    public LocalLevel(int maxEntries, long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxEntries);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        if (maxEntries > 0 == maxBytes > 0)
        {
            throw new ArgumentException("One of the two bounds must be 0, and the other more.");
        }

        _byEntries = maxEntries > 0;
        _bound = _byEntries ? maxEntries : maxBytes;
        _smallBound = Math.Max(1, _bound / 10);
        _largest = _byEntries ? 1 : Math.Min(_bound, Math.Max(_bound / 8, MinWeight));
        _maxBuckets = _byEntries ? maxEntries : int.MaxValue;
        _epochs = new long[_byEntries ? (int)Math.Min(MaxStripes, BitOperations.RoundUpToPowerOf2((uint)maxEntries)) : MaxStripes];
        _buckets = NewTable();
    }

    /// <summary>How many entries there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The bytes of their values.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many entries had to leave for others since the level was made.</summary>
    public long Evictions => Volatile.Read(ref _evictions);

    /// <summary>Finds the entry of a key, and notes that it was read. O(1), no lock, no allocation. It may have expired.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out LocalEntry<TEntity>? entry)
    {
        int moves = Volatile.Read(ref _moves);
        LocalEntry<TKey, TEntity>?[] buckets = Volatile.Read(ref _buckets);
        for (LocalEntry<TKey, TEntity>? node = Volatile.Read(ref buckets[IndexIn(buckets, Hash(key))]); node is not null; node = Volatile.Read(ref node.Next))
        {
            if (EqualityComparer<TKey>.Default.Equals(node.Key, key))
            {
                byte uses = node.Uses;
                if (uses < MaxUses)
                {
                    node.Uses = (byte)(uses + 1);
                }

                entry = node;
                return true;
            }
        }

        if ((moves & 1) != 0 || Volatile.Read(ref _moves) != moves)
        {
            lock (_changing)
            {
                entry = Find(key);
                return entry is not null;
            }
        }

        entry = null;
        return false;
    }

    /// <summary>The epoch of a key. To note before its value is read from Redis, and to give to <see cref="TryAdd"/> with the value.</summary>
    public long EpochOf(TKey key) => Volatile.Read(ref EpochSlot(Hash(key)));

    /// <summary>Adds an entry, or replaces that of the same key. Others leave for it, so that the bound holds when this returns. O(1) on average.</summary>
    /// <param name="entry">The entry. It can be added once.</param>
    /// <param name="epoch">The epoch that its key had before its value was read.</param>
    /// <returns>False, and nothing added, where the key may have been invalidated since, there is an entry of a later version, or the value is too large. A value that is too large takes the older entry of its key away.</returns>
    public bool TryAdd(LocalEntry<TKey, TEntity> entry, long epoch)
    {
        uint hash = Hash(entry.Key);
        lock (_changing)
        {
            if (entry.Queue != LocalQueue.None)
            {
                throw new InvalidOperationException("The entry was added before.");
            }

            if (EpochSlot(hash) != epoch)
            {
                return false;
            }

            LocalEntry<TKey, TEntity>? old = Find(entry.Key);
            if (old is not null && old.Version > entry.Version)
            {
                return false;
            }

            long weight = WeightOf(entry);
            LocalQueue queue = LocalQueue.Small;
            if (weight > _largest)
            {
                if (old is not null)
                {
                    TakeOut(old, hash);
                }

                return false;
            }

            if (old is not null)
            {
                queue = old.Queue;
                entry.Uses = old.Uses;
                if (_small.Weight + _main.Weight - WeightOf(old) + weight <= _bound)
                {
                    Replace(old, entry, hash, weight);
                    return true;
                }

                TakeOut(old, hash);
            }
            else if (_ghosts is not null && _ghosts.Take(hash))
            {
                queue = LocalQueue.Main;
            }

            while (_small.Weight + _main.Weight + weight > _bound)
            {
                Evict();
            }

            if (_count >= _buckets.Length && _buckets.Length < _maxBuckets)
            {
                Grow();
            }

            ref LocalEntry<TKey, TEntity>? bucket = ref _buckets[IndexIn(_buckets, hash)];
            entry.Next = bucket;
            QueueOf(queue).Add(entry, queue, weight);
            Volatile.Write(ref bucket, entry);
            Volatile.Write(ref _count, _count + 1);
            Volatile.Write(ref _bytes, _bytes + entry.Size);
            return true;
        }
    }

    /// <summary>Invalidates a key: takes its entry out, and keeps out values of it that were read before. O(1).</summary>
    public void Remove(TKey key)
    {
        uint hash = Hash(key);
        lock (_changing)
        {
            ref long epoch = ref EpochSlot(hash);
            Volatile.Write(ref epoch, epoch + 1);
            if (Find(key) is { } entry)
            {
                Forget(entry, hash);
            }
        }
    }

    /// <summary>Invalidates all keys. O(stripes).</summary>
    public void Clear()
    {
        lock (_changing)
        {
            RaiseEpochs();
            Volatile.Write(ref _buckets, NewTable());
            _ghosts = null;
            _small = default;
            _main = default;
            Volatile.Write(ref _count, 0);
            Volatile.Write(ref _bytes, 0);
        }
    }

    /// <summary>Takes the entries out that have expired. O(entries); the lock is held for a part of them at a time.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    public void RemoveExpired(long now)
    {
        LocalEntry<TKey, TEntity>?[]? buckets = null;
        for (int start = 0; ; start += Chunk)
        {
            lock (_changing)
            {
                if (buckets != _buckets)
                {
                    buckets = _buckets;
                    start = 0;
                }

                int end = Math.Min(start + Chunk, buckets.Length);
                for (int index = start; index < end; index++)
                {
                    for (LocalEntry<TKey, TEntity>? node = buckets[index]; node is not null; node = node.Next)
                    {
                        if (node.Expires <= now)
                        {
                            Forget(node, Hash(node.Key));
                        }
                    }
                }

                if (end == buckets.Length)
                {
                    return;
                }
            }
        }
    }

    /// <summary>The entry of a key. Under the lock; it is not noted as read.</summary>
    internal LocalEntry<TKey, TEntity>? Find(TKey key)
    {
        LocalEntry<TKey, TEntity>? node = _buckets[IndexIn(_buckets, Hash(key))];
        while (node is not null && !EqualityComparer<TKey>.Default.Equals(node.Key, key))
        {
            node = node.Next;
        }

        return node;
    }

    private static LocalEntry<TKey, TEntity>?[] NewTable(int length) => new LocalEntry<TKey, TEntity>?[length];

    // The hash codes of numbers are the numbers: a fold, and Knuth's multiplication, which spreads them over the upper bits that tables are indexed by.
    private static uint Hash(TKey key)
    {
        uint hash = (uint)EqualityComparer<TKey>.Default.GetHashCode(key);
        return (hash ^ (hash >> 16)) * 0x9E3779B9;
    }

    private static int IndexIn(LocalEntry<TKey, TEntity>?[] buckets, uint hash) => (int)(((ulong)hash * (uint)buckets.Length) >> 32);

    // Whether an eviction would let it stay.
    private static bool IsKept(LocalEntry<TKey, TEntity> entry) => entry.Uses > (entry.Queue == LocalQueue.Main ? 0 : 1);

    private LocalEntry<TKey, TEntity>?[] NewTable() => NewTable(Math.Min(MinBuckets, _maxBuckets));

    private ref long EpochSlot(uint hash) => ref _epochs[(int)(((ulong)hash * (uint)_epochs.Length) >> 32)];

    private long WeightOf(LocalEntry<TKey, TEntity> entry) => _byEntries ? 1 : Math.Max(entry.Size, MinWeight);

    private ref Fifo QueueOf(LocalQueue queue) => ref (queue == LocalQueue.Main ? ref _main : ref _small);

    private void RaiseEpochs()
    {
        foreach (ref long epoch in _epochs.AsSpan())
        {
            Volatile.Write(ref epoch, epoch + 1);
        }
    }

    private void Evict()
    {
        int spared = 0;
        if (_small.Weight >= _smallBound || _main.Oldest is null)
        {
            while (_small.Oldest is { } entry && spared < MaxSpared)
            {
                if (!IsKept(entry))
                {
                    uint hash = Hash(entry.Key);
                    Remember(hash);
                    Leave(entry, hash);
                    return;
                }

                long weight = WeightOf(entry);
                _small.Remove(entry, weight);
                entry.Uses = 0;
                _main.Add(entry, LocalQueue.Main, weight);
                spared++;
            }
        }

        LocalEntry<TKey, TEntity> oldest = _main.Oldest!;
        for (; IsKept(oldest) && spared < MaxSpared; spared++, oldest = _main.Oldest!)
        {
            long weight = WeightOf(oldest);
            _main.Remove(oldest, weight);
            oldest.Uses--;
            _main.Add(oldest, LocalQueue.Main, weight);
        }

        Leave(oldest, Hash(oldest.Key));
    }

    private void Leave(LocalEntry<TKey, TEntity> entry, uint hash)
    {
        TakeOut(entry, hash);
        Volatile.Write(ref _evictions, _evictions + 1);
    }

    // For entries that leave for another reason than room.
    private void Forget(LocalEntry<TKey, TEntity> entry, uint hash)
    {
        if (_ghosts is not null && IsKept(entry))
        {
            Remember(hash);
        }

        TakeOut(entry, hash);
    }

    // As many as the main queue has entries.
    private void Remember(uint hash) => (_ghosts ??= new LocalGhosts(GhostsFor(_buckets.Length))).Add(hash);

    private static int GhostsFor(int buckets) => (int)(buckets * 9L / 10);

    private void TakeOut(LocalEntry<TKey, TEntity> entry, uint hash)
    {
        Volatile.Write(ref LinkTo(entry, hash), entry.Next);
        QueueOf(entry.Queue).Remove(entry, WeightOf(entry));
        entry.Queue = LocalQueue.Gone;
        Volatile.Write(ref _count, _count - 1);
        Volatile.Write(ref _bytes, _bytes - entry.Size);
    }

    private void Replace(LocalEntry<TKey, TEntity> old, LocalEntry<TKey, TEntity> entry, uint hash, long weight)
    {
        entry.Next = old.Next;
        QueueOf(old.Queue).Replace(old, WeightOf(old), entry, weight);
        Volatile.Write(ref LinkTo(old, hash), entry);
        Volatile.Write(ref _bytes, _bytes - old.Size + entry.Size);
    }

    private ref LocalEntry<TKey, TEntity>? LinkTo(LocalEntry<TKey, TEntity> entry, uint hash)
    {
        ref LocalEntry<TKey, TEntity>? link = ref _buckets[IndexIn(_buckets, hash)];
        while (link != entry)
        {
            link = ref link!.Next;
        }

        return ref link;
    }

    private void Grow()
    {
        LocalEntry<TKey, TEntity>?[] from = _buckets;
        LocalEntry<TKey, TEntity>?[] to = NewTable((int)Math.Min(Math.Min(from.Length * 2L, _maxBuckets), Array.MaxLength));
        Interlocked.Increment(ref _moves);
        foreach (LocalEntry<TKey, TEntity>? first in from)
        {
            LocalEntry<TKey, TEntity>? next;
            for (LocalEntry<TKey, TEntity>? node = first; node is not null; node = next)
            {
                next = node.Next;
                ref LocalEntry<TKey, TEntity>? bucket = ref to[IndexIn(to, Hash(node.Key))];
                Volatile.Write(ref node.Next, bucket);
                bucket = node;
            }
        }

        Volatile.Write(ref _buckets, to);
        Interlocked.Increment(ref _moves);
        _ghosts = _ghosts?.Grown(GhostsFor(to.Length));
    }

    // Doubly linked through its entries, so that one can leave from the middle without a trace.
    private struct Fifo
    {
        private LocalEntry<TKey, TEntity>? _newest;

        public LocalEntry<TKey, TEntity>? Oldest { get; private set; }

        public long Weight { get; private set; }

        public void Add(LocalEntry<TKey, TEntity> entry, LocalQueue queue, long weight)
        {
            entry.Queue = queue;
            entry.Older = _newest;
            if (_newest is null)
            {
                Oldest = entry;
            }
            else
            {
                _newest.Newer = entry;
            }

            _newest = entry;
            Weight += weight;
        }

        public void Remove(LocalEntry<TKey, TEntity> entry, long weight)
        {
            Link(entry, entry.Newer, entry.Older);
            Weight -= weight;
        }

        public void Replace(LocalEntry<TKey, TEntity> old, long oldWeight, LocalEntry<TKey, TEntity> entry, long weight)
        {
            entry.Queue = old.Queue;
            entry.Older = old.Older;
            entry.Newer = old.Newer;
            Link(old, entry, entry);
            old.Queue = LocalQueue.Gone;
            Weight += weight - oldWeight;
        }

        // Has the neighbours of an entry point elsewhere, and the entry nowhere: what is gone must hold nothing alive.
        private void Link(LocalEntry<TKey, TEntity> entry, LocalEntry<TKey, TEntity>? newer, LocalEntry<TKey, TEntity>? older)
        {
            if (entry.Older is null)
            {
                Oldest = newer;
            }
            else
            {
                entry.Older.Newer = newer;
            }

            if (entry.Newer is null)
            {
                _newest = older;
            }
            else
            {
                entry.Newer.Older = older;
            }

            entry.Older = null;
            entry.Newer = null;
        }
    }
}
