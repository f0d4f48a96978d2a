using TypedRedis.Tests.Keys;
using Xunit.Abstractions;
using static TypedRedis.Tests.Caching.LocalLevels;

namespace TypedRedis.Tests.Caching;

/// <summary>What stays where not all has room, against a cache that drops what was read least recently.</summary>
public class LocalLevelPolicyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(10_000)]
    public void What_is_read_often_survives_a_scan(int bound)
    {
        var level = new LocalLevel<UserKey, string>(bound, 0);
        var lru = new Lru(bound);
        int hot = bound / 2;
        for (int round = 0; round < 4; round++)
        {
            for (int key = 0; key < hot; key++)
            {
                Read(level, key);
                lru.Read(key);
            }
        }

        for (int key = 0; key < 20 * bound; key++)
        {
            Read(level, hot + key);
            lru.Read(hot + key);
        }

        int kept = Enumerable.Range(0, hot).Count(key => level.Has(key));
        output.WriteLine($"{bound}: {(double)kept / hot:P2} of the hot entries are there");
        Assert.InRange(kept, (int)Math.Ceiling(hot * 0.95), hot);
        Assert.DoesNotContain(Enumerable.Range(0, hot), key => lru.Has(key));
    }

    [Fact]
    public void What_is_read_often_survives_a_scan_where_bytes_are_bounded()
    {
        const long Bound = 1_000_000;
        var level = new LocalLevel<UserKey, string>(0, Bound);
        for (int round = 0; round < 4; round++)
        {
            for (int key = 0; key < 500; key++)
            {
                Read(level, key, 1_000);
            }
        }

        var random = new Random(2);
        for (int key = 0; key < 20_000; key++)
        {
            Read(level, 500 + key, random.Next(2_000));
        }

        int kept = Enumerable.Range(0, 500).Count(key => level.Has(key));
        output.WriteLine($"{kept / 500.0:P2} of the hot entries are there");
        Assert.InRange(kept, 475, 500);
    }

    [Fact]
    public void What_is_read_no_more_makes_room_in_the_end()
    {
        const int Bound = 1_000;
        var level = new LocalLevel<UserKey, string>(Bound, 0);
        for (int hot = 0; hot < 3; hot++)
        {
            // Each key again and again, so that all of them get into the main queue.
            for (int round = 0; round < 12; round++)
            {
                for (int key = 0; key < 800; key++)
                {
                    Read(level, (hot * 800) + key);
                    Read(level, (hot * 800) + key);
                    Read(level, (hot * 800) + key);
                }
            }

            int kept = Enumerable.Range(hot * 800, 800).Count(key => level.Has(key));
            output.WriteLine($"{kept / 800.0:P2} of the new hot entries are there");
            Assert.InRange(kept, 760, 800);
        }
    }

    [Fact]
    public void Two_reads_while_it_is_new_keep_an_entry_and_one_does_not()
    {
        var level = new LocalLevel<UserKey, string>(100, 0);
        LocalEntry<UserKey, string> once = Entry(1), twice = Entry(2);
        level.Add(once);
        level.Add(twice);
        Assert.True(level.Has(1) && level.Has(2) && level.Has(2));
        for (int key = 3; key <= 1_000; key++)
        {
            Read(level, key);
        }

        Assert.Equal((LocalQueue.Gone, LocalQueue.Main), (once.Queue, twice.Queue));
    }

    [Fact]
    public void What_comes_back_soon_after_it_left_goes_to_the_main_queue()
    {
        var level = new LocalLevel<UserKey, string>(100, 0);
        foreach (int key in Enumerable.Range(0, 120))
        {
            Read(level, key);
        }

        // It left as one of the first, and is remembered.
        Assert.False(level.Has(5));
        LocalEntry<UserKey, string> back = Entry(5), fresh = Entry(1_000);
        level.Add(back);
        level.Add(fresh);
        Assert.Equal((LocalQueue.Main, LocalQueue.Small), (back.Queue, fresh.Queue));
        Recount(level, 100, 0);
    }

    [Fact]
    public void What_was_invalidated_or_expired_while_it_was_read_often_comes_back_to_where_it_was()
    {
        var level = new LocalLevel<UserKey, string>(100, 0);
        foreach (int key in Enumerable.Range(0, 200))
        {
            level.Add(Entry(key, expires: key));
        }

        Assert.True(level.Has(198) && level.Has(198) && level.Has(199) && level.Has(199));
        level.Remove(new(199));
        level.Remove(new(197));
        level.RemoveExpired(198);
        LocalEntry<UserKey, string> expired = Entry(198), invalidated = Entry(199), unread = Entry(197);
        level.Add(expired);
        level.Add(invalidated);
        level.Add(unread);
        Assert.Equal((LocalQueue.Main, LocalQueue.Main, LocalQueue.Small), (expired.Queue, invalidated.Queue, unread.Queue));
        Recount(level, 100, 0);
    }

    [Fact]
    public void A_replaced_entry_keeps_its_place_and_its_reads()
    {
        var level = new LocalLevel<UserKey, string>(100, 0);
        LocalEntry<UserKey, string> first = Entry(1), second = Entry(1, version: 2);
        level.Add(first);
        Assert.True(level.Has(1) && level.Has(1));
        level.Add(second);
        Assert.Equal((LocalQueue.Gone, LocalQueue.Small, 2), (first.Queue, second.Queue, second.Uses));
        for (int key = 2; key <= 1_000; key++)
        {
            Read(level, key);
        }

        Assert.Equal(LocalQueue.Main, second.Queue);
        Recount(level, 100, 0);
    }

    [Theory]
    [InlineData(100, 10_000)]
    [InlineData(1_000, 10_000)]
    [InlineData(1_000, 100_000)]
    [InlineData(5_000, 100_000)]
    public void It_hits_more_often_than_least_recently_used_where_few_keys_are_read_often(int bound, int keys)
    {
        const int Reads = 400_000;
        var random = new Random(3);
        double[] below = new double[keys];
        double sum = 0;
        for (int key = 0; key < keys; key++)
        {
            below[key] = sum += 1.0 / (key + 1);
        }

        var level = new LocalLevel<UserKey, string>(bound, 0);
        var lru = new Lru(bound);
        int hits = 0, lruHits = 0;
        for (int read = 0; read < Reads; read++)
        {
            int index = Array.BinarySearch(below, random.NextDouble() * sum);
            int key = index < 0 ? ~index : index;
            hits += Read(level, key) ? 1 : 0;
            lruHits += lru.Read(key) ? 1 : 0;
        }

        output.WriteLine($"{bound} of {keys}: {(double)hits / Reads:P2}, least recently used {(double)lruHits / Reads:P2}");
        Assert.InRange(hits, lruHits, Reads);
        Recount(level, bound, 0);
    }

    // As a cache does: what is not there is loaded and added.
    private static bool Read(LocalLevel<UserKey, string> level, long key, int size = 100)
    {
        if (level.Has(key))
        {
            return true;
        }

        Assert.True(level.Add(Entry(key, size: size)));
        return false;
    }

    private sealed class Lru(int bound)
    {
        private readonly Dictionary<long, LinkedListNode<long>> _nodes = [];
        private readonly LinkedList<long> _order = [];

        public bool Has(long key) => _nodes.ContainsKey(key);

        public bool Read(long key)
        {
            if (_nodes.TryGetValue(key, out LinkedListNode<long>? node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
                return true;
            }

            if (_nodes.Count == bound)
            {
                _nodes.Remove(_order.Last!.Value);
                _order.RemoveLast();
            }

            _nodes.Add(key, _order.AddFirst(key));
            return false;
        }
    }
}
