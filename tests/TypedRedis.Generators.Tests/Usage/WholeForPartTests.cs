namespace TypedRedis.Generators.Tests.Usage;

public class WholeForPartTests
{
    [Theory]
    [InlineData("(await db.{|TR3005:SetMembersAsync|}(id)).Length")]
    [InlineData("db.{|TR3005:SetMembers|}(id).Contains(\"x\")")]
    [InlineData("db.{|TR3005:SetMembers|}(id).Count()")]
    [InlineData("db.{|TR3005:HashGetAll|}(id).Any()")]
    [InlineData("db.{|TR3005:HashKeys|}(id).Length")]
    [InlineData("db.{|TR3005:HashKeys|}(id).Contains(\"x\")")]
    [InlineData("db.{|TR3005:HashValues|}(id).Length")]
    [InlineData("db.{|TR3005:ListRange|}(id).Take(10)")]
    [InlineData("db.{|TR3005:ListRange|}(id, 0, -1).Length")]
    [InlineData("db.{|TR3005:SortedSetRangeByRank|}(id, order: Order.Descending).Take(10)")]
    public Task Used_for_a_part(string expression) => Use.VerifyStatements($"Console.WriteLine({expression});");

    [Fact]
    public Task By_way_of_a_local() => Use.VerifyStatements("""
        var members = await db.{|TR3005:SetMembersAsync|}(id).ConfigureAwait(false);
        if (members.Length > 10)
            return;
        """);

    [Fact]
    public Task Read_whole() => Use.VerifyStatements("""
        foreach (var member in await db.{|TR3006:SetMembersAsync|}(id))
            Console.WriteLine(member);
        var list = db.{|TR3006:ListRange|}("list:" + id);
        Console.WriteLine(list.Length + list[0]);
        foreach (var entry in db.{|TR3006:SortedSetRangeByRankWithScores|}("board:" + id))
            Console.WriteLine(entry);
        """);

    [Fact]
    public Task A_part_is_asked_for() => Use.VerifyStatements("""
        await db.SetLengthAsync(id);
        foreach (var item in await db.ListRangeAsync(id, 0, 99))
            Console.WriteLine(item);
        foreach (var item in await db.SortedSetRangeByRankAsync(id, 10, -1))
            Console.WriteLine(item);
        foreach (var item in db.SetScan(id))
            Console.WriteLine(item);
        var some = await db.SetRandomMembersAsync(id, 10);
        """);

    [Fact]
    public Task A_hash_is_read_as_what_it_is() => Use.VerifyStatements("""
        foreach (var field in await db.HashGetAllAsync(id))
            Console.WriteLine(field.Name);
        var all = await db.HashGetAllAsync("user:" + id);
        if (all.Length == 0)
            return;
        Console.WriteLine(all[0]);
        """);

    [Fact]
    public Task Kept_small() => Use.VerifyStatements("""
        await db.ListLeftPushAsync(id, "x");
        await db.ListTrimAsync(id, 0, 99);
        foreach (var item in await db.ListRangeAsync(id))
            Console.WriteLine(item);
        """);

    [Fact]
    public Task All_keys_of_a_scan_in_one_command() => Use.VerifyStatements("""
        await db.{|TR3007:KeyDeleteAsync|}(server.Keys(pattern: "user:*").ToArray());
        var keys = server.Keys(pattern: "cart:*").Where(key => key.ToString().Length > 3).ToArray();
        db.{|TR3007:StringGet|}(keys);
        """);

    [Fact]
    public Task Some_keys() => Use.Verify("""
        class Cleaner(IDatabase db, IServer server)
        {
            public async Task Clean(RedisKey[] known)
            {
                await db.KeyDeleteAsync(known);
                await db.KeyDeleteAsync(server.Keys(pattern: "user:*").Take(100).ToArray());
                foreach (var chunk in server.Keys(pattern: "user:*").Chunk(500))
                    await db.KeyDeleteAsync(chunk);
                await db.KeyDeleteAsync(known.Select(key => key.Append(":old")).ToArray());
            }
        }
        """);
}
