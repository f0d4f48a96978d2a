using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage;

public class BlockingDeleteTests
{
    [Fact]
    public Task DEL() => Use.VerifyStatements("""
        await db.ExecuteAsync({|TR3012:"DEL"|}, (RedisKey)id);
        db.Execute({|TR3012:"del"|}, (RedisKey)id);
        """);

    [Fact]
    public Task Others() => Use.VerifyStatements("""
        await db.ExecuteAsync("UNLINK", (RedisKey)id);
        await db.KeyDeleteAsync(id);
        """);

    [Fact]
    public Task Fixed() => Use.VerifyFixOfStatements(
        new UnlinkFix(),
        """
        await db.ExecuteAsync({|TR3012:"DEL"|}, (RedisKey)id);
        await db.ExecuteAsync({|TR3012:"DEL"|} /* all of it */, (RedisKey)(id + "2"));
        """,
        """
        await db.ExecuteAsync("UNLINK", (RedisKey)id);
        await db.ExecuteAsync("UNLINK" /* all of it */, (RedisKey)(id + "2"));
        """,
        all: true);
}
