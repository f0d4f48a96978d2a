using TypedRedis.Tests.Keys;
using static TypedRedis.Tests.Caching.LocalLevels;

namespace TypedRedis.Tests.Caching;

/// <summary>The level of a cache in the process: what it finds, what it keeps out, and that it stays within its bound.</summary>
public class LocalLevelTests
{
    [Fact]
    public void An_entry_is_found_as_it_was_added()
    {
        var level = new LocalLevel<NameKey, string>(10, 0);
        ulong[] tags = [1, 2];
        byte[] payload = [1];
        var entry = new LocalEntry<NameKey, string>(new("a"), "value", payload, size: 7, due: 3, expires: 4, version: 5, tagClock: 6, tags);
        Assert.True(level.TryAdd(entry, level.EpochOf(new("a"))));

        Assert.True(level.TryGet(new(new string('a', 1)), out LocalEntry<string>? found));
        Assert.Same(entry, found);
        Assert.Equal("value", found.Value);
        Assert.Same(payload, found.Payload);
        Assert.Same(tags, found.Tags);
        Assert.Equal((7, 3, 4, 5, 6, -1), (found.Size, found.Due, found.Expires, found.Version, found.TagClock, found.VerifiedEdition));
        Assert.Equal((1, 7), (level.Count, level.Bytes));
        Assert.False(level.TryGet(new("b"), out _));
        Assert.False(level.TryGet(default, out _));
    }

    [Fact]
    public void An_entry_is_added_once()
    {
        var level = new LocalLevel<UserKey, string>(10, 0);
        LocalEntry<UserKey, string> entry = Entry(1);
        Assert.True(level.Add(entry));
        Assert.Throws<InvalidOperationException>(() => level.Add(entry));
        level.Remove(new(1));
        Assert.Throws<InvalidOperationException>(() => level.Add(entry));
    }

    [Fact]
    public void A_later_version_replaces_an_entry_and_an_earlier_one_does_not()
    {
        var level = new LocalLevel<UserKey, string>(10, 0);
        Assert.True(level.Add(Entry(1, version: 5, size: 50)));
        Assert.False(level.Add(Entry(1, version: 4, size: 40)));
        Assert.Equal(50, level.Bytes);
        LocalEntry<UserKey, string> same = Entry(1, version: 5, size: 51);
        Assert.True(level.Add(same));
        Assert.Equal((1, 51), (level.Count, level.Bytes));
        Assert.True(level.TryGet(new(1), out LocalEntry<string>? found));
        Assert.Same(same, found);
        Recount(level, 10, 0);
    }

    [Fact]
    public void A_value_read_before_its_key_was_invalidated_stays_out()
    {
        var level = new LocalLevel<UserKey, string>(1000, 0);
        long noted = level.EpochOf(new(1));

        // Whether the entry was there or not.
        level.Remove(new(1));
        Assert.False(level.TryAdd(Entry(1), noted));
        Assert.False(level.Has(1));

        noted = level.EpochOf(new(1));
        Assert.True(level.TryAdd(Entry(1), noted));
        level.Remove(new(1));
        Assert.False(level.TryAdd(Entry(1, version: 2), noted));
        Assert.False(level.Has(1));

        noted = level.EpochOf(new(1));
        level.Clear();
        Assert.False(level.TryAdd(Entry(1), noted));

        noted = level.EpochOf(new(1));
        level.RemoveExpired(long.MaxValue);
        Assert.True(level.TryAdd(Entry(1), noted));
        Recount(level, 1000, 0);
    }

    [Fact]
    public void Invalidating_a_key_lets_the_values_of_nearly_all_others_in()
    {
        var level = new LocalLevel<UserKey, string>(10_000, 0);
        long[] noted = [.. Enumerable.Range(0, 10_000).Select(key => level.EpochOf(new(key)))];
        level.Remove(new(0));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(key => !level.TryAdd(Entry(key), noted[key])), 1, 100);
    }

    [Fact]
    public void Clearing_removes_all()
    {
        var level = new LocalLevel<UserKey, string>(100, 0);
        Fill(level, 200);
        level.Clear();
        Assert.Equal((0, 0), (level.Count, level.Bytes));
        Assert.All(Enumerable.Range(0, 200), key => Assert.False(level.Has(key)));
        Recount(level, 100, 0);
        Fill(level, 200);
        Assert.Equal(100, level.Count);
        Recount(level, 100, 0);
    }

    [Fact]
    public void Expired_entries_are_removed_and_others_stay()
    {
        var level = new LocalLevel<UserKey, string>(10_000, 0);
        foreach (int key in Enumerable.Range(0, 5_000))
        {
            level.Add(Entry(key, expires: key));
        }

        level.RemoveExpired(2_000);
        Assert.All(Enumerable.Range(0, 5_000), key => Assert.Equal(key > 2_000, level.Has(key)));
        Assert.Equal(0, level.Evictions);
        Recount(level, 10_000, 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void The_number_of_entries_is_bounded(int bound)
    {
        var level = new LocalLevel<UserKey, string>(bound, 0);
        for (int key = 0; key < 20 * bound; key++)
        {
            Assert.True(level.Add(Entry(key)));
            Assert.True(level.Has(key));
            Assert.Equal(Math.Min(key + 1, bound), level.Count);
        }

        Assert.Equal(19 * bound, level.Evictions);
        Recount(level, bound, 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void Entries_that_are_all_read_again_and_again_leave_for_others(int bound)
    {
        var level = new LocalLevel<UserKey, string>(bound, 0);
        for (int round = 0; round < 50; round++)
        {
            for (int key = 0; key <= bound; key++)
            {
                level.Add(Entry(key, round));
                Assert.True(level.Has(key) && level.Has(key) && level.Has(key));
                LocalLevels.Bounded(level, bound, 0);
            }
        }

        Recount(level, bound, 0);
    }

    [Fact]
    public void The_bytes_of_values_are_bounded()
    {
        const long Bound = 100_000;
        var random = new Random(1);
        var level = new LocalLevel<UserKey, string>(0, Bound);
        for (int turn = 0; turn < 20_000; turn++)
        {
            long key = random.Next(500);
            level.Add(Entry(key, turn, random.Next(10) == 0 ? random.Next(12_501) : random.Next(1_000)));
            Assert.True(level.Has(key));
            LocalLevels.Bounded(level, 0, Bound);
        }

        Recount(level, 0, Bound);

        // The room is used: no more than one of the largest is free.
        Assert.InRange(level.Bytes, Bound / 2, Bound);
    }

    [Fact]
    public void Entries_without_a_value_are_bounded_too()
    {
        var level = new LocalLevel<UserKey, string>(0, 128 * 100);
        foreach (int key in Enumerable.Range(0, 1_000))
        {
            level.Add(Entry(key, size: 0));
        }

        Assert.Equal(100, level.Count);
        Recount(level, 0, 128 * 100);
    }

    [Fact]
    public void A_value_of_more_than_an_eighth_of_the_bytes_is_not_admitted()
    {
        var level = new LocalLevel<UserKey, string>(0, 80_000);
        Assert.True(level.Add(Entry(1, 1, 10_000)));
        Assert.False(level.Add(Entry(2, 1, 10_001)));
        Assert.True(level.Has(1));
        Assert.False(level.Has(2));

        // What it would have replaced is old.
        Assert.False(level.Add(Entry(1, 2, 10_001)));
        Assert.Equal((0, 0), (level.Count, level.Bytes));
        Recount(level, 0, 80_000);
    }

    [Fact]
    public void A_replacement_that_is_larger_takes_room_from_others()
    {
        var level = new LocalLevel<UserKey, string>(0, 8_000);
        foreach (int key in Enumerable.Range(0, 40))
        {
            level.Add(Entry(key, 1, 200));
        }

        Assert.True(level.Add(Entry(20, 2, 1_000)));
        Assert.True(level.TryGet(new(20), out LocalEntry<string>? found));
        Assert.Equal(1_000, found.Size);
        Assert.Equal(8_000, level.Bytes);
        Assert.Equal(4, level.Evictions);
        Recount(level, 0, 8_000);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void One_bound_is_given(int maxEntries, long maxBytes)
        => Assert.ThrowsAny<ArgumentException>(() => new LocalLevel<UserKey, string>(maxEntries, maxBytes));

    [Fact]
    public void Reading_allocates_nothing()
    {
        var level = new LocalLevel<UserKey, string>(100, 0);
        Fill(level, 100);
        Assert.Equal(0, Allocations.PerCall(() => level.TryGet(new(7), out _)));
        Assert.Equal(0, Allocations.PerCall(() => level.TryGet(new(777), out _)));
        Assert.Equal(0, Allocations.PerCall(() => level.EpochOf(new(7))));
        Assert.Equal(0, Allocations.PerCall(() => level.Remove(new(7))));
    }

    private static void Fill(LocalLevel<UserKey, string> level, int count)
    {
        foreach (int key in Enumerable.Range(0, count))
        {
            Assert.True(level.Add(Entry(key)));
        }
    }
}
