using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>
/// A database behind caches in several processes: another server, which nothing happens to. It counts the loads, and keeps what readers must see: of each key, the revisions whose invalidation has
/// returned, and when. Processes of one machine share the monotonic clock that this is told by.
/// </summary>
internal sealed class Database(IDatabase store, string prefix) : ICacheSource<ThingKey, Thing>
{
    private const string Floor = """
        local floor = 0
        for i = 1, 2 do
          for _, revision in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], '-inf', ARGV[i])) do
            floor = math.max(floor, tonumber(revision))
          end
        end
        return floor
        """;

    /// <summary>Whether loads take a random time.</summary>
    public bool IsSlow { get; init; }

    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    public Task<long> RaiseAsync(long id) => store.HashIncrementAsync(Key("revision"), id);

    public async Task<long> LoadsAsync(long id) => (long)await store.HashGetAsync(Key("loads"), id);

    public async Task<long> LoadsAsync() => (await store.HashValuesAsync(Key("loads"))).Sum(static count => (long)count);

    /// <summary>What the source does: nothing else, <c>throw</c>, or <c>hold</c> until it is told to go on.</summary>
    public Task BehaveAsync(string how) => store.StringSetAsync(Key("how"), how);

    /// <summary>A revision whose invalidation has returned: of the key, or of a tag.</summary>
    public Task ReturnedAsync(long id, long revision, bool byTag) => store.SortedSetAddAsync(Key(byTag ? $"tag:{id}" : $"key:{id}"), revision, Now);

    /// <summary>The least revision that a read may give that begins now: invalidations of the key count that returned before <paramref name="key"/>, of tags before <paramref name="tag"/>.</summary>
    public async Task<long> FloorAsync(long id, long key, long tag)
        => (long)await store.ScriptEvaluateAsync(Floor, [Key($"key:{id}"), Key($"tag:{id}")], [key, tag]);

    public Task NoteTokenAsync(long id, ConsistencyToken token, long revision) => store.StringSetAsync(Key($"token:{id}"), $"{token} {revision}");

    public async Task<(ConsistencyToken Token, long Revision)?> TokenAsync(long id)
    {
        string? text = await store.StringGetAsync(Key($"token:{id}"));
        if (text is null)
            return null;
        string[] parts = text.Split(' ');
        Assert.True(ConsistencyToken.TryParse(parts[0], out ConsistencyToken token));
        return (token, long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public async ValueTask<Thing?> LoadAsync(ThingKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        await store.HashIncrementAsync(Key("loads"), key.Id);
        string? how = await store.StringGetAsync(Key("how"));
        long revision = (long)await store.HashGetAsync(Key("revision"), key.Id);
        if (how == "throw")
            throw new InvalidOperationException("The source refuses.");
        while (how == "hold")
        {
            await Task.Delay(5, cancellationToken);
            how = await store.StringGetAsync(Key("how"));
        }

        if (IsSlow)
            await Task.Delay(Random.Shared.Next(0, 8), cancellationToken);
        return new Thing { Id = key.Id, Revision = revision, Category = CategoryOf(key.Id) };
    }

    /// <summary>Every third key has the same category; some have none.</summary>
    public static string CategoryOf(long id) => id >= 100 ? "" : $"{id % 3}";

    private RedisKey Key(string name) => $"{prefix}{name}";
}
