namespace TypedRedis.Generators.Tests.Usage;

public class CommandTests
{
    [Fact]
    public Task That_wait_on_the_server() => Use.VerifyStatements("""
        await db.ExecuteAsync({|TR3008:"BLPOP"|}, id, 5);
        db.Execute({|TR3008:"brpoplpush"|}, id, "b", 0);
        await db.ExecuteAsync({|TR3008:"XREAD"|}, "BLOCK", 1000, "STREAMS", id, "$");
        db.Execute({|TR3008:"SUBSCRIBE"|}, id);
        """);

    [Fact]
    public Task That_do_not() => Use.Verify("""
        class Queue(IDatabase db, IDatabase blockingDb)
        {
            public void Read(string id)
            {
                db.Execute("LPOP", id);
                db.Execute("XREAD", "COUNT", 10, "STREAMS", id, "0");
                db.ListRightPop(id);
                blockingDb.Execute("BLPOP", id, 5);
                string command = id;
                db.Execute(command, id);
            }
        }
        """);

    [Theory]
    [InlineData("\"LMOVE\", id, \"b\", \"LEFT\", \"RIGHT\"")]
    [InlineData("\"RPOPLPUSH\", id, \"b\"")]
    [InlineData("\"ZPOPMIN\", id")]
    [InlineData("\"XREADGROUP\", \"GROUP\", \"g\", \"c\", \"STREAMS\", id, \">\"")]
    [InlineData("\"PUBLISH\", id, \"x\"")]
    [InlineData("\"BLOCKED\", id")]
    [InlineData("\"PING\"")]
    public Task That_answer_at_once(string command) => Use.VerifyStatements($"await db.ExecuteAsync({command});");

    [Fact]
    public Task Of_others() => Use.VerifyStatements("""
        void Execute(string command, params object[] arguments) { }
        Execute("BLPOP", id, 5);
        Execute("EVAL", "return 1");
        foreach (var one in ids)
            Execute("EVAL", "return 1", one);
        """);

    [Fact]
    public Task EVAL_in_a_loop() => Use.VerifyStatements("""
        foreach (var one in ids)
            await db.ExecuteAsync({|TR3011:"EVAL"|}, "return 1", 0);
        while (id.Length > 3)
            db.Execute({|TR3011:"eval"|}, "return 1", 0);
        """);

    [Fact]
    public Task EVAL_once_or_by_its_SHA() => Use.VerifyStatements("""
        await db.ExecuteAsync("EVAL", "return 1", 0);
        foreach (var one in ids)
            await db.ScriptEvaluateAsync("return 1");
        foreach (var one in ids)
            await db.ExecuteAsync("EVALSHA", one, 0);
        for (int i = 0; i < 1; i++) { }
        await db.ExecuteAsync("EVAL", "return 2", 0);
        Action[] later = ids.Select(one => (Action)(() => db.Execute("EVAL", "return 1", 0))).ToArray();
        """);
}
