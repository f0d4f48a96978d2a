using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>What breaks in the usual snippets, and does not here. The pages on counters and bitmaps quote them.</summary>
public sealed class NaiveCountingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Incr_and_then_expire_leaves_a_counter_for_ever_where_the_program_ends_between()
    {
        IDatabase database = _redis.Database;
        await IncrementAsync(endsBetween: true);
        for (int i = 0; i < 5; i++)
            await IncrementAsync(endsBetween: false);
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}naive:requests"));

        // One step: there is no between. The answer is lost, and the count expires all the same.
        using var cancelled = new CancellationTokenSource();
        Task<long> first = new DailyCountCounter(_redis).IncrementAsync(1, cancellationToken: cancelled.Token);
        await cancelled.CancelAsync();
        await Record.ExceptionAsync(() => first);
        for (int i = 0; i < 5; i++)
            await new DailyCountCounter(_redis).IncrementAsync(1);
        string[] leftovers = await Leftovers.OfAsync(fixture.Server, $"{_redis.Prefix}{{daily");
        Assert.Empty(leftovers);

        async Task IncrementAsync(bool endsBetween)
        {
            long count = await database.StringIncrementAsync("naive:requests");
            if (endsBetween)
                return;
            if (count == 1)
                await database.KeyExpireAsync("naive:requests", TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task Keys_by_the_programs_clock_are_two_days_at_one_moment()
    {
        DateTimeOffset midnight = Berlin.At("2027-06-15T22:00Z");
        foreach (TimeProvider machine in (TimeProvider[])[new HandClock(midnight.AddSeconds(-30)), new HandClock(midnight.AddSeconds(30))])
            await _redis.Database.StringIncrementAsync($"naive:views:{TimeZoneInfo.ConvertTime(machine.GetUtcNow(), Berlin.Zone):yyyy-MM-dd}");
        Assert.Equal(2, (await fixture.Server.KeysAsync($"{_redis.Prefix}naive:views:")).Length);

        // Whatever two machines take the time for, the server's day is meant.
        long server = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (long estimate in (long[])[server - 86_400_000, server + 86_400_000])
        {
            var machine = new RedisContext(_redis.Connection, _redis.Options);
            machine.Clock.Observe(estimate);
            await new DailyCountCounter(machine).IncrementAsync(1);
        }

        // Two keys only where it was midnight just then; none of yesterday or tomorrow.
        Assert.Equal(2, await new DailyCountCounter(new RedisContext(_redis.Connection, _redis.Options)).SumAsync(1, PeriodRange.OfLast(2, PeriodUnits.Day)));
        Assert.InRange((await fixture.Server.KeysAsync($"{_redis.Prefix}{{daily:1}}")).Length, 1, 2);
    }

    [Fact]
    public async Task Setbit_of_one_large_id_takes_half_a_gigabyte()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SETBIT", "naive:active", "4000000000", "1");
        Assert.InRange((await server.ExecuteAsync("MEMORY", "USAGE", "naive:active")).Integer, 500_000_000, long.MaxValue);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => new ActiveBitmap(_redis).MarkAsync("web", 4_000_000_000));
        await new WideBitmap(_redis).MarkAsync("web", 4_000_000_000);
        Assert.InRange((await fixture.Server.ExecuteAsync("MEMORY", "USAGE", Assert.Single(await fixture.Server.KeysAsync(_redis.Prefix)))).Integer, 1, 66_000);
    }

    [Fact]
    public async Task Bitop_leaves_its_result_where_the_program_ends_ahead_of_the_deletion_and_callers_meet_in_it()
    {
        IDatabase database = _redis.Database;
        await database.StringSetBitAsync("naive:1", 1, true);
        await database.StringSetBitAsync("naive:2", 2, true);
        await database.StringSetBitAsync("naive:3", 3, true);
        await database.StringBitOperationAsync(Bitwise.Or, "naive:union", ["naive:1", "naive:2"]);
        await database.StringBitOperationAsync(Bitwise.Or, "naive:union", ["naive:1", "naive:2", "naive:3"]);      // another caller
        Assert.Equal(3, await database.StringBitCountAsync("naive:union"));                                        // the first expects 2, and its program ends here
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}naive:union"));

        var active = new ActiveBitmap(_redis);
        await active.MarkManyAsync([new Active("web", 1), new Active("web", 700_000)]);
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(i => active.CountAnyAsync("web", PeriodRange.OfLast(2 + i, PeriodUnits.Day)))), count => Assert.Equal(2, count));
        Assert.Empty(await Leftovers.OfAsync(fixture.Server, $"{_redis.Prefix}{{active"));
    }
}
