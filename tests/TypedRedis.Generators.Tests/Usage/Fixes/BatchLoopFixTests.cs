using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class BatchLoopFixTests
{
    private readonly BatchLoopFix _fix = new();

    [Fact]
    public Task Sent_together() => Use.VerifyFixOfStatements(
        _fix,
        """
        // All of them.
        foreach (var one in ids)
            await db.{|TR3003:KeyDeleteAsync|}("user:" + one); // gone
        foreach (string one in ids.Where(static one => one.Length > 3))
        {
            await db.{|TR3003:HashSetAsync|}("user:" + one, [new HashEntry("seen", one)]).ConfigureAwait(false);
        }
        """,
        """
        // All of them.
        await Task.WhenAll(ids.Select(one => db.KeyDeleteAsync("user:" + one))); // gone
        await Task.WhenAll(ids.Where(static one => one.Length > 3).Select(one => db.HashSetAsync("user:" + one, [new HashEntry("seen", one)]))).ConfigureAwait(false);
        """,
        all: true);

    [Fact]
    public Task Of_other_collections() => Use.VerifyFix(
        _fix,
        """
        class Users(IDatabase db)
        {
            public async Task Delete(IReadOnlyDictionary<string, int>? users, CommandFlags flags)
            {
                foreach (var user in users ?? new Dictionary<string, int>())
                    await db.{|TR3003:KeyDeleteAsync|}(user.Key, flags: flags);
            }
        }
        """,
        """
        class Users(IDatabase db)
        {
            public async Task Delete(IReadOnlyDictionary<string, int>? users, CommandFlags flags)
            {
                await Task.WhenAll((users ?? new Dictionary<string, int>()).Select(user => db.KeyDeleteAsync(user.Key, flags: flags)));
            }
        }
        """);

    [Theory]
    [InlineData("foreach (var one in ids) db.{|TR3003:KeyDelete|}(one);")]
    [InlineData("foreach (var one in ids) { var is1 = await db.{|TR3003:KeyDeleteAsync|}(one); }")]
    [InlineData("foreach (var one in ids) { await db.{|TR3003:KeyDeleteAsync|}(one); Console.WriteLine(one); }")]
    [InlineData("foreach (var one in ids) { /* why */ await db.{|TR3003:KeyDeleteAsync|}(one); }")]
    [InlineData("foreach (var one in ids) if (one.Length > 3) await db.{|TR3003:KeyDeleteAsync|}(one);")]
    [InlineData("foreach (var one in ids) await db.{|TR3003:SetAddAsync|}(id, await Task.FromResult(one));")]
    [InlineData("foreach (RedisKey one in ids) await db.{|TR3003:KeyDeleteAsync|}(one);")]
    [InlineData("foreach (string one in (System.Collections.ArrayList)[.. ids]) await db.{|TR3003:KeyDeleteAsync|}(one);")]
    [InlineData("for (int i = 0; i < ids.Length; i++) await db.{|TR3003:KeyDeleteAsync|}(ids[i]);")]
    public Task Not_where_more_is_done(string loop) => Use.VerifyNoFixOfStatements(_fix, loop.Replace("(System.Collections.ArrayList)[.. ids]", "new System.Collections.ArrayList(ids)", StringComparison.Ordinal));
}
