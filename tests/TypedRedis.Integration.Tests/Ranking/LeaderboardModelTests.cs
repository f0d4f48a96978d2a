using StackExchange.Redis;
using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>All modes, ties and windows against a board in memory, by several tasks with contexts and clocks of their own.</summary>
public sealed class LeaderboardModelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public Task Best_by_bytes() => RunAsync<Everything<Best, ByBytes>>();

    [Fact]
    public Task Best_by_arrival() => RunAsync<Everything<Best, ByArrival>>();

    [Fact]
    public Task Lowest_by_bytes() => RunAsync<Everything<Lowest, ByBytes>>();

    [Fact]
    public Task Lowest_by_arrival() => RunAsync<Everything<Lowest, ByArrival>>();

    [Fact]
    public Task Latest_by_bytes() => RunAsync<Everything<Latest, ByBytes>>();

    [Fact]
    public Task Latest_by_arrival() => RunAsync<Everything<Latest, ByArrival>>();

    [Fact]
    public Task Sum_by_bytes() => RunAsync<Everything<Sum, ByBytes>>();

    [Fact]
    public Task Sum_by_arrival() => RunAsync<Everything<Sum, ByArrival>>();

    [Fact]
    public Task Best_without_history() => RunAsync<Windows<Best>>();

    [Fact]
    public Task Lowest_without_history() => RunAsync<Windows<Lowest>>();

    [Fact]
    public Task Latest_without_history() => RunAsync<Windows<Latest>>();

    [Fact]
    public Task Sum_without_history() => RunAsync<Windows<Sum>>();

    [Fact]
    public Task Best_of_all_time() => RunAsync<Plain<Best, ByBytes>>();

    [Fact]
    public Task Latest_of_all_time() => RunAsync<Plain<Latest, ByBytes>>();

    [Fact]
    public Task Lowest_of_all_time_by_arrival() => RunAsync<Plain<Lowest, ByArrival>>();

    /// <summary>Writers of one board: what they do to it comes to the same in any order, and in all windows.</summary>
    [Fact]
    public async Task Many_writers_of_one_board()
    {
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(fixture.Server);
        var clock = new HandClock(new(2026, 11, 21, 14, 0, 0, TimeSpan.Zero));
        var truths = (Best: new LeaderboardTruth(Everything<Best, ByBytes>.Schema, () => clock.Now), Sum: new LeaderboardTruth(Everything<Sum, ByBytes>.Schema, () => clock.Now));
        int operations = IndexLoad.Operations(3_000) / 10;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var redis = new RedisContext(worker % 2 == 0 ? _redis.Connection : other, _redis.Options with { TimeProvider = clock });
            var (best, sum) = (new Board<Everything<Best, ByBytes>>(redis), new Board<Everything<Sum, ByBytes>>(redis));
            var random = new Random(Seeds.Of(worker));
            for (int i = 0; i < operations; i++)
            {
                Play[] plays = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Play("shared", $"{random.Next(5)}", random.Next(-50, 1000)))];
                lock (clock)
                {
                    truths.Best.Submit(plays.Select(play => (play.Player, play.Points)), null, out _);
                    truths.Sum.Submit(plays.Select(play => (play.Player, play.Points)), null, out _);
                }

                if (plays.Length == 1)
                    await Task.WhenAll(best.SubmitAsync(plays[0]), sum.SubmitAsync(plays[0] with { Game = "sums" })).EndsAsync();
                else
                    await Task.WhenAll(best.SubmitManyAsync(plays), sum.SubmitManyAsync(plays.Select(play => play with { Game = "sums" }))).EndsAsync();
            }
        })));

        var all = new RedisContext(_redis.Connection, _redis.Options with { TimeProvider = clock });
        foreach (Period period in truths.Best.Kept())
        {
            Assert.Equal(truths.Best.Ranking(period), await new Board<Everything<Best, ByBytes>>(all).TopAsync(new("shared"), 10, period));
            Assert.Equal(truths.Sum.Ranking(period), await new Board<Everything<Sum, ByBytes>>(all).TopAsync(new("sums"), 10, period));
        }
    }

    private async Task RunAsync<TBoard>()
        where TBoard : IBoard
    {
        int operations = IndexLoad.Operations(1_000) / 2;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(worker => Task.Run(() => new LeaderboardRun<TBoard>(_redis, worker).RunAsync(operations))));
        await fixture.Server.CheckKeysAsync(_redis.Prefix);
    }
}

/// <summary>The same on a cluster, where boards are in different slots and the windows of one share theirs.</summary>
public sealed class LeaderboardClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private readonly RedisContext _redis = ServerFixture.NewContext(cluster.Connection);

    [Fact]
    public Task Best_by_arrival() => RunAsync<Everything<Best, ByArrival>>();

    [Fact]
    public Task Lowest_by_bytes() => RunAsync<Everything<Lowest, ByBytes>>();

    [Fact]
    public Task Latest_by_arrival() => RunAsync<Everything<Latest, ByArrival>>();

    [Fact]
    public Task Sum_by_arrival() => RunAsync<Everything<Sum, ByArrival>>();

    [Fact]
    public Task Sum_by_bytes() => RunAsync<Everything<Sum, ByBytes>>();

    [Fact]
    public Task Latest_without_history() => RunAsync<Windows<Latest>>();

    private async Task RunAsync<TBoard>()
        where TBoard : IBoard
    {
        int operations = IndexLoad.Operations(400) / 2;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(worker => Task.Run(() => new LeaderboardRun<TBoard>(_redis, worker).RunAsync(operations))));
        foreach (RedisClusterNode node in cluster.Cluster.Nodes)
        {
            if (await node.GetRoleAsync() == RedisClusterRole.Primary)
                await node.Server.CheckKeysAsync(_redis.Prefix);
        }
    }
}
