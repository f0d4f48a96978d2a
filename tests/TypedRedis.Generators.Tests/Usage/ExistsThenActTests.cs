namespace TypedRedis.Generators.Tests.Usage;

public class ExistsThenActTests
{
    [Fact]
    public Task Then_read() => Use.VerifyStatements("""
        if (await db.{|TR2004:KeyExistsAsync|}("user:" + id))
            Console.WriteLine(await db.StringGetAsync("user:" + id));
        RedisKey key = "cart:" + id;
        bool isThere = db.{|TR2004:KeyExists|}(key);
        if (isThere)
        {
            var all = db.HashGetAll(key);
            Console.WriteLine(all[0]);
        }
        """);

    [Fact]
    public Task Leave_or_read() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (!await db.{|TR2004:KeyExistsAsync|}(key).ConfigureAwait(false))
            return;
        Console.WriteLine(await db.StringGetAsync(key).ConfigureAwait(false));
        """);

    [Fact]
    public Task Then_write() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (!await db.{|TR2004:KeyExistsAsync|}(key))
            await db.StringSetAsync(key, "x", TimeSpan.FromMinutes(1));
        if (!await db.{|TR2004:HashExistsAsync|}(key, "name"))
        {
            await db.HashSetAsync(key, "name", "x");
        }
        """);

    [Fact]
    public Task Then_delete_or_add() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (db.{|TR2004:KeyExists|}(key))
            db.KeyDelete(key);
        if (!db.{|TR2004:SetContains|}(key, id))
            db.SetAdd(key, id);
        if (db.{|TR2004:HashExists|}(key, "name"))
            db.HashDelete(key, "name");
        """);

    [Fact]
    public Task To_save_the_work_of_making_a_value() => Use.Verify("""
        class Cache(IDatabase db, Func<string, Task<string>> load)
        {
            public async Task Fill(string id)
            {
                RedisKey key = "product:" + id;
                if (!await db.KeyExistsAsync(key))
                {
                    var value = await load(id);
                    await db.StringSetAsync(key, value, TimeSpan.FromMinutes(5));
                }

                if (!await db.KeyExistsAsync(key))
                    await db.StringSetAsync(key, await load(id), TimeSpan.FromMinutes(5));
            }
        }
        """);

    [Fact]
    public Task To_save_work_that_nobody_waits_for() => Use.Verify("""
        class Cache(IDatabase db, Func<string, string> load)
        {
            public void Fill(string id, string field)
            {
                RedisKey key = "product:" + id;
                if (!db.KeyExists(key))
                    db.StringSet(key, load(id), TimeSpan.FromMinutes(5));
                if (!db.KeyExists(key))
                    db.StringSet(key, Compute(id) + "!", TimeSpan.FromMinutes(5));
                if (!db.HashExists(key, field))
                    db.HashSet(key, field, Compute(id));
                if (!db.{|TR2004:KeyExists|}(key))
                    db.StringSet(key, Guid.NewGuid().ToString(), TimeSpan.FromMinutes(5));
                if (!db.{|TR2004:HashExists|}(key, field))
                    db.HashSet(key, field, string.Concat(id, "!"));
            }

            private static string Compute(string id) => id;
        }
        """);

    [Fact]
    public Task To_answer_a_question() => Use.VerifyStatements("""
        if (await db.KeyExistsAsync("user:" + id))
            Console.WriteLine("known");
        """);

    [Fact]
    public Task Another_key_field_or_value() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (await db.KeyExistsAsync(key))
            await db.StringGetAsync("other:" + id);
        if (await db.HashExistsAsync(key, "name"))
            await db.HashGetAsync(key, "mail");
        if (!await db.SetContainsAsync(key, id))
            await db.SetAddAsync(key, ids[0]);
        """);

    [Fact]
    public Task Or_for_another_reason() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (id.Length > 3 || await db.KeyExistsAsync(key))
            await db.KeyDeleteAsync(key);
        """);

    [Fact]
    public Task Behind_both_branches() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (await db.KeyExistsAsync(key))
            Console.WriteLine("known");
        await db.KeyDeleteAsync(key);
        """);

    [Fact]
    public Task In_a_transaction() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (await db.KeyExistsAsync(key))
        {
            var transaction = db.CreateTransaction();
            _ = transaction.KeyDeleteAsync(key);
            await transaction.ExecuteAsync();
        }
        """);

    [Fact]
    public Task Commands_without_a_better_way() => Use.VerifyStatements("""
        RedisKey key = "user:" + id;
        if (await db.KeyExistsAsync(key))
            await db.KeyRenameAsync(key, key.ToString() + ":old");
        if (!await db.KeyExistsAsync(key))
            await db.HashSetAsync(key, [new HashEntry("a", 1), new HashEntry("b", 2)]);
        """);
}
