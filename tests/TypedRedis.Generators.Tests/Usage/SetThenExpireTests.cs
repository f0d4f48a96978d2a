namespace TypedRedis.Generators.Tests.Usage;

public class SetThenExpireTests
{
    [Fact]
    public Task A_key_that_gets_its_expiry_later() => Use.VerifyStatements("""
        await db.StringSetAsync("session:" + id, "x");
        await db.{|TR2001:KeyExpireAsync|}("session:" + id, TimeSpan.FromMinutes(20));
        """);

    [Fact]
    public Task A_lock_that_gets_its_expiry_later() => Use.VerifyStatements("""
        if (db.StringSet("lock:" + id, "token", when: When.NotExists))
            db.{|TR2001:KeyExpire|}("lock:" + id, TimeSpan.FromSeconds(10));
        """);

    [Fact]
    public Task One_step() => Use.VerifyStatements("""
        await db.StringSetAsync("session:" + id, "x", TimeSpan.FromMinutes(20));
        await db.KeyExpireAsync("session:" + id, TimeSpan.FromMinutes(30));
        """);

    [Fact]
    public Task Other_keys() => Use.VerifyStatements("""
        await db.StringSetAsync("a:" + id, "x");
        await db.KeyExpireAsync("b:" + id, TimeSpan.FromMinutes(20));
        """);

    [Fact]
    public Task In_a_transaction() => Use.VerifyStatements("""
        var transaction = db.CreateTransaction();
        _ = transaction.StringSetAsync("a:" + id, "x");
        _ = transaction.KeyExpireAsync("a:" + id, TimeSpan.FromMinutes(20));
        await transaction.ExecuteAsync();
        """);

    [Fact]
    public Task In_either_branch() => Use.VerifyStatements("""
        if (id.Length > 3)
            await db.StringSetAsync("a:" + id, "x");
        else
            await db.KeyExpireAsync("a:" + id, TimeSpan.FromMinutes(20));
        """);
}
