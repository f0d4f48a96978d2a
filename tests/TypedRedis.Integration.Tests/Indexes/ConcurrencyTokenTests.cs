using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;
using Order = TypedRedis.Integration.Tests.Models.Order;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Versions, and members that change in one step, under many writers.</summary>
public sealed class ConcurrencyTokenTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Writers = 64;

    // 64,000 updates of an entity where the variable asks for as many.
    private static int Updates { get; } = Math.Max(IndexLoad.Operations(64 * 8) / Writers, 1);

    [Fact]
    public async Task No_update_is_lost_with_a_number_as_version()
    {
        var orders = await StoresAsync(redis => new OrderRepository(redis));
        await orders[0].InsertAsync(new() { Tenant = "t", Number = 1, Reference = "r", State = OrderState.Open });
        await WriteAsync(orders, store => store.UpdateAsync(("t", 1), one => one with { Total = one.Total + 1 }, retries: int.MaxValue));
        Order order = (await orders[0].GetAsync(("t", 1)))!;
        Assert.Equal((Writers * Updates, Writers * Updates), ((int)order.Total, order.Version));
        Assert.Single(await orders[0].ByTotal.RangeAsync("t", order.Total, order.Total).ToListAsync());
        Assert.Equal(1, await orders[0].ByTotal.CountAsync("t"));
    }

    [Fact]
    public async Task No_update_is_lost_with_a_long_as_version()
    {
        var ledgers = await StoresAsync(redis => new LedgerRepository(redis));
        await ledgers[0].InsertAsync(new() { Id = 1, Sum = 0, Version = int.MaxValue });
        await WriteAsync(ledgers, store => store.UpdateAsync(1, one => one with { Sum = one.Sum + 1 }, retries: int.MaxValue));
        Ledger ledger = (await ledgers[0].GetAsync(1))!;
        Assert.Equal((Writers * Updates, int.MaxValue + (long)(Writers * Updates)), (ledger.Sum, ledger.Version));
    }

    [Fact]
    public async Task No_update_is_lost_with_a_guid_as_version()
    {
        var accounts = await StoresAsync(redis => new AccountRepository(redis));
        await accounts[0].InsertAsync(new() { Id = 1, Amount = 0 });
        await WriteAsync(accounts, store => store.UpdateAsync(1, one => one with { Amount = one.Amount + 1 }, retries: int.MaxValue));
        Account account = (await accounts[0].GetAsync(1))!;
        Assert.Equal(Writers * Updates, account.Amount);
        Assert.NotEqual(Guid.Empty, account.Version);
    }

    [Fact]
    public async Task No_update_is_lost_without_a_version()
    {
        var members = await StoresAsync(redis => new MemberRepository(redis));
        await members[0].InsertAsync(new() { Id = 1, Name = "n", Balance = 0 });
        await WriteAsync(members, store => store.UpdateAsync(1, one => one with { Balance = one.Balance + 1 }, retries: int.MaxValue));
        Assert.Equal(Writers * Updates, (await members[0].GetAsync(1))!.Balance);
        Assert.Equal(1, await members[0].ByBalance.CountAsync(Writers * Updates, Writers * Updates));
        Assert.Equal(1, await members[0].ByBalance.CountAsync());
    }

    [Fact]
    public async Task The_default_of_retries_is_enough_for_many_writers_of_one_entity()
    {
        var orders = await StoresAsync(redis => new OrderRepository(redis));
        await orders[0].InsertAsync(new() { Tenant = "t", Number = 1, Reference = "r", State = OrderState.Open });
        await WriteAsync(orders, store => store.UpdateAsync(("t", 1), one => one with { Total = one.Total + 1 }));
        Assert.Equal(Writers * Updates, (await orders[0].GetAsync(("t", 1)))!.Version);
    }

    [Fact]
    public async Task A_stale_write_names_both_versions()
    {
        RedisContext redis = fixture.NewContext();
        var ledgers = new LedgerRepository(redis);
        var accounts = new AccountRepository(redis);
        var ledger = new Ledger { Id = 1, Version = 5 };
        await ledgers.InsertAsync(ledger);
        await ledgers.UpdateAsync(ledger);
        await StaleAsync(() => ledgers.UpdateAsync(ledger), "5", "6");
        await StaleAsync(() => ledgers.UpsertAsync(ledger with { Version = 7 }), "7", "6");
        await StaleAsync(() => ledgers.UpdateManyAsync([ledger with { Version = -1 }]), "-1", "6");
        await StaleAsync(() => ledgers.PatchAsync(1, new LedgerPatch { Sum = 1, Version = 5 }), "5", "6");
        await StaleAsync(() => ledgers.PatchManyAsync([(1, new LedgerPatch { Sum = 1, Version = 5 })]), "5", "6");
        Assert.Equal(ledger with { Version = 6 }, await ledgers.GetAsync(1));

        // A version that is missing is read as 0.
        await redis.Database.HashDeleteAsync("ledger:1", "version");
        await StaleAsync(() => ledgers.UpdateAsync(ledger), "5", null);
        await StaleAsync(() => ledgers.PatchAsync(1, new LedgerPatch { Sum = 1, Version = 5 }), "5", null);
        Assert.True(await ledgers.UpdateAsync((await ledgers.GetAsync(1))!));
        Assert.False(await ledgers.UpdateAsync(ledger with { Id = 2 }));
        Assert.False(await ledgers.PatchAsync(2, new LedgerPatch { Sum = 1, Version = 0 }));

        var account = new Account { Id = 1, Amount = 1, Version = Guid.NewGuid() };
        await accounts.InsertAsync(account);
        await accounts.UpdateAsync(account);
        Guid now = (await accounts.GetAsync(1))!.Version;
        await StaleAsync(() => accounts.UpdateAsync(account), account.Version.ToString(), now.ToString());
        Assert.True(await accounts.UpdateAsync(account with { Version = now }));
    }

    [Fact]
    public async Task Retries_end_with_an_error_and_nothing_is_written()
    {
        var stores = await StoresAsync(redis => new LedgerRepository(redis));
        var (ledgers, others) = (stores[0], stores[1]);     // by another connection: the change is called by what reads the replies of this one
        await ledgers.InsertAsync(new() { Id = 1 });
        int calls = 0;
        var error = await Assert.ThrowsAsync<RedisConcurrencyException>(() => ledgers.UpdateAsync(1, one =>
        {
            calls++;
            Assert.True(others.PatchAsync(1, new LedgerPatch { Sum = calls }).GetAwaiter().GetResult());
            return one with { Sum = -1 };
        }, retries: 2));
        Assert.Equal(3, calls);
        Assert.Contains("3 attempts", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await ledgers.GetAsync(1))!.Sum);
    }

    [Fact]
    public async Task A_bounded_counter_never_leaves_its_bounds_and_answers_exactly()
    {
        var accounts = await StoresAsync(redis => new AccountRepository(redis));
        await accounts[0].InsertAsync(new() { Id = 1, Amount = 0 });
        using var done = new CancellationTokenSource();
        Task watch = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                Assert.InRange((await accounts[1].GetAsync(1))!.Holds, 0, 10);
        });
        int sum = 0;
        await WriteAsync(accounts, async store =>
        {
            int by = Random.Shared.Next(-4, 5);
            if (await store.TryIncrementHoldsAsync(1, by) is { } holds)
            {
                Assert.InRange(holds, 0, 10);
                Interlocked.Add(ref sum, by);
            }
        });
        await done.CancelAsync();
        await watch;
        Assert.Equal(sum, (await accounts[0].GetAsync(1))!.Holds);

        // As many as there is room for, and not one more.
        await accounts[0].IncrementHoldsAsync(1, -sum);
        int?[] granted = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => accounts[i % accounts.Length].TryIncrementHoldsAsync(1)));
        Assert.Equal(Enumerable.Range(1, 10), granted.OfType<int>().Order());
    }

    [Fact]
    public async Task Values_that_are_swapped_form_a_chain()
    {
        var accounts = await StoresAsync(redis => new AccountRepository(redis));
        await accounts[0].InsertAsync(new() { Id = 1, Amount = 0, Owner = "first" });
        var before = new System.Collections.Concurrent.ConcurrentBag<string?>();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(async () => before.Add(await accounts[i % accounts.Length].GetAndSetOwnerAsync(1, $"{i}")))));
        Assert.Equal(
            Enumerable.Range(0, Writers).Select(i => $"{i}").Append("first").Order(StringComparer.Ordinal),
            before.Append((await accounts[0].GetAsync(1))!.Owner).Order(StringComparer.Ordinal));
        bool[] won = await Task.WhenAll(Enumerable.Range(0, Writers).Select(async i => await accounts[i % accounts.Length].CompareAndSetOwnerAsync(1, (await accounts[0].GetAsync(1))!.Owner, $"winner {i}")));
        Assert.Contains(true, won);
    }

    private async Task<T[]> StoresAsync<T>(Func<RedisContext, T> make)
    {
        RedisContext redis = fixture.NewContext();
        ConnectionMultiplexer other = await ServerFixture.ConnectAsync(fixture.Server);
        return [make(redis), make(new RedisContext(other, redis.Options))];
    }

    private static Task WriteAsync<T>(T[] stores, Func<T, Task> write)
        => Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Updates; i++)
                await write(stores[writer % stores.Length]);
        })));

    private static async Task StaleAsync(Func<Task> write, string expected, string? actual)
    {
        var error = await Assert.ThrowsAsync<RedisConcurrencyException>(write);
        Assert.Equal(("version", expected, actual), (error.Field, error.Expected, error.Actual));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(actual ?? "absent", error.Message, StringComparison.Ordinal);
    }
}
