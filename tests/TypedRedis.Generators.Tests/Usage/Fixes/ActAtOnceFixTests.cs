using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class ActAtOnceFixTests
{
    private readonly ActAtOnceFix _fix = new();

    [Fact]
    public Task Written_on_a_condition() => Use.VerifyFixOfStatements(
        _fix,
        """
        // Once.
        if (!await db.{|TR2004:KeyExistsAsync|}("a:" + id).ConfigureAwait(false))
            await db.StringSetAsync("a:" + id, "x", TimeSpan.FromMinutes(1)).ConfigureAwait(false); // kept

        if (db.{|TR2004:KeyExists|}(key: "b:" + id))
        {
            db.StringSet(value: "x", key: "b:" + id);
        }

        if (!(db.{|TR2004:HashExists|}("c", "name")))
            await db.HashSetAsync("c", "name", id.ToUpperInvariant());
        Console.WriteLine();
        """,
        """
        // Once.
        await db.StringSetAsync("a:" + id, "x", TimeSpan.FromMinutes(1), when: When.NotExists).ConfigureAwait(false); // kept

        db.StringSet(value: "x", key: "b:" + id, when: When.Exists);

        await db.HashSetAsync("c", "name", id.ToUpperInvariant(), when: When.NotExists);
        Console.WriteLine();
        """,
        all: true);

    [Fact]
    public Task At_once() => Use.VerifyFixOfStatements(
        _fix,
        """
        RedisKey key = "user:" + id;
        if (db.{|TR2004:KeyExists|}(key))
            db.KeyDelete(key);
        if (!await db.{|TR2004:SetContainsAsync|}(key, id))
            await db.SetAddAsync(key, id);
        if (db.{|TR2004:HashExists|}(key, "name"))
        {
            db.HashDelete(key, "name");
        }

        Console.WriteLine();
        """,
        """
        RedisKey key = "user:" + id;
        db.KeyDelete(key);
        await db.SetAddAsync(key, id);
        db.HashDelete(key, "name");

        Console.WriteLine();
        """,
        all: true);

    [Theory]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) db.StringSet(key, Make());")]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) db.StringSet(key, n++);")]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) { db.StringSet(key, 1); Console.WriteLine(); }")]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) db.StringSet(key, 1); else Console.WriteLine();")]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) { // why\n db.StringSet(key, 1); }")]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) db.StringSet(key, 1, null, When.Always);")]
    [InlineData("if (n > 3 && db.{|TR2004:KeyExists|}(key)) db.KeyDelete(key);")]
    [InlineData("if (!db.{|TR2004:KeyExists|}(key)) db.KeyDelete(key);")]
    [InlineData("if (db.{|TR2004:HashExists|}(key, \"a\")) db.HashSet(key, \"a\", 1, When.Always);")]
    [InlineData("if (db.{|TR2004:KeyExists|}(key)) Console.WriteLine(db.StringGet(key));")]
    public Task Not_where_more_would_change(string statements) => Use.VerifyNoFixOfStatements(_fix, $$"""
        RedisKey key = "a:" + id;
        int n = 1;
        string Make() => id;
        {{statements}}
        """);
}
