using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>What indexes find after each verb.</summary>
public sealed class IndexTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly MemberRepository _members = new(fixture.NewContext());

    private static Member Ann { get; } = new()
    {
        Id = 1,
        Name = "Ann",
        Email = "ann:{x}%@example.com",
        Country = "FR",
        Rating = 4,
        CreatedAt = new(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
        Balance = -12.5m,
        Tags = ["a", "b", "a"],
    };

    [Fact]
    public async Task Every_kind_finds_what_was_inserted()
    {
        Assert.True(await _members.InsertAsync(Ann));
        Assert.False(await _members.InsertAsync(Ann));
        await FindsAsync(Ann);
        Member bob = Ann with { Id = 2, Email = null, Country = "DE" };
        Assert.True(await _members.UpsertAsync(bob));
        Assert.Equivalent(new[] { Ann, bob }, await _members.ByCreatedAt.RangeAsync().ToListAsync(), strict: true);
        Assert.Equivalent(new[] { bob, Ann }, await _members.ByCreatedAt.RangeAsync(descending: true).ToListAsync(), strict: true);
        Assert.Equal(2, await _members.ByTags.CountAsync("a"));
        Assert.Equal(1, await _members.ByCountry.CountAsync("DE"));
    }

    [Fact]
    public async Task A_changed_value_is_found_and_the_old_one_is_not()
    {
        await _members.InsertAsync(Ann);
        Member changed = Ann with { Email = "a@example.com", Country = null, Tags = ["c"], Balance = null, Rating = 5 };
        Assert.False(await _members.UpsertAsync(changed));
        Assert.Null(await _members.ByEmail.FindAsync(Ann.Email!));
        Assert.Empty(await _members.ByCountry.ListAsync("FR").ToListAsync());
        Assert.Empty(await _members.ByTags.ListAsync("a").ToListAsync());
        Assert.Equal(changed.Name, (await _members.ByEmail.FindAsync("a@example.com"))!.Name);
        Assert.Single(await _members.ByTags.ListAsync("c").ToListAsync());
        Assert.True(await _members.PatchAsync(1, new MemberPatch { Country = "IT" }));
        Assert.Single(await _members.ByCountryAndRating.RangeAsync("IT", 5, 5).ToListAsync());
        Assert.Single(await _members.ByCountryAndPlan.ListAsync(("IT", Plan.Free)).ToListAsync());
        Assert.True(await _members.PatchAsync(1, new MemberPatch { Rating = null }));
        Assert.Empty(await _members.ByCountryAndRating.RangeAsync("IT").ToListAsync());
        Assert.True(await _members.DeleteAsync(1));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_counter_is_found_by_its_new_value()
    {
        await _members.InsertAsync(Ann);
        foreach (long by in new[] { 1, 9, -30, 1_000_000_007, -1_000_000_000 })
        {
            long logins = await _members.IncrementLoginsAsync(1, by);
            Assert.Single(await _members.WithLogins.ListAsync(logins).ToListAsync());
            Assert.Single(await _members.ByLogins.RangeAsync(logins, logins).ToListAsync());
            Assert.Empty(await _members.ByLogins.RangeAsync(logins + 1).ToListAsync());
            Assert.Empty(await _members.ByLogins.RangeAsync(null, logins - 1).ToListAsync());
        }
    }

    [Fact]
    public async Task A_value_of_another_entity_is_refused()
    {
        await _members.InsertAsync(Ann);
        var error = await Assert.ThrowsAsync<RedisUniqueIndexException>(() => _members.InsertAsync(Ann with { Id = 2 }));
        Assert.Equal("email", error.Index);
        Assert.Equal(Ann.Email, error.Value);
        Assert.EndsWith("member:1", error.Holder, StringComparison.Ordinal);
        Assert.False(await _members.ExistsAsync(2));
        await FindsAsync(Ann);
    }

    private async Task FindsAsync(Member member)
    {
        Assert.Equivalent(member, await _members.ByEmail.FindAsync(member.Email!), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByCountry.ListAsync(member.Country!).ToListAsync(), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByTags.ListAsync("a").ToListAsync(), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByBalance.RangeAsync(-12.50m, -12.5m).ToListAsync(), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByCountryAndRating.RangeAsync(member.Country!, 4).ToListAsync(), strict: true);
    }

    private async Task<string[]> KeysAsync()
    {
        var reply = (StackExchange.Redis.RedisValue[])(await _members.Redis.Connection.GetDatabase().ExecuteAsync("KEYS", _members.Redis.Prefix + "*"))!;
        return [.. reply.Select(key => key.ToString())];
    }
}
