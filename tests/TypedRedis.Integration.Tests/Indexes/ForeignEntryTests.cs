using System.Buffers.Text;
using System.Text;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Cursors, entries and servers that are not as a repository leaves them.</summary>
public sealed class ForeignEntryTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly BookingRepository _bookings = new(fixture.NewContext());

    [Theory]
    [InlineData("0", false)]
    [InlineData("~", true)]
    public async Task A_forged_cursor_does_not_leave_the_range(string place, bool descending)
    {
        foreach (int i in Enumerable.Range(1, 5))
            await _bookings.InsertAsync(new() { Code = $"{i}", Seat = $"{i}", Show = "s", Price = i });
        string cursor = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(place));
        IndexPage<Booking> page = await _bookings.ByPrice.PageAsync(10, from: 2, to: 4, descending, cursor);
        Assert.Equal([2, 3, 4], page.Items.Select(booking => booking.Price).Order());
        page = await _bookings.ByPrice.PageAsync(1, from: 2, to: 4, descending);
        page = await _bookings.ByPrice.PageAsync(10, from: 2, to: 4, descending, page.Next);
        Assert.Equal(2, page.Items.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no+cursor!")]
    public async Task What_is_no_cursor_is_refused(string after)
        => Assert.Contains("IndexPage.Next", (await Assert.ThrowsAsync<ArgumentException>(() => _bookings.ByPrice.PageAsync(10, after: after))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Entries_that_are_none_keep_nobody_from_writing_and_reading()
    {
        IDatabase database = _bookings.Redis.Database;
        await _bookings.InsertAsync(new() { Code = "a", Seat = "1", Show = "s", Price = 1 });
        foreach (string set in new[] { "booking:{}:show:s", "booking:{}:price:" })
        {
            await database.SortedSetAddAsync(set, "what?", 0);
            await database.SortedSetAddAsync(set + "{}x", "what?", 0);
        }

        await database.StringSetAsync("booking:{}:seat:2", "what?");
        Assert.Null(await _bookings.BySeat.FindAsync("2"));
        await database.StringSetAsync("booking:{}:seat:2", "what?");
        await _bookings.InsertAsync(new() { Code = "b", Seat = "2", Show = "s", Price = 2 });
        Assert.Equal(2, await _bookings.ByShow.CountAsync("s"));
        Assert.Equal(2, await _bookings.ByPrice.CountAsync());
        Assert.Equal("b", (await _bookings.BySeat.FindAsync("2"))?.Code);
    }

    [Fact]
    public async Task A_key_of_another_type_is_named_with_the_type_that_it_should_have()
    {
        IDatabase database = _bookings.Redis.Database;
        await database.StringSetAsync("booking:{}:show:t", "x");
        await database.HashSetAsync("booking:{}:seat:t", "x", "y");
        foreach (Func<Task> ask in (Func<Task>[])[() => _bookings.ByShow.PageAsync("t", 1), () => _bookings.ByShow.CountAsync("t")])
            Assert.Contains("show:t' does not hold a zset", (await Assert.ThrowsAsync<RedisWrongTypeException>(ask)).Message, StringComparison.Ordinal);
        Assert.Contains("seat:t' does not hold a string", (await Assert.ThrowsAsync<RedisWrongTypeException>(() => _bookings.BySeat.FindAsync("t"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_memory_does_not_keep_an_entity_from_being_read()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var bookings = new BookingRepository(ServerFixture.NewContext(connection));
        await bookings.InsertAsync(new() { Code = "a", Seat = "1", Show = "s" });
        await bookings.Redis.Database.HashDeleteAsync("booking:a", "_iu");      // so that the read has to tell the indexes
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        Assert.Equal("1", (await bookings.GetAsync("a"))?.Seat);
        Assert.Equal("1", (await bookings.BySeat.FindAsync("1"))?.Seat);
    }
}
