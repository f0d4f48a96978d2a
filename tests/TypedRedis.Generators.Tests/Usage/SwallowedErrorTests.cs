namespace TypedRedis.Generators.Tests.Usage;

public class SwallowedErrorTests
{
    [Theory]
    [InlineData("")]
    [InlineData("(Exception)")]
    [InlineData("(RedisException e)")]
    [InlineData("(RedisConnectionException)")]
    public Task An_empty_catch_around_a_write(string what) => Use.VerifyStatements($$"""
        try
        {
            await db.HashSetAsync("user:" + id, "name", "x").ConfigureAwait(false);
        }
        {|TR2009:catch|} {{what}}
        {
        }
        """);

    [Fact]
    public Task Once_for_several_writes() => Use.VerifyStatements("""
        try
        {
            db.ListLeftPush("a:" + id, "x");
            try { db.SetAdd("b:" + id, "x"); } catch (InvalidOperationException) { }
        }
        {|TR2009:catch|} { }
        """);

    [Fact]
    public Task With_something_in_it() => Use.VerifyStatements("""
        try { await db.HashSetAsync("a:" + id, "name", "x"); } catch (RedisException e) { Console.WriteLine(e); }
        try { await db.HashSetAsync("b:" + id, "name", "x"); } catch { throw; }
        try { await db.HashSetAsync("c:" + id, "name", "x"); } catch { return; }
        """);

    [Fact]
    public Task With_a_comment_that_says_why() => Use.VerifyStatements("""
        try
        {
            await db.HashSetAsync("user:" + id, "name", "x");
        }
        catch (RedisException)
        {
            // The next visit writes it again.
        }
        """);

    [Fact]
    public Task Other_exceptions_and_filters() => Use.VerifyStatements("""
        try { await db.HashSetAsync("a:" + id, "name", "x"); } catch (OperationCanceledException) { }
        try { await db.HashSetAsync("b:" + id, "name", "x"); } catch (Exception e) when (e.Message == "x") { }
        """);

    [Fact]
    public Task Around_a_read() => Use.VerifyStatements("""
        try { Console.WriteLine(await db.StringGetAsync("user:" + id)); } catch (RedisException) { }
        """);

    [Fact]
    public Task Around_a_queued_write() => Use.VerifyStatements("""
        var batch = db.CreateBatch();
        try { _ = batch.HashSetAsync("user:" + id, "name", "x"); } catch { }
        batch.Execute();
        """);

    [Fact]
    public Task Within_a_catch_or_a_finally() => Use.VerifyStatements("""
        try { Console.WriteLine(id); } catch (FormatException) { db.HashSet("a:" + id, "name", "x"); } finally { db.HashSet("b:" + id, "name", "x"); }
        """);
}
