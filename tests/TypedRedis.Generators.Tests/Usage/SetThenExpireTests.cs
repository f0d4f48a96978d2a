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
    public Task With_a_key_of_a_local_and_of_a_method() => Use.Verify("""
        class Sessions(IDatabase db)
        {
            private static RedisKey KeyOf(string id) => "session:" + id;

            public async Task Save(string id)
            {
                var key = KeyOf(id);
                await db.StringSetAsync(key, "x").ConfigureAwait(false);
                if (id.Length > 3)
                    await db.{|TR2001:KeyExpireAsync|}(key, DateTime.UtcNow.AddHours(1)).ConfigureAwait(false);
            }

            public void SaveNow(string id)
            {
                db.StringSet(KeyOf(id), "x");
                db.{|TR2001:KeyExpire|}(KeyOf(id), TimeSpan.FromHours(1));
            }

            public Func<Task> Later(string id) => async () =>
            {
                await db.StringSetAsync(KeyOf(id), "x");
                await db.{|TR2001:KeyExpireAsync|}(KeyOf(id), TimeSpan.FromHours(1));
            };
        }
        """);

    [Fact]
    public Task Once_for_a_write() => Use.VerifyStatements("""
        RedisKey key = "session:" + id;
        await db.StringSetAsync(key, "x");
        await db.{|TR2001:KeyExpireAsync|}(key, TimeSpan.FromMinutes(20));
        await db.KeyExpireAsync(key, TimeSpan.FromMinutes(30));
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
    public Task Another_database() => Use.Verify("""
        class Copies(IDatabase near, IDatabase far)
        {
            public void Touch(RedisKey key)
            {
                near.StringSet(key, "x");
                far.KeyExpire(key, TimeSpan.FromMinutes(20));
            }
        }
        """);

    [Fact]
    public Task Another_key_of_the_same_name() => Use.VerifyStatements("""
        RedisKey key = "a:" + id;
        await db.StringSetAsync(key, "x");
        key = "b:" + id;
        await db.KeyExpireAsync(key, TimeSpan.FromMinutes(20));
        """);

    [Fact]
    public Task In_a_transaction() => Use.VerifyStatements("""
        var transaction = db.CreateTransaction();
        _ = transaction.StringSetAsync("a:" + id, "x");
        _ = transaction.KeyExpireAsync("a:" + id, TimeSpan.FromMinutes(20));
        await transaction.ExecuteAsync();
        """);

    [Fact]
    public Task On_what_may_be_a_batch() => Use.Verify("""
        class Writer
        {
            public Task Write(IDatabaseAsync db, RedisKey key) => Task.WhenAll(db.StringSetAsync(key, "x"), db.KeyExpireAsync(key, TimeSpan.FromMinutes(20)));
        }
        """);

    [Fact]
    public Task In_either_branch() => Use.VerifyStatements("""
        if (id.Length > 3)
            await db.StringSetAsync("a:" + id, "x");
        else
            await db.KeyExpireAsync("a:" + id, TimeSpan.FromMinutes(20));
        """);

    [Fact]
    public Task In_either_case() => Use.VerifyStatements("""
        switch (id.Length)
        {
            case 1:
                await db.StringSetAsync("a:" + id, "x");
                break;
            default:
                await db.KeyExpireAsync("a:" + id, TimeSpan.FromMinutes(20));
                break;
        }
        """);

    [Fact]
    public Task Behind_a_return() => Use.VerifyStatements("""
        RedisKey key = "a:" + id;
        if (id.Length > 3)
        {
            await db.StringSetAsync(key, "x");
            return;
        }

        await db.KeyExpireAsync(key, TimeSpan.FromMinutes(20));
        """);

    [Fact]
    public Task In_another_method_or_lambda() => Use.Verify("""
        class Writer(IDatabase db)
        {
            public void Set(RedisKey key) => db.StringSet(key, "x");
            public void Touch(RedisKey key) => db.KeyExpire(key, TimeSpan.FromMinutes(20));
            public Action[] Both(RedisKey key) => [() => db.StringSet(key, "x"), () => db.KeyExpire(key, TimeSpan.FromMinutes(20))];
        }
        """);

    [Fact]
    public Task An_expiry_that_is_taken_away() => Use.VerifyStatements("""
        await db.StringSetAsync("a:" + id, "x");
        await db.KeyExpireAsync("a:" + id, (TimeSpan?)null);
        """);

    [Fact]
    public Task Other_types_than_strings() => Use.VerifyStatements("""
        RedisKey key = "a:" + id;
        await db.HashSetAsync(key, "name", "x");
        await db.KeyExpireAsync(key, TimeSpan.FromMinutes(20));
        await db.ListLeftPushAsync(key, "x");
        await db.KeyExpireAsync(key, TimeSpan.FromMinutes(20));
        """);
}
