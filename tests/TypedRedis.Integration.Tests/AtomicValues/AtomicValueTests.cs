using System.Globalization;
using System.Reflection;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.AtomicValues;

/// <summary>Atomic values under many writers, with foreign data and on bad days.</summary>
public sealed class AtomicValueTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Loops_of_compare_and_set_of_32_writers_lose_nothing()
    {
        var ticks = new TicksValue(_redis);
        await Workers(32, async _ =>
        {
            for (int i = 0; i < 20; i++)
            {
                long? before;
                do
                    before = await ticks.GetAsync("t");
                while (!await ticks.CompareAndSetAsync("t", before, (before ?? 0) + 1));
            }
        });
        await Workers(32, async _ =>
        {
            for (int i = 0; i < 10; i++)
                await ticks.UpdateAsync("t", static count => count!.Value + 1, retries: 10_000);
        });

        Assert.Equal(32 * 30, await ticks.GetAsync("t"));
    }

    [Fact]
    public async Task Increments_of_32_writers_never_leave_the_bounds_and_none_is_lost()
    {
        var stock = new StockValue(_redis);
        int added = 0;
        using var done = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            for (int looks = 1; ; looks++)
            {
                Assert.InRange(await stock.GetAsync("s") ?? 0, 0, 1000);
                if (done.IsCancellationRequested)
                    return looks;
            }
        });
        await Workers(32, async worker =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 60; i++)
            {
                int by = random.Next(-400, 400);
                long? sum = i % 2 == 0 ? await stock.TryIncrementAsync("s", by) : await OrNull(() => stock.IncrementAsync("s", by));
                if (sum is not { } now)
                    continue;
                Assert.InRange(now, 0, 1000);
                Interlocked.Add(ref added, by);
            }
        });
        await done.CancelAsync();

        Assert.True(await watching > 0);
        Assert.Equal(added, await stock.GetAsync("s"));

        static async Task<long?> OrNull(Func<Task<long>> call)
        {
            try
            {
                return await call();
            }
            catch (OverflowException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Of_many_writers_one_makes_and_one_takes()
    {
        var leaders = new LeaderValue(_redis);
        for (int round = 0; round < 20; round++)
        {
            bool[] made = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => i % 2 == 0
                ? leaders.SetIfAbsentAsync("job", $"{i}")
                : leaders.CompareAndSetAsync("job", expected: null, $"{i}"))));
            int winner = Array.IndexOf(made, true);
            Assert.Equal(1, made.Count(true.Equals));
            Assert.Equal($"{winner}", await leaders.GetAsync("job"));

            string?[] taken = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => Task.Run(() => leaders.GetAndDeleteAsync("job"))));
            Assert.Equal([$"{winner}"], taken.OfType<string>());
        }
    }

    [Fact]
    public async Task Integers_are_exact_over_64_bits()
    {
        var ticks = new TicksValue(_redis);
        await ticks.SetAsync("t", long.MaxValue - 1);
        Assert.Equal(long.MaxValue, await ticks.IncrementAsync("t"));
        var error = await Assert.ThrowsAsync<OverflowException>(() => ticks.IncrementAsync("t"));
        Assert.Equal($"TypedRedis.Integration.Tests.Models.Ticks: adding 1 to '{_redis.Prefix}ticks:t', which is 9223372036854775807, leaves -9223372036854775808 to 9223372036854775807. Nothing was changed.", error.Message);
        await Assert.ThrowsAsync<OverflowException>(() => ticks.IncrementAsync("t", long.MaxValue));
        Assert.Equal(-1, await ticks.IncrementAsync("t", long.MinValue));
        Assert.Equal(-1, await ticks.IncrementAsync("t", 0));
        Assert.Equal(0, await ticks.IncrementAsync("other", 0));
        Assert.Equal("0", (await fixture.Server.ExecuteAsync("GET", _redis.Prefix + "ticks:other")).Text);

        var tries = new TriesValue(_redis);
        await tries.SetAsync(1, (1L << 53) + 1);
        Assert.Equal((1L << 53) + 3, await tries.IncrementAsync(1, 2));
        Assert.Equal(long.MaxValue, await tries.IncrementAsync(1, long.MaxValue - (1L << 53) - 3));
        await Assert.ThrowsAsync<OverflowException>(() => tries.IncrementAsync(1));
    }

    [Fact]
    public async Task Nothing_writes_outside_the_bounds()
    {
        var stock = new StockValue(_redis);
        await stock.SetAsync("s", 7);
        foreach (Func<Task> write in (Func<Task>[])[
            () => stock.SetAsync("s", -1),
            () => stock.SetIfAbsentAsync("t", 1001),
            () => stock.SetIfPresentAsync("s", 1001),
            () => stock.GetAndSetAsync("s", -1),
            () => stock.CompareAndSetAsync("s", 7, -1),
            () => stock.UpdateAsync("s", static units => units!.Value - 8)])
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(write);
            Assert.Contains("goes from 0 to 1000. Nothing was written.", error.Message, StringComparison.Ordinal);
        }

        Assert.Null(await stock.TryIncrementAsync("s", -8));
        Assert.Equal(7, await stock.GetAsync("s"));
        Assert.Null(await stock.GetAsync("t"));

        // What another program wrote can be replaced, by what it is.
        await fixture.Server.ExecuteAsync("SET", _redis.Prefix + "stock:s", "-3");
        Assert.Null(await stock.TryIncrementAsync("s", 2));
        Assert.True(await stock.CompareAndSetAsync("s", -3, 5));
    }

    [Fact]
    public async Task An_expiry_is_set_by_the_increment_that_makes_a_value_and_kept_by_the_next()
    {
        var hits = new HitsValue(_redis);
        HitsValueKey key = new("a", new DateOnly(2025, 1, 2));
        string full = $"{_redis.Prefix}hits:{{a}}:2025-01-02";
        Assert.Equal(1, await hits.IncrementAsync(key));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(full), 9 * 86_400_000, 10 * 86_400_000);
        await fixture.Server.ExecuteAsync("PEXPIRE", full, "50000000");
        Assert.Equal(2, await hits.IncrementAsync(key));
        Assert.Null(await hits.TryIncrementAsync(key, -8));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(full), 1, 50_000_000);
        await fixture.Server.ExecuteAsync("DEL", full);
        Assert.Null(await hits.TryIncrementAsync(key, -6));
        Assert.False(await fixture.Server.ExistsAsync(full));
    }

    [Fact]
    public async Task A_value_in_another_form_is_as_expected()
    {
        var prices = new PriceValue(_redis);
        string key = _redis.Prefix + "price:1";
        await fixture.Server.ExecuteAsync("SET", key, "01.5");

        Assert.False(await prices.CompareAndSetAsync(1, 1.6m, 2));
        Assert.False(await prices.CompareAndDeleteAsync(1, 2));
        Assert.False(await prices.CompareAndSetAsync(1, null, 2));
        Assert.True(await prices.CompareAndSetAsync(1, 1.5m, 2.25m));
        Assert.Equal("2.25", (await fixture.Server.ExecuteAsync("GET", key)).Text);
        await fixture.Server.ExecuteAsync("SET", key, "02.25");
        Assert.True(await prices.CompareAndDeleteAsync(1, 2.25m));
        Assert.False(await fixture.Server.ExistsAsync(key));
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_and_stays()
    {
        foreach (string text in (string[])["abc", "", "1.5", "99999999999999999999"])
        {
            await fixture.Server.ExecuteAsync("SET", _redis.Prefix + "ticks:t", text);
            await fixture.Server.ExecuteAsync("SET", _redis.Prefix + "stock:t", text);
            var ticks = new TicksValue(_redis);
            var stock = new StockValue(_redis);
            foreach (Func<Task> call in (Func<Task>[])[
                () => ticks.GetAsync("t"),
                () => ticks.GetManyAsync(["s", "t"]),
                () => ticks.CompareAndSetAsync("t", 1, 2),
                () => ticks.CompareAndDeleteAsync("t", 1),
                () => ticks.UpdateAsync("t", static count => 1),
                () => ticks.IncrementAsync("t"),
                () => stock.IncrementAsync("t"),
                () => stock.TryIncrementAsync("t")])
            {
                var error = await Assert.ThrowsAsync<RedisDecodeException>(call);
                Assert.Equal(text, error.Value);
                Assert.EndsWith(":t", error.Key, StringComparison.Ordinal);
            }

            Assert.False(await ticks.SetIfAbsentAsync("t", 1));
            Assert.False(await ticks.CompareAndSetAsync("t", null, 1));
            Assert.Equal(text, (await fixture.Server.ExecuteAsync("GET", _redis.Prefix + "ticks:t")).Text);
            Assert.True(await ticks.SetIfPresentAsync("t", 1));
        }
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("list")]
    [InlineData("zset")]
    public async Task Every_call_refuses_another_type(string type)
    {
        var ticks = new TicksValue(_redis);
        var tries = new TriesValue(_redis);
        foreach (var (calls, key) in ((Call[], string)[])[(Calls(ticks, "t"), "ticks:t"), (Calls(tries, 1), "tries:1")])
        {
            string full = _redis.Prefix + key;
            string[] plant = type switch { "hash" => ["HSET", full, "a", "1"], "list" => ["RPUSH", full, "1"], _ => ["ZADD", full, "1", "a"] };
            await fixture.Server.ExecuteAsync(plant);
            foreach (Call call in calls.Where(static call => !call.TakesAnyType))
            {
                var error = await Record.ExceptionAsync(() => call.RunAsync(default).EndsAsync());
                Assert.True(error is RedisWrongTypeException wrong && wrong.Key == full, $"{call}: {error?.ToString() ?? "no error"}");
                Assert.Equal(type, (await fixture.Server.ExecuteAsync("TYPE", full)).Text);
            }
        }
    }

    [Fact]
    public void The_list_of_calls_has_every_member()
        => Assert.Equal(
            Call.MembersOf(typeof(TicksValue)).Order(StringComparer.Ordinal),
            Calls(new TicksValue(_redis), "t").Select(static call => call.Name.Split('(')[0]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Every_call_ends_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var tries = new TriesValue(_redis);
        foreach (Call call in Calls(tries, 1))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.RunAsync(cancelled.Token).EndsAsync());
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_test_double_overrides_what_is_called()
    {
        var stock = new FakeStock();
        Assert.Equal(3, await stock.GetAsync("s"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => stock.SetAsync("s", 1));
        Assert.All(
            typeof(StockValue).GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(static method => method.Name.EndsWith("Async", StringComparison.Ordinal)),
            static method => Assert.True(method is { IsVirtual: true, IsFinal: false }, method.Name));
    }

    [Fact]
    public async Task An_update_gives_up_after_its_retries()
    {
        var ticks = new TicksValue(_redis);
        int calls = 0;
        var error = await Assert.ThrowsAsync<RedisConcurrencyException>(() => ticks.UpdateAsync("t", Disturbed, retries: 2));
        Assert.Equal((3, $"{_redis.Prefix}ticks:t"), (calls, error.Key));

        long Disturbed(long? count)
        {
            fixture.Server.ExecuteAsync("SET", $"{_redis.Prefix}ticks:t", (++calls).ToString(CultureInfo.InvariantCulture)).GetAwaiter().GetResult();
            return 100;
        }
    }

    internal static Task Workers(int count, Func<int, Task> work)
        => Task.WhenAll(Enumerable.Range(0, count).Select(worker => Task.Run(() => work(worker)))).EndsAsync();

    internal static Call[] Calls(TicksValue store, TicksValueKey key)
        => [.. OfBase(store, key, [new("before"), key, new("after")]), new("IncrementAsync", false, token => store.IncrementAsync(key, cancellationToken: token))];

    internal static Call[] Calls(TriesValue store, TriesValueKey key)
        => [.. OfBase(store, key, [new(-1), key, new(-2)]), new("IncrementAsync", false, token => store.IncrementAsync(key, cancellationToken: token))];

    private static Call[] OfBase<TKey, TMapper>(AtomicValueStore<TKey, long, long?, TMapper> store, TKey key, TKey[] keys)
        where TKey : struct, IRedisKey<TKey>
        where TMapper : struct, IAtomicValueMapper<long, long?>
        =>
        [
            new("GetAsync", false, token => store.GetAsync(key, token)),
            new("GetManyAsync", false, token => store.GetManyAsync(keys, token)),
            new("SetAsync", false, token => store.SetAsync(key, 1, cancellationToken: token)),
            new("SetIfAbsentAsync", false, token => store.SetIfAbsentAsync(key, 1, cancellationToken: token)),
            new("SetIfPresentAsync", false, token => store.SetIfPresentAsync(key, 1, cancellationToken: token)),
            new("GetAndSetAsync", false, token => store.GetAndSetAsync(key, 1, cancellationToken: token)),
            new("GetAndDeleteAsync", false, token => store.GetAndDeleteAsync(key, token)),
            new("CompareAndSetAsync", false, token => store.CompareAndSetAsync(key, 1, 2, cancellationToken: token)),
            new("CompareAndSetAsync(null)", false, token => store.CompareAndSetAsync(key, null, 2, cancellationToken: token)),
            new("CompareAndDeleteAsync", false, token => store.CompareAndDeleteAsync(key, 1, token)),
            new("UpdateAsync", false, token => store.UpdateAsync(key, static _ => 1, cancellationToken: token)),
            new("DeleteAsync", false, token => store.DeleteAsync(key, token)),
            new("DeleteManyAsync", false, token => store.DeleteManyAsync(keys, token)),
            new("ExpireAsync", false, token => store.ExpireAsync(key, TimeSpan.FromHours(1), token)),
            new("GetTimeToLiveAsync", false, token => store.GetTimeToLiveAsync(key, token)),
            new("DeleteAllAsync", true, token => store.DeleteAllAsync(token)),
            new("ScanKeysAsync", true, async token => await store.ScanKeysAsync(cancellationToken: token).ToListAsync(token)),
        ];

    private sealed class FakeStock : StockValue
    {
        public override Task<long?> GetAsync(StockValueKey key, CancellationToken cancellationToken = default) => Task.FromResult<long?>(3);
    }
}

/// <summary>Atomic values on a cluster: each operation is one key's.</summary>
public sealed class AtomicValueClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task Every_operation_works_on_every_node()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var ticks = new TicksValue(redis);
        var stock = new StockValue(redis);
        string[] ids = [.. Enumerable.Range(0, 60).Select(static id => $"{id}")];
        foreach (string id in ids)
        {
            Assert.True(await ticks.SetIfAbsentAsync(id, 1));
            Assert.Equal(2, await ticks.IncrementAsync(id));
            Assert.True(await ticks.CompareAndSetAsync(id, 2, 3));
            Assert.Equal(3, await ticks.GetAndSetAsync(id, 4));
            Assert.Equal(8, await ticks.UpdateAsync(id, static count => count!.Value * 2));
            Assert.Equal(1000, await stock.IncrementAsync(id, 1000));
            Assert.Null(await stock.TryIncrementAsync(id));
        }

        Assert.Equal([.. ids.Select(static _ => (long?)8), null], await ticks.GetManyAsync([.. ids, "none"]));
        Assert.Equal(ids.Order(StringComparer.Ordinal), (await ticks.ScanKeysAsync().Select(static key => key.Id).ToHashSetAsync()).Order(StringComparer.Ordinal));
        Assert.All(await ticks.DeleteManyAsync(ids), Assert.True);
        Assert.Equal(ids.Length, await stock.DeleteAllAsync());
    }
}

/// <summary>Atomic values while the server forgets its scripts, and after it was killed.</summary>
[Collection(FaultCollection.Name)]
public sealed class AtomicValueFaultTests
{
    [Fact]
    public async Task Scripts_that_are_flushed_are_carried_out_once()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, ServerFixture.Patient with { Prefix = "f" });
        var tries = new TriesValue(redis);
        var stock = new StockValue(redis);
        using var done = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            int flushes = 0;
            for (; !done.IsCancellationRequested; flushes++)
                await server.ExecuteAsync("SCRIPT", "FLUSH");
            return flushes;
        });

        await AtomicValueTests.Workers(8, async worker =>
        {
            for (int i = 0; i < 100; i++)
            {
                await tries.IncrementAsync(1);
                await tries.UpdateAsync(2, static count => (count ?? 0) + 1, retries: 10_000);
                Assert.True(await stock.SetIfAbsentAsync($"{worker}-{i}", i));
                Assert.Equal(i, await stock.GetAndDeleteAsync($"{worker}-{i}"));
            }
        });
        await done.CancelAsync();

        Assert.True(await flushing.EndsAsync() > 10);
        Assert.Equal([800, 800], await tries.GetManyAsync([1, 2]));
        Assert.Empty(await server.KeysAsync("fstock"));
    }

    [Fact]
    public async Task What_was_answered_survives_a_kill_and_everything_works_again()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, ServerFixture.Patient with { Prefix = "r", OperationTimeout = TimeSpan.FromSeconds(5) });
        var ticks = new TicksValue(redis);
        var tries = new TriesValue(redis);
        for (int round = 1; round <= 2; round++)
        {
            Assert.Equal(round, await ticks.IncrementAsync("t"));
            Assert.Equal(round, await tries.IncrementAsync(1));
            await server.KillAsync();
            foreach (Call call in (Call[])[.. AtomicValueTests.Calls(ticks, "other"), .. AtomicValueTests.Calls(tries, 9)])
            {
                var error = await Record.ExceptionAsync(() => call.RunAsync(default).EndsAsync());
                Assert.True(error.IsOutage(), $"{call}: {error?.ToString() ?? "no error"}");
            }

            await server.RestartAsync();
            await Bounded.SucceedsAsync(() => ticks.GetAsync("t"));
            Assert.Equal((round, round), (await ticks.GetAsync("t"), await tries.GetAsync(1)));
        }
    }
}
