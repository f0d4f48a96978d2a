using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>What is wrong with the usual snippets, as the page on unique counts says.</summary>
public sealed class UniqueSnippetTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    private IDatabase Database => _redis.Database;

    [Fact]
    public async Task A_union_in_a_key_stays_and_gets_into_the_next_one()
    {
        await Database.HyperLogLogAddAsync("uv:1", ["a", "b", "c"]);
        await Database.HyperLogLogAddAsync("uv:2", ["c", "d"]);
        await Database.HyperLogLogAddAsync("uv:3", ["e"]);
        Assert.Equal(4, await UnionAsync("uv:1", "uv:2"));
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(_redis.Prefix + "tmp"));

        // 3 visitors of two days are 5, because those of the union before are still in it.
        Assert.Equal(5, await UnionAsync("uv:2", "uv:3"));

        async Task<long> UnionAsync(params RedisKey[] days)
        {
            await Database.HyperLogLogMergeAsync("tmp", days);
            return await Database.HyperLogLogLengthAsync("tmp");
        }
    }

    [Fact]
    public async Task A_set_takes_hundreds_of_times_the_memory()
    {
        RedisValue[] visitors = [.. Enumerable.Range(0, 100_000).Select(i => (RedisValue)$"{new Guid(i, 0, 0, new byte[8]):D}")];
        foreach (RedisValue[] chunk in visitors.Chunk(10_000))
            await Database.SetAddAsync("uv:set", chunk);
        await new VisitCounter<DaysAndWeeks>(_redis).AddManyAsync("a", visitors.Select(visitor => (string)visitor!));
        long set = (await fixture.Server.ExecuteAsync("MEMORY", "USAGE", _redis.Prefix + "uv:set", "SAMPLES", "0")).Integer;
        Assert.True(set > 5_000_000, $"{set}");
        string[] sketches = [.. (await fixture.Server.KeysAsync(_redis.Prefix)).Where(key => key.Contains("visits:", StringComparison.Ordinal))];
        Assert.NotEmpty(sketches);
        foreach (string sketch in sketches)
            Assert.InRange((await fixture.Server.ExecuteAsync("MEMORY", "USAGE", sketch)).Integer, 1, 16_000);
    }

    /// <summary>The day of a machine whose clock is a minute ahead is another one at midnight.</summary>
    [Fact]
    public async Task A_day_by_the_clock_of_each_machine_is_several()
    {
        var midnight = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        foreach (TimeProvider machine in (TimeProvider[])[new HandClock(midnight.AddSeconds(-20)), new HandClock(midnight.AddSeconds(40))])
            await Database.HyperLogLogAddAsync($"uv:{machine.GetUtcNow():yyyy-MM-dd}", "a");
        Assert.Equal(2, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
    }
}
