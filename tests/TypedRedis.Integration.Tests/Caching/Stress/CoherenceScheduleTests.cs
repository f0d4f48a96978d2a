using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>The schedules that break a level in the process.</summary>
public sealed class CoherenceScheduleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    // What a process needs no more than to hear nothing of another one.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(CacheChannel.Bound + 1);

    [Fact]
    public async Task Others_follow_by_the_message_and_the_own_process_at_once()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> near = await bench.NewAsync<Near>(), other = await bench.NewAsync<Near>();
        for (long revision = 2; revision < 20; revision++)
        {
            bench.Source.Put(1, revision - 1);
            await near.KeepAsync(1);
            await other.KeepAsync(1);
            bench.Source.Put(1, revision);
            await other.InvalidateAsync(1);
            Assert.Equal(revision, await other.RevisionAsync(1));
            await Bounded.BecomesTrueAsync(async () => await near.RevisionAsync(1) == revision);
            await other.InvalidateAsync(1);
        }
    }

    /// <summary>Without beats, a link that is dead and not closed goes unseen.</summary>
    [Fact]
    public async Task A_half_dead_link_ends_the_trust()
    {
        await using var bench = new CacheBench(fixture.Server);
        var clock = new ShiftedClock();
        (ThingCache<Near> near, TcpProxy proxy) = await bench.NewBehindProxyAsync<Near>(clock);
        ThingCache<Near> other = await bench.NewAsync<Near>();
        bench.Source.Put(1);
        await near.KeepAsync(1);
        proxy.Hold();
        bench.Source.Put(1, revision: 2);
        await other.InvalidateAsync(1);
        clock.Advance(Bound);

        Assert.False(near.Statistics.IsLocalTrusted);
        Assert.Equal(2, await near.RevisionAsync(1));
        bench.Source.Put(1, revision: 3);
        await other.InvalidateAsync(1);
        Assert.Equal(3, await near.RevisionAsync(1));
        proxy.Release();
        await near.KeepAsync(1);
        Assert.Equal(3, await near.RevisionAsync(1));
    }

    /// <summary>A beat that was on its way for long proves when it was asked for, no more.</summary>
    [Fact]
    public async Task A_beat_that_comes_late_proves_little()
    {
        await using var bench = new CacheBench(fixture.Server);
        var clock = new ShiftedClock();
        (ThingCache<Near> near, TcpProxy proxy) = await bench.NewBehindProxyAsync<Near>(clock);
        bench.Source.Put(1);
        await near.KeepAsync(1);
        long resets = near.Statistics.LocalResets;
        for (int i = 0; i < 5; i++)
        {
            proxy.Hold();
            clock.Advance(Bound);
            Assert.False(near.Statistics.IsLocalTrusted);
            proxy.Release();
            await near.TrustedAsync();      // by beats that were asked for since
        }

        Assert.Equal(resets, near.Statistics.LocalResets);      // none was lost
    }

    /// <summary>Something is read, and before it is kept, the message of its invalidation comes.</summary>
    [Fact]
    public async Task What_was_read_before_a_message_is_not_kept_after_it()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> near = await bench.NewAsync<Near>(), other = await bench.NewAsync<Near>();
        const long Id = 4711;
        bench.Source.Put(Id);
        bench.Source.Put(2);
        await other.GetAsync(Id);
        await near.KeepAsync(2);
        using var reached = new ManualResetEventSlim();
        using var open = new ManualResetEventSlim();
        int passed = 0;
        ThingMapper<Near>.OnRead = thing =>
        {
            if (thing.Id == Id && Interlocked.Increment(ref passed) == 1)
            {
                reached.Set();
                open.Wait(TimeSpan.FromSeconds(30));
            }
        };
        try
        {
            Task<long> early = Task.Run(() => near.RevisionAsync(Id));
            Assert.True(reached.Wait(TimeSpan.FromSeconds(30)));
            bench.Source.Put(Id, revision: 2);
            bench.Source.Put(2, revision: 2);
            await other.InvalidateAsync(Id);
            await other.InvalidateAsync(2);
            await Bounded.BecomesTrueAsync(() => Task.FromResult(near.Statistics.LocalEntries == 0));     // both were heard
            open.Set();
            Assert.Equal(1, await early);
            Assert.Equal(2, await near.RevisionAsync(Id));
        }
        finally
        {
            ThingMapper<Near>.OnRead = null;
        }
    }

    /// <summary>The link is lost and back before anybody notices, and an invalidation falls in between.</summary>
    [Fact]
    public async Task A_link_that_is_back_at_once_clears_the_level()
    {
        await using var bench = new CacheBench(fixture.Server);
        (ThingCache<Near> near, TcpProxy proxy) = await bench.NewBehindProxyAsync<Near>();
        ThingCache<Near> other = await bench.NewAsync<Near>();
        for (long revision = 2; revision < 6; revision++)
        {
            bench.Source.Put(1, revision - 1);
            await other.InvalidateAsync(1);
            await Bounded.BecomesTrueAsync(async () => await near.RevisionAsync(1) == revision - 1);
            await near.KeepAsync(1);
            long resets = near.Statistics.LocalResets;
            proxy.Hold();
            bench.Source.Put(1, revision);
            await other.InvalidateAsync(1);
            proxy.CutMessages();
            await Bounded.BecomesTrueAsync(() => Task.FromResult(near.Statistics.LocalResets > resets));
            await near.TrustedAsync();
            Assert.Equal(revision, await near.RevisionAsync(1));
        }
    }

    /// <summary>What is read while the link is down must not be kept: the message that ends it may never come.</summary>
    [Fact]
    public async Task What_is_read_without_trust_is_not_kept()
    {
        await using var bench = new CacheBench(fixture.Server);
        var clock = new ShiftedClock();
        (ThingCache<Near> near, TcpProxy proxy) = await bench.NewBehindProxyAsync<Near>(clock);
        bench.Source.Put(1);
        await near.TrustedAsync();
        proxy.Hold();
        clock.Advance(Bound);
        await near.GetAsync(1);
        await near.GetAsync(1);
        Assert.Equal(0, near.Statistics.LocalEntries);
    }

    [Fact]
    public async Task A_lost_count_of_beats_clears_the_level()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> near = await bench.NewAsync<Near>();
        bench.Source.Put(1);
        foreach (string[] fault in (string[][])[["DEL", $"{bench.Prefix}thing:{{}}:~beat"], ["HINCRBY", $"{bench.Prefix}thing:{{}}:~beat", "number", "1"]])
        {
            await near.KeepAsync(1);
            long resets = near.Statistics.LocalResets;
            await fixture.Server.ExecuteAsync(fault);
            await Bounded.BecomesTrueAsync(async () =>
            {
                await near.TryGetAsync(-1);
                return near.Statistics.LocalResets > resets;
            });
            await near.KeepAsync(1);    // and it is back
        }
    }

    /// <summary>A subscription that takes longer than a call may take must not be made twice: then every beat would come twice.</summary>
    [Fact]
    public async Task A_server_that_is_stalled_at_first_is_trusted_later()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using var bench = new CacheBench(server);
        ThingCache<Near> near = await bench.NewAsync<Near>(timeout: TimeSpan.FromMilliseconds(200));
        bench.Source.Put(1);
        await server.PauseAsync();
        for (int i = 0; i < 3; i++)
            Assert.Equal(1, await near.RevisionAsync(1));
        await server.ResumeAsync();
        await near.KeepAsync(1);
        await near.TrustedAsync();
        Assert.Equal(1, await near.RevisionAsync(1));
    }

    [Fact]
    public async Task A_clock_on_the_wall_that_is_wrong_changes_nothing()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> late = await bench.NewAsync<Near>(new ShiftedClock { Wall = TimeSpan.FromHours(-1) });
        var shifted = new ShiftedClock { Wall = TimeSpan.FromHours(1) };
        shifted.Advance(TimeSpan.FromHours(1));
        ThingCache<Near> early = await bench.NewAsync<Near>(shifted);
        ThingCache<Near> right = await bench.NewAsync<Near>();
        bench.Source.Put(1);
        foreach (ThingCache<Near> cache in (ThingCache<Near>[])[late, early, right])
        {
            await cache.KeepAsync(1);
            Assert.Equal(0, cache.Statistics.StaleHits);
        }

        Assert.Equal(1, bench.Source.Loads);
        bench.Source.Put(1, revision: 2);
        await early.InvalidateAsync(1);
        Assert.Equal(2, await early.RevisionAsync(1));
        await Bounded.BecomesTrueAsync(async () => await late.RevisionAsync(1) == 2 && await right.RevisionAsync(1) == 2);
        Assert.Equal(2, bench.Source.Loads);
    }

    [Fact]
    public async Task Nothing_is_read_from_a_replica()
    {
        await using RedisServer replica = await RedisServer.StartAsync();
        await using var bench = new CacheBench(fixture.Server);
        await using var beside = new CacheBench(replica);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        await cache.GetAsync(1);
        await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", $"{fixture.Server.Port}");
        await Bounded.BecomesTrueAsync(() => replica.ExistsAsync(bench.KeyOf(1)));
        var source = new ThingSource();
        source.Put(1, revision: 2);
        RedisContext other = new((await beside.ContextAsync(replica.ConnectionString, null, TimeSpan.FromMilliseconds(500))).Connection, cache.Redis.Options with { CacheTimeout = TimeSpan.FromMilliseconds(500) });

        Assert.Equal(2, await new ThingCache<Shared>(other, source).RevisionAsync(1));
    }
}
