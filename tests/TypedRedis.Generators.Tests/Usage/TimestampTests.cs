namespace TypedRedis.Generators.Tests.Usage;

public class TimestampTests
{
    [Theory]
    [InlineData("DateTime.UtcNow.Ticks")]
    [InlineData("DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()")]
    [InlineData("DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString()")]
    [InlineData("Environment.TickCount64")]
    [InlineData("(DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds")]
    [InlineData("DateTime.UtcNow.ToString(\"O\")")]
    [InlineData("$\"{DateTimeOffset.UtcNow:yyyyMMddHHmmss}\"", true)]
    public Task A_point_in_time(string member, bool hasCulture = false) => Use.VerifyStatements(hasCulture
        ? "await db.SortedSetAddAsync(\"events:\" + id, {|TR2010:$\"{{|TR2012:DateTimeOffset.UtcNow|}:yyyyMMddHHmmss}\"|}, 1);"
        : $"await db.SortedSetAddAsync(\"events:\" + id, {{|TR2010:{member}|}}, 1);");

    [Fact]
    public Task By_way_of_a_local() => Use.VerifyStatements("""
        var now = DateTimeOffset.UtcNow;
        long moment = now.ToUnixTimeMilliseconds();
        db.SortedSetAdd("events:" + id, {|TR2010:moment|}, moment);
        """);

    [Theory]
    [InlineData("id")]
    [InlineData("Guid.NewGuid().ToString()")]
    [InlineData("$\"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}:{Guid.NewGuid():N}\"")]
    [InlineData("DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + \":\" + id")]
    [InlineData("DateTime.UtcNow.ToString(\"yyyy-MM-dd\", System.Globalization.CultureInfo.InvariantCulture)")]
    [InlineData("DateTime.UtcNow.DayOfYear")]
    public Task Something_unique_or_a_day(string member) => Use.VerifyStatements($"await db.SortedSetAddAsync(\"events:\" + id, {member}, DateTimeOffset.UtcNow.ToUnixTimeSeconds());");

    [Fact]
    public Task A_local_that_is_something_else_by_then() => Use.VerifyStatements("""
        string member = DateTime.UtcNow.Ticks.ToString();
        member = id;
        db.SortedSetAdd("events:" + id, member, 1);
        """);

    [Fact]
    public Task As_a_score_or_in_another_type() => Use.VerifyStatements("""
        db.SortedSetAdd("seen:" + id, id, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        db.SetAdd("days:" + id, DateTime.UtcNow.Ticks);
        """);

    [Fact]
    public Task A_window_by_the_clock_of_this_machine() => Use.VerifyStatements("""
        RedisKey key = "rate:" + id;
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await db.{|TR2011:SortedSetRemoveRangeByScoreAsync|}(key, 0, now - 60000);
        var count = await db.SortedSetLengthAsync(key);
        if (count < 100)
            await db.SortedSetAddAsync(key, Guid.NewGuid().ToString(), now);
        """);

    [Fact]
    public Task A_window_that_is_only_kept_short() => Use.VerifyStatements("""
        RedisKey key = "events:" + id;
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await db.SortedSetAddAsync(key, Guid.NewGuid().ToString(), now);
        await db.SortedSetRemoveRangeByScoreAsync(key, 0, now - 60000);
        """);

    [Fact]
    public Task A_window_of_other_numbers() => Use.Verify("""
        class Window(IDatabase db)
        {
            public async Task<long> Add(RedisKey key, long sequence)
            {
                await db.SortedSetRemoveRangeByScoreAsync(key, 0, sequence - 100);
                await db.SortedSetAddAsync(key, sequence.ToString(), sequence);
                return await db.SortedSetLengthAsync(key);
            }
        }
        """);
}
