using System.Globalization;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>Trends over long times and under many writers, what they leave in Redis, and what they refuse.</summary>
public sealed class TrendTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly DateTimeOffset Begin = new(2025, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly RedisContext _redis = fixture.NewContext();
    private readonly HandClock _clock = new(Begin);

    private ClickTrend<EveryHour> ByHand() => new(new RedisContext(_redis.Connection, _redis.Options with { TimeProvider = _clock }));

    private string Key(string category) => _redis.Full(new ClickTrendKey(category));

    /// <summary>On a small board the landmark moves, on a large one it stays where it was.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(600)]
    public async Task After_1000_updates_over_2000_half_lives_a_score_is_the_closed_form(int members)
    {
        ClickTrend<EveryHour> trend = ByHand();
        var random = new Random(members);
        var interactions = new List<(double Weight, long At)>();
        string landmark = await LandmarkAsync("small");
        for (int i = 0; i < 1000; i++)
        {
            _clock.Advance(TimeSpan.FromHours(2 * random.NextDouble() * 2));
            var (weight, at) = (random.NextDouble() * 1000 + 0.001, _clock.Now - TimeSpan.FromHours(random.Next(4) == 0 ? random.NextDouble() * 20 : 0));
            interactions.Add((weight, at.ToUnixTimeMilliseconds()));
            Near(ClosedForm(), await trend.RecordAsync("c", "a", weight, at));
            if (i == 0)
                landmark = await LandmarkAsync("c");
            if (members > 1 && i % 5 == 0)
                await trend.RecordManyAsync(Enumerable.Range(0, members).Select(other => new Click("c", $"other {other}", 1000 + other)));
        }

        Assert.InRange((_clock.Now - Begin).TotalHours, 1900, 2100);
        Near(ClosedForm(), (await trend.ScoreAsync("c", "a"))!.Value);
        Assert.Equal(members > 1, landmark == await LandmarkAsync("c"));

        // After as much time again with nothing in between, it is as if there had been nothing.
        _clock.Advance(TimeSpan.FromHours(2000));
        interactions.Clear();
        interactions.Add((1, _clock.Now.ToUnixTimeMilliseconds()));
        Assert.Empty(await trend.TopAsync("c", 10));
        Near(ClosedForm(), await trend.RecordAsync("c", "a", 1));
        Assert.Equal(1, await trend.CountAsync("c"));

        double ClosedForm() => interactions.Sum(one => one.Weight * Math.Pow(2, (one.At - _clock.Now.ToUnixTimeMilliseconds()) / TimeSpan.FromHours(1).TotalMilliseconds));

        async Task<string> LandmarkAsync(string category) => $"{await _redis.Database.SortedSetScoreAsync(new ClickTrendKey(category).ToRedisKey(), new byte[] { 255 })}";
    }

    /// <summary>A landmark moves by whole half-lives: what it leaves is what was there.</summary>
    [Fact]
    public async Task Moving_the_landmark_changes_no_score()
    {
        ClickTrend<EveryHour> trend = ByHand();
        await trend.RecordAsync("c", "first", 1);
        _clock.Advance(TimeSpan.FromHours(1024));
        string[] members = [.. Enumerable.Range(0, 499).Select(i => $"{i}")];
        await trend.RecordManyAsync(members.Select((member, i) => new Click("c", member, 1 + i * 0.37)));
        var before = await _redis.Database.SortedSetRangeByRankWithScoresAsync(new ClickTrendKey("c").ToRedisKey(), 0, -2);
        var top = await trend.TopAsync("c", 1000);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await trend.RecordAsync("c", "last", 1);

        var after = await _redis.Database.SortedSetRangeByRankWithScoresAsync(new ClickTrendKey("c").ToRedisKey(), 0, -2);
        Assert.All(before, entry => Assert.Equal(entry.Score - 1024, after.Single(one => one.Element == entry.Element).Score));
        var now = await trend.TopAsync("c", 1000);
        Assert.Equal(top.Select(entry => entry.Member), now.Select(entry => entry.Member).Where(member => member != "last"));
        Assert.All(top, entry => Near(entry.Score * Math.Pow(2, -1 / 60.0), now.Single(one => one.Member == entry.Member).Score));
    }

    [Fact]
    public async Task What_is_negligible_is_gone_from_every_answer_and_begins_anew()
    {
        ClickTrend<EveryHour> trend = ByHand();
        await trend.RecordAsync("c", "old", 1);
        await trend.RecordAsync("c", "young", 4);
        _clock.Advance(TimeSpan.FromHours(9.96));       // 2^-9.96 is just more than a thousandth
        Assert.Equal(["young", "old"], (await trend.TopAsync("c", 9)).Select(entry => entry.Member));
        Assert.Equal(2, await trend.RankAsync("c", "old"));
        _clock.Advance(TimeSpan.FromHours(0.01));

        Assert.Equal("young", Assert.Single(await trend.TopAsync("c", 9)).Member);
        Assert.Empty(await trend.TopAsync("c", 9, skip: 1));
        Assert.Empty(await trend.TopAsync("c", 9, skip: 100));
        Assert.Null(await trend.ScoreAsync("c", "old"));
        Assert.Null(await trend.RankAsync("c", "old"));
        Assert.Equal(1, await trend.CountAsync("c"));
        Assert.False(await trend.RemoveAsync("c", "old"));
        Assert.Equal(2, await trend.RecordAsync("c", "old", 2), 1e-12);
        Assert.InRange(await trend.RecordAsync("c", "late", 1, _clock.Now - TimeSpan.FromHours(11)), 1 / 2049.0, 1 / 2047.0);
        Assert.Null(await trend.ScoreAsync("c", "late"));
        Assert.Equal(3, (await fixture.Server.ExecuteAsync("ZCARD", Key("c"))).Integer);
    }

    [Fact]
    public async Task The_negligible_are_removed_in_bounded_numbers()
    {
        ClickTrend<EveryHour> trend = ByHand();
        await trend.RecordManyAsync(Enumerable.Range(0, 1700).Select(i => new Click("c", $"{i}")));
        _clock.Advance(TimeSpan.FromHours(1));
        await trend.RecordAsync("c", "top", 1e6);
        _clock.Advance(TimeSpan.FromHours(10));
        Assert.Equal(1702, (await fixture.Server.ExecuteAsync("ZCARD", Key("c"))).Integer);
        await trend.RecordAsync("c", "top", 1);
        Assert.Equal(1682, (await fixture.Server.ExecuteAsync("ZCARD", Key("c"))).Integer);
        Assert.Equal(1680, await trend.TrimAsync("c"));
        Assert.Equal(0, await trend.TrimAsync("c"));
        Assert.Equal(2, (await fixture.Server.ExecuteAsync("ZCARD", Key("c"))).Integer);
        _clock.Advance(TimeSpan.FromHours(1000));
        Assert.Equal(1, await trend.TrimAsync("c"));
        Assert.False(await fixture.Server.ExistsAsync(Key("c")));
        Assert.Equal(0, await trend.TrimAsync("nothing"));
    }

    /// <summary>A key lives until the highest score is negligible, and no longer.</summary>
    [Fact]
    public async Task The_expiry_of_a_key_follows_its_highest_score()
    {
        ClickTrend<EveryHour> trend = ByHand();
        await trend.RecordAsync("c", "a", 8);
        await LivesAsync(8);
        await trend.RecordAsync("c", "b", 1);
        await LivesAsync(8);
        await trend.RecordAsync("c", "b", 15);
        await LivesAsync(16);
        await trend.RecordManyAsync([new("c", "b", 1000), new("c", "b", 1024 - 16), new("c", "a")]);
        await LivesAsync(2024);
        await fixture.Server.ExecuteAsync("PERSIST", Key("c"));
        await trend.RecordAsync("c", "a", 1);
        await LivesAsync(2024);
        Assert.True(await trend.RemoveAsync("c", "b"));
        await LivesAsync(10);
        Assert.True(await trend.RemoveAsync("c", "a"));
        Assert.False(await trend.RemoveAsync("c", "a"));
        Assert.False(await fixture.Server.ExistsAsync(Key("c")));
        await trend.RecordAsync("c", "late", 1, _clock.Now - TimeSpan.FromDays(1));
        Assert.False(await fixture.Server.ExistsAsync(Key("c")));

        async Task LivesAsync(double highest)
        {
            double needed = TimeSpan.FromHours(Math.Log2(highest / 0.001)).TotalMilliseconds;
            Assert.InRange(await fixture.Server.TimeToLiveAsync(Key("c")), needed - 60_000, needed + 2);
        }
    }

    /// <summary>The server's clock rules, whatever this process makes of it; and in real time a trend ends by itself.</summary>
    [Fact]
    public async Task Time_is_that_of_the_server()
    {
        var trend = new ClickTrend<EverySecond>(_redis);
        long before = await ServerTimeAsync();
        await trend.RecordAsync("c", "a", 1);
        long after = await ServerTimeAsync();
        _redis.Clock.Observe(before + 4_000_000);
        double landmark = (await _redis.Database.SortedSetScoreAsync(new ClickTrendKey("c").ToRedisKey(), new byte[] { 255 }))!.Value - 1e15;
        Assert.InRange(landmark, before, after);
        Assert.InRange(await trend.RecordAsync("d", "a", 1, DateTimeOffset.FromUnixTimeMilliseconds(before + 3_600_000)), 1 - 1e-12, 1 + 1e-12);
        await Bounded.BecomesTrueAsync(async () => !await fixture.Server.ExistsAsync(Key("c")));

        async Task<long> ServerTimeAsync()
        {
            var time = (await fixture.Server.ExecuteAsync("TIME")).Items;
            return long.Parse(time[0].Text!, CultureInfo.InvariantCulture) * 1000 + long.Parse(time[1].Text!, CultureInfo.InvariantCulture) / 1000;
        }
    }

    [Fact]
    public async Task Of_many_writers_by_many_connections_nothing_is_lost()
    {
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(fixture.Server);
        RedisContext[] contexts = [ByHand().Redis, ByHand().Redis, new(other, ByHand().Redis.Options)];
        double[] weights = await Task.WhenAll(Enumerable.Range(0, 12).Select(writer => Task.Run(async () =>
        {
            var trend = new ClickTrend<EveryHour>(contexts[writer % contexts.Length]);
            var random = new Random(Seeds.Of(9500 + writer));
            double sum = 0;
            for (int i = 0; i < 100; i++)
            {
                double weight = random.NextDouble() + 0.5;
                sum += weight;
                if (i % 3 == 0)
                    await trend.RecordManyAsync([new("c", "x", weight / 2), new("c", $"{writer}", weight), new("c", "x", weight / 2)]);
                else
                    await trend.RecordAsync("c", "x", weight);
                Assert.True((await trend.TopAsync("c", 1))[0].Score >= weight);
            }

            return sum;
        })));

        Near(weights.Sum(), (await ByHand().ScoreAsync("c", "x"))!.Value);
        Assert.Equal(13, await ByHand().CountAsync("c"));
    }

    [Fact]
    public async Task A_thousand_interactions_are_ten_calls_of_one_round_trip()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var trend = new ClickTrend<EveryHour>(ServerFixture.NewContext(connection));
        await trend.RecordAsync("c", "0", 1);
        await server.ExecuteAsync("CONFIG", "RESETSTAT");
        await trend.RecordManyAsync(Enumerable.Range(0, 3000).Select(i => new Click("c", $"{i % 1000}")));
        Assert.Contains("cmdstat_evalsha:calls=10,", (await server.ExecuteAsync("INFO", "commandstats")).Text, StringComparison.Ordinal);
        Assert.Equal(1000, await trend.CountAsync("c"));
        Assert.Equal(3, (await trend.ScoreAsync("c", "999"))!.Value, 0.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(0.0009)]
    [InlineData(1.1e12)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_weight_that_does_not_count_is_refused(double weight)
    {
        ClickTrend<EveryHour> trend = ByHand();
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => trend.RecordAsync("c", "a", weight));
        Assert.StartsWith($"Tests.Click: a weight on '{Key("c")}' is a number from 0.001, below which a score is negligible, to 1000000000000. Nothing was written.", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => trend.RecordManyAsync([new("c", "b"), new("c", "a", weight)]));
        Assert.False(await fixture.Server.ExistsAsync(Key("c")));
    }

    [Fact]
    public async Task What_lies_ahead_is_refused_and_a_little_of_it_is_now()
    {
        ClickTrend<EveryHour> trend = ByHand();
        Assert.Equal(1, await trend.RecordAsync("c", "a", 1, _clock.Now.AddMinutes(5)));
        foreach (Func<Task> call in (Func<Task>[])[() => trend.RecordAsync("c", "a", 1, _clock.Now.AddMinutes(5.1)), () => trend.RecordManyAsync([new("c", "a")], _clock.Now.AddDays(1))])
        {
            var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(call);
            Assert.StartsWith($"Tests.Click: what is recorded has happened, but it is 2025-12-31 23:59:59Z for '{Key("c")}'. Nothing was written.", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, await trend.ScoreAsync("c", "a"));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => trend.TopAsync("c", 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => trend.TopAsync("c", 1001));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => trend.TopAsync("c", 1, -1));
    }

    [Fact]
    public async Task What_is_no_trend_is_an_error_and_stays()
    {
        ClickTrend<EveryHour> trend = ByHand();
        await fixture.Server.ExecuteAsync("SET", Key("c"), "text");
        await fixture.Server.ExecuteAsync("ZADD", Key("d"), "3", "a");
        foreach (string category in (string[])["c", "d"])
        {
            Func<Task>[] calls =
            [
                () => trend.RecordAsync(category, "a", 1), () => trend.RecordManyAsync([new(category, "a")]), () => trend.TopAsync(category, 1), () => trend.ScoreAsync(category, "a"),
                () => trend.RankAsync(category, "a"), () => trend.CountAsync(category), () => trend.RemoveAsync(category, "a"), () => trend.TrimAsync(category),
                .. category == "c" ? (Func<Task>[])[() => trend.DeleteAsync(category)] : [],
            ];
            foreach (Func<Task> call in calls)
            {
                var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
                Assert.Equal(("Tests.Click", Key(category)), (error.Model, error.Key));
                Assert.Contains(category == "c" ? "does not hold a zset." : "does not hold a trend but a sorted set without a landmark.", error.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal("text", (await fixture.Server.ExecuteAsync("GET", Key("c"))).Text);
        Assert.Equal(1, (await fixture.Server.ExecuteAsync("ZCARD", Key("d"))).Integer);
    }

    [Fact]
    public async Task Nothing_is_there_of_what_nobody_recorded_or_what_was_deleted()
    {
        ClickTrend<EveryHour> trend = ByHand();
        for (int round = 0; round < 2; round++)
        {
            Assert.Empty(await trend.TopAsync("c", 10));
            Assert.Null(await trend.ScoreAsync("c", "a"));
            Assert.Null(await trend.RankAsync("c", "a"));
            Assert.Equal(0, await trend.CountAsync("c"));
            Assert.False(await trend.RemoveAsync("c", "a"));
            Assert.False(await trend.DeleteAsync("c"));
            await trend.RecordManyAsync([]);
            Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
            await trend.RecordAsync("c", "a", 1);
            Assert.True(await trend.DeleteAsync("c"));
        }
    }

    [Fact]
    public async Task Cancelled_calls_send_nothing()
    {
        ClickTrend<EveryHour> trend = ByHand();
        var cancelled = new CancellationToken(canceled: true);
        Func<Task>[] calls =
        [
            () => trend.RecordAsync("c", "a", 1, cancellationToken: cancelled), () => trend.RecordManyAsync([new("c", "a")], cancellationToken: cancelled), () => trend.TopAsync("c", 1, 0, cancelled),
            () => trend.ScoreAsync("c", "a", cancelled), () => trend.RankAsync("c", "a", cancelled), () => trend.CountAsync("c", cancelled), () => trend.RemoveAsync("c", "a", cancelled),
            () => trend.TrimAsync("c", cancelled), () => trend.DeleteAsync("c", cancelled),
        ];
        foreach (Func<Task> call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    private static void Near(double expected, double actual) => Assert.True(Math.Abs(expected - actual) <= 1e-9 * expected, $"expected {expected:R}, got {actual:R}");
}
