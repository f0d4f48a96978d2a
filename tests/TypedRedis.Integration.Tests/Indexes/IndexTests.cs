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

    [Fact]
    public async Task What_other_programs_did_is_found_and_repaired()
    {
        Member bob = Ann with { Id = 2, Email = "bob@example.com" };
        await _members.UpsertManyAsync([Ann, bob]);
        IndexReport report = await _members.VerifyIndexesAsync();
        Assert.True(report.IsConsistent, report.ToString());
        Assert.Equal(2, report.Entities);
        var database = _members.Redis.Database;
        await database.HashSetAsync("member:1", "country", "ES");
        await database.HashSetAsync("member:2", "email", Ann.Email);
        await database.KeyDeleteAsync("member:{}:created_at:");
        await database.SortedSetAddAsync("member:{}:country:XX", "member:77{}", 0);
        await database.StringSetAsync("member:{}:email:c", "member:78{}");
        report = await _members.VerifyIndexesAsync();
        Assert.Equal((2, 2, 0), (report.Missing, report.Orphaned, report.Clashes.Count));
        report = await _members.RebuildIndexesAsync();
        Assert.Equal((2, 2, 1), (report.Missing, report.Orphaned, report.Clashes.Count));
        Assert.Equal(2, await _members.ByCreatedAt.CountAsync());
        Assert.Single(await _members.ByCountry.ListAsync("ES").ToListAsync());
        Assert.Equal(1, (await _members.ByEmail.FindAsync(Ann.Email!))!.Id);
        Assert.Null(await _members.ByEmail.FindAsync("bob@example.com"));
        await _members.PatchAsync(2, new MemberPatch { Email = "bob@example.com" });
        Assert.True((await _members.VerifyIndexesAsync()).IsConsistent);
    }

    [Fact]
    public async Task Entities_that_expire_leave_nothing_behind()
    {
        var bookings = new BookingRepository(fixture.NewContext());
        await bookings.UpsertAsync(new() { Code = "a", Seat = "1", Show = "s", Price = -0.5 }, TimeSpan.FromMilliseconds(30));
        await bookings.UpsertAsync(new() { Code = "b", Seat = "2", Show = "s", Price = 1e300 });
        await Bounded.BecomesTrueAsync(async () => !await bookings.ExistsAsync("a"));
        Assert.Equal(1, await bookings.ByShow.CountAsync("s"));
        Assert.Equal(1, await bookings.ByPrice.CountAsync());
        Assert.Null(await bookings.BySeat.FindAsync("1"));
        Assert.Equal("b", Assert.Single(await bookings.ByPrice.RangeAsync(0).ToListAsync()).Code);
        await bookings.UpsertAsync(new() { Code = "a", Seat = "2x", Show = "s", Price = -0.5 });
        await Assert.ThrowsAsync<RedisUniqueIndexException>(() => bookings.PatchAsync("a", new BookingPatch { Seat = "2" }));
        await bookings.GetAsync("a");
        await bookings.ExpireAsync("a", Timeout.InfiniteTimeSpan);
        await bookings.ExpireAsync("b", TimeSpan.FromHours(9));
        IndexReport report = await bookings.VerifyIndexesAsync();
        Assert.True(report.IsConsistent, report.ToString());
        Assert.Equal(2, await bookings.DeleteAllAsync());
        Assert.Empty(await KeysAsync(bookings.Redis));
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var orders = new OrderRepository(fixture.NewContext());
        var order = new Order { Tenant = "t:1", Number = 1, Reference = "r", State = OrderState.Open, Version = 7 };
        await orders.InsertAsync(order);
        Assert.True(await orders.UpdateAsync(order with { State = OrderState.Paid }));
        var error = await Assert.ThrowsAsync<RedisConcurrencyException>(() => orders.UpdateAsync(order));
        Assert.Equal(("version", "7", "8"), (error.Field, error.Expected, error.Actual));
        await Assert.ThrowsAsync<RedisConcurrencyException>(() => orders.PatchAsync(("t:1", 1), new OrderPatch { Version = 7, Total = 1 }));
        Assert.True(await orders.PatchAsync(("t:1", 1), new OrderPatch { Version = 8, Total = 1 }));
        Order stored = (await orders.UpdateAsync(("t:1", 1), o => o with { Total = o.Total + 5 }))!;
        Assert.Equal((10, 6L), (stored.Version, stored.Total));
        Assert.Equivalent(stored, await orders.ByReference.FindAsync(("t:1", "r")), strict: true);
        Assert.Null(await orders.UpdateAsync(("t:1", 2), o => o));
        Assert.Equivalent(new[] { stored }, await orders.ByTotal.RangeAsync("t:1", 6, 6).ToListAsync(), strict: true);
    }

    [Fact]
    public async Task Members_are_compared_and_set()
    {
        var accounts = new AccountRepository(fixture.NewContext());
        await accounts.InsertAsync(new() { Id = 1, Amount = 5 });
        Assert.Null(await accounts.GetAndSetOwnerAsync(1, "ann"));
        Assert.Equal("ann", await accounts.GetAndSetOwnerAsync(1, null));
        Assert.True(await accounts.CompareAndSetOwnerAsync(1, null, "bob"));
        Assert.False(await accounts.CompareAndSetOwnerAsync(1, null, "cid"));
        Assert.Equal(PatchResult.ConditionFailed, await accounts.PatchWhenAsync(1, new() { Amount = 6 }, new() { Owner = null }));
        Assert.Equal(PatchResult.Applied, await accounts.PatchWhenAsync(1, new() { Amount = 5, Owner = "bob" }, new() { Owner = "dan" }));
        Assert.Equal(PatchResult.NotFound, await accounts.PatchWhenAsync(2, new(), new()));
        await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => accounts.GetAndSetOwnerAsync(2, "x"));
        Assert.Equal(10, await accounts.IncrementHoldsAsync(1, 10));
        Assert.Null(await accounts.TryIncrementHoldsAsync(1));
        Assert.Contains("0 to 10", (await Assert.ThrowsAsync<OverflowException>(() => accounts.IncrementHoldsAsync(1))).Message, StringComparison.Ordinal);
        Assert.Equal("dan", (await accounts.GetAsync(1))!.Owner);
    }

    private async Task FindsAsync(Member member)
    {
        Assert.Equivalent(member, await _members.ByEmail.FindAsync(member.Email!), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByCountry.ListAsync(member.Country!).ToListAsync(), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByTags.ListAsync("a").ToListAsync(), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByBalance.RangeAsync(-12.50m, -12.5m).ToListAsync(), strict: true);
        Assert.Equivalent(new[] { member }, await _members.ByCountryAndRating.RangeAsync(member.Country!, 4).ToListAsync(), strict: true);
    }

    private Task<string[]> KeysAsync() => KeysAsync(_members.Redis);

    private static async Task<string[]> KeysAsync(RedisContext redis)
    {
        var reply = (StackExchange.Redis.RedisValue[])(await redis.Connection.GetDatabase().ExecuteAsync("KEYS", redis.Prefix + "*"))!;
        return [.. reply.Select(key => key.ToString())];
    }
}
