using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>What the caches of these tests hold. It can be changed, so that it shows where readers share an instance.</summary>
public sealed class Thing
{
    public long Id { get; set; }

    public long Revision { get; set; }

    public string Category { get; set; } = "";

    public List<string> Notes { get; set; } = [];
}

/// <summary>How a cache of things is declared.</summary>
public interface IThingCacheKind
{
    static abstract CacheSchema Schema { get; }
}

/// <summary>What the schemas of these tests have in common.</summary>
internal static class Schemas
{
    public const uint Shape = 0x0BADCAFE;

    // Longer than any test waits, so that nothing is made good by the end of a lease.
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
}

/// <summary>Redis only.</summary>
public sealed class Shared : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, NegativeTtl = TimeSpan.FromMinutes(1), LoadTimeout = Schemas.Patience,
    };
}

/// <summary>With a level in the process.</summary>
public sealed class Near : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, NegativeTtl = TimeSpan.FromMinutes(1), LoadTimeout = Schemas.Patience, LocalTtl = TimeSpan.FromMinutes(10), LocalEntries = 1000, Instances = LocalInstances.Decoded,
    };
}

/// <summary>The same with copies instead of decoding.</summary>
public sealed class NearCloned : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, NegativeTtl = TimeSpan.FromMinutes(1), LoadTimeout = Schemas.Patience, LocalTtl = TimeSpan.FromMinutes(10), LocalEntries = 1000, Instances = LocalInstances.Cloned,
    };
}

/// <summary>All readers share the instance.</summary>
public sealed class NearShared : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, NegativeTtl = TimeSpan.FromMinutes(1), LoadTimeout = Schemas.Patience, LocalTtl = TimeSpan.FromMinutes(10), LocalEntries = 1000, Instances = LocalInstances.Shared,
    };
}

/// <summary>Nothing in the process: what is read often is read from copies in other slots of a cluster.</summary>
public sealed class Copied : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, NegativeTtl = TimeSpan.FromMinutes(1), LoadTimeout = Schemas.Patience, HotTtl = TimeSpan.FromMinutes(10), HotReads = 1, HotCopies = 3, LocalEntries = 1000, Instances = LocalInstances.Cloned,
    };
}

/// <summary>The same for a moment.</summary>
public sealed class CopiedBriefly : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, LoadTimeout = Schemas.Patience, HotTtl = TimeSpan.FromSeconds(1), HotReads = 1, HotCopies = 3, LocalEntries = 1000,
    };
}

/// <summary>As applications have it, with a short lease.</summary>
public sealed class Brief : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, LoadTimeout = TimeSpan.FromSeconds(3),
    };
}

/// <summary>Another shape of the same model under the same keys. Absence is not remembered.</summary>
public sealed class OtherShape : IThingCacheKind
{
    public static CacheSchema Schema { get; } = new("Tests.Thing", "thing:{}", Schemas.Shape + 1)
    {
        Expiry = TimeSpan.FromHours(1), Jitter = 0, LoadTimeout = Schemas.Patience,
    };
}

public readonly record struct ThingKey(long Id) : IRedisKey<ThingKey>
{
    public static implicit operator ThingKey(long id) => new(id);

    public static string Pattern => "thing:*";

    public RedisKey ToRedisKey() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"thing:{Id}"));

    public static bool TryParse(ReadOnlySpan<char> key, out ThingKey result)
    {
        result = default;
        if (!key.StartsWith("thing:") || !long.TryParse(key[6..], NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            return false;
        result = new(id);
        return true;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8Key, out ThingKey result) => TryParse(Encoding.UTF8.GetString(utf8Key), out result);
}

public readonly struct ThingMapper<TKind> : ICacheMapper<Thing, ThingKey>
    where TKind : IThingCacheKind
{
    /// <summary>Called with what was read, in any context.</summary>
    public static Action<Thing>? OnRead { get; set; }

    public static CacheSchema Schema => TKind.Schema;

    public static ThingKey KeyOf(Thing entity) => new(entity.Id);

    public static void Write(Thing entity, IBufferWriter<byte> output, in CodecContext context) => context.WriteJson(entity, output);

    public static Thing Read(ReadOnlySpan<byte> value, in CodecContext context)
    {
        Thing thing = context.ReadJson<Thing>(value);
        OnRead?.Invoke(thing);
        return thing;
    }

    public static CacheTag[] TagsOf(Thing entity) => entity.Category.Length == 0 ? [] : [Things.Tag(entity.Category)];

    public static Thing Clone(Thing entity) => Things.Copy(entity);
}

public class ThingCache<TKind> : EntityCache<Thing, ThingKey, ThingMapper<TKind>>
    where TKind : IThingCacheKind
{
    public ThingCache(RedisContext redis)
        : base(redis)
    {
    }

    public ThingCache(RedisContext redis, ICacheSource<ThingKey, Thing> source)
        : base(redis, source)
    {
    }
}

internal static class Things
{
    public static CacheTag Tag(string category) => CacheTag.Of("category-" + category);

    public static Thing Copy(Thing thing) => new() { Id = thing.Id, Revision = thing.Revision, Category = thing.Category, Notes = [.. thing.Notes] };
}

/// <summary>A source in memory, whose loads can be held.</summary>
internal sealed class ThingSource : ICacheSource<ThingKey, Thing>
{
    private readonly ConcurrentDictionary<long, Thing> _things = new();
    private int _loads;

    /// <summary>Loads, by key.</summary>
    public ConcurrentDictionary<long, int> LoadsOf { get; } = new();

    /// <summary>All keys that were loaded, one load of many counting for each.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>Called when a load has read its entity and is about to return it.</summary>
    public Func<long, Task> Hold { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Says how entries are stored.</summary>
    public Action<long, CacheLoad>? How { get; set; }

    public void Put(long id, long revision = 1, string category = "") => _things[id] = new Thing { Id = id, Revision = revision, Category = category };

    public void Remove(long id) => _things.TryRemove(id, out _);

    public Thing? Find(long id) => _things.TryGetValue(id, out Thing? thing) ? Things.Copy(thing) : null;

    public async ValueTask<Thing?> LoadAsync(ThingKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        LoadsOf.AddOrUpdate(key.Id, 1, static (_, count) => count + 1);
        Thing? thing = Find(key.Id);
        How?.Invoke(key.Id, load);
        await Hold(key.Id).WaitAsync(cancellationToken);
        return thing;
    }

    public async ValueTask<IEnumerable<Thing>> LoadManyAsync(IReadOnlyList<ThingKey> keys, CacheBatchLoad<ThingKey> load, CancellationToken cancellationToken)
    {
        var found = new List<Thing>();
        foreach (ThingKey key in keys)
        {
            Interlocked.Increment(ref _loads);
            LoadsOf.AddOrUpdate(key.Id, 1, static (_, count) => count + 1);
            if (Find(key.Id) is { } thing)
                found.Add(thing);
            How?.Invoke(key.Id, load[key]);
        }

        await Task.WhenAll(keys.Select(key => Hold(key.Id))).WaitAsync(cancellationToken);
        return found;
    }
}

/// <summary>Stops a load where it stands, and lets it go on.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;

    /// <summary>For <see cref="ThingSource.Hold"/>: holds the first load, and no other.</summary>
    public Task First(long id) => Interlocked.Increment(ref _passed) == 1 ? Pass() : Task.CompletedTask;

    /// <summary>Holds all loads.</summary>
    public Task All(long id) => Pass();

    public Task ReachedAsync() => _reached.Task.EndsAsync();

    public void Open() => _open.TrySetResult();

    private Task Pass()
    {
        _reached.TrySetResult();
        return _open.Task;
    }
}

/// <summary>The system's clock, set forward as a test wishes. Timers run as ever.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _shift;

    public TimeSpan Wall { get; init; }

    public void Advance(TimeSpan time) => Interlocked.Add(ref _shift, (long)(time.TotalSeconds * TimestampFrequency));

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _shift);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Wall;
}
