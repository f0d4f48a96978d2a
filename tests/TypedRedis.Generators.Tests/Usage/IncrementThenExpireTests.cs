namespace TypedRedis.Generators.Tests.Usage;

public class IncrementThenExpireTests
{
    [Theory]
    [InlineData("count == 1")]
    [InlineData("1 == count")]
    [InlineData("count <= 1")]
    [InlineData("count < 2")]
    [InlineData("count is 1")]
    [InlineData("count == 1 && id.Length > 0")]
    public Task An_expiry_for_the_first_alone(string condition) => Use.VerifyStatements($$"""
        RedisKey key = "rate:" + id;
        var count = await db.StringIncrementAsync(key);
        if ({{condition}})
            await db.{|TR2002:KeyExpireAsync|}(key, TimeSpan.FromMinutes(1));
        """);

    [Fact]
    public Task At_once_and_in_a_hash() => Use.VerifyStatements("""
        if (db.StringIncrement("rate:" + id) == 1)
            db.{|TR2002:KeyExpire|}("rate:" + id, TimeSpan.FromMinutes(1));
        long calls = await db.HashIncrementAsync("calls:" + id, "get").ConfigureAwait(false);
        if (calls == 1)
        {
            await db.{|TR2002:KeyExpireAsync|}("calls:" + id, TimeSpan.FromMinutes(1)).ConfigureAwait(false);
        }
        """);

    [Fact]
    public Task An_expiry_each_time() => Use.VerifyStatements("""
        var count = await db.StringIncrementAsync("rate:" + id);
        await db.KeyExpireAsync("rate:" + id, TimeSpan.FromMinutes(1));
        """);

    [Fact]
    public Task A_transaction() => Use.VerifyStatements("""
        var transaction = db.CreateTransaction();
        var count = transaction.StringIncrementAsync("rate:" + id);
        _ = transaction.KeyExpireAsync("rate:" + id, TimeSpan.FromMinutes(1));
        await transaction.ExecuteAsync();
        """);

    [Fact]
    public Task What_was_lost_is_mended() => Use.VerifyStatements("""
        RedisKey key = "rate:" + id;
        var count = await db.StringIncrementAsync(key);
        if (count == 1 || await db.KeyTimeToLiveAsync(key) is null)
            await db.KeyExpireAsync(key, TimeSpan.FromMinutes(1));
        """);

    [Fact]
    public Task Another_question() => Use.VerifyStatements("""
        RedisKey key = "rate:" + id;
        var count = await db.StringIncrementAsync(key);
        if (id.Length == 1)
            await db.KeyExpireAsync(key, TimeSpan.FromMinutes(1));
        if (count == 1 || id.Length == 2)
            await db.KeyExpireAsync(key, TimeSpan.FromMinutes(1));
        if (count > 100)
            await db.KeyExpireAsync(key, TimeSpan.FromMinutes(10));
        """);

    [Fact]
    public Task Another_key() => Use.VerifyStatements("""
        var count = await db.StringIncrementAsync("rate:" + id);
        if (count == 1)
            await db.KeyExpireAsync("seen:" + id, TimeSpan.FromMinutes(1));
        """);

    [Fact]
    public Task The_other_branch() => Use.VerifyStatements("""
        RedisKey key = "rate:" + id;
        var count = await db.StringIncrementAsync(key);
        if (count == 1)
            Console.WriteLine(count);
        else
            await db.KeyExpireAsync(key, TimeSpan.FromMinutes(1));
        """);
}
