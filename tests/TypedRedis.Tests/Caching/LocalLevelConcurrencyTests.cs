using TypedRedis.Tests.Keys;
using static TypedRedis.Tests.Caching.LocalLevels;

namespace TypedRedis.Tests.Caching;

/// <summary>The level in the process under many threads.</summary>
public class LocalLevelConcurrencyTests
{
    private const int Threads = 6;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(10, 0)]
    [InlineData(100, 0)]
    [InlineData(100_000, 0)]
    [InlineData(0, 300)]
    [InlineData(0, 20_000)]
    public async Task Bounds_and_accounts_hold(int maxEntries, long maxBytes)
    {
        var level = new LocalLevel<UserKey, string>(maxEntries, maxBytes);
        await RunAsync(Threads, thread =>
        {
            var random = new Random(thread);
            for (int turn = 0; turn < 30_000; turn++)
            {
                long key = random.Next(300);
                switch (random.Next(1_000))
                {
                    case < 500:
                        level.Add(Entry(key, turn, random.Next(400), expires: turn + random.Next(5_000)));
                        Bounded(level, maxEntries, maxBytes);
                        break;
                    case < 850:
                        if (level.TryGet(new(key), out LocalEntry<string>? entry))
                        {
                            Assert.Equal(key, ((LocalEntry<UserKey, string>)entry).Key.Id);
                        }

                        break;
                    case < 990:
                        level.Remove(new(key));
                        break;
                    case < 995:
                        level.RemoveExpired(turn);
                        break;
                    default:
                        level.Clear();
                        break;
                }
            }
        });
        Recount(level, maxEntries, maxBytes);
    }

    // The source of truth is a number per key that grows and is raised before its key is invalidated, as a write to Redis is. Readers note the epoch, read the number and add it.
    [Fact]
    public async Task Nothing_older_than_an_invalidation_that_returned_is_seen()
    {
        const int Keys = 8;
        var level = new LocalLevel<UserKey, string>(Keys / 2, 0);
        long[] truth = new long[Keys];
        long[] invalidated = new long[Keys];
        int writing = 2;
        long added = 0, hits = 0;
        await RunAsync(Threads, thread =>
        {
            var random = new Random(thread);
            if (thread < 2)
            {
                // Each writes keys of its own.
                for (int turn = 0; turn < 500_000; turn++)
                {
                    long key = (random.Next(Keys / 2) * 2) + thread;
                    long version = ++truth[key];
                    switch (random.Next(100))
                    {
                        case 0:
                            level.Clear();
                            break;
                        default:
                            level.Remove(new(key));
                            break;
                    }

                    Volatile.Write(ref invalidated[key], version);
                }

                Interlocked.Decrement(ref writing);
                return;
            }

            while (Volatile.Read(ref writing) > 0)
            {
                long key = random.Next(Keys);
                long floor = Volatile.Read(ref invalidated[key]);
                if (level.TryGet(new(key), out LocalEntry<string>? entry))
                {
                    // The size is the version here: versions themselves would keep older entries out where epochs do not.
                    Assert.InRange(entry.Size, floor, long.MaxValue);
                    Interlocked.Increment(ref hits);
                    continue;
                }

                long epoch = level.EpochOf(new(key));
                long read = Volatile.Read(ref truth[key]);
                if (random.Next(4) == 0)
                {
                    Thread.Yield();
                }

                if (level.TryAdd(Entry(key, size: (int)read), epoch))
                {
                    Interlocked.Increment(ref added);
                }
            }
        });
        Assert.True(added > 0 && hits > 0);
        Recount(level, Keys / 2, 0);
    }

    [Fact]
    public async Task What_is_there_is_found_while_the_table_grows()
    {
        for (int round = 0; round < 20; round++)
        {
            var level = new LocalLevel<UserKey, string>(1_000_000, 0);
            foreach (int key in Enumerable.Range(0, 16))
            {
                level.Add(Entry(key));
            }

            int adding = 1;
            await RunAsync(3, thread =>
            {
                if (thread == 0)
                {
                    for (int key = 16; key < 40_000; key++)
                    {
                        level.Add(Entry(key));
                    }

                    Volatile.Write(ref adding, 0);
                    return;
                }

                while (Volatile.Read(ref adding) != 0)
                {
                    for (int key = 0; key < 16; key++)
                    {
                        Assert.True(level.Has(key));
                    }
                }
            });
            Recount(level, 1_000_000, 0);
        }
    }

    [Fact]
    public async Task All_that_have_expired_are_removed_while_the_table_grows()
    {
        // The table has 65,536 buckets, and grows when it has as many entries.
        const int Before = 65_500, Added = 2_000;
        for (int round = 0; round < 10; round++)
        {
            var level = new LocalLevel<UserKey, string>(1_000_000, 0);
            for (int key = 0; key < Before; key++)
            {
                level.Add(Entry(key, expires: key % 100 == 0 ? 1 : long.MaxValue));
            }

            using var together = new Barrier(2);
            await RunAsync(2, thread =>
            {
                together.SignalAndWait();
                if (thread == 1)
                {
                    level.RemoveExpired(1);
                    return;
                }

                for (int key = 0; key < Added; key++)
                {
                    Assert.True(level.Add(Entry(Before + key)));
                }
            });
            Assert.Equal((Before - (Before / 100)) + Added, level.Count);
            Recount(level, 1_000_000, 0);
        }
    }

    private static Task RunAsync(int threads, Action<int> body)
        => Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(() => body(thread), TaskCreationOptions.LongRunning)));
}
