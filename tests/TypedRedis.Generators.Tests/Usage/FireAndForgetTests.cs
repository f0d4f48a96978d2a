namespace TypedRedis.Generators.Tests.Usage;

public class FireAndForgetTests
{
    [Fact]
    public Task What_is_added_to_a_queue_or_a_set() => Use.VerifyStatements("""
        await db.ListLeftPushAsync("jobs:" + id, "x", flags: {|TR2008:CommandFlags.FireAndForget|});
        db.ListRightPush("mails:" + id, "x", When.Always, {|TR2008:CommandFlags.FireAndForget|});
        db.SetAdd("members:" + id, "x", {|TR2008:CommandFlags.FireAndForget | CommandFlags.DemandMaster|});
        db.SortedSetAdd("scores:" + id, "x", 17, flags: {|TR2008:CommandFlags.FireAndForget|});
        """);

    [Fact]
    public Task Added_to_a_stream() => Use.VerifyStatements("""
        db.StreamAdd("events:" + id, "name", "x", flags: {|TR2008:CommandFlags.FireAndForget|});
        """);

    [Fact]
    public Task What_may_be_lost() => Use.VerifyStatements("""
        db.StringSet("cache:" + id, "x", TimeSpan.FromMinutes(1), flags: CommandFlags.FireAndForget);
        db.StringIncrement("hits:" + id, flags: CommandFlags.FireAndForget);
        db.KeyExpire("user:" + id, TimeSpan.FromMinutes(1), CommandFlags.FireAndForget);
        db.KeyDelete("old:" + id, CommandFlags.FireAndForget);
        db.SortedSetAdd("seen:" + id, "x", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), flags: CommandFlags.FireAndForget);
        db.Publish(id, "x", CommandFlags.FireAndForget);
        """);

    [Fact]
    public Task Awaited_or_without_the_flag() => Use.VerifyStatements("""
        await db.ListLeftPushAsync("jobs:" + id, "x");
        await db.ListLeftPushAsync("mails:" + id, "x", flags: CommandFlags.DemandMaster);
        """);

    [Fact]
    public Task In_a_transaction_or_a_batch() => Use.VerifyStatements("""
        var transaction = db.CreateTransaction();
        _ = transaction.ListLeftPushAsync("jobs:" + id, "x", flags: CommandFlags.FireAndForget);
        await transaction.ExecuteAsync();
        var batch = db.CreateBatch();
        _ = batch.ListLeftPushAsync("mails:" + id, "x", flags: CommandFlags.FireAndForget);
        batch.Execute();
        """);

    [Fact]
    public Task Where_the_caller_decides() => Use.Verify("""
        class Queue(IDatabase db)
        {
            public void Add(RedisKey key, bool isVital, CommandFlags flags)
            {
                db.ListLeftPush(key, "x", flags: isVital ? CommandFlags.None : CommandFlags.FireAndForget);
                db.ListLeftPush(key, "x", flags: flags);
            }
        }
        """);
}
