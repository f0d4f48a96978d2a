using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class LockFixTests
{
    private readonly LockReleaseFix _release = new();

    [Fact]
    public Task Released_with_the_token() => Use.VerifyFixOfStatements(
        _release,
        """
        var token = Guid.NewGuid().ToString();
        RedisKey key = "lock:" + id;
        if (!await db.StringSetAsync(key, token, TimeSpan.FromSeconds(10), When.NotExists).ConfigureAwait(false))
            return;
        try
        {
            Console.WriteLine("mine");
        }
        finally
        {
            // Free again.
            await db.{|TR2005:KeyDeleteAsync|}(key).ConfigureAwait(false); // or gone
        }
        """,
        """
        var token = Guid.NewGuid().ToString();
        RedisKey key = "lock:" + id;
        if (!await db.StringSetAsync(key, token, TimeSpan.FromSeconds(10), When.NotExists).ConfigureAwait(false))
            return;
        try
        {
            Console.WriteLine("mine");
        }
        finally
        {
            // Free again.
            await db.LockReleaseAsync(key, token).ConfigureAwait(false); // or gone
        }
        """);

    [Fact]
    public Task Of_a_field_and_a_parameter() => Use.VerifyFix(
        _release,
        """
        class Locks(IDatabase db)
        {
            private readonly string _me = Guid.NewGuid().ToString();

            public void One(string id)
            {
                if (db.LockTake("lock:" + id, _me, TimeSpan.FromSeconds(10)))
                    db.{|TR2005:KeyDelete|}(key: "lock:" + id);
            }

            public bool Other(RedisKey key, Guid token)
            {
                if (!db.LockTake(key, token.ToString(), TimeSpan.FromSeconds(10)))
                    return db.{|TR2005:KeyDelete|}(key);
                return false;
            }

            public bool Third(RedisKey key, RedisValue token)
                => db.LockTake(key, token, TimeSpan.FromSeconds(10)) && db.{|TR2005:KeyDelete|}(key);
        }
        """,
        """
        class Locks(IDatabase db)
        {
            private readonly string _me = Guid.NewGuid().ToString();

            public void One(string id)
            {
                if (db.LockTake("lock:" + id, _me, TimeSpan.FromSeconds(10)))
                    db.LockRelease(key: "lock:" + id, _me);
            }

            public bool Other(RedisKey key, Guid token)
            {
                if (!db.LockTake(key, token.ToString(), TimeSpan.FromSeconds(10)))
                    return db.KeyDelete(key);
                return false;
            }

            public bool Third(RedisKey key, RedisValue token)
                => db.LockTake(key, token, TimeSpan.FromSeconds(10)) && db.LockRelease(key, token);
        }
        """,
        left: 1,
        all: true);

    [Theory]
    [InlineData("if (db.LockTake(key, Guid.NewGuid().ToString(), time)) db.{|TR2005:KeyDelete|}(key);")]
    [InlineData("var token = id; if (db.LockTake(key, token, time)) { token = \"x\"; db.{|TR2005:KeyDelete|}(key); }")]
    [InlineData("if (db.LockTake(key, Token, time)) db.{|TR2005:KeyDelete|}(key);")]
    [InlineData("if (db.LockTake(key, id, time)) db.{|TR2005:KeyDelete|}(key, CommandFlags.FireAndForget);")]
    [InlineData("if (db.LockTake(key, id, time) || db.LockTake(key, \"x\", time)) db.{|TR2005:KeyDelete|}(key);")]
    [InlineData("try { var token = id; if (!db.LockTake(key, token, time)) return; } finally { db.{|TR2005:KeyDelete|}(key); }")]
    public Task Not_without_a_token_that_stays(string statements) => Use.VerifyNoFix(_release, $$"""
        class Locks(IDatabase db)
        {
            private string Token { get; set; } = "";

            public void Run(RedisKey key, string id, TimeSpan time)
            {
                {{statements}}
            }
        }
        """);

    [Fact]
    public Task With_an_expiry() => Use.VerifyFixOfStatements(
        new LockExpiryFix(),
        """
        bool isMine = await db.{|TR2006:StringSetAsync|}("lock:" + id, id, when: When.NotExists);
        """,
        """
        bool isMine = await db.StringSetAsync("lock:" + id, id, when: When.NotExists, expiry: TimeSpan.FromSeconds(30));
        """);

    [Fact]
    public Task With_an_expiry_instead_of_null() => Use.VerifyFixOfStatements(
        new LockExpiryFix(),
        """
        if (db.{|TR2006:StringSet|}("lock:" + id, id, null /* for ever */, When.NotExists))
            Console.WriteLine("mine");
        """,
        """
        if (db.StringSet("lock:" + id, id, TimeSpan.FromSeconds(30) /* for ever */, When.NotExists))
            Console.WriteLine("mine");
        """);

    [Fact]
    public Task No_expiry_instead_of_one_that_is_null() => Use.VerifyNoFixOfStatements(
        new LockExpiryFix(),
        """
        if (db.{|TR2006:StringSet|}("lock:" + id, id, (TimeSpan?)null, When.NotExists))
            Console.WriteLine("mine");
        """);
}
