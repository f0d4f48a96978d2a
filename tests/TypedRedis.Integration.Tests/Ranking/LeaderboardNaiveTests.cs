using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>What breaks in the snippets that docs/leaderboards.md shows, and does not in the model that replaces them.</summary>
public sealed class LeaderboardNaiveTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly PlayLeaderboardKey Chess = new("chess");

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task An_add_loses_the_best_score()
    {
        await _redis.Database.SortedSetAddAsync("naive", "ann", 900);
        await _redis.Database.SortedSetAddAsync("naive", "ann", 20);
        Assert.Equal(20, await _redis.Database.SortedSetScoreAsync("naive", "ann"));

        var board = new PlayLeaderboard(_redis);
        await board.SubmitAsync(new Play("chess", "ann", 900));
        Assert.False(await board.SubmitAsync(new Play("chess", "ann", 20)));
        Assert.Equal(900, (await board.RankAsync(Chess, "ann"))!.Value.Score);
    }

    /// <summary>Between two of its commands a process ends; here it is the connection.</summary>
    [Fact]
    public async Task Windows_one_after_another_disagree_and_stay_for_ever()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => SubmitAsync(20));
        Assert.Equal(2, (await fixture.Server.KeysAsync(_redis.Prefix + "naive")).Length);      // all time and the day, not the week
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(_redis.Prefix + "naive:day"));

        async Task SubmitAsync(double points)
        {
            using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
            IDatabase database = new RedisContext(connection, _redis.Options).Database;
            await database.SortedSetAddAsync("naive:all", "ann", points);
            await database.SortedSetAddAsync("naive:day", "ann", points);
            connection.Dispose();
            await database.KeyExpireAsync("naive:day", TimeSpan.FromDays(2));
            await database.SortedSetAddAsync("naive:week", "ann", points);
        }
    }

    [Fact]
    public async Task A_rank_minus_a_radius_counts_from_the_end()
    {
        var board = new PlayLeaderboard(_redis);
        for (int i = 1; i <= 10; i++)
        {
            await _redis.Database.SortedSetAddAsync("naive", $"{i:00}", 100 - i);
            await board.SubmitAsync(new Play("chess", $"{i:00}", 100 - i));
        }

        long rank = (await _redis.Database.SortedSetRankAsync("naive", "02", Order.Descending))!.Value;
        Assert.Empty(await _redis.Database.SortedSetRangeByRankAsync("naive", rank - 3, rank + 3, Order.Descending));      // from -2, the last but one
        Assert.Equal(["01", "02", "03", "04", "05"], (await board.AroundAsync(Chess, "02", 3)).Select(one => one.Member));
    }

    [Fact]
    public async Task A_week_of_the_year_is_two_keys_at_its_end()
    {
        DateTime friday = new(2021, 1, 1), thursday = new(2020, 12, 31);
        Assert.NotEqual(NaiveWeek(thursday), NaiveWeek(friday));

        var clock = new HandClock(new(2020, 12, 31, 12, 0, 0, TimeSpan.Zero));
        var board = new PlayLeaderboard(new RedisContext(_redis.Connection, _redis.Options with { TimeProvider = clock }));
        await board.SubmitAsync(new Play("chess", "ann", 1));
        clock.Now += TimeSpan.FromDays(1);
        await board.SubmitAsync(new Play("chess", "bob", 2));
        Assert.Equal(2, await board.CountAsync(Chess, Period.ThisWeek));

        static string NaiveWeek(DateTime now) => $"{now.Year}-{CultureInfo.InvariantCulture.Calendar.GetWeekOfYear(now, CalendarWeekRule.FirstFourDayWeek, DayOfWeek.Monday)}";
    }

    [Fact]
    public async Task A_time_packed_into_a_score_is_rounded_away()
    {
        // Points before the point, the time behind it, so that the earlier comes first: together more digits than a double has.
        double first = Packed(9_000_000, 1_700_000_000), second = Packed(9_000_000, 1_700_000_001);
        Assert.Equal(first, second);
        await _redis.Database.SortedSetAddAsync("naive", [new("first", first), new("ann", second)]);
        Assert.Equal("first", await _redis.Database.SortedSetRangeByRankAsync("naive", 0, 0, Order.Descending).ContinueWith(top => (string)top.Result[0]!, TaskScheduler.Default));
        await _redis.Database.SortedSetAddAsync("naive", [new("zoe", second)]);
        Assert.Equal("zoe", (string)(await _redis.Database.SortedSetRangeByRankAsync("naive", 0, 0, Order.Descending))[0]!);       // by her name, not by her time

        var board = new Board<Plain<Best, ByArrival>>(_redis);
        foreach (string player in (string[])["first", "ann", "zoe"])
            await board.SubmitAsync(Chess, player, 9_000_000);
        Assert.Equal(["first", "ann", "zoe"], (await board.TopAsync(Chess, 3)).Select(one => one.Member));

        static double Packed(long points, long seconds) => points + 1 - (seconds / 10_000_000_000d);
    }
}
