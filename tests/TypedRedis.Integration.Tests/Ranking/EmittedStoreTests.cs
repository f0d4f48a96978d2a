using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Ranking;

public enum Region
{
    Europe,
    Americas,
}

public enum Touch
{
    [Weight(1)]
    View,

    [Weight(2.5)]
    Share,
}

/// <summary>A board of composite members with every kind of part that needs care.</summary>
[Leaderboard("emitted-board:{Season}", Windows = PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week, Mode = LeaderboardMode.Lowest, Ties = LeaderboardTies.FirstArrival, TimeZone = "America/New_York", Retention = "30d", History = 3)]
[Expires("300d")]
public sealed record Heat(string Season, [property: Member] Region Region, [property: Member] string Driver, [property: Member] DateOnly Born, [property: Score] TimeSpan Time);

/// <summary>Members as they stand in the board.</summary>
[Leaderboard("emitted-plain:{Season}")]
public sealed record Sprint(string Season, [property: Member] Region Region, [property: Member] string Driver, [property: Score] int Points);

/// <summary>All that a model can be besides, at once.</summary>
[RedisHash("emitted-visit:{Page}:{Visitor}"), Expires("1d")]
[Trending("emitted-trend:{Site}", HalfLife = "1h")]
[UniqueCounter("emitted-unique:{#Site}", PeriodUnits.Day | PeriodUnits.Month, Retention = "10d")]
[ActivityBitmap("emitted-active:{Site}", PeriodUnits.Day, MaxId = 1000, Retention = "10d")]
[PeriodCounter("emitted-views:{Site}", PeriodUnits.Hour | PeriodUnits.Day, Retention = "10d")]
public sealed record Visit(string Site, string Page, [property: Member] long Visitor, [property: Interaction] Touch Touch);

/// <summary>The emitted stores over a real server: what a model declares is what stands in Redis.</summary>
public sealed class EmittedStoreTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 22, 3, 30, 0, TimeSpan.Zero);

    private readonly RedisContext _context = fixture.NewContext();
    private readonly HandClock _clock = new(Begin);

    private RedisContext Redis => new(_context.Connection, _context.Options with { TimeProvider = _clock });

    [Fact]
    public async Task Composite_members_and_durations_come_back_from_a_board()
    {
        var board = new HeatLeaderboard(Redis);
        var (ann, bob) = ((Region.Europe, "a:b{c}%", new DateOnly(1990, 2, 28)), (Region.Americas, "", DateOnly.MaxValue));
        var heats = new[]
        {
            new Heat("2026", ann.Item1, ann.Item2, ann.Item3, TimeSpan.FromMilliseconds(61_234)),
            new Heat("2026", bob.Item1, bob.Item2, bob.Item3, TimeSpan.FromTicks(612_340_001)),
            new Heat("2026", ann.Item1, ann.Item2, ann.Item3, TimeSpan.FromMilliseconds(70_000)),
        };
        foreach (Heat heat in heats)
            await board.SubmitAsync(heat);

        var top = await board.TopAsync("2026", 10);
        Assert.Equal([(1, ann, heats[0].Time), (2, bob, heats[1].Time)], top.Select(static entry => (entry.Rank, entry.Member, entry.Score)));
        Assert.Equal("a:b{c}%", top[0].Member.Driver);
        Assert.Equal(2, (await board.RankAsync("2026", bob, Period.Today))!.Value.Rank);
        Assert.Equal([heats[2].Time, heats[0].Time], (await board.HistoryAsync("2026", ann)).Select(static entry => entry.Score).OrderDescending());
        await Assert.ThrowsAsync<RedisEncodeException>(() => board.SubmitAsync("2026", (Region.Europe, "\ud800", default), TimeSpan.Zero));
        await Assert.ThrowsAsync<RedisEncodeException>(() => board.SubmitAsync("2026", ann, TimeSpan.MaxValue));

        // The day is New York's, where it is still the evening of the 21st. Everything shares the tag.
        string[] keys = await KeysAsync("emitted-board");
        Assert.Contains("{emitted-board:2026}", keys);
        Assert.Contains("{emitted-board:2026}:d:2026-11-21", keys);
        Assert.Contains("{emitted-board:2026}:w:2026-W47", keys);
        Assert.All(keys, static key => Assert.StartsWith("{emitted-board:2026}", key, StringComparison.Ordinal));
        foreach (string key in keys)
            Assert.NotNull(await _context.Database.KeyTimeToLiveAsync(key));
    }

    [Fact]
    public async Task A_model_is_stored_ranked_and_counted_at_once()
    {
        RedisContext redis = Redis;
        var visits = new[] { new Visit("shop", "home", 7, Touch.View), new Visit("shop", "cart", 7, Touch.Share), new Visit("shop", "home", 1000, Touch.View) };
        foreach (Visit visit in visits)
        {
            Assert.True(await new VisitRepository(redis).InsertAsync(visit));
            await new VisitTrend(redis).RecordAsync(visit);
            await new VisitUniqueCounter(redis).AddAsync(visit);
            await new VisitBitmap(redis).MarkAsync(visit);
            await new VisitCounter(redis).IncrementAsync(visit.Site);
        }

        Assert.Equal([(7L, 3.5), (1000L, 1.0)], (await new VisitTrend(redis).TopAsync("shop", 10)).Select(static entry => (entry.Member, Math.Round(entry.Score, 9))));
        Assert.Equal(2, await new VisitUniqueCounter(redis).CountAsync("shop", Period.Today));
        Assert.Equal(2, await new VisitBitmap(redis).CountAsync("shop", Period.Today));
        Assert.True(await new VisitBitmap(redis).IsActiveAsync("shop", 1000, Period.Today));
        Assert.Equal(3, await new VisitCounter(redis).GetAsync("shop", Period.HourOf(Begin)));
        Assert.Contains("emitted-unique:{shop}:m:2026-11", await KeysAsync("emitted-unique"));
        Assert.Equal(["{emitted-views:shop}:d:2026-11-22", "{emitted-views:shop}:h:2026-11-22T03"], await KeysAsync("emitted-views"));
        Assert.Equal(visits[1], await new VisitRepository(redis).GetAsync(("cart", 7)));
    }

    [Fact]
    public async Task A_member_that_another_program_wrote_is_named()
    {
        await _context.Database.SortedSetAddAsync("{emitted-plain:2027}", "Europe", 1);
        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => new SprintLeaderboard(Redis).TopAsync("2027", 1));
        Assert.Equal("Europe", error.Value);
        Assert.Contains("{Region}:{Driver} (enum, text)", error.Message, StringComparison.Ordinal);
        Assert.Contains("{emitted-plain:2027}", error.Message, StringComparison.Ordinal);

        await _context.Database.SortedSetAddAsync("{emitted-plain:2028}", "Europe:ann", 1.5);
        error = await Assert.ThrowsAsync<RedisDecodeException>(() => new SprintLeaderboard(Redis).TopAsync("2028", 1));
        Assert.Equal(("Points", "1.5"), (error.Field, error.Value));
    }

    // Without the prefix of the context.
    private async Task<string[]> KeysAsync(string stem)
    {
        string prefix = _context.Options.Prefix;
        var keys = (string[]?)await fixture.Connection.GetDatabase().ScriptEvaluateAsync("return redis.call('KEYS', ARGV[1])", values: [$"{prefix}*{stem}*"]);
        return [.. keys!.Select(key => key[prefix.Length..]).Order(StringComparer.Ordinal)];
    }
}
