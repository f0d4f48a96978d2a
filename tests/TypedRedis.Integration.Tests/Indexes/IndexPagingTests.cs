using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Pages, cursors and the order of what is sorted.</summary>
public sealed class IndexPagingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly string[] Codes =
        ["a", "a!", "a~", "a|", "a{}", "{}", "a:b", "%", "a%7B%7D", "é", "😀", "a b", "\n", "0", "00", "1", "10", "9", "!", "~", "[", "(", "+", "-", "\x7f", "zz"];

    private readonly RedisContext _redis = fixture.NewContext();

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(1000, true)]
    public async Task A_walk_neither_repeats_nor_skips_while_others_write(int size, bool descending)
    {
        var bookings = new BookingRepository(_redis);
        await bookings.UpsertManyAsync(Codes.Select((code, i) => new Booking { Code = code, Seat = $"{i}", Show = "s", Price = i % 3 }));
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(fixture.Server);
        var writer = new BookingRepository(new RedisContext(other, _redis.Options));
        var random = new Random(Seeds.Of(8000 + size));
        int next = 0;

        // Between two pages: others come and go, and those that stay are written again as they are, but for what is not sorted by.
        async Task WriteAsync()
        {
            await writer.UpsertAsync(new() { Code = $"new{++next % 7}", Seat = $"n{next}", Show = "s", Price = random.Next(3) });
            await writer.DeleteAsync($"new{random.Next(7)}");
            string code = Codes[random.Next(Codes.Length)];
            await writer.UpdateAsync(code, one => one with { Note = $"{next}", Seat = $"{one.Seat}'" });
            await writer.GetAsync(code);
        }

        for (int walk = 0; walk < 2; walk++)
        {
            var byShow = new List<string>();
            for (string? cursor = null, start = ""; start is not null; start = cursor)
            {
                // Each page by a repository of its own: a cursor is all that there is.
                IndexPage<Booking> page = await new BookingRepository(_redis).ByShow.PageAsync("s", size, cursor);
                byShow.AddRange(page.Items.Select(one => one.Code));
                cursor = page.Next;
                await WriteAsync();
            }

            var byPrice = new List<Booking>();
            for (string? cursor = null, start = ""; start is not null; start = cursor)
            {
                IndexPage<Booking> page = await new BookingRepository(walk == 0 ? _redis : writer.Redis).ByPrice.PageAsync(size, 0, 2, descending, cursor);
                byPrice.AddRange(page.Items);
                cursor = page.Next;
                await WriteAsync();
            }

            Assert.Equal(byShow.Count, byShow.Distinct().Count());
            Assert.Equal(Codes.Order(StringComparer.Ordinal), byShow.Where(code => Codes.Contains(code)).Order(StringComparer.Ordinal));
            Booking[] stayed = [.. byPrice.Where(one => Codes.Contains(one.Code))];      // another may come again by a new price
            Assert.Equal(stayed.Length, stayed.DistinctBy(one => one.Code).Count());
            Assert.Equal(Codes.Order(StringComparer.Ordinal), byPrice.Select(one => one.Code).Where(code => Codes.Contains(code)).Order(StringComparer.Ordinal));
            Assert.Equal(descending ? byPrice.OrderByDescending(one => one.Price) : byPrice.OrderBy(one => one.Price), byPrice);
        }

        // Nothing of one code is taken for another's.
        foreach (string code in Codes)
        {
            Booking one = (await bookings.GetAsync(code))!;
            Assert.Equal(code, (await bookings.BySeat.FindAsync(one.Seat))!.Code);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no cursor!")]
    public async Task What_is_no_cursor_is_refused(string cursor)
    {
        var bookings = new BookingRepository(_redis);
        if (cursor.Length > 0)
            Assert.Contains("no cursor", (await Assert.ThrowsAsync<ArgumentException>(() => bookings.ByShow.PageAsync("s", 1, cursor))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => bookings.ByShow.PageAsync("s", 0));
    }

    [Fact]
    public async Task Every_type_is_sorted_as_in_memory()
    {
        var random = new Random(Seeds.Of(8500));
        Sample[] samples = [.. Enumerable.Range(0, 400).Select(id => Random(random, id))];
        var repository = new SampleRepository(_redis);
        await repository.InsertManyAsync(samples);
        await SortedAsync(samples, one => one.Whole, repository.ByWhole.RangeAsync(), (low, high) => repository.ByWhole.CountAsync(low, high));
        await SortedAsync(samples, one => one.Unsigned, repository.ByUnsigned.RangeAsync(), (low, high) => repository.ByUnsigned.CountAsync(low, high));
        await SortedAsync(samples, one => one.Small, repository.BySmall.RangeAsync(), (low, high) => repository.BySmall.CountAsync(low, high));
        await SortedAsync(samples, one => one.Real, repository.ByReal.RangeAsync(), (low, high) => repository.ByReal.CountAsync(low, high));
        await SortedAsync(samples, one => one.Single, repository.BySingle.RangeAsync(), (low, high) => repository.BySingle.CountAsync(low, high));
        await SortedAsync(samples, one => one.Exact, repository.ByExact.RangeAsync(), (low, high) => repository.ByExact.CountAsync(low, high));
        await SortedAsync(samples, one => one.Day, repository.ByDay.RangeAsync(), (low, high) => repository.ByDay.CountAsync(low, high));
        await SortedAsync(samples, one => one.Time, repository.ByTime.RangeAsync(), (low, high) => repository.ByTime.CountAsync(low, high));
        await SortedAsync(samples, one => one.Span, repository.BySpan.RangeAsync(), (low, high) => repository.BySpan.CountAsync(low, high));
        await SortedAsync(samples, one => one.Moment, repository.ByMoment.RangeAsync(), (low, high) => repository.ByMoment.CountAsync(low, high));
        await SortedAsync(samples, one => one.Instant, repository.ByInstant.RangeAsync(), (low, high) => repository.ByInstant.CountAsync(low, high));
    }

    [Fact]
    public async Task What_is_no_number_is_refused()
    {
        var repository = new SampleRepository(_redis);
        Sample sample = Random(new Random(1), 1);
        await Assert.ThrowsAsync<RedisEncodeException>(() => repository.InsertAsync(sample with { Real = double.NaN }));
        await Assert.ThrowsAsync<RedisEncodeException>(() => repository.InsertAsync(sample with { Single = float.NaN }));
        await Assert.ThrowsAsync<RedisEncodeException>(() => repository.ByReal.CountAsync(double.NaN));
        Assert.False(await repository.ExistsAsync(1));
        await repository.InsertAsync(sample with { Real = -0.0, Exact = -0.00m });
        Assert.Equal(1, await repository.ByReal.CountAsync(0.0, 0.0));
        Assert.Equal(1, await repository.ByExact.CountAsync(0m, 0.0m));
    }

    private static async Task SortedAsync<T>(Sample[] samples, Func<Sample, T> of, IAsyncEnumerable<Sample> walk, Func<T, T, Task<long>> countAsync)
        where T : struct, IComparable<T>
    {
        T[] found = await walk.Select(of).ToArrayAsync();
        T[] expected = [.. samples.Select(of).Order()];
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(expected[i].CompareTo(found[i]) == 0, $"{typeof(T).Name} {i}: {found[i]} where there is {expected[i]} (set {Seeds.Variable}={Seeds.Base} to repeat)");
        for (int i = 0; i < expected.Length; i += 37)
        {
            var (low, high) = (expected[i], expected[^(i / 2 + 1)]);
            Assert.Equal(expected.Count(one => one.CompareTo(low) >= 0 && one.CompareTo(high) <= 0), await countAsync(low, high));
        }
    }

    private static Sample Random(Random random, int id)
    {
        T Of<T>(T any, params T[] edges) => random.Next(3) == 0 ? edges[random.Next(edges.Length)] : any;
        long bits = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
        double real = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
        return new Sample
        {
            Id = id,
            Whole = Of(bits, long.MinValue, long.MaxValue, 0, -1, 1, 9, 10, -9, -10, 99, 100),
            Unsigned = Of((ulong)bits, ulong.MaxValue, 0UL, 1UL),
            Small = Of((sbyte)bits, sbyte.MinValue, sbyte.MaxValue, (sbyte)0),
            Real = Of(double.IsNaN(real) ? 1 : real, double.NegativeInfinity, double.PositiveInfinity, -0.0, 0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, 1, -1),
            Single = Of((float)(random.NextDouble() - 0.5) * random.Next(), float.NegativeInfinity, float.PositiveInfinity, -0f, float.Epsilon, float.MinValue),
            Exact = Of(new decimal(random.Next(), random.Next(), random.Next(), random.Next(2) == 0, (byte)random.Next(29)), decimal.MinValue, decimal.MaxValue, 0m, -0.00m, 1.0m, 1.00m, -1.10m, 0.0000000000000000000000000001m, -0.0000000000000000000000000001m),
            Day = Of(DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber)), DateOnly.MinValue, DateOnly.MaxValue),
            Time = Of(new TimeOnly(random.NextInt64(TimeSpan.TicksPerDay)), TimeOnly.MinValue, TimeOnly.MaxValue),
            Span = Of(new TimeSpan(bits), TimeSpan.MinValue, TimeSpan.MaxValue, TimeSpan.Zero),
            Moment = Of(new DateTime(random.NextInt64(DateTime.MaxValue.Ticks), DateTimeKind.Utc), DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc), DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc), DateTime.UnixEpoch),
            Instant = Of(new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks / 2) + TimeSpan.TicksPerDay, TimeSpan.FromMinutes(random.Next(-14 * 60, 14 * 60))), DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.ToOffset(TimeSpan.FromHours(5))),
        };
    }
}
