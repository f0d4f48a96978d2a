using FsCheck;
using FsCheck.Fluent;
using TypedRedis.Tests.Keys;
using static TypedRedis.Tests.Caching.LocalLevels;

namespace TypedRedis.Tests.Caching;

/// <summary>Random operations on the level in the process and on a dictionary without a bound: what is present is what was added last and not removed since.</summary>
public class LocalLevelModelTests
{
    private const int Keys = 60;

    public static TheoryData<int, long> Bounds => new()
    {
        { 1, 0 }, { 2, 0 }, { 3, 0 }, { 10, 0 }, { 40, 0 }, { 1_000, 0 },
        { 0, 100 }, { 0, 128 }, { 0, 1_000 }, { 0, 5_000 }, { 0, 1_000_000 },
    };

    [Theory, MemberData(nameof(Bounds))]
    public void It_does_as_the_model(int maxEntries, long maxBytes)
        => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => Run(seed, maxEntries, maxBytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static void Run(int seed, int maxEntries, long maxBytes)
    {
        var random = new Random(seed);
        var level = new LocalLevel<UserKey, string>(maxEntries, maxBytes);
        var model = new Dictionary<long, LocalEntry<UserKey, string>>();
        var noted = new (long Epoch, int Turn)[Keys];
        var invalidated = new int[Keys];
        int lastInvalidation = 0;
        long largest = maxEntries > 0 ? long.MaxValue : Math.Min(maxBytes, Math.Max(maxBytes / 8, 128));
        for (int turn = 1; turn <= 600; turn++)
        {
            long key = random.Next(Keys);
            long evictions = level.Evictions;
            switch (random.Next(100))
            {
                case < 20:
                    noted[key] = (level.EpochOf(new(key)), turn);
                    break;
                case < 60:
                    (long epoch, int at) = random.Next(2) == 0 ? noted[key] : (level.EpochOf(new(key)), turn);
                    LocalEntry<UserKey, string> entry = Entry(key, random.Next(4) + (turn / 100), random.Next(8) == 0 ? random.Next(1_500) : random.Next(200), turn + random.Next(200));
                    bool later = level.Find(new(key))?.Version > entry.Version;
                    bool added = level.TryAdd(entry, epoch);
                    LocalEntry<UserKey, string>? now = level.Find(new(key));
                    bool fits = maxEntries > 0 || Math.Max(entry.Size, 128) <= largest;
                    if (invalidated[key] > at)
                    {
                        Assert.False(added);
                    }
                    else if (lastInvalidation <= at)
                    {
                        Assert.Equal(fits && !later, added);
                    }

                    if (added)
                    {
                        model[key] = entry;
                        Assert.Same(entry, now);
                    }
                    else if (!fits && !later && epoch == level.EpochOf(new(key)))
                    {
                        model.Remove(key);
                        Assert.Null(now);
                    }

                    break;
                case < 75:
                    level.TryGet(new(key), out _);
                    break;
                case < 90:
                    level.Remove(new(key));
                    model.Remove(key);
                    invalidated[key] = lastInvalidation = turn;
                    break;
                case < 92:
                    level.Clear();
                    model.Clear();
                    Array.Fill(invalidated, lastInvalidation = turn);
                    Assert.Equal(0, level.Count);
                    break;
                default:
                    level.RemoveExpired(turn);
                    foreach (long one in model.Keys.Where(one => model[one].Expires <= turn).ToArray())
                    {
                        model.Remove(one);
                    }

                    break;
            }

            Present(level, model);
            Recount(level, maxEntries, maxBytes);
            if (level.Evictions > evictions)
            {
                // Nothing leaves while there is room.
                Assert.True(maxEntries == 0 || level.Count == maxEntries);
            }
        }

        if (maxEntries >= Keys || maxBytes >= Keys * 1_500L)
        {
            Assert.Equal(0, level.Evictions);
            Assert.Equal(model.Count, level.Count);
        }
    }

    private static void Present(LocalLevel<UserKey, string> level, Dictionary<long, LocalEntry<UserKey, string>> model)
    {
        int found = 0;
        for (long key = 0; key < Keys; key++)
        {
            if (level.Find(new(key)) is { } entry)
            {
                Assert.Same(model.GetValueOrDefault(key), entry);
                found++;
            }
        }

        Assert.Equal(found, level.Count);
    }
}
