namespace TypedRedis.Generators.Tests.Usage;

public class CallPerItemTests
{
    [Fact]
    public Task Over_a_collection() => Use.VerifyStatements("""
        var names = new List<string?>();
        foreach (var one in ids)
        {
            var name = await db.{|TR3003:StringGetAsync|}("name:" + one).ConfigureAwait(false);
            names.Add(name);
        }
        """);

    [Fact]
    public Task Over_numbers_and_locals() => Use.VerifyStatements("""
        for (int i = 0; i < ids.Length; i++)
        {
            RedisKey key = "user:" + ids[i];
            var user = db.{|TR3003:HashGetAll|}(key);
        }
        """);

    [Theory]
    [InlineData("db.{|TR3003:KeyDelete|}(one);")]
    [InlineData("await db.{|TR3003:SetAddAsync|}(id, one);")]
    [InlineData("_ = db.{|TR3003:SetAddAsync|}(id, one).Result;")]
    [InlineData("db.{|TR3003:SetAddAsync|}(id, one).Wait();")]
    [InlineData("db.{|TR3003:SetAddAsync|}(id, one).GetAwaiter().GetResult();")]
    [InlineData("if (one.Length > 3) await db.{|TR3003:KeyDeleteAsync|}(one);")]
    [InlineData("try { await db.{|TR3003:KeyDeleteAsync|}(one); } catch (RedisException e) { Console.WriteLine(e); }")]
    [InlineData("await db.{|TR3003:HashSetAsync|}(one, [new HashEntry(\"a\", 1), new HashEntry(\"b\", one)]);")]
    [InlineData("switch (one.Length) { case 1: await db.{|TR3003:KeyDeleteAsync|}(one); break; }")]
    public Task However_it_waits(string call) => Use.VerifyStatements($"foreach (var one in ids) {{ {call} }}");

    [Fact]
    public async Task The_message_says_what_to_do_instead()
    {
        Assert.Contains("StringGet takes an array of keys", await MessageOf("await db.{|TR3003:StringGetAsync|}(one);"));
        Assert.Contains("SetAdd takes an array of values", await MessageOf("await db.{|TR3003:SetAddAsync|}(id, one);"));
        Assert.Contains("await Task.WhenAll", await MessageOf("await db.{|TR3003:SetAddAsync|}(one, id);"));
        Assert.Contains("await Task.WhenAll", await MessageOf("var key = id + Guid.NewGuid(); await db.{|TR3003:SetAddAsync|}(key, one);"));

        static async Task<string> MessageOf(string call)
            => Assert.Single(await Use.VerifyStatements($"foreach (var one in ids) {{ {call} }}")).GetMessage();
    }

    [Fact]
    public Task In_a_lambda() => Use.VerifyStatements("""
        Func<Task> run = async () =>
        {
            foreach (var one in ids)
                await db.{|TR3003:KeyDeleteAsync|}(one);
        };
        await run();
        """);

    [Fact]
    public Task At_the_top_of_a_program_once_per_loop() => Use.VerifyStatements("""
        foreach (var one in ids)
        {
            await db.{|TR3003:StringGetAsync|}(one);
            await db.KeyDeleteAsync(one);
        }
        """);

    [Theory]
    [InlineData("batch")]
    [InlineData("transaction")]
    public Task Queued(string on) => Use.VerifyStatements($$"""
        var batch = db.CreateBatch();
        var transaction = db.CreateTransaction();
        foreach (var one in ids)
            _ = {{on}}.KeyDeleteAsync(one);
        """);

    [Theory]
    [InlineData("tasks.Add(db.KeyDeleteAsync(one));")]
    [InlineData("db.KeyDelete(one, CommandFlags.FireAndForget);")]
    [InlineData("await db.KeyDeleteAsync(one, CommandFlags.FireAndForget);")]
    [InlineData("await db.KeyDeleteAsync(one); await Task.Delay(100);")]
    [InlineData("await db.KeyDeleteAsync(one); Thread.Sleep(1);")]
    [InlineData("if (await db.KeyDeleteAsync(one)) break;")]
    [InlineData("if (await db.KeyDeleteAsync(one)) return;")]
    [InlineData("await db.StringGetAsync(id);")]
    [InlineData("await db.StringGetAsync(one.Split('/').Select(part => (RedisKey)part).ToArray());")]
    [InlineData("await db.SetAddAsync(id, one.Split('/').Select(part => (RedisValue)part).ToArray());")]
    [InlineData("await db.StringSetAsync(id, \"x\", TimeSpan.FromSeconds(one.Length));")]
    [InlineData("last = await db.StringGetAsync(last + one);")]
    [InlineData("Later(() => db.KeyDelete(one));")]
    [InlineData("await db.PingAsync();")]
    public Task Not_waited_for_or_meant(string call) => Use.VerifyStatements($$"""
        var tasks = new List<Task>();
        var last = (RedisValue)id;
        void Later(Action action) => action();
        foreach (var one in ids)
        {
            {{call}}
        }

        await Task.WhenAll(tasks);
        """);

    [Fact]
    public Task Few_turns() => Use.VerifyStatements("""
        for (int i = 0; i < 3; i++)
            await db.KeyDeleteAsync("shard:" + i);
        foreach (var name in new[] { "a", "b" })
            await db.KeyDeleteAsync(name);
        """);

    [Fact]
    public Task A_list_of_the_source() => Use.Verify("""
        class Cleaner(IDatabase db)
        {
            private static readonly string[] Names = ["succeeded", "deleted"];

            public async Task Clean()
            {
                foreach (var name in Names)
                    await db.KeyDeleteAsync(name);
                string[] others = ["a", "b"];
                foreach (var name in others)
                    await db.KeyDeleteAsync(name);
            }
        }
        """);

    [Fact]
    public Task Attempts_and_other_loops() => Use.VerifyStatements("""
        while (await db.ListLengthAsync(id) > 0)
            await db.ListRightPopAsync(id);
        for (int page = 0; page < ids.Length; page++)
            await db.ListRangeAsync(id, page * 100, page * 100 + 99);
        for (int attempt = 0; attempt < ids.Length; attempt++)
            await db.StringSetAsync(id, "x");
        """);

    [Fact]
    public Task Chunks_and_streams() => Use.Verify("""
        class Reader(IDatabase db)
        {
            public async Task Read(IEnumerable<RedisKey> keys, IAsyncEnumerable<RedisKey> stream)
            {
                foreach (var chunk in keys.Chunk(100))
                    await db.StringGetAsync(chunk);
                await foreach (var key in stream)
                    await db.KeyDeleteAsync(key);
            }
        }
        """);
}
