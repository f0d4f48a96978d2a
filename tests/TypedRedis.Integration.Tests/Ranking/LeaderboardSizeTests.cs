using System.Globalization;
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

        // Of a large board, and in the place of one: what was there must not be freed in the step that swaps.
        PlayLeaderboardKey small = new("small"), go = new("go");
        await board.SubmitAsync(small, "a", 1);
        await NoneIsSlowAsync("MergeAsync", async () => Assert.Equal(await board.CountAsync(Chess) + 1, await board.MergeAsync([Chess, small], go)), attempts: 1);
        await NoneIsSlowAsync("MergeAsync of sums", () => sums.MergeAsync([small, go], small), attempts: 1);
        await NoneIsSlowAsync("MergeAsync into a large one", async () => Assert.Equal(0, await board.MergeAsync([new("none")], go)), attempts: 1);
        Assert.Equal(0, await board.CountAsync(go));
        await NoneIsSlowAsync("DeleteAsync", () => board.DeleteAsync(Chess), attempts: 1);
        await NoneIsSlowAsync("DeleteAsync of a window", () => sums.DeleteAsync(small, Period.AllTime), attempts: 1);
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));

        string Any() => string.Create(CultureInfo.InvariantCulture, $"player:{random.Next(1, Members + 1):0000000}");
    }

    private async Task NoneIsSlowAsync(string name, Func<Task> call, int attempts = Attempts)
    {
        for (int attempt = 0; attempt < attempts; attempt++)
        {
            await fixture.Server.ExecuteAsync("CONFIG", "RESETSTAT");
            await fixture.Server.ExecuteAsync("SLOWLOG", "RESET");
            double before = await WorkedAsync();
            await call();
            double worked = await WorkedAsync() - before;
            long slow = (await fixture.Server.ExecuteAsync("SLOWLOG", "LEN")).Integer, calls = await CallsAsync();
            output.WriteLine($"{name}: {calls} calls, each {worked / calls:0.00} ms of the processor; {slow} took longer than 10 ms by the clock");
            if (slow == 0 || worked / calls < 5)
                return;
        }

        Assert.Fail($"{name} keeps the server for more than 10 ms.");
    }

    // How long the server's thread has run, in milliseconds. Its own log counts the time that the machine gives to others, too, and all there is where there is no such file.
    private async Task<double> WorkedAsync()
    {
        string file = $"/proc/{fixture.Server.ProcessId}/task/{fixture.Server.ProcessId}/schedstat";
        return File.Exists(file) ? long.Parse((await File.ReadAllTextAsync(file)).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6 : Environment.TickCount64;
    }

    private async Task<long> CallsAsync()
        => (await fixture.Server.ExecuteAsync("INFO", "commandstats")).Text!.Split('\n')
            .Where(line => line.StartsWith("cmdstat_evalsha:", StringComparison.Ordinal) || line.StartsWith("cmdstat_zscan:", StringComparison.Ordinal)
                || line.StartsWith("cmdstat_zrevrange:", StringComparison.Ordinal) || line.StartsWith("cmdstat_zcard:", StringComparison.Ordinal) || line.StartsWith("cmdstat_zcount:", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture));
}
