using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>What single calls of bitmaps do.</summary>
public sealed class ActivityBitmapTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Bits_stand_in_segments_under_their_period_and_expire_with_its_retention()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2026-12-31T23:30Z")));
        var active = new ActiveBitmap(redis);
        Assert.Equal((bool[])[true, true], await active.MarkManyAsync([new Active("web", 5), new Active("web", 2_000_000)]));
        string[] keys = await fixture.Server.KeysAsync(_redis.Prefix);
        Assert.Equal(
            ["{active:web}:d:2027-01-01", "{active:web}:d:2027-01-01:s:3", "{active:web}:m:2027-01", "{active:web}:m:2027-01:s:3", "{active:web}:w:2026-W53", "{active:web}:w:2026-W53:s:3"],
            keys.Select(key => key[_redis.Prefix.Length..]));
        Assert.True(await redis.Database.StringGetBitAsync("{active:web}:d:2027-01-01", 5));
        Assert.True(await redis.Database.StringGetBitAsync("{active:web}:d:2027-01-01:s:3", 2_000_000 - (3 * 512_000)));
        TimeSpan left = Berlin.At("2027-01-01T23:00Z") + TimeSpan.FromDays(400) - Berlin.At("2026-12-31T23:30Z");
        Assert.InRange(await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}{{active:web}}:d:2027-01-01:s:3"), left.TotalMilliseconds - 60_000, left.TotalMilliseconds);
        Assert.Empty(await Leftovers.OfAsync(fixture.Server, _redis.Prefix));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2_000_001)]
    [InlineData(4_000_000_000)]
    [InlineData(long.MaxValue)]
    public async Task An_id_that_is_too_large_is_refused_before_anything_is_sent(long id)
    {
        var active = new ActiveBitmap(_redis);
        foreach (Func<Task> call in (Func<Task>[])[
            () => active.MarkAsync("web", id), () => active.MarkManyAsync([new Active("web", 1), new Active("web", id)]), () => active.IsActiveAsync("web", id, Period.Today), () => active.RemoveAsync("web", id)])
        {
            string message = (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(call)).Message;
            Assert.Contains($"{typeof(Active)}: {id} has no bit in '{_redis.Prefix}{{active:web}}': ids go from 0 to 2000000.", message, StringComparison.Ordinal);
        }

        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    /// <summary>A text that grows bit by bit takes up to twice its length: only an eighth of the first segment does so.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_segment_is_made_in_its_full_size_but_for_the_beginning_of_the_first(bool atOnce)
    {
        var large = new LargeBitmap(_redis.With(new HandClock(Berlin.At("2026-03-07T12:00Z"))));
        foreach ((string app, long first) in (IEnumerable<(string, long)>)[("jump", 7), ("at once", 400_000)])
        {
            foreach (long user in (long[])[first, 400_001])
                Assert.True(atOnce ? Assert.Single(await large.MarkManyAsync([new Large(app, user)])) : await large.MarkAsync(app, user));
            string key = $"{_redis.Prefix}{{large:{app}}}:d:2026-03-07";
            Assert.Equal(64_000, (await fixture.Server.ExecuteAsync("STRLEN", key)).Integer);
            Assert.InRange((await fixture.Server.ExecuteAsync("MEMORY", "USAGE", key)).Integer, 64_000, 66_000);
            Assert.True(await large.IsActiveAsync(app, first, Period.Today) && await large.IsActiveAsync(app, 400_001, Period.Today));
        }

        foreach ((long user, string segment, long length) in (IEnumerable<(long, string, long)>)
            [(7, "", 1), (63_999, "", 8_000), (63_000, "", 8_000), (64_000, "", 64_000), (80_000, "", 64_000), (512_000, ":s:1", 64_000), (600_000, ":s:1", 64_000), (9_999_999, ":s:19", 34_000)])
        {
            Assert.True(atOnce ? Assert.Single(await large.MarkManyAsync([new Large("web", user)])) : await large.MarkAsync("web", user));
            Assert.Equal(length, (await fixture.Server.ExecuteAsync("STRLEN", $"{_redis.Prefix}{{large:web}}:d:2026-03-07{segment}")).Integer);
        }

        Assert.Equal(8, await large.CountAsync("web", Period.Today));
    }

    [Fact]
    public async Task Counts_of_a_range_are_those_of_its_periods_however_many_segments_a_period_has()
    {
        DateTimeOffset now = Berlin.At("2026-03-07T12:00Z");
        RedisContext redis = _redis.With(new HandClock(now));
        var (wide, large, small) = (new WideBitmap(redis), new LargeBitmap(redis), new SmallActiveBitmap(redis));
        for (int day = 0; day < 7; day++)
        {
            await wide.MarkManyAsync(Enumerable.Range(0, day + 1).Select(i => new Wide("web", (i * 613_000_000L) + day)), now.AddDays(-day));
            await large.MarkManyAsync(Enumerable.Range(0, day + 1).Select(i => new Large("web", (i * 1_428_000L) + day)), now.AddDays(-day));
            await small.MarkManyAsync(Enumerable.Range(0, day + 1).Select(i => new SmallActive("web", i)), now.AddDays(-day));
        }

        PeriodRange week = PeriodRange.OfLast(7, PeriodUnits.Day);
        foreach (PeriodCount[] counts in (PeriodCount[][])[await wide.RangeAsync("web", week), await large.RangeAsync("web", week), await small.RangeAsync("web", week)])
        {
            Assert.Equal([7, 6, 5, 4, 3, 2, 1], counts.Select(static one => one.Count));
        }

        Assert.Equal((1, 1), (await wide.CountAsync("web", Period.Today), await large.CountAsync("web", Period.Today)));
    }

    [Fact]
    public async Task The_largest_id_takes_one_segment()
    {
        var wide = new WideBitmap(_redis);
        Assert.True(await wide.MarkAsync("web", 4_294_967_294));
        string key = Assert.Single(await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.InRange((await fixture.Server.ExecuteAsync("MEMORY", "USAGE", key)).Integer, 1, 66_000);
        Assert.True(await wide.IsActiveAsync("web", 4_294_967_294, Period.Today));
        Assert.Equal(1, await wide.CountAsync("web", Period.Today));
        var found = new List<long>();
        await foreach (long user in wide.GetActiveAsync("web", Period.Today))
            found.Add(user);
        Assert.Equal((long[])[4_294_967_294], found);
        Assert.True(await wide.RemoveAsync("web", 4_294_967_294));
        Assert.Equal(0, await wide.CountAsync("web", Period.Today));
    }

    [Fact]
    public async Task A_key_that_ends_like_a_segment_is_removed_from_and_deleted_as_others_are()
    {
        var active = new PartActiveBitmap(_redis);
        var key = new PartActiveBitmapKey("web", "s", 2);
        await active.MarkManyAsync([(key, 7), (key, 1_200_000), (key, 1_800_000)]);
        Assert.True(await active.RemoveAsync(key, 7));
        Assert.True(await active.RemoveAsync(key, 1_200_000));
        Assert.Equal((1L, 1L), (await active.CountAsync(key, Period.Today), await active.CountAsync(key, Period.AllTime)));
        Assert.NotEqual(0, await active.DeleteAsync(key));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_cohort_and_the_periods_after_it_are_those_of_one_moment()
    {
        DateTimeOffset beforeMidnight = Berlin.At("2026-11-21T22:59:59.999Z");
        ActivityCohort cohort = await new ActiveBitmap(_redis.With(new MovingClock(beforeMidnight))).RetentionAsync("web", Period.Yesterday, Period.Today);
        Assert.Equal((Period.Day(2026, 11, 20), Period.Day(2026, 11, 21)), (cohort.Period, Assert.Single(cohort.Returns).Period));
    }

    [Fact]
    public async Task A_member_beyond_the_last_number_is_refused_and_changes_nothing()
    {
        var few = new FewBitmap(_redis);
        Assert.Equal((bool[])[true, true], await few.MarkManyAsync([new Few("s", "a"), new Few("s", "b")]));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => few.MarkManyAsync([new Few("s", "a"), new Few("s", "c"), new Few("s", "d")]));
        Assert.Contains($"'{_redis.Prefix}{{few:s}}' has given its 3 numbers", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, await few.CountAsync("s", Period.Today));
        Assert.True(await few.MarkAsync("s", "c"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => few.MarkAsync("s", "d"));
        Assert.False(await few.MarkAsync("s", "a"));

        // Nor does one get the number of one that is gone.
        Assert.True(await few.RemoveAsync("s", "b"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => few.MarkAsync("s", "b"));
        Assert.Equal(2, await few.CountAsync("s", Period.Today));
    }

    [Fact]
    public async Task Numbers_stay_as_long_as_the_last_bit_and_are_never_given_twice()
    {
        var clock = new HandClock(Berlin.At("2027-06-16T12:00Z"));
        var seen = new SeenBitmap(_redis.With(clock));
        await seen.MarkAsync("s", "ann");
        await seen.MarkAsync("s", "bob");
        long day = await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}seen:{{s}}:d:2027-06-16"), month = await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}seen:{{s}}:m:2027-06");
        Assert.True(day < month);
        Assert.InRange(await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}seen:{{s}}:ids"), month - 60_000, month + 1);
        Assert.InRange(await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}seen:{{s}}:given"), month - 60_000, month + 1);

        // What happened earlier does not shorten it.
        await seen.MarkAsync("s", "ann", clock.Now.AddDays(-100));
        Assert.InRange(await fixture.Server.TimeToLiveAsync($"{_redis.Prefix}seen:{{s}}:ids"), month - 120_000, month + 1);
        Assert.Equal(3, await seen.DeleteAsync("s") - 4);
        Assert.True(await seen.MarkAsync("s", "carl"));
        Assert.Equal("2", await _redis.Database.HashGetAsync("seen:{s}:ids", "carl"));
        Assert.Empty(await Leftovers.OfAsync(fixture.Server, _redis.Prefix));
    }

    [Fact]
    public async Task A_removal_that_was_cut_short_can_be_made_again()
    {
        var seen = new SeenBitmap(_redis);
        await seen.MarkAsync("s", "ann");
        await seen.MarkAsync("s", "bob");

        // As it is after the first step of a removal; then she comes again, under another number.
        await _redis.Database.HashDeleteAsync("seen:{s}:ids", "bob");
        await _redis.Database.HashSetAsync("seen:{s}:given", ":bob", "1");
        Assert.True(await seen.MarkAsync("s", "bob"));
        Assert.Equal(3, await seen.CountAsync("s", Period.Today));
        Assert.True(await seen.RemoveAsync("s", "bob"));
        Assert.Equal(1, await seen.CountAsync("s", Period.Today));
        Assert.False(await seen.RemoveAsync("s", "bob"));
        Assert.Equal(["next"], (await _redis.Database.HashKeysAsync("seen:{s}:given")).Select(field => (string)field!));
    }

    [Fact]
    public async Task Members_beyond_the_first_segments_cost_a_second_round_trip_and_nothing_else()
    {
        var many = new ManyBitmap(_redis);
        Guid[] visitors = [.. Enumerable.Range(0, 300).Select(_ => Guid.NewGuid())];
        await many.MarkAsync("s", visitors[0]);
        await _redis.Database.HashSetAsync("{many:s}:given", "next", 4_095_950);
        Assert.Equal((bool[])[false, .. Enumerable.Repeat(true, 299)], await many.MarkManyAsync(visitors.Select(visitor => new Many("s", visitor))));
        Assert.All(await many.MarkManyAsync(visitors.Select(visitor => new Many("s", visitor))), Assert.False);
        Assert.Equal(300, await many.CountAsync("s", Period.Today));
        Assert.Equal(300, await many.CountAnyAsync("s", PeriodRange.OfLast(3, PeriodUnits.Day)));
        await _redis.Database.HashSetAsync("{many:s}:given", "next", 9_999_999);
        Assert.Equal((bool[])[true, true], await many.MarkManyAsync([new Many("s", Guid.NewGuid()), new Many("s", Guid.NewGuid())]));
        var found = new HashSet<Guid>();
        await foreach (Guid visitor in many.GetActiveAsync("s", Period.Today))
            Assert.True(found.Add(visitor));
        Assert.Equal(302, found.Count);
        Assert.True(await many.IsActiveAsync("s", visitors[299], Period.Today));
        Assert.True(await many.RemoveAsync("s", visitors[299]));
        Assert.Equal(301, await many.CountAsync("s", Period.ThisMonth));
    }

    [Fact]
    public async Task Bitmaps_that_stay_are_found_when_they_are_deleted()
    {
        var clock = new HandClock(Berlin.At("2020-01-01T12:00Z"));
        var staying = new StayingBitmap(_redis.With(clock));
        await staying.MarkManyAsync(Enumerable.Range(0, 10).Select(id => new Staying("s", id * 1000L)));
        await _redis.Database.HashSetAsync("{stay:s}:given", "next", 1_200_000);
        clock.Now = clock.Now.AddYears(4);
        await staying.MarkAsync("s", 77);
        await staying.MarkAsync("other", 77);
        Assert.Equal(11, await staying.CountAsync("s", Period.AllTime));
        Assert.True(await staying.RemoveAsync("s", 77));
        Assert.Equal((10, 0), (await staying.CountAsync("s", Period.AllTime), await staying.CountAsync("s", Period.Today)));
        Assert.True(await staying.RemoveAsync("s", 3000));
        Assert.Equal(9, await staying.CountAsync("s", Period.Day(2020, 1, 1)));
        await staying.DeleteAsync("s");
        Assert.Equal(
            ["{stay:other}", "{stay:other}:d:2024-01-01", "{stay:other}:given", "{stay:other}:ids", "{stay:s}:given"],
            (await fixture.Server.KeysAsync(_redis.Prefix)).Select(key => key[_redis.Prefix.Length..]));
    }

    [Fact]
    public async Task A_key_of_another_type_is_an_error_and_stays()
    {
        RedisContext redis = _redis.With(new HandClock(Berlin.At("2027-06-16T12:00Z")));
        var active = new ActiveBitmap(redis);
        await redis.Database.ListAsync("{active:web}:m:2027-06");
        foreach (Func<Task> call in (Func<Task>[])[
            () => active.MarkAsync("web", 1), () => active.MarkManyAsync([new Active("web", 1), new Active("web", 2)]), () => active.IsActiveAsync("web", 1, Period.ThisMonth),
            () => active.CountAsync("web", Period.ThisMonth), () => active.RangeAsync("web", PeriodRange.OfLast(3, PeriodUnits.Month)), () => active.CountAnyAsync("web", PeriodRange.OfLast(3, PeriodUnits.Month)),
            () => active.CountAllAsync("web", PeriodRange.OfLast(3, PeriodUnits.Month)), () => active.RetentionAsync("web", Period.Today, Period.ThisMonth),
            () => active.CohortsAsync("web", PeriodRange.OfLast(3, PeriodUnits.Month)), () => active.RemoveAsync("web", 1), () => active.DeleteAsync("web"), () => active.DeleteAsync("web", Period.ThisMonth),
            async () => await active.GetActiveAsync("web", Period.ThisMonth).GetAsyncEnumerator().MoveNextAsync()])
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
            Assert.Equal($"{redis.Prefix}{{active:web}}:m:2027-06", error.Key);
        }

        Assert.Equal([$"{redis.Prefix}{{active:web}}:m:2027-06"], await fixture.Server.KeysAsync(redis.Prefix));

        await redis.Database.ListAsync("seen:{s}:ids");
        var seen = new SeenBitmap(redis);
        foreach (Func<Task> call in (Func<Task>[])[() => seen.MarkAsync("s", "ann"), () => seen.IsActiveAsync("s", "ann", Period.Today), () => seen.RemoveAsync("s", "ann"), () => seen.DeleteAsync("s")])
            Assert.Contains("seen:{s}:ids' does not hold a hash", (await Assert.ThrowsAsync<RedisWrongTypeException>(call)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_estimate_of_the_servers_time_that_is_wrong_does_not_matter()
    {
        var (active, seen) = (new ActiveBitmap(_redis), new SeenBitmap(_redis));
        long time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (long wrong in (long[])[time - (86_400_000L * 3), time + (86_400_000L * 3), 0])
        {
            _redis.Clock.Observe(wrong);
            await active.MarkAsync("web", wrong % 1000);
            _redis.Clock.Observe(wrong);
            await seen.MarkAsync("s", $"{wrong}");
        }

        Assert.InRange(await active.CountAnyAsync("web", PeriodRange.OfLast(2, PeriodUnits.Day)), 2, 3);
        Assert.Equal(3, await seen.CountAnyAsync("s", PeriodRange.OfLast(2, PeriodUnits.Day)));
    }

    [Fact]
    public async Task Ranges_are_checked()
    {
        var active = new ActiveBitmap(_redis);
        await Assert.ThrowsAsync<ArgumentException>(() => active.CountAnyAsync("web", PeriodRange.OfLast(401, PeriodUnits.Day)));
        await Assert.ThrowsAsync<ArgumentException>(() => active.CohortsAsync("web", PeriodRange.OfLast(101, PeriodUnits.Day)));
        await Assert.ThrowsAsync<ArgumentException>(() => active.CountAsync("web", Period.ThisYear));
        Assert.Equal(0, await active.CountAnyAsync("web", PeriodRange.OfLast(400, PeriodUnits.Day)));
        Assert.Equal(400, (await active.RetentionAsync("web", Period.Today, PeriodRange.OfLast(400, PeriodUnits.Day))).Returns.Count);
    }

    [Fact]
    public async Task Writers_at_once_lose_nothing_and_no_number_is_given_twice()
    {
        var fresh = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var (active, seen) = (new ActiveBitmap(new RedisContext(_redis.Connection, _redis.Options)), new SeenBitmap(new RedisContext(_redis.Connection, _redis.Options)));
            int count = 0;
            for (int i = 0; i < 30; i++)
            {
                count += await active.MarkAsync("web", i * 60_000L) ? 1 : 0;
                count += (await seen.MarkManyAsync(Enumerable.Range(i, 150).Select(id => new Seen("s", $"v{id}")))).Count(one => one);
            }

            return count;
        })));
        var active = new ActiveBitmap(_redis);
        var seen = new SeenBitmap(_redis);
        Assert.Equal(30, await active.CountAnyAsync("web", PeriodRange.OfLast(2, PeriodUnits.Day)));
        Assert.Equal(179, await seen.CountAnyAsync("s", PeriodRange.OfLast(2, PeriodUnits.Day)));
        Assert.InRange(fresh.Sum(), 209, 2 * 209);      // twice where a midnight came between
        RedisValue[] numbers = await _redis.Database.HashValuesAsync("seen:{s}:ids");
        Assert.Equal(Enumerable.Range(0, 179).Select(number => (long)number), numbers.Select(number => (long)number).Order());
    }
}
