using System.Globalization;
using System.Reflection;
using Xunit.Abstractions;
using TypedRedis.Integration.Tests.Faults;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>A million members: no call keeps the server for 10 ms, and what a member takes.</summary>
[Collection(FaultCollection.Name)]
public sealed class LeaderboardSizeTests(ServerFixture fixture, ITestOutputHelper output) : IClassFixture<ServerFixture>
{
    private const int Members = 1_000_000;

    // A machine that is busy with something else stops the server, too. What is slow by itself is so each time.
    private const int Attempts = 5;

    private static readonly PlayLeaderboardKey Chess = new("chess");

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public Task By_bytes() => RunAsync<Plain<Best, ByBytes>, Plain<Sum, ByBytes>>(byArrival: false);

    [Fact]
    public Task By_arrival() => RunAsync<Plain<Best, ByArrival>, Plain<Sum, ByArrival>>(byArrival: true);

    private async Task RunAsync<TBest, TSum>(bool byArrival)
        where TBest : IBoard
        where TSum : IBoard
    {
        await fixture.Server.SeedAsync(_redis.Full(Chess), Members, byArrival);
        long bytes = 0;
        foreach (string key in await fixture.Server.KeysAsync(_redis.Prefix))
            bytes += (await fixture.Server.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", "0")).Integer;
        output.WriteLine($"{bytes / (double)Members:0} bytes per member of 14 characters");
        await fixture.Server.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "10000");
        await fixture.Server.ExecuteAsync("CONFIG", "SET", "slowlog-max-len", "10000");
        var board = new Board<TBest>(_redis);
        var sums = new Board<TSum>(_redis);
        var random = new Random(ModelBased.Seeds.Of(0));

        await NoneIsSlowAsync("SubmitAsync", () => board.SubmitAsync(Chess, Any(), random.Next(Members)));
        await NoneIsSlowAsync("SubmitAndRankAsync", () => board.SubmitAndRankAsync(Chess, Any(), random.Next(Members)));
        await NoneIsSlowAsync("SubmitManyAsync", () => sums.SubmitManyAsync(Enumerable.Range(0, 1000).Select(_ => new Play("chess", Any(), random.Next(Members)))));
        await NoneIsSlowAsync("TopAsync", () => board.TopAsync(Chess, 5000));
        await NoneIsSlowAsync("PageAsync", () => board.PageAsync(Chess, Members / 2, 5000));
        await NoneIsSlowAsync("RankAsync", () => board.RankAsync(Chess, Any()));
        await NoneIsSlowAsync("RankManyAsync", () => board.RankManyAsync(Chess, Enumerable.Range(0, 1000).Select(_ => Any())));
        await NoneIsSlowAsync("AroundAsync", () => board.AroundAsync(Chess, Any(), 2499));
        await NoneIsSlowAsync("RangeByScoreAsync", () => board.RangeByScoreAsync(Chess, 100, Members / 3, 5000, skip: 200_000));
        await NoneIsSlowAsync("CountAsync", () => board.CountAsync(Chess));
        await NoneIsSlowAsync("CountByScoreAsync", () => board.CountByScoreAsync(Chess, 100, Members));
        await NoneIsSlowAsync("PercentileAsync", () => board.PercentileAsync(Chess, Any()));
        await NoneIsSlowAsync("ScoreAtPercentileAsync", () => board.ScoreAtPercentileAsync(Chess, 99.5m));
        await NoneIsSlowAsync("RemoveAsync", () => board.RemoveAsync(Chess, Any()));

        // Into a window that is as large, which the swap replaces.
        await fixture.Server.SeedAsync(_redis.Full(new PlayLeaderboardKey("go")), Members / 10, byArrival, first: Members);
        long count = await board.CountAsync(Chess);
        await FewStepsAreSlowAsync<TBest>("MergeAsync", async () => Assert.InRange(await board.MergeAsync([Chess, new("go")], Chess), count, count + (Members / 10)));
        await FewStepsAreSlowAsync<TSum>("MergeAsync of sums", () => sums.MergeAsync([new("go"), new("go")], new("go")));
        await NoneIsSlowAsync("DeleteAsync", () => board.DeleteAsync(Chess), attempts: 1);
        Assert.True(await sums.DeleteAsync(new PlayLeaderboardKey("go")));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));

        string Any() => string.Create(CultureInfo.InvariantCulture, $"player:{random.Next(1, Members + 1):0000000}");
    }

    private async Task NoneIsSlowAsync(string name, Func<Task> call, int attempts = Attempts)
    {
        string slow = "";
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            await fixture.Server.ExecuteAsync("SLOWLOG", "RESET");
            await call();
            var entries = (await fixture.Server.ExecuteAsync("SLOWLOG", "GET", "5")).Items;
            if (entries.Count == 0)
                return;
            slow = string.Join(", ", entries.Select(entry => $"{entry.Items[2].Integer} µs: {string.Join(' ', entry.Items[3].Items.Take(2).Select(word => word.Text))}"));
            output.WriteLine($"{name}: {slow}");
        }

        Assert.Fail($"{name}: {slow}");
    }

    // Of thousands of steps some meet something else each time. Not so of the one that puts what was made into the window's place.
    private async Task FewStepsAreSlowAsync<TBoard>(string name, Func<Task> merge)
        where TBoard : IBoard
    {
        string swap = ((RedisScript)typeof(LeaderboardStore<Play, PlayLeaderboardKey, string, long, BoardMapper<TBoard>>)
            .GetProperty("SwapScript", BindingFlags.Static | BindingFlags.NonPublic)!.GetValue(null)!).Sha;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            await fixture.Server.ExecuteAsync("SLOWLOG", "RESET");
            await fixture.Server.ExecuteAsync("CONFIG", "RESETSTAT");
            await merge();
            string[] words = (await fixture.Server.ExecuteAsync("INFO", "commandstats")).Text!.Split('\n').Single(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal)).Split('=', ',');
            long calls = long.Parse(words[1], CultureInfo.InvariantCulture);
            var slow = (await fixture.Server.ExecuteAsync("SLOWLOG", "GET", "1000")).Items;
            output.WriteLine($"{name}: {calls} steps of {words[5]} µs on average; {slow.Count} took more than 10 ms");
            if (slow.Count <= calls / 100 && !slow.Any(entry => entry.Items[3].Items[1].Text == swap))
                return;
        }

        Assert.Fail($"{name}: too many steps took more than 10 ms, or the last one did, {Attempts} times");
    }
}
