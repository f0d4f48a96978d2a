using System.Buffers.Binary;
using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// When each tag was invalidated last, as far as this process knows: an entry counts where its load began later. Times are of the cache's log in Redis, which is the truth;
/// the table follows it by messages, and by reading the log where they are not to be trusted. Thread-safe.
/// </summary>
internal sealed class TagTable
{
    // So many are not worth a walk.
    private const int FewTags = 10_000;

    private readonly ConcurrentDictionary<ulong, long> _last = new();
    private long _clock;
    private long _floor;
    private long _complete;
    private long _edition;

    /// <summary>The latest time that is known. An entry whose load begins now gets it; an older one than the true one is safe.</summary>
    public long Clock => Volatile.Read(ref _clock);

    /// <summary>Up to where the log was read: what was invalidated later is known as far as messages told of it.</summary>
    public long Complete => Volatile.Read(ref _complete);

    /// <summary>Grows with each change of the table. An older invalidation can become known after a later one, so that the clock does not tell of it.</summary>
    public long Edition => Volatile.Read(ref _edition);

    /// <summary>When everything was invalidated last.</summary>
    public long Floor => Volatile.Read(ref _floor);

    /// <summary>When a tag was invalidated last; 0 where that is not known, or never.</summary>
    public long LastOf(ulong tag) => _last.TryGetValue(tag, out long last) ? last : 0;

    /// <summary>Whether an entry counts.</summary>
    public bool IsValid(long tagClock, ulong[]? tags)
    {
        if (tagClock < Floor)
        {
            return false;
        }

        foreach (ulong tag in tags ?? [])
        {
            if (LastOf(tag) > tagClock)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A tag was invalidated.</summary>
    public void Invalidate(ulong tag, long time)
    {
        _last.AddOrUpdate(tag, static (_, time) => time, static (_, known, time) => Math.Max(known, time), time);
        Interlocked.Increment(ref _edition);
        Raise(ref _clock, time);    // last: who reads the clock finds the tags of that time
    }

    /// <summary>Forgets tags whose last invalidation is that long ago, in µs: no entry lives that was loaded before it. An entry that seems to be was loaded later, by a process that did not know of it.</summary>
    public void Forget(long age)
    {
        if (_last.Count < FewTags)
        {
            return;
        }

        long before = Clock - age;
        foreach ((ulong tag, long time) in _last)
        {
            if (time < before)
            {
                _last.TryRemove(new KeyValuePair<ulong, long>(tag, time));
            }
        }
    }

    /// <summary>Everything was invalidated.</summary>
    public void InvalidateAll(long time)
    {
        Raise(ref _floor, time);
        Interlocked.Increment(ref _edition);
        Raise(ref _clock, time);
    }

    /// <summary>Takes up a reply of <c>cache_tags.lua</c>.</summary>
    /// <returns>Whether there is more in the log.</returns>
    public bool Take(RedisResult[] reply)
    {
        long floor = (long)reply[2];
        if (floor > Floor)
        {
            InvalidateAll(floor);
        }

        for (int i = 4; i < reply.Length; i += 2)
        {
            ulong tag = BinaryPrimitives.ReadUInt64LittleEndian((byte[])reply[i]!);
            long time = (long)reply[i + 1];
            if (time > LastOf(tag))
            {
                Invalidate(tag, time);
            }
        }

        Raise(ref _clock, (long)reply[1]);
        Raise(ref _complete, (long)reply[1]);
        return (long)reply[3] == 1;
    }

    private static void Raise(ref long place, long value)
    {
        long known = Volatile.Read(ref place);
        while (value > known)
        {
            long before = Interlocked.CompareExchange(ref place, value, known);
            if (before == known)
            {
                return;
            }

            known = before;
        }
    }
}
