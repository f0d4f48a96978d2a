using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;

namespace TypedRedis.Integration.Tests.Evolution;

/// <summary>Upgrades of entities that are in indexes, where one script changes both.</summary>
public sealed class IndexedUpgradeTests(ServerFixture fixture) : IndexedUpgradeContract(fixture.Connection), IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Servers_that_have_lost_the_scripts_get_them_again()
    {
        await WriteOldAsync(1);
        await fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(4, await Contacts.IncrementCallsAsync(1));
        await FindsAsync(1, calls: 4);
    }
}

/// <summary>The same where the indexes stand in other slots.</summary>
public sealed class ClusterUpgradeTests(ClusterFixture cluster) : IndexedUpgradeContract(cluster.Connection), IClassFixture<ClusterFixture>;

public abstract class IndexedUpgradeContract(IConnectionMultiplexer connection)
{
    private readonly RedisContext _redis = ServerFixture.NewContext(connection);

    private protected ContactRepository Contacts => new(_redis);

    private protected async Task WriteOldAsync(int id, string mail = "Ann@Example.com")
    {
        await _redis.Database.KeyDeleteAsync($"contact:{id}");
        await _redis.Database.HashSetAsync($"contact:{id}", [new("email", mail), new("land", "FR"), new("calls_total", 3), new("revision", 9)]);
    }

    private protected async Task FindsAsync(int id, long calls = 3)
    {
        var wanted = new Contact { Id = id, Mail = "ann@example.com", Country = "FR", Calls = calls, Revision = 9 };
        Contact found = (await Contacts.ByMail.FindAsync("ann@example.com"))!;
        Assert.Equal(wanted, found with { Revision = 9 });
        Assert.Equal(id, Assert.Single(await Contacts.ByCountry.ListAsync("FR").ToListAsync()).Id);
        Assert.Equal(id, Assert.Single(await Contacts.ByCalls.RangeAsync(calls, calls).ToListAsync()).Id);
        IndexReport report = await Contacts.VerifyIndexesAsync();
        Assert.Equal((1, 0, 0), (report.Entities, report.Missing, report.Orphaned));
    }

    [Fact]
    public async Task What_is_changed_is_in_its_indexes()
    {
        await WriteOldAsync(1);
        Assert.Equal("ann@example.com", (await Contacts.GetAsync(1))!.Mail);
        Assert.True(await Contacts.PatchAsync(1, new ContactPatch { Country = "FR" }));
        await FindsAsync(1);
        Assert.True(await Contacts.DeleteAsync(1));
        Assert.Null(await Contacts.ByMail.FindAsync("ann@example.com"));
    }

    [Fact]
    public async Task Every_change_upgrades_together_with_the_indexes()
    {
        foreach (var change in new Func<Task>[]
        {
            () => Contacts.IncrementCallsAsync(1, 0),
            () => Contacts.UpdateAsync(1, contact => contact with { Country = "FR" }),
            () => Contacts.PatchWhenAsync(1, new ContactPatch { Country = "FR" }, new ContactPatch { Country = "FR" }),
            async () => await Contacts.UpdateAsync((await Contacts.GetAsync(1))!),
            async () => await Contacts.UpsertManyAsync([(await Contacts.GetAsync(1))!]),
            () => Contacts.UpgradeAllAsync(),
            () => Contacts.RebuildIndexesAsync(),
        })
        {
            await WriteOldAsync(1);
            await change();
            await FindsAsync(1);
            Assert.Equal("2", await _redis.Database.HashGetAsync("contact:1", "_v"));
            Assert.True(await Contacts.DeleteAsync(1));
        }
    }

    [Fact]
    public async Task An_older_entity_is_found_by_what_the_indexes_have()
    {
        // As an older program left it: in the index by its mail, under the former name.
        await Contacts.InsertAsync(new Contact { Id = 1, Mail = "ann@example.com", Country = "FR", Calls = 3 });
        var old = (await _redis.Database.HashGetAllAsync("contact:1")).ToDictionary(entry => (string)entry.Name!, entry => entry.Value);
        await _redis.Database.HashDeleteAsync("contact:1", ["_v", "mail", "country", "calls"]);
        await _redis.Database.HashSetAsync("contact:1", [new("email", "Ann@Example.com"), new("land", "FR"), new("calls_total", 3)]);
        Assert.Equal("ann@example.com", (await Contacts.ByMail.FindAsync("ann@example.com"))!.Mail);
        Assert.Equal("ann@example.com", Assert.Single(await Contacts.ByMail.FindManyAsync(["ann@example.com"]))!.Mail);
        Assert.Equal("FR", Assert.Single(await Contacts.ByCountry.ListAsync("FR").ToListAsync()).Country);
        Assert.Equal(4, await Contacts.IncrementCallsAsync(1));
        await FindsAsync(1, calls: 4);
    }

    [Fact]
    public async Task A_value_that_another_entity_has_keeps_an_entity_as_it_is()
    {
        await Contacts.InsertAsync(new Contact { Id = 2, Mail = "ann@example.com" });
        await WriteOldAsync(1);
        Assert.Equal("ann@example.com", (await Contacts.GetAsync(1))!.Mail);
        await Assert.ThrowsAsync<RedisUniqueIndexException>(() => Contacts.PatchAsync(1, new ContactPatch { Country = "DE" }));
        UpgradeReport report = await Contacts.UpgradeAllAsync();
        Assert.Equal((2, 0), (report.Entities, report.Upgraded));
        Assert.IsType<RedisUniqueIndexException>(Assert.Single(report.Failures));
        Assert.Single((await Contacts.RebuildIndexesAsync()).Clashes);
        Assert.Equal("FR", await _redis.Database.HashGetAsync("contact:1", "land"));
        Assert.Equal(2, (await Contacts.ByMail.FindAsync("ann@example.com"))!.Id);
        await Contacts.DeleteAsync(2);
        Assert.Equal(1, (await Contacts.UpgradeAllAsync()).Upgraded);
        await FindsAsync(1);
    }

    [Fact]
    public async Task One_of_many_changes_upgrades_and_none_is_lost()
    {
        for (int round = 0; round < 3; round++)
        {
            await WriteOldAsync(1);
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => i % 2 == 0
                ? (Task)Contacts.IncrementCallsAsync(1)
                : Contacts.PatchAsync(1, new ContactPatch { Country = "FR" })));
            await FindsAsync(1, calls: 35);
            Assert.Equal(9 + 32, (await Contacts.GetAsync(1))!.Revision);
            Assert.True(await Contacts.DeleteAsync(1));
        }
    }

    [Fact]
    public async Task What_a_dead_writer_announced_does_not_make_an_older_entity_absent()
    {
        await WriteOldAsync(1);
        await _redis.Database.HashSetAsync("contact:1", "_in", "dead 1");
        Assert.False(await Contacts.UpsertAsync(new Contact { Id = 1, Mail = "ann@example.com", Country = "FR", Calls = 3, Revision = 9 }));
        await FindsAsync(1);
    }

    [Fact]
    public async Task A_read_starts_the_expiry_anew()
    {
        await WriteOldAsync(1);
        Assert.NotNull(await Contacts.GetAsync(1));
        Assert.InRange((await Contacts.GetTimeToLiveAsync(1))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        await WriteOldAsync(1);
        Assert.NotNull((await Contacts.GetManyAsync([1]))[0]);
        Assert.InRange((await Contacts.GetTimeToLiveAsync(1))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
    }
}
