namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>The schedules of write-through, one script at a time.</summary>
public sealed class WriteScheduleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string One = "writer-000000001";
    private const string Two = "writer-000000002";
    private const string Reader = "reader-000000001";
    private readonly RedisContext _redis = fixture.NewContext();

    private string Key => _redis.Prefix + "thing:1";

    [Fact]
    public async Task A_write_alone_is_stored()
    {
        await Steps.MarkAsync(_redis, Key, One);
        Assert.Equal("W", await Steps.StateAsync(_redis, Key));
        Assert.True(await Steps.CommitAsync(_redis, Key, One, Steps.Entry("one")));
        Assert.Equal("Vone", await Steps.StateAsync(_redis, Key));
    }

    /// <summary>Where the second writer replaces the marker of the first, the cache keeps the older value for ever.</summary>
    [Theory]
    [InlineData(One, Two)]
    [InlineData(Two, One)]
    public async Task Of_two_writes_at_once_none_is_stored(string first, string second)
    {
        await Steps.MarkAsync(_redis, Key, One);
        await Steps.MarkAsync(_redis, Key, Two);
        Assert.False(await Steps.CommitAsync(_redis, Key, first, Steps.Entry(first)));
        Assert.Equal("W", await Steps.StateAsync(_redis, Key));
        Assert.False(await Steps.CommitAsync(_redis, Key, second, Steps.Entry(second)));
        Assert.Equal("none", await Steps.StateAsync(_redis, Key));
    }

    [Fact]
    public async Task A_set_beside_a_write_leaves_nothing()
    {
        await Steps.MarkAsync(_redis, Key, One);
        await Steps.SetAsync(_redis, Key, Steps.Entry("set"));
        Assert.Equal("W", await Steps.StateAsync(_redis, Key));
        Assert.False(await Steps.CommitAsync(_redis, Key, One, Steps.Entry("one")));
        Assert.Equal("none", await Steps.StateAsync(_redis, Key));
    }

    [Fact]
    public async Task An_invalidation_beside_a_write_leaves_nothing()
    {
        await Steps.MarkAsync(_redis, Key, One);
        await Steps.InvalidateAsync(_redis, Key);
        Assert.False(await Steps.CommitAsync(_redis, Key, One, Steps.Entry("one")));
        Assert.Equal("none", await Steps.StateAsync(_redis, Key));
    }

    [Fact]
    public async Task A_load_that_began_before_a_write_is_not_stored()
    {
        Assert.Equal("claimed", (string?)(await Steps.ClaimAsync(_redis, Key, Reader))[0]);
        await Steps.MarkAsync(_redis, Key, One);
        Assert.Equal("bypass", (string?)(await Steps.ClaimAsync(_redis, Key, "reader-000000002", "force"))[0]);
        Assert.Equal("bypass", (string?)(await Steps.ClaimAsync(_redis, Key, "reader-000000002", "refresh"))[0]);
        Assert.False(await Steps.FillAsync(_redis, Key, Reader, Steps.Entry("old")));
        Assert.True(await Steps.CommitAsync(_redis, Key, One, Steps.Entry("one")));
        Assert.False(await Steps.FillAsync(_redis, Key, Reader, Steps.Entry("old")));
        Assert.Equal("Vone", await Steps.StateAsync(_redis, Key));
    }

    [Fact]
    public async Task A_write_whose_time_has_run_out_removes_what_came_between()
    {
        await Steps.MarkAsync(_redis, Key, One);
        await fixture.Server.ExecuteAsync("DEL", Key);
        await Steps.ClaimAsync(_redis, Key, Reader);
        Assert.True(await Steps.FillAsync(_redis, Key, Reader, Steps.Entry("between")));
        Assert.False(await Steps.CommitAsync(_redis, Key, One, Steps.Entry("one")));
        Assert.Equal("none", await Steps.StateAsync(_redis, Key));
    }

    [Fact]
    public async Task A_write_that_was_refused_leaves_the_other_one_contested()
    {
        await Steps.MarkAsync(_redis, Key, One);
        await Steps.MarkAsync(_redis, Key, Two);
        Assert.False(await Steps.CommitAsync(_redis, Key, One, []));
        Assert.False(await Steps.CommitAsync(_redis, Key, Two, Steps.Entry("two")));
        Assert.Equal("none", await Steps.StateAsync(_redis, Key));
    }

    [Fact]
    public async Task Versions_grow_from_step_to_step()
    {
        long marked = await Steps.MarkAsync(_redis, Key, One);
        await Steps.CommitAsync(_redis, Key, One, Steps.Entry("one"));
        byte[] stored = (byte[])(await _redis.Connection.GetDatabase().StringGetAsync(Key))!;
        long committed = BitConverter.ToInt64(stored, 8);
        Assert.True(committed > marked);

        // A clock that has stepped back.
        BitConverter.GetBytes(committed + 3_600_000_000).CopyTo(stored, 8);
        await _redis.Connection.GetDatabase().StringSetAsync(Key, stored);
        Assert.Equal(committed + 3_600_000_001, (long)(await Steps.ClaimAsync(_redis, Key, Reader, "force"))[1]);
        Assert.True(await Steps.MarkAsync(_redis, Key, Two) > committed + 3_600_000_000);
    }
}
