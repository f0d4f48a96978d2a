using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>The schedules that break the invalidation of tags.</summary>
public sealed class TagScheduleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    /// <summary>Sets alone miss what is stored after the sweep; a clock that is taken when the load ends makes it look new.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_that_began_before_the_invalidation_of_its_tag_does_not_count(bool everything)
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> slow = await bench.NewAsync<Near>(), other = await bench.NewAsync<Near>();
        await slow.TrustedAsync();
        await other.TrustedAsync();
        bench.Source.Put(1, category: "a");
        bench.Source.Put(2, category: "a");
        await slow.KeepAsync(2);
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        bench.Source.Put(1, revision: 2, category: "a");
        bench.Source.Put(2, revision: 2, category: "a");
        await (everything ? other.ClearAsync() : other.InvalidateTagAsync(Things.Tag("a")));
        await Bounded.BecomesTrueAsync(async () => await slow.RevisionAsync(2) == 2);    // it has heard of it
        gate.Open();

        Assert.Equal(1, (await early.EndsAsync())!.Revision);
        Assert.Equal(2, await other.RevisionAsync(1));
        Assert.Equal(2, await slow.RevisionAsync(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_comes_after_the_invalidation_of_a_tag_gets_no_load_that_began_before(bool many)
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1, category: "a");
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task early = many ? cache.GetManyAsync([1, 2]) : cache.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        bench.Source.Put(1, revision: 2, category: "a");
        await cache.InvalidateTagAsync(Things.Tag("a"));
        Task<Thing?> late = cache.GetAsync(1).AsTask();
        gate.Open();

        await early.EndsAsync();
        Assert.Equal(2, (await late.EndsAsync())!.Revision);
    }

    /// <summary>A process that has just begun knows of no invalidation, and finds the entry where the sweep has missed it.</summary>
    [Fact]
    public async Task A_new_process_knows_what_was_invalidated_before()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1, category: "a");
        await cache.GetAsync(1);
        await LoseIndexAsync(bench);
        bench.Source.Put(1, revision: 2, category: "a");
        Assert.Equal(0, await cache.InvalidateTagAsync(Things.Tag("a")));
        Assert.True(await fixture.Server.ExistsAsync(bench.KeyOf(1)));

        Assert.Equal(2, await (await bench.NewAsync<Shared>()).RevisionAsync(1));
    }

    /// <summary>A message that tells a time to come would have what is loaded now outlive the invalidations until then.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_from_the_future_is_not_believed(bool everything)
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> cache = await bench.NewAsync<Near>(), other = await bench.NewAsync<Near>();
        await cache.TrustedAsync();
        byte[] future = BitConverter.GetBytes(DateTimeOffset.UtcNow.AddYears(1).ToUnixTimeMilliseconds() * 1000);
        RedisContext redis = await bench.ContextAsync(fixture.Server.ConnectionString, time: null, timeout: null);
        long resets = cache.Statistics.LocalResets;
        await redis.Connection.GetSubscriber().PublishAsync(bench.Prefix + "thing:{}:~", everything ? [(byte)'C', .. future] : (byte[])[(byte)'T', 1, 2, 3, 4, 5, 6, 7, 8, .. future]);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics.LocalResets > resets));

        bench.Source.Put(1, category: "a");
        await cache.KeepAsync(1);
        await LoseIndexAsync(bench);
        bench.Source.Put(1, revision: 2, category: "a");
        await other.InvalidateTagAsync(Things.Tag("a"));
        await Bounded.BecomesTrueAsync(async () => await cache.RevisionAsync(1) == 2);
    }

    [Fact]
    public async Task Members_of_a_tag_that_have_ended_are_removed_a_part_at_a_time()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        RedisContext redis = await bench.ContextAsync(fixture.Server.ConnectionString, time: null, timeout: null);
        RedisKey index = "thing:{}:~tag:category-a";
        await redis.Database.SortedSetAddAsync(index, [.. Enumerable.Range(1, 2_500).Select(static i => new SortedSetEntry($"thing:{i}", i))]);
        foreach (int left in (int[])[1_501, 501, 1])
        {
            await cache.SetAsync(new Thing { Id = 1_000_000, Category = "a" });
            Assert.Equal(left, await redis.Database.SortedSetLengthAsync(index));
        }
    }

    [Fact]
    public async Task A_new_process_reads_a_long_log_to_its_end()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        RedisContext redis = await bench.ContextAsync(fixture.Server.ConnectionString, time: null, timeout: null);
        bench.Source.Put(1, category: "a");
        await cache.InvalidateTagAsync(Things.Tag("other"));
        await cache.GetAsync(1);
        await LoseIndexAsync(bench);
        bench.Source.Put(1, revision: 2, category: "a");

        // More pages than are read while a process begins.
        RedisKey log = "thing:{}:~tags";
        double floor = (await redis.Database.SortedSetScoreAsync(log, "~floor"))!.Value;
        foreach (long[] some in Enumerable.Range(1, 20 * CacheChannel.LogPage).Select(static i => (long)i).Chunk(10_000))
            await redis.Database.SortedSetAddAsync(log, Array.ConvertAll(some, i => new SortedSetEntry(BitConverter.GetBytes(i), floor + i)));
        await cache.InvalidateTagAsync(Things.Tag("a"));
        Assert.True(await fixture.Server.ExistsAsync(bench.KeyOf(1)));

        Assert.Equal(2, await (await bench.NewAsync<Shared>()).RevisionAsync(1));
    }

    /// <summary>The clock of the log stands at the time of a tag, which may come behind it, and so behind the end of a page.</summary>
    [Fact]
    public async Task No_tag_is_lost_between_two_pages()
    {
        await using var bench = new CacheBench(fixture.Server);
        RedisContext redis = await bench.ContextAsync(fixture.Server.ConnectionString, time: null, timeout: null);
        for (int before = CacheChannel.LogPage - 5; before < CacheChannel.LogPage + 5; before++)
        {
            var key = (RedisKey)$"log:{before}";
            byte[] last = [.. Enumerable.Repeat((byte)0xFF, 8)];
            SortedSetEntry[] log =
            [
                .. Enumerable.Range(1, before).Select(static i => new SortedSetEntry(BitConverter.GetBytes((long)i), i)),
                new("~floor", 1), new("~clock", before + 1), new(last, before + 1),
            ];
            await redis.Database.SortedSetAddAsync(key, log);
            var table = new TagTable();
            while (table.Take((RedisResult[])(await ScriptWait.Evaluate(CacheScripts.Tags, redis, Shared.Schema, [key], [table.Complete, CacheChannel.LogPage], CancellationToken.None))!))
            {
            }

            Assert.Equal(before + 1, table.LastOf(BitConverter.ToUInt64(last)));
            Assert.All(Enumerable.Range(1, before), i => Assert.Equal(i, table.LastOf((ulong)i)));
        }
    }

    [Fact]
    public async Task A_log_that_was_lost_counts_for_everything_before()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1, category: "a");
        await cache.GetAsync(1);
        bench.Source.Put(1, revision: 2, category: "a");
        await LoseIndexAsync(bench);
        await cache.InvalidateTagAsync(Things.Tag("a"));
        await fixture.Server.ExecuteAsync("DEL", $"{bench.Prefix}thing:{{}}:~tags");

        Assert.Equal(2, await (await bench.NewAsync<Shared>()).RevisionAsync(1));
    }

    /// <summary>A later invalidation that is known already must not hide an earlier one that becomes known now.</summary>
    [Fact]
    public async Task An_earlier_invalidation_that_is_heard_later_counts()
    {
        await using var bench = new CacheBench(fixture.Server);
        (ThingCache<Near> near, TcpProxy proxy) = await bench.NewBehindProxyAsync<Near>();
        ThingCache<Near> other = await bench.NewAsync<Near>();
        bench.Source.Put(1, category: "a");
        bench.Source.Put(2);
        await near.KeepAsync(1);
        await near.KeepAsync(2);
        await near.TrustedAsync();
        proxy.Hold();
        bench.Source.Put(1, revision: 2, category: "a");
        bench.Source.Put(2, revision: 2);
        await other.InvalidateTagAsync(Things.Tag("a"));
        await near.InvalidateTagAsync(Things.Tag("b"));
        await near.GetAsync(1);
        await other.InvalidateAsync(2);
        proxy.Release();
        await Bounded.BecomesTrueAsync(async () => await near.RevisionAsync(2) == 2);     // it has heard of all of them

        Assert.Equal(2, await near.RevisionAsync(1));
    }

    /// <summary>What a process learns of a tag after it has missed messages must not make it believe that it has missed none.</summary>
    [Fact]
    public async Task An_invalidation_that_was_missed_is_read_from_the_log()
    {
        await using var bench = new CacheBench(fixture.Server);
        (ThingCache<Shared> cache, TcpProxy proxy) = await bench.NewBehindProxyAsync<Shared>();
        ThingCache<Shared> other = await bench.NewAsync<Shared>();
        bench.Source.Put(1, category: "a");
        await cache.TrustedAsync();
        await cache.GetAsync(1);
        proxy.Hold();
        await LoseIndexAsync(bench);    // else the entry itself would be gone
        bench.Source.Put(1, revision: 2, category: "a");
        await other.InvalidateTagAsync(Things.Tag("a"));
        await cache.InvalidateTagAsync(Things.Tag("b"));
        proxy.CutMessages();
        await cache.UntrustedAsync();

        Assert.Equal(2, await cache.RevisionAsync(1));
        await cache.TrustedAsync();
        Assert.Equal(2, await cache.RevisionAsync(1));
    }

    /// <summary>Somebody waits for another process's load, and hears nothing; what that process stores was invalidated by then.</summary>
    [Fact]
    public async Task A_wait_ends_with_nothing_that_was_invalidated_by_its_tag()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> slow = await bench.NewAsync<Shared>(), other = await bench.NewAsync<Shared>();
        (ThingCache<Shared> waiting, TcpProxy proxy) = await bench.NewBehindProxyAsync<Shared>();
        await waiting.TrustedAsync();
        bench.Source.Put(1, category: "a");
        var gate = new Gate();
        bench.Source.Hold = gate.First;
        Task<Thing?> early = slow.GetAsync(1).AsTask();
        await gate.ReachedAsync();
        proxy.Hold();
        Task<Thing?> first = waiting.GetAsync(1).AsTask();
        await Bounded.BecomesTrueAsync(() => Task.FromResult(waiting.Statistics.Waits > 0));
        bench.Source.Put(1, revision: 2, category: "a");
        await other.InvalidateTagAsync(Things.Tag("a"));
        await waiting.UntrustedAsync();
        Task<Thing?> late = waiting.GetAsync(1).AsTask();
        gate.Open();

        await early.EndsAsync();
        await first.EndsAsync();
        Assert.Equal(2, (await late.EndsAsync())!.Revision);
    }

    [Fact]
    public async Task Tags_that_a_loader_gives_count()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> cache = await bench.NewAsync<Near>(), other = await bench.NewAsync<Near>();
        bench.Source.Put(1, category: "a");
        bench.Source.How = static (_, load) => load.Tags.Add(CacheTag.Of("extra"));
        await cache.GetAsync(1);
        bench.Source.Put(1, revision: 2, category: "a");
        await cache.InvalidateTagAsync(CacheTag.Of("extra"));
        Assert.Equal(2, await cache.RevisionAsync(1));
        await other.GetManyAsync([1, 2]);
        bench.Source.Put(1, revision: 3, category: "a");
        await other.InvalidateTagAsync(CacheTag.Of("extra"));
        Assert.Equal(3, await other.RevisionAsync(1));
    }

    private async Task LoseIndexAsync(CacheBench bench)
        => await Bounded.BecomesTrueAsync(async () => (await fixture.Server.ExecuteAsync("DEL", $"{bench.Prefix}thing:{{}}:~tag:category-a")).Integer == 1);
}
