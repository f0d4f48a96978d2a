using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Versions that are not what a repository wrote.</summary>
public sealed class VersionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task An_entity_from_before_the_version_has_the_first_one()
    {
        var orders = new OrderRepository(_redis);
        await _redis.Database.HashSetAsync("shop:{t}:order:1", [new("reference", "r"), new("state", "Open"), new("total", 5)]);
        Order order = (await orders.GetAsync(("t", 1)))!;
        Assert.Equal(0, order.Version);

        await Assert.ThrowsAsync<RedisConcurrencyException>(() => orders.UpdateAsync(order with { Version = 3 }));
        Assert.True(await orders.UpdateAsync(order with { Total = 6 }));
        Assert.Equal(1, (await orders.GetAsync(("t", 1)))!.Version);
        await Assert.ThrowsAsync<RedisConcurrencyException>(() => orders.UpdateAsync(order with { Total = 7 }));

        await _redis.Database.HashDeleteAsync("shop:{t}:order:1", "version");
        Assert.True(await orders.PatchAsync(("t", 1), new OrderPatch { Version = 0, Total = 8 }));
        await _redis.Database.HashDeleteAsync("shop:{t}:order:1", "version");
        Assert.Equal(PatchResult.ConditionFailed, await orders.PatchWhenAsync(("t", 1), new() { Version = 1 }, new() { Total = 9 }));
        Assert.Equal(PatchResult.Applied, await orders.PatchWhenAsync(("t", 1), new() { Version = 0 }, new() { Total = 8 }));
        await _redis.Database.HashDeleteAsync("shop:{t}:order:1", "version");
        Assert.Equal((9, 1), (await orders.UpdateAsync(("t", 1), o => o with { Total = o.Total + 1 })) is { } changed ? (changed.Total, changed.Version) : default);
        Assert.Equal((9, 1), (await orders.GetAsync(("t", 1))) is { } stored ? (stored.Total, stored.Version) : default);
    }

    [Fact]
    public async Task So_it_is_with_a_Guid()
    {
        var accounts = new AccountRepository(_redis);
        await _redis.Database.HashSetAsync("account:1", [new("amount", 5), new("holds", 0)]);
        Account account = (await accounts.GetAsync(1))!;
        Assert.Equal(Guid.Empty, account.Version);
        Assert.True(await accounts.UpdateAsync(account with { Amount = 6 }));
        Assert.NotEqual(Guid.Empty, (await accounts.GetAsync(1))!.Version);
        await Assert.ThrowsAsync<RedisConcurrencyException>(() => accounts.UpdateAsync(account with { Amount = 7 }));

        await _redis.Database.HashDeleteAsync("account:1", "version");
        Account changed = (await accounts.UpdateAsync(1, stored => stored with { Amount = 8 }))!;
        Assert.NotEqual(Guid.Empty, changed.Version);
        Assert.Equal(changed, await accounts.GetAsync(1));
    }

    [Fact]
    public async Task The_last_long_is_followed_by_the_least()
    {
        var ledgers = new LedgerRepository(_redis);
        await ledgers.InsertAsync(new() { Id = 9, Sum = 0, Version = long.MaxValue - 1 });
        Assert.Equal(long.MaxValue, (await ledgers.UpdateAsync(9, one => one with { Sum = 1 }))!.Version);
        Assert.Equal(long.MinValue, (await ledgers.UpdateAsync(9, one => one with { Sum = 2 }))!.Version);
        Assert.Equal((2, long.MinValue), (await ledgers.GetAsync(9)) is { } stored ? (stored.Sum, stored.Version) : default);
    }

    [Fact]
    public async Task Behind_the_largest_int_comes_the_least()
    {
        var orders = new OrderRepository(_redis);
        await orders.InsertAsync(new() { Tenant = "t", Number = 3, Reference = "r", State = OrderState.Open, Version = int.MaxValue - 1 });
        Assert.Equal(int.MaxValue, (await orders.UpdateAsync(("t", 3), order => order with { Total = 1 }))!.Version);
        Order order = (await orders.UpdateAsync(("t", 3), order => order with { Total = 2 }))!;
        Assert.Equal(int.MinValue, order.Version);
        Assert.Equal(order, await orders.GetAsync(("t", 3)));
        Assert.True(await orders.UpdateAsync(order));
    }

    [Fact]
    public async Task A_patch_over_a_version_that_is_no_number_changes_nothing()
    {
        var orders = new OrderRepository(_redis);
        await orders.InsertAsync(new() { Tenant = "t", Number = 2, Reference = "r2", State = OrderState.Open });
        await _redis.Database.HashSetAsync("shop:{t}:order:2", "version", "x");
        await Assert.ThrowsAnyAsync<Exception>(() => orders.PatchAsync(("t", 2), new OrderPatch { Reference = "r3" }));
        Assert.Equal("r2", await _redis.Database.HashGetAsync("shop:{t}:order:2", "reference"));
    }

    [Fact]
    public async Task What_compares_and_finds_no_entity_names_the_member()
    {
        var error = await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => new AccountRepository(_redis).CompareAndSetOwnerAsync(9, null, "x"));
        Assert.Contains("'owner'", error.Message, StringComparison.Ordinal);
    }
}
