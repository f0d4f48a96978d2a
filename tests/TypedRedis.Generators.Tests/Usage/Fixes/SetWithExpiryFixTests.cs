using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class SetWithExpiryFixTests
{
    private readonly SetWithExpiryFix _fix = new();

    [Fact]
    public Task Awaited_and_all() => Use.VerifyFixOfStatements(
        _fix,
        """
        await db.StringSetAsync("a:" + id, "x").ConfigureAwait(false);
        await db.{|TR2001:KeyExpireAsync|}("a:" + id, TimeSpan.FromMinutes(20)).ConfigureAwait(false);

        // A session.
        db.StringSet("b:" + id, "x", when: When.Always); // of one
        // Of a day.
        db.{|TR2001:KeyExpire|}("b:" + id, TimeSpan.FromDays(1)); // or so

        Console.WriteLine(id);
        """,
        """
        await db.StringSetAsync("a:" + id, "x", TimeSpan.FromMinutes(20)).ConfigureAwait(false);

        // A session.
        // Of a day.
        // or so
        db.StringSet("b:" + id, "x", when: When.Always, expiry: TimeSpan.FromDays(1)); // of one

        Console.WriteLine(id);
        """,
        all: true);

    [Fact]
    public Task Named_and_with_null_and_in_a_case() => Use.VerifyFixOfStatements(
        _fix,
        """
        var time = TimeSpan.FromMinutes(id.Length);
        switch (id.Length)
        {
            case 1:
                bool isSet = await db.StringSetAsync(value: "x", key: "a:" + id);
                await db.{|TR2001:KeyExpireAsync|}(expiry: time * 2, key: "a:" + id);
                Console.WriteLine(isSet);
                break;
            default:
                isSet = db.StringSet("b:" + id, "x", null, When.Exists);
                db.{|TR2001:KeyExpire|}("b:" + id, time);
                break;
        }
        """,
        """
        var time = TimeSpan.FromMinutes(id.Length);
        switch (id.Length)
        {
            case 1:
                bool isSet = await db.StringSetAsync(value: "x", key: "a:" + id, expiry: time * 2);
                Console.WriteLine(isSet);
                break;
            default:
                isSet = db.StringSet("b:" + id, "x", time, When.Exists);
                break;
        }
        """,
        all: true);

    [Fact]
    public Task Of_a_lock() => Use.VerifyFixOfStatements(
        _fix,
        """
        // Mine?
        if (await db.StringSetAsync("lock:" + id, "token", when: When.NotExists))
            await db.{|TR2001:KeyExpireAsync|}("lock:" + id, TimeSpan.FromSeconds(10));
        if (db.StringSet("lock2:" + id, "token", when: When.NotExists))
        {
            db.{|TR2001:KeyExpire|}("lock2:" + id, TimeSpan.FromSeconds(10));
            Console.WriteLine("mine"); // !
        }
        else
        {
            Console.WriteLine("not mine");
        }

        bool isMine = db.StringSet("lock3:" + id, "token", when: When.NotExists);
        if (isMine)
        {
            db.{|TR2001:KeyExpire|}("lock3:" + id, TimeSpan.FromSeconds(10));
        }

        Console.WriteLine(isMine);
        """,
        """
        // Mine?
        await db.StringSetAsync("lock:" + id, "token", when: When.NotExists, expiry: TimeSpan.FromSeconds(10));
        if (db.StringSet("lock2:" + id, "token", when: When.NotExists, expiry: TimeSpan.FromSeconds(10)))
        {
            Console.WriteLine("mine"); // !
        }
        else
        {
            Console.WriteLine("not mine");
        }

        bool isMine = db.StringSet("lock3:" + id, "token", when: When.NotExists, expiry: TimeSpan.FromSeconds(10));

        Console.WriteLine(isMine);
        """,
        all: true);

    [Theory]
    [InlineData("await db.StringSetAsync(key, 1); Console.WriteLine(id); await db.{|TR2001:KeyExpireAsync|}(key, time);")]
    [InlineData("await db.StringSetAsync(key, 1); await db.{|TR2001:KeyExpireAsync|}(key, DateTime.UtcNow);")]
    [InlineData("await db.StringSetAsync(key, 1); await db.{|TR2001:KeyExpireAsync|}(key, time, CommandFlags.FireAndForget);")]
    [InlineData("await db.StringSetAsync(key, 1); var isSet = await db.{|TR2001:KeyExpireAsync|}(key, time);")]
    [InlineData("await db.StringSetAsync(key, 1); if (id.Length > 3) await db.{|TR2001:KeyExpireAsync|}(key, time);")]
    [InlineData("await db.StringSetAsync(key, 1); await db.{|TR2001:KeyExpireAsync|}(key, await Time());")]
    [InlineData("await db.StringSetAsync(key, 1); await db.{|TR2001:KeyExpireAsync|}(key, Now());")]
    [InlineData("await db.StringSetAsync(key, n++); await db.{|TR2001:KeyExpireAsync|}(key, TimeSpan.FromSeconds(n));")]
    [InlineData("bool isSet = id.Length > 3 ? db.StringSet(key, 1) : false; db.{|TR2001:KeyExpire|}(key, time);")]
    [InlineData("bool isSet = db.StringSet(key, 1); db.{|TR2001:KeyExpire|}(key, TimeSpan.FromSeconds(isSet ? 1 : 2));")]
    [InlineData("if (!db.StringSet(key, 1)) db.{|TR2001:KeyExpire|}(key, time);")]
    [InlineData("if (db.StringSet(key, 1)) db.{|TR2001:KeyExpire|}(key, time); else Console.WriteLine(n);")]
    [InlineData("if (db.StringSet(key, 1)) { /* why */ db.{|TR2001:KeyExpire|}(key, time); }")]
    [InlineData("db.StringSet(key, 1); db.{|TR2001:KeyExpire|}(key, /* why */ time);")]
    public Task Not_where_something_else_would_change(string statements) => Use.VerifyNoFixOfStatements(_fix, $$"""
        RedisKey key = "a:" + id;
        var time = TimeSpan.FromSeconds(1);
        int n = 1;
        Task<TimeSpan> Time() => Task.FromResult(time);
        TimeSpan Now() => time;
        {{statements}}
        """);
}
