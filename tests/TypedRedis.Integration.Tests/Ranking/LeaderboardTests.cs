using System.Globalization;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;

namespace TypedRedis.Integration.Tests.Ranking;

public sealed class LeaderboardTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly PlayLeaderboardKey Chess = new("chess");

    private readonly RedisContext _redis = fixture.NewContext();
    private readonly HandClock _clock = new(new(2020, 12, 31, 22, 59, 59, TimeSpan.Zero));

    private RedisContext Clocked => new(_redis.Connection, _redis.Options with { TimeProvider = _clock });

    [Fact]
    public async Task A_submission_is_in_all_windows_each_with_its_expiry()
    {
        var board = new PlayLeaderboard(Clocked);
        Assert.True(await board.SubmitAsync(new Play("chess", "ann", 10)));
        Assert.Equal(
            ["", ":d:2020-12-31", ":m:2020-12", ":s:ann", ":w:2020-W53"],
            (await fixture.Server.KeysAsync(_redis.Prefix)).Select(Suffix));

        // In Berlin it is a second before the new year. Days end then, the week on Monday; they stay 35 days more.
        Assert.InRange(await fixture.Server.TimeToLiveAsync(Full(":d:2020-12-31")), Days(35) - 60_000, Days(35) + 1000);
        Assert.InRange(await fixture.Server.TimeToLiveAsync(Full(":m:2020-12")), Days(35) - 60_000, Days(35) + 1000);
        Assert.InRange(await fixture.Server.TimeToLiveAsync(Full(":w:2020-W53")), Days(38) - 60_000, Days(38) + 1000);
        Assert.InRange(await fixture.Server.TimeToLiveAsync(Full(":s:ann")), Days(90) - 60_000, Days(90));
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(Full("")));

        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(await board.SubmitAsync(new Play("chess", "ann", 7)));
        Assert.Equal(new(1, "ann", 10), await board.RankAsync(Chess, "ann"));
        Assert.Equal(new(1, "ann", 10), await board.RankAsync(Chess, "ann", Period.ThisWeek));      // still week 53
        Assert.Equal(new(1, "ann", 7), await board.RankAsync(Chess, "ann", Period.Today));
        Assert.Equal(new(1, "ann", 10), await board.RankAsync(Chess, "ann", Period.Yesterday));
        Assert.Equal(new(1, "ann", 7), await board.RankAsync(Chess, "ann", Period.Month(2021, 1)));
        Assert.False(await board.SubmitAsync(new Play("chess", "ann", 7)));
    }

    /// <summary>Before Redis 7.0 a script cannot know that ZADD compares, and does it itself.</summary>
    [Theory]
    [InlineData("best")]
    [InlineData("lowest")]
    [InlineData("latest")]
    public async Task Scores_are_compared_on_older_servers_as_ZADD_does(string mode)
    {
        string script = PlayLeaderboard.SubmitOneScript.Text, older = script.Replace("redis.REDIS_VERSION_NUM", "nil", StringComparison.Ordinal);
        Assert.NotEqual(script, older);
        RedisKey[] keys = ["new:1", "new:2", "new:3"], olderKeys = ["old:1", "old:2", "old:3"];
        string[] expiries = ["0", "5000000", "9000000"];
        string[] scores = ["-3", "0", "1", "1.5", "7", "1e+300", "9007199254740992", "0.10000000000000001"];
        var random = new Random(Seeds.Of(23));
        for (int i = 0; i < 2000; i++)
        {
            if (random.Next(100) == 0)
            {
                int window = random.Next(3);
                await Task.WhenAll(_redis.Database.KeyDeleteAsync(keys[window]), _redis.Database.KeyDeleteAsync(olderKeys[window]));
                if (random.Next(2) == 0)
                    await Task.WhenAll(_redis.Database.StringSetAsync(keys[window], "x"), _redis.Database.StringSetAsync(olderKeys[window], "x"));
            }

            int windows = random.Next(1, 4);
            RedisValue[] arguments = ["", "", .. expiries[..windows], mode, scores[random.Next(scores.Length)], $"m{random.Next(5)}"];
            RedisResult reply = await _redis.Database.ScriptEvaluateAsync(script, keys[..windows], arguments), olderReply = await _redis.Database.ScriptEvaluateAsync(older, olderKeys[..windows], arguments);
            Assert.Equal((string?)olderReply, (string?)reply);
            for (int window = 0; window < 3; window++)
            {
                Assert.Equal(await ContentAsync(olderKeys[window]), await ContentAsync(keys[window]));
                Assert.Equal(await _redis.Database.KeyTimeToLiveAsync(olderKeys[window]) is null, await _redis.Database.KeyTimeToLiveAsync(keys[window]) is null);
            }
        }

        async Task<string> ContentAsync(RedisKey key)
            => await _redis.Database.KeyTypeAsync(key) == RedisType.SortedSet ? string.Join(' ', await _redis.Database.SortedSetRangeByRankWithScoresAsync(key)) : $"{await _redis.Database.KeyTypeAsync(key)}";
    }

    [Fact]
    public async Task The_windows_are_those_of_the_time_of_the_play()
    {
        var board = new PlayLeaderboard(Clocked);
        DateTimeOffset leap = new(2020, 2, 29, 12, 0, 0, TimeSpan.Zero), lastWeek = _clock.Now - TimeSpan.FromDays(7);
        Assert.True(await board.SubmitAsync(new Play("chess", "old", 1), leap));
        Assert.True(await board.SubmitAsync(new Play("chess", "ann", 2), lastWeek));
        Assert.Equal(
            ["", ":d:2020-12-24", ":m:2020-12", ":s:ann", ":s:old", ":w:2020-W52"],      // the leap day, its week and its month are over for more than 35 days
            (await fixture.Server.KeysAsync(_redis.Prefix)).Select(Suffix));
        Assert.Equal([new(2, lastWeek)], await board.HistoryAsync(Chess, "ann"));
        Assert.Null(await board.SubmitAndRankAsync(new Play("chess", "old", 1), PeriodUnits.Day, leap));
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => board.SubmitAsync(new Play("chess", "ann", 3), _clock.Now + TimeSpan.FromMinutes(6)));
        Assert.Equal("at", error.ParamName);
    }

    /// <summary>A client that takes the time to be another one writes to the server's day all the same.</summary>
    [Theory]
    [InlineData(-50)]
    [InlineData(0)]
    [InlineData(50)]
    public async Task A_wrong_clock_of_the_client_does_not_matter(int hours)
    {
        var board = new PlayLeaderboard(_redis);
        while (true)
        {
            DateTimeOffset before = await ServerTimeAsync();
            var wrong = before + TimeSpan.FromHours(hours);
            _redis.Clock.Observe(wrong.ToUnixTimeMilliseconds());
            Assert.True(await board.SubmitAsync(new Play("chess", "ann", 10)));
            _redis.Clock.Observe(wrong.ToUnixTimeMilliseconds());
            Assert.Equal(2, await board.SubmitManyAsync([new("chess", "ann", 11), new("chess", "bob", 12), new("chess", "bob", 1)]));
            DateTimeOffset after = await ServerTimeAsync();
            if (LeaderboardTruth.LocalOf(before).Date == LeaderboardTruth.LocalOf(after).Date)
            {
                string today = LeaderboardTruth.LocalOf(after).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                Assert.Equal(["d:" + today], (await fixture.Server.KeysAsync(Full(":d:"))).Select(key => Suffix(key)[1..]));
                Assert.Equal([new(1, "bob", 12), new(2, "ann", 11)], await board.TopAsync(Chess, 10, Period.Today));
                Assert.Equal([11, 10], (await board.HistoryAsync(Chess, "ann")).Select(past => past.Score));
                return;
            }

            await board.DeleteAsync(Chess);     // it was midnight just now
        }
    }

    [Fact]
    public async Task Scores_are_exact_or_refused()
    {
        var plays = new PlayLeaderboard(_redis);
        foreach (long points in (long[])[0, -1, 1L << 53, -(1L << 53), (1L << 53) + 2, 1L << 62, long.MinValue])
        {
            await plays.SubmitAsync(Chess, $"{points}", points);
            Assert.Equal(points, (await plays.RankAsync(Chess, $"{points}"))!.Value.Score);
        }

        foreach (long points in (long[])[(1L << 53) + 1, -(1L << 53) - 1, long.MaxValue])
        {
            var refused = await Assert.ThrowsAsync<RedisEncodeException>(() => plays.SubmitAsync(new Play("chess", "x", points)));
            Assert.Contains("Points", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<RedisEncodeException>(() => plays.SubmitManyAsync([new("chess", "y", 1), new("chess", "x", points)]));
        }

        Assert.Null(await plays.RankAsync(Chess, "x"));
        Assert.Null(await plays.RankAsync(Chess, "y"));

        var spent = new SpentLeaderboard(_redis);
        var key = new SpentLeaderboardKey(1);
        foreach (double amount in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            await Assert.ThrowsAsync<RedisEncodeException>(() => spent.SubmitAsync(key, ("FR", 1), amount));
        await spent.SubmitAsync(key, ("FR", 1), 0.1);
        await spent.SubmitAsync(key, ("FR", 1), 0.2);
        await spent.SubmitAsync(key, ("D:E", -2), -0.0);
        await spent.SubmitAsync(key, ("", 3), double.Epsilon);
        await spent.SubmitAsync(key, ("", 4), double.MaxValue);
        Assert.Equal(
            [new(1, ("", 4), double.MaxValue), new(2, ("FR", 1), 0.1 + 0.2), new(3, ("", 3), double.Epsilon), new(4, ("D:E", -2), 0)],
            await spent.TopAsync(key, 10));
        Assert.False(double.IsNegative((await spent.RankAsync(key, ("D:E", -2)))!.Value.Score));
    }

    [Fact]
    public async Task Durations_rank_the_shortest_first_and_of_equal_ones_the_first()
    {
        var laps = new LapLeaderboard(_redis);
        var key = new LapLeaderboardKey("monza", 2);
        Guid[] drivers = [.. Enumerable.Range(1, 3).Select(i => new Guid(i, 0, 0, new byte[8]))];
        TimeSpan best = new(12_345_678), slow = TimeSpan.FromHours(3);
        await laps.SubmitAsync(new Lap("monza", 2, drivers[2], best));
        await laps.SubmitAsync(new Lap("monza", 2, drivers[0], best));
        await laps.SubmitAsync(new Lap("monza", 2, drivers[1], slow));
        await laps.SubmitAsync(new Lap("monza", 2, drivers[2], best));      // no new score: it was first and stays so
        Assert.Equal([new(1, drivers[2], best), new(2, drivers[0], best), new(3, drivers[1], slow)], await laps.TopAsync(key, 3));
        Assert.Equal(new(3, drivers[1], best), await laps.SubmitAndRankAsync(new Lap("monza", 2, drivers[1], best)));
        Assert.Equal(["lap:{monza}:2", "lap:{monza}:2:a"], (await fixture.Server.KeysAsync(_redis.Prefix)).Select(name => name[_redis.Prefix.Length..]));
        await Assert.ThrowsAsync<RedisEncodeException>(() => laps.SubmitAsync(new Lap("monza", 2, drivers[0], new TimeSpan((1L << 53) + 1))));

        // Each submission starts the hour anew, of the companion too.
        foreach (string suffix in (string[])["", ":a"])
            await fixture.Server.ExecuteAsync("PEXPIRE", _redis.Full(key) + suffix, "100000");
        await laps.SubmitAsync(new Lap("monza", 2, drivers[0], slow));
        foreach (string suffix in (string[])["", ":a"])
            Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(key) + suffix), 3_000_000, 3_600_000);

        Assert.True(await laps.RemoveAsync(key, drivers[0]));
        Assert.True(await laps.RemoveAsync(key, drivers[1]));
        Assert.False(await laps.RemoveAsync(key, drivers[1]));
        Assert.True(await laps.RemoveAsync(key, drivers[2]));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_sum_that_a_score_cannot_hold_changes_nothing_in_any_window()
    {
        var board = new Board<Everything<Sum, ByArrival>>(Clocked);
        const long Largest = 1L << 53;
        await board.SubmitAsync(Chess, "ann", 5);
        _clock.Now += TimeSpan.FromDays(1);
        foreach (long points in (long[])[Largest - 4, Largest, long.MinValue])
        {
            // Too much for the window of all time, and but for the last ones not for that of the day.
            var error = await Assert.ThrowsAsync<OverflowException>(() => board.SubmitAsync(new Play("chess", "ann", points)));
            foreach (string part in (string[])["Tests.Play", "'ann'", _redis.Full(Chess), "2^53"])
                Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.Null(await board.RankAsync(Chess, "ann", Period.Today));
        Assert.Equal(new(1, "ann", 5), await board.RankAsync(Chess, "ann"));
        Assert.Single(await board.HistoryAsync(Chess, "ann"));
        Assert.True(await board.SubmitAsync(Chess, "ann", Largest - 5));
        Assert.Equal(Largest, (await board.RankAsync(Chess, "ann"))!.Value.Score);
        await Assert.ThrowsAsync<OverflowException>(() => board.SubmitManyAsync([new("chess", "bob", 1), new("chess", "ann", 1)]));
        Assert.Null(await board.RankAsync(Chess, "bob"));
        await Assert.ThrowsAsync<OverflowException>(() => board.SubmitManyAsync([new("chess", "bob", Largest), new("chess", "bob", 1)]));
        await Assert.ThrowsAsync<OverflowException>(() => board.MergeAsync([Chess, new("other"), Chess], new("third")));
        Assert.Equal(0, await board.CountAsync(new("third")));

        var spent = new SpentLeaderboard(_redis);
        await spent.SubmitAsync(new(1), ("FR", 1), double.MaxValue);
        await Assert.ThrowsAsync<OverflowException>(() => spent.SubmitAsync(new(1), ("FR", 1), double.MaxValue));
        await Assert.ThrowsAsync<OverflowException>(() => spent.SubmitManyAsync([new(2, "FR", 1, double.MaxValue), new(2, "FR", 1, double.MaxValue)]));
        Assert.Equal(double.MaxValue, (await spent.RankAsync(new(1), ("FR", 1)))!.Value.Score);
        await fixture.Server.CheckKeysAsync(_redis.Prefix, stays: suffix => suffix.StartsWith(":d:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Neighbours_are_right_at_both_ends()
    {
        var board = new Board<Plain<Best, ByBytes>>(_redis);
        await board.SubmitManyAsync(Enumerable.Range(1, 10).Select(i => new Play("chess", $"{i:00}", 100 - i)));
        Assert.Equal([1, 2, 3, 4], await RanksAsync("01", 3));
        Assert.Equal([1, 2, 3, 4, 5], await RanksAsync("02", 3));
        Assert.Equal([2, 3, 4, 5, 6, 7, 8], await RanksAsync("05", 3));
        Assert.Equal([7, 8, 9, 10], await RanksAsync("10", 3));
        Assert.Equal([10], await RanksAsync("10", 0));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (long)i), await RanksAsync("05", 2499));
        Assert.Empty(await RanksAsync("11", 3));

        async Task<IEnumerable<long>> RanksAsync(string player, int radius) => (await board.AroundAsync(Chess, player, radius)).Select(one => one.Rank);
    }

    [Fact]
    public async Task Percentiles_are_exact()
    {
        var board = new Board<Plain<Best, ByBytes>>(_redis);
        Assert.Null(await board.ScoreAtPercentileAsync(Chess, 50));
        await board.SubmitManyAsync(Enumerable.Range(1, 1000).Select(i => new Play("chess", $"{i}", i)));
        Assert.Equal(99.95, await board.PercentileAsync(Chess, "1000"));
        Assert.Equal(0.05, await board.PercentileAsync(Chess, "1"));
        Assert.Null(await board.PercentileAsync(Chess, "x"));
        Assert.Equal(999, await board.ScoreAtPercentileAsync(Chess, 99.9m));      // as a double, 99.9 * 1000 / 100 is more than 999
        Assert.Equal(1000, await board.ScoreAtPercentileAsync(Chess, 99.90001m));
        Assert.Equal(500, await board.ScoreAtPercentileAsync(Chess, 50));
        Assert.Equal(1, await board.ScoreAtPercentileAsync(Chess, 0));
        Assert.Equal(1000, await board.ScoreAtPercentileAsync(Chess, 100));
        foreach (decimal percentile in (decimal[])[-1, 100.1m, 1.000001m, decimal.MaxValue, decimal.MinValue])
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => board.ScoreAtPercentileAsync(Chess, percentile));
    }

    [Theory]
    [InlineData(int.MaxValue, 1)]
    [InlineData(int.MinValue, -1)]
    public async Task A_sum_of_32_bits_stays_one_that_can_be_read(int limit, int more)
    {
        var (plain, daily) = (new CoinsLeaderboard(_redis), new DailyCoinsLeaderboard(_redis));
        Assert.True(await plain.SubmitAsync("chess", "ann", limit));
        Assert.True(await daily.SubmitAsync("chess", "ann", limit));
        await plain.SubmitAsync("go", "ann", more);
        await daily.SubmitAsync("go", "ann", more);
        foreach (Func<Task> call in (Func<Task>[])[
            () => plain.SubmitAsync("chess", "ann", more), () => plain.SubmitManyAsync([new("chess", "ann", more)]), () => plain.SubmitManyAsync([new("x", "ann", limit), new("x", "ann", more)]),
            () => plain.MergeAsync(["chess", "go"], "sum"), () => daily.SubmitAsync("chess", "ann", more), () => daily.SubmitAndRankAsync("chess", "ann", more),
            () => daily.MergeAsync(["chess", "go"], "sum")])
        {
            Assert.Contains("leaves the range of an integer of 32 bits", (await Assert.ThrowsAsync<OverflowException>(call)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(limit, Assert.Single(await plain.TopAsync("chess", 2)).Score);
        Assert.Equal(limit, Assert.Single(await daily.TopAsync("chess", 2, Period.Today)).Score);
        Assert.True(await plain.SubmitAsync("chess", "ann", -more));
        Assert.Equal(limit - more, (await plain.RankAsync("chess", "ann"))!.Value.Score);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused()
    {
        var plain = new Board<Plain<Best, ByBytes>>(_redis);
        await Assert.ThrowsAsync<ArgumentException>(() => plain.TopAsync(Chess, 10, Period.Today));
        await Assert.ThrowsAsync<ArgumentException>(() => plain.TopAsync(Chess, 10, default(Period)));
        await Assert.ThrowsAsync<ArgumentException>(() => plain.SubmitAndRankAsync(new Play("chess", "a", 1), PeriodUnits.Day));
        await Assert.ThrowsAsync<ArgumentException>(() => plain.SubmitAndRankAsync(new Play("chess", "a", 1), PeriodUnits.None));
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.HistoryAsync(Chess, "a"));
        foreach (int count in (int[])[-1, 5001])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => plain.TopAsync(Chess, count));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => plain.RangeByScoreAsync(Chess, null, null, count));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => plain.AroundAsync(Chess, "a", count));
        }

        await Assert.ThrowsAsync<ArgumentNullException>(() => plain.SubmitAsync(null!));
        await Assert.ThrowsAsync<ArgumentException>(() => plain.SubmitManyAsync([null!]));
        await Assert.ThrowsAsync<RedisEncodeException>(() => plain.SubmitAsync(Chess, null!, 1));
        await Assert.ThrowsAsync<RedisEncodeException>(() => plain.SubmitAsync(Chess, "\ud800", 1));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
        var kept = new PlayLeaderboard(Clocked);
        await Assert.ThrowsAsync<ArgumentException>(() => kept.MergeAsync([Chess], Chess, Period.Day(2020, 11, 1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":a")]
    [InlineData(":d:2020-12-31")]
    [InlineData(":d:2020-12-31:a")]
    [InlineData(":m:2020-12")]
    [InlineData(":s:ann")]
    public async Task A_key_of_another_type_is_named_and_nothing_is_changed(string suffix)
    {
        var board = new Board<Everything<Best, ByArrival>>(Clocked);
        await fixture.Server.ExecuteAsync("SET", Full(suffix), "foreign");
        bool isCompanion = suffix.EndsWith(":a", StringComparison.Ordinal);
        string wanted = $"does not hold a {(suffix == ":s:ann" ? "list" : isCompanion ? "hash" : "zset")}.";
        Func<Task>[] calls =
        [
            () => board.SubmitAsync(new Play("chess", "ann", 1)),
            () => board.SubmitAndRankAsync(new Play("chess", "ann", 1)),
            () => board.SubmitManyAsync([new("chess", "ann", 1)]),
            () => board.RemoveAsync(Chess, "ann"),
        ];
        foreach (Func<Task> call in calls)
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
            Assert.Equal(Full(suffix), error.Key);
            Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
        }

        Period period = suffix.StartsWith(":d", StringComparison.Ordinal) ? Period.Today : suffix.StartsWith(":m", StringComparison.Ordinal) ? Period.ThisMonth : Period.AllTime;
        calls = suffix == ":s:ann"
            ? [() => board.RemoveAsync(Chess, "ann"), () => board.HistoryAsync(Chess, "ann")]
            :
            [
                () => board.RemoveAsync(Chess, "ann"), () => board.DeleteAsync(Chess), () => board.DeleteAsync(Chess, period), () => board.RankAsync(Chess, "ann", period),
                () => board.AroundAsync(Chess, "ann", 1, period), () => board.MergeAsync([new("other")], Chess, period), () => board.MergeAsync([Chess], new("other"), period),
                .. isCompanion
                    ? (Func<Task>[])[]
                    :
                    [
                        () => board.TopAsync(Chess, 1, period), () => board.CountAsync(Chess, period), () => board.RangeByScoreAsync(Chess, 1, 2, window: period),
                        () => board.CountByScoreAsync(Chess, 1, 2, period),
                    ],
            ];
        foreach (Func<Task> call in calls)
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
            Assert.Equal(Full(suffix), error.Key);
            Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal([Full(suffix)], await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal("foreign", (await fixture.Server.ExecuteAsync("GET", Full(suffix))).Text);
    }

    [Fact]
    public async Task What_another_program_wrote_is_named()
    {
        var board = new Board<Plain<Best, ByArrival>>(_redis);
        await fixture.Server.ExecuteAsync("ZADD", Full(""), "1", "short");
        foreach (Func<Task> call in (Func<Task>[])[() => board.TopAsync(Chess, 1), () => board.MergeAsync([Chess], new("other"))])
        {
            var error = await Assert.ThrowsAsync<RedisDecodeException>(call);
            Assert.Contains($"'{Full("")}' holds the member 'short'", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal([Full("")], await fixture.Server.KeysAsync(_redis.Prefix));
        await fixture.Server.ExecuteAsync("ZADD", Full(""), "1.5", "12345678long");
        Assert.Contains("holds the member '12345678long'", (await Assert.ThrowsAsync<RedisDecodeException>(() => board.TopAsync(Chess, 1))).Message, StringComparison.Ordinal);
        await fixture.Server.ExecuteAsync("LPUSH", Full(":s:ann"), "x");
        await Assert.ThrowsAsync<RedisDecodeException>(() => new PlayLeaderboard(_redis).HistoryAsync(Chess, "ann"));
    }

    [Fact]
    public async Task A_thousand_submissions_are_a_few_commands()
    {
        var board = new PlayLeaderboard(_redis);
        await board.SubmitAsync(new Play("warm", "x", 1));
        long before = await fixture.Server.CallsAsync("evalsha");
        int changed = await board.SubmitManyAsync(Enumerable.Range(0, 1000).Select(i => new Play("chess", $"{i}", i)));
        Assert.Equal(1000, changed);
        Assert.InRange(await fixture.Server.CallsAsync("evalsha") - before, 1, 20);
        Assert.Equal(1000, await board.CountAsync(Chess, Period.Today));
    }

    [Fact]
    public async Task A_merge_keeps_the_expiry_of_the_window()
    {
        var laps = new LapLeaderboard(_redis);
        LapLeaderboardKey one = new("monza", 1), two = new("spa", 1), into = new("all", 1);
        var driver = Guid.NewGuid();
        await laps.SubmitAsync(new Lap("monza", 1, driver, TimeSpan.FromSeconds(90)));
        await laps.SubmitAsync(new Lap("spa", 1, driver, TimeSpan.FromSeconds(80)));
        Assert.Equal(1, await laps.MergeAsync([one, two], into));
        Assert.Equal(new(1, driver, TimeSpan.FromSeconds(80)), await laps.RankAsync(into, driver));
        foreach (string suffix in (string[])["", ":a"])
        {
            Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(into) + suffix), 3_000_000, 3_600_000);      // the declared hour
            await fixture.Server.ExecuteAsync("PEXPIRE", _redis.Full(into) + suffix, "100000");
        }

        Assert.Equal(1, await laps.MergeAsync([into, two], into));
        foreach (string suffix in (string[])["", ":a"])
            Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(into) + suffix), 1, 100_000);
        Assert.Equal(0, await laps.MergeAsync([], into));
        Assert.Equal(0, await laps.CountAsync(into));

        var plays = new PlayLeaderboard(Clocked);
        await plays.SubmitAsync(new Play("chess", "ann", 1));
        Assert.Equal(1, await plays.MergeAsync([Chess], new("go"), Period.Today));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(new PlayLeaderboardKey("go")) + ":d:2020-12-31"), Days(35) - 60_000, Days(35) + 1000);
        await fixture.Server.CheckKeysAsync(_redis.Prefix);
    }

    [Fact]
    public async Task Windows_that_stay_are_found_when_a_member_goes()
    {
        var spent = new SpentLeaderboard(Clocked);
        for (int day = 0; day < 3; day++)
        {
            await spent.SubmitAsync(new Spent(1, "FR", 1, 2.5));
            _clock.Now += TimeSpan.FromDays(400);
        }

        await spent.SubmitAsync(new Spent(2, "FR", 1, 2.5));
        Assert.Equal(4, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
        Assert.True(await spent.RemoveAsync(new(1), ("FR", 1)));
        Assert.Single(await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.True(await spent.DeleteAsync(new SpentLeaderboardKey(2)));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    private static string Suffix(string key) => key[(key.IndexOf('}', StringComparison.Ordinal) + 1)..];

    private static long Days(int days) => (long)TimeSpan.FromDays(days).TotalMilliseconds;

    private string Full(string suffix) => _redis.Full(Chess) + suffix;

    private async Task<DateTimeOffset> ServerTimeAsync()
    {
        var time = (await fixture.Server.ExecuteAsync("TIME")).Items;
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(time[0].Text!, CultureInfo.InvariantCulture));
    }
}
