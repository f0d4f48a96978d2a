using StackExchange.Redis;
using Xunit.Abstractions;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>A million members, ten million ids, thirty days: no call keeps the server for 10 milliseconds, and bitmaps take the memory that the page says.</summary>
[Collection(Faults.FaultCollection.Name)]
public sealed class CountingScaleTests(ServerFixture fixture, ITestOutputHelper output) : IClassFixture<ServerFixture>
{
    private const int Days = 30;

    // Each call can be made again.
    private const int Attempts = 8;

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Ten_million_ids_over_thirty_days()
    {
        var large = new LargeBitmap(_redis);
        await FillAsync("{large:web}", segments: 20);
        PeriodRange month = PeriodRange.OfLast(Days, PeriodUnits.Day);
        await IsQuickAsync(() => large.MarkAsync("web", 9_999_999));
        await IsQuickAsync(() => large.MarkManyAsync(Enumerable.Range(0, 1000).Select(i => new Large("web", i * 9_999L))));
        await IsQuickAsync(() => large.MarkManyAsync(Enumerable.Range(0, 1000).Select(i => new Large("other", i * 9_999L))));
        await IsQuickAsync(() => large.IsActiveAsync("web", 9_999_998, Period.Today));
        await IsQuickAsync(() => large.CountAsync("web", Period.Yesterday));
        await IsQuickAsync(() => large.RangeAsync("web", month));
        await IsQuickAsync(() => large.CountAnyAsync("web", month));
        await IsQuickAsync(() => large.CountAllAsync("web", month));
        await IsQuickAsync(() => large.RetentionAsync("web", Period.Ago(29, PeriodUnits.Day), PeriodRange.OfLast(29, PeriodUnits.Day)));
        await IsQuickAsync(() => large.CohortsAsync("web", PeriodRange.OfLast(7, PeriodUnits.Day)));
        await IsQuickAsync(async () =>
        {
            await foreach (long _ in large.GetActiveAsync("web", Period.Yesterday))
            {
            }
        }, commands: 20);
        await IsQuickAsync(() => large.RemoveAsync("web", 9_999_999));
        await IsQuickAsync(() => large.DeleteAsync("web", Period.Yesterday));
        await IsQuickAsync(() => large.DeleteAsync("web"));
        await large.DeleteAsync("other");
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task Ids_that_are_all_far_from_each_other()
    {
        var spread = new SpreadBitmap(_redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z"))));
        long calls = 0;
        await IsQuickAsync(
            async () =>
            {
                calls = await fixture.Server.CallsAsync("evalsha");
                await spread.MarkManyAsync(Enumerable.Range(0, 100).Select(i => new Spread("web", i * 42_000_000L)));
                calls = await fixture.Server.CallsAsync("evalsha") - calls;
            },
            async () =>
            {
                // So that the next attempt gets memory that the server has had from the system already, which is slow to give it.
                string[] keys = await fixture.Server.KeysAsync(_redis.Prefix);
                if (keys.Length > 0)
                    await fixture.Server.ExecuteAsync(["DEL", .. keys]);
            });
        Assert.InRange(calls, 4, 5);    // one may have been called twice, because the server did not know the script
        Assert.Equal((100L, 100L), (await spread.CountAsync("web", Period.Current(PeriodUnits.Hour)), await spread.CountAsync("web", Period.ThisMonth)));
    }

    [Fact]
    public async Task A_range_of_the_longest_unions()
    {
        var active = new ActiveBitmap(_redis);
        await FillAsync("{active:web}", segments: 2, days: 400);
        await IsQuickAsync(() => active.CountAnyAsync("web", PeriodRange.OfLast(400, PeriodUnits.Day)));
        await IsQuickAsync(() => active.CountAllAsync("web", PeriodRange.OfLast(400, PeriodUnits.Day)));
        await IsQuickAsync(() => active.RetentionAsync("web", Period.Today, PeriodRange.OfLast(400, PeriodUnits.Day)));

        // Days of different lengths, which BITOP takes byte by byte.
        await active.DeleteAsync("web");
        for (int day = 0; day < 400; day++)
            await _redis.Database.StringSetAsync($"{{active:web}}:d:{DateTime.UtcNow.AddDays(-day):yyyy-MM-dd}", new byte[day % 2 == 0 ? 64_000 : 100 + (day * 20)]);
        await IsQuickAsync(() => active.CountAnyAsync("web", PeriodRange.OfLast(400, PeriodUnits.Day)));
        await IsQuickAsync(() => active.RetentionAsync("web", Period.Today, PeriodRange.OfLast(400, PeriodUnits.Day)));
    }

    [Fact]
    public async Task A_million_members_with_numbers()
    {
        const string Fill = "for i = ARGV[1], ARGV[1] + 4999 do redis.call('HSET', KEYS[1], string.format('%08d-0000-4000-8000-000000000000', i), string.format('%.0f', i)) end";
        await NumberAsync();
        long bytes = (await fixture.Server.ExecuteAsync("MEMORY", "USAGE", $"{_redis.Prefix}{{many:s}}:ids", "SAMPLES", "1000")).Integer;
        output.WriteLine($"1,000,000 members of 36 characters: {bytes:N0} bytes");
        Assert.InRange(bytes, 0, 150_000_000);

        var many = new ManyBitmap(_redis);
        await FillAsync("{many:s}", segments: 2, days: 20);
        await IsQuickAsync(() => many.MarkAsync("s", new Guid("00000007-0000-4000-8000-000000000000")));
        await IsQuickAsync(() => many.MarkAsync("s", Guid.NewGuid()));
        await IsQuickAsync(() => many.MarkManyAsync(Enumerable.Range(0, 1000).Select(_ => new Many("s", Guid.NewGuid()))));
        await IsQuickAsync(() => many.IsActiveAsync("s", new Guid("00000007-0000-4000-8000-000000000000"), Period.Today));
        await IsQuickAsync(() => many.CountAnyAsync("s", PeriodRange.OfLast(20, PeriodUnits.Day)));
        int active = 0;
        await IsQuickAsync(async () =>
        {
            active = 0;
            await foreach (Guid _ in many.GetActiveAsync("s", Period.Yesterday))
                active++;
        }, commands: 2000);
        Assert.Equal(active, await many.CountAsync("s", Period.Yesterday));
        await IsQuickAsync(() => many.RemoveAsync("s", new Guid("00000007-0000-4000-8000-000000000000")));
        await IsQuickAsync(() => many.DeleteAsync("s"), NumberAsync);

        async Task NumberAsync()
        {
            for (int i = 0; i < 1_000_000; i += 5000)
                await _redis.Database.ScriptEvaluateAsync(Fill, ["{many:s}:ids"], [i]);
            await _redis.Database.HashSetAsync("{many:s}:given", "next", 1_000_000);
        }
    }

    [Fact]
    public async Task Memory_is_that_of_the_ids()
    {
        // A million ids in random order take two segments and no more.
        var active = new ActiveBitmap(_redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z"))));
        long[] ids = [.. Enumerable.Range(0, 1_000_000).Select(id => (long)id)];
        new Random(3).Shuffle(ids);
        await active.MarkManyAsync(ids.Take(200_000).Select(id => new Active("web", id)));
        string[] keys = [.. (await fixture.Server.KeysAsync($"{_redis.Prefix}{{active:web}}:d:")).Order(StringComparer.Ordinal)];
        long bytes = 0;
        foreach (string key in keys)
            bytes += (await fixture.Server.ExecuteAsync("MEMORY", "USAGE", key)).Integer;
        output.WriteLine($"ids up to a million: {keys.Length} keys, {bytes:N0} bytes");
        Assert.Equal(2, keys.Length);
        Assert.InRange(bytes, 125_000, 135_000);

        await active.MarkManyAsync(Enumerable.Range(0, 1000).Select(id => new Active("small", id)));
        long small = (await fixture.Server.ExecuteAsync("MEMORY", "USAGE", $"{_redis.Prefix}{{active:small}}:d:2027-06-16")).Integer;
        output.WriteLine($"a thousand ids: {small:N0} bytes");
        Assert.InRange(small, 125, 500);

        var days = new DailyCountCounter(_redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z"))));
        long before = await UsedAsync();
        await days.IncrementManyAsync(Enumerable.Range(0, 100_000).Select(id => ((DailyCountCounterKey)id, 1L)));
        output.WriteLine($"a count: {(await UsedAsync() - before) / 100_000.0:N0} bytes");

        async Task<long> UsedAsync() => (await fixture.Server.ExecuteAsync("INFO", "memory")).Text!.Split('\n').Where(line => line.StartsWith("used_memory:", StringComparison.Ordinal)).Select(line => long.Parse(line[12..], System.Globalization.CultureInfo.InvariantCulture)).Single();
    }

    private async Task FillAsync(string key, int segments, int days = Days)
    {
        var random = new Random(1);
        byte[] bits = new byte[64_000];
        for (int day = 0; day < days; day++)
        {
            for (int segment = 0; segment < segments; segment++)
            {
                random.NextBytes(bits);
                if (segments == 2 && segment == 1)      // there are a million members
                    Array.Clear(bits, (1_000_000 - 512_000) / 8, bits.Length - ((1_000_000 - 512_000) / 8));
                await _redis.Database.StringSetAsync($"{key}:d:{DateTime.UtcNow.AddDays(-day):yyyy-MM-dd}{(segment == 0 ? "" : $":s:{segment}")}", bits.ToArray(), TimeSpan.FromDays(1));
            }
        }
    }

    private Task IsQuickAsync(Func<Task> call, Func<Task>? prepare = null, int commands = 1)
        => fixture.Server.IsEmptyAfterAsync(call, commands, Attempts, prepare);
}
