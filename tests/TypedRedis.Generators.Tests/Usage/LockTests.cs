namespace TypedRedis.Generators.Tests.Usage;

public class LockTests
{
    [Fact]
    public Task Freed_by_deleting() => Use.VerifyStatements("""
        RedisKey key = "lock:" + id;
        if (!await db.StringSetAsync(key, Guid.NewGuid().ToString(), TimeSpan.FromSeconds(10), When.NotExists))
            return;
        Console.WriteLine("mine");
        await db.{|TR2005:KeyDeleteAsync|}(key);
        """);

    [Fact]
    public Task Freed_by_deleting_in_finally() => Use.VerifyStatements("""
        RedisKey key = "job:" + id;
        bool isMine = db.StringSet(key, id, TimeSpan.FromSeconds(10), When.NotExists);
        try
        {
            Console.WriteLine(isMine);
        }
        finally
        {
            db.{|TR2005:KeyDelete|}(key);
        }
        """);

    [Fact]
    public Task Taken_with_the_driver_and_deleted() => Use.VerifyStatements("""
        if (await db.LockTakeAsync("job:" + id, Guid.NewGuid().ToString(), TimeSpan.FromSeconds(10)))
            await db.{|TR2005:KeyDeleteAsync|}("job:" + id);
        """);

    [Fact]
    public Task Without_an_expiry() => Use.VerifyStatements("""
        if (await db.{|TR2006:StringSetAsync|}("lock:" + id, Guid.NewGuid().ToString(), when: When.NotExists))
            Console.WriteLine("mine");
        """);

    [Fact]
    public Task Without_an_expiry_and_freed_by_deleting() => Use.Verify("""
        class Jobs(IDatabase db)
        {
            public async Task Run(RedisKey lockKey)
            {
                var isMine = await db.{|TR2006:StringSetAsync|}(lockKey, "1", null, When.NotExists);
                if (isMine)
                    await db.{|TR2005:KeyDeleteAsync|}(lockKey);
            }
        }
        """);

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("Environment.MachineName")]
    [InlineData("Environment.CurrentManagedThreadId")]
    [InlineData("Environment.ProcessId.ToString()")]
    public Task A_token_of_others(string token) => Use.VerifyStatements($$"""
        await db.LockTakeAsync("lock:" + id, {|TR2007:{{token}}|}, TimeSpan.FromSeconds(10));
        """);

    [Fact]
    public Task Properly() => Use.VerifyStatements("""
        var token = Guid.NewGuid().ToString();
        if (!await db.LockTakeAsync("lock:" + id, token, TimeSpan.FromSeconds(10)))
            return;
        try
        {
            Console.WriteLine("mine");
        }
        finally
        {
            await db.LockReleaseAsync("lock:" + id, token);
        }
        """);

    [Fact]
    public Task A_mark_that_is_taken_back_where_the_work_failed() => Use.VerifyStatements("""
        RedisKey key = "done:" + id;
        if (!await db.StringSetAsync(key, 1, TimeSpan.FromDays(1), When.NotExists))
            return;
        try
        {
            Console.WriteLine("work");
        }
        catch
        {
            await db.KeyDeleteAsync(key);
            throw;
        }
        """);

    [Fact]
    public Task A_value_that_is_stored_once() => Use.VerifyStatements("""
        if (await db.StringSetAsync("name:" + id, "x", when: When.NotExists))
            Console.WriteLine("new");
        await db.StringSetAsync("clock:" + id, "x", when: When.NotExists);
        bool isNew = await db.StringSetAsync("blocked:" + id, "x", when: When.NotExists);
        """);

    [Fact]
    public Task Another_key_is_deleted() => Use.VerifyStatements("""
        if (await db.StringSetAsync("lock:" + id, id, TimeSpan.FromSeconds(10), When.NotExists))
            await db.KeyDeleteAsync("work:" + id);
        """);

    [Fact]
    public Task Tokens_of_one_holder() => Use.Verify("""
        class Locks(IDatabase db)
        {
            private readonly string _me = Guid.NewGuid().ToString();

            public void Take(string id)
            {
                db.LockTake("lock:" + id, _me, TimeSpan.FromSeconds(10));
                db.LockTake("lock:" + id, $"{Environment.MachineName}:{Guid.NewGuid()}", TimeSpan.FromSeconds(10));
            }
        }
        """);
}
