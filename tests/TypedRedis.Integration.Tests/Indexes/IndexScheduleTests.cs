using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>
/// On a cluster, where a change of an entity and its indexes is several steps: the orders of steps of several writers that go wrong without an announcement at the
/// entity, without tokens, or with either used in another way.
/// </summary>
public sealed class IndexScheduleTests : IClassFixture<ClusterFixture>
{
    private static readonly Member Ann = new() { Id = 1, Name = "Ann", Email = "a", Country = "FR", CreatedAt = DateTimeOffset.UnixEpoch };
    private static readonly Member Bob = Ann with { Id = 2, Name = "Bob" };

    private readonly RedisContext _redis;
    private readonly MemberRepository _members;
    private readonly Stepped _steps;
    private readonly MemberRepository _slow;

    public IndexScheduleTests(ClusterFixture cluster)
    {
        _redis = ServerFixture.NewContext(cluster.Connection);
        _members = new(_redis);
        _steps = new Stepped(_redis);
        _slow = new(_steps.Redis);
    }

    [Fact]
    public async Task What_is_half_written_is_not_found_and_its_value_is_not_free()
    {
        Task<bool> ann = await _steps.UntilAsync("hash_change:commit", () => _slow.InsertAsync(Ann));
        Assert.Null(await _members.ByEmail.FindAsync("a"));
        Assert.Empty(await _members.ByCountry.ListAsync("FR").ToListAsync());
        var others = new Stepped(_redis);
        Task<bool> bob = await others.UntilAsync("index_ask", () => new MemberRepository(others.Redis).InsertAsync(Bob), passes: 1);     // has been told to wait
        _steps.Go();
        Assert.True(await ann.EndsAsync());
        others.Go();
        var error = await Assert.ThrowsAsync<RedisUniqueIndexException>(() => bob.EndsAsync());
        Assert.EndsWith("member:1", error.Holder, StringComparison.Ordinal);
        await FindsAsync(Ann);
    }

    [Fact]
    public async Task The_value_of_a_writer_that_died_is_taken_over_and_it_notices()
    {
        Task<bool> ann = await _steps.UntilAsync("hash_change:commit", () => _slow.InsertAsync(Ann));
        await LeaseEndsAsync(1);
        Assert.True(await _members.InsertAsync(Bob));
        _steps.Go();
        await Assert.ThrowsAsync<RedisUniqueIndexException>(() => ann.EndsAsync());
        await FindsAsync(Bob);
    }

    [Fact]
    public async Task What_is_taken_over_is_what_was_found_dead()
    {
        await _members.InsertAsync(Ann);
        await _redis.Database.KeyDeleteAsync("member:1");       // as if it had expired
        Task<bool> bob = await _steps.UntilAsync("index_claim", () => _slow.InsertAsync(Bob), passes: 1);       // has been told that nobody has the value
        Assert.True(await _members.InsertAsync(Ann));
        _steps.Go();
        await Assert.ThrowsAsync<RedisUniqueIndexException>(() => bob.EndsAsync());
        await FindsAsync(Ann);
    }

    [Theory]
    [InlineData("index_release")]
    [InlineData("zrem")]
    public async Task A_late_release_leaves_what_has_come_back(string release)
    {
        await _members.InsertAsync(Ann);
        Task<bool> away = await _steps.UntilAsync(release, () => _slow.UpdateAsync(Ann with { Email = "b", Country = "DE" }));
        Assert.True(await _members.UpdateAsync(Ann));
        _steps.Go();
        Assert.True(await away.EndsAsync());
        await FindsAsync(Ann);
    }

    [Fact]
    public async Task Two_writers_of_an_entity_take_turns()
    {
        await _members.InsertAsync(Ann);
        Task<bool> first = await _steps.UntilAsync("hash_change:commit", () => _slow.UpdateAsync(Ann with { Email = "b" }));
        var others = new Stepped(_redis);
        Task<bool> second = await others.UntilAsync("hash_change:begin", () => new MemberRepository(others.Redis).UpdateAsync(Ann with { Email = "c" }), passes: 1);
        _steps.Go();
        Assert.True(await first.EndsAsync());
        Assert.Equal("b", (await _members.ByEmail.FindAsync("b"))!.Email);
        others.Go();
        Assert.True(await second.EndsAsync());
        await FindsAsync(Ann with { Email = "c" });
        Assert.Null(await _members.ByEmail.FindAsync("b"));
    }

    [Fact]
    public async Task A_sweep_leaves_what_is_about_to_be_written()
    {
        Task<bool> ann = await _steps.UntilAsync("hash_change:commit", () => _slow.InsertAsync(Ann));
        Assert.Empty(await _members.ByCountry.ListAsync("FR").ToListAsync());
        await _members.VerifyIndexesAsync(repair: true);
        _steps.Go();
        Assert.True(await ann.EndsAsync());
        await FindsAsync(Ann);
    }

    [Fact]
    public async Task A_sweep_removes_what_it_has_seen_and_nothing_else()
    {
        Task<bool> ann = await _steps.UntilAsync("hash_change:commit", () => _slow.InsertAsync(Ann));
        await LeaseEndsAsync(1);
        var sweeper = new Stepped(_redis);
        Task<List<Member>> list = await sweeper.UntilAsync("zrem", () => new MemberRepository(sweeper.Redis).ByCountry.ListAsync("FR").ToListAsync().AsTask());
        _steps.Go();
        Assert.True(await ann.EndsAsync());
        sweeper.Go();
        await list.EndsAsync();
        await FindsAsync(Ann);
    }

    /// <summary>A delete takes the announcement of a change along: the entries that the change was not going to touch are gone.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delete_during_a_write_leaves_nothing_of_the_old(bool upsert)
    {
        await _members.InsertAsync(Ann);
        Member changed = Ann with { Email = "b" };
        Task<bool> writing = await _steps.UntilAsync("hash_change:commit", () => upsert ? _slow.UpsertAsync(changed) : _slow.UpdateAsync(changed));
        Assert.True(await _members.DeleteAsync(1));
        _steps.Go();
        Assert.Equal(upsert, await writing.EndsAsync());
        Assert.Null(await _members.ByEmail.FindAsync("a"));
        if (upsert)
            await FindsAsync(changed);
        else
            Assert.Empty(await _members.ByCountry.ListAsync("FR").ToListAsync());
        Assert.Equal(upsert ? 1 : 0, await _members.ByCountry.CountAsync("FR"));
        Assert.Equal((0, 0), await _members.VerifyIndexesAsync() is var report ? (report.Missing, report.Orphaned) : default);
    }

    /// <summary>A writer whose announcement has ended gives up nothing that another writer of the entity may count on.</summary>
    [Fact]
    public async Task A_writer_that_was_too_slow_takes_nothing_away()
    {
        Task<bool> slow = await _steps.UntilAsync("index_claim", () => _slow.InsertAsync(Ann));
        await LeaseEndsAsync(1);
        var others = new Stepped(_redis);
        Task<bool> fast = await others.UntilAsync("hash_change:commit", () => new MemberRepository(others.Redis).InsertAsync(Ann));
        _steps.Go();        // takes the value that the other has taken, and finds its announcement gone
        others.Go();
        Assert.Single(await Task.WhenAll(fast, slow).EndsAsync(), true);
        await FindsAsync(Ann);
    }

    [Fact]
    public async Task A_rebuild_that_was_too_slow_takes_nothing_away()
    {
        await _members.InsertAsync(Ann);
        Task<IndexReport> rebuild = await _steps.UntilAsync("index_claim", () => _slow.RebuildIndexesAsync());
        await LeaseEndsAsync(1);
        var mover = new Stepped(_redis);
        Task<bool> away = await mover.UntilAsync("index_release", () => new MemberRepository(mover.Redis).UpdateAsync(Ann with { Email = "b" }));
        Assert.True(await _members.UpdateAsync(Ann));
        _steps.Go();
        await rebuild.EndsAsync();
        mover.Go();
        Assert.True(await away.EndsAsync());
        await FindsAsync(Ann);
    }

    [Fact]
    public async Task Cancelling_stops_the_wait_and_not_the_write()
    {
        await _members.InsertAsync(Ann);
        using var cancelling = new CancellationTokenSource();
        Task<bool> writing = await _steps.UntilAsync("hash_change:commit", () => _slow.UpdateAsync(Ann with { Email = "b" }, cancellationToken: cancelling.Token));
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.EndsAsync());
        _steps.Go();
        await Bounded.BecomesTrueAsync(async () => await _members.ByEmail.FindAsync("b") is not null);
        Assert.True(await _members.UpdateAsync(Ann));
        await FindsAsync(Ann);
    }

    [Fact]
    public async Task A_change_that_is_refused_on_its_way_gives_back_what_it_took()
    {
        await _members.InsertAsync(Ann);
        await _members.InsertAsync(Bob with { Email = "b" });
        await _members.ExpireAsync(1, TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<RedisUniqueIndexException>(() => _members.UpdateAsync(Ann with { Email = "b", Country = "DE" }, TimeSpan.FromHours(50)));
        Assert.Equal(0, await _members.ByCountry.CountAsync("DE"));
        await FindsAsync(Ann, 2);

        // Nor has the time of what stays become that of the change: the entry goes when the entity does.
        await _members.ExpireAsync(1, TimeSpan.FromMilliseconds(300));
        await Record.ExceptionAsync(() => _members.UpdateAsync(Ann with { Email = "b" }, TimeSpan.FromHours(50)));
        await Bounded.BecomesTrueAsync(async () => !await _members.ExistsAsync(1));
        Assert.Equal(1, await _members.ByCountry.CountAsync("FR"));
    }

    // What a server does when the time is over that an announcement stands.
    private Task LeaseEndsAsync(int id) => _redis.Database.HashDeleteAsync($"member:{id}", "_in");

    private async Task FindsAsync(Member member, int inCountry = 1)
    {
        Assert.Equivalent(member, await _members.ByEmail.FindAsync(member.Email!), strict: true);
        Assert.Contains(await _members.ByCountry.ListAsync(member.Country!).ToListAsync(), found => found.Id == member.Id);
        Assert.Equal(inCountry, await _members.ByCountry.CountAsync(member.Country!));
        IndexReport report = await _members.VerifyIndexesAsync(repair: true);
        Assert.Equal((0, 0), (report.Missing, report.Clashes.Count));
        Assert.Equivalent(member, await _members.ByEmail.FindAsync(member.Email!), strict: true);
        Assert.Contains(await _members.ByCountry.ListAsync(member.Country!).ToListAsync(), found => found.Id == member.Id);
    }
}
