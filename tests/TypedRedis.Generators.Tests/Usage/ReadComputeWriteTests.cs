namespace TypedRedis.Generators.Tests.Usage;

public class ReadComputeWriteTests
{
    [Fact]
    public Task A_number() => Use.VerifyStatements("""
        int stock = (int)await db.StringGetAsync("stock:" + id);
        await db.{|TR2003:StringSetAsync|}("stock:" + id, stock - 1);
        """);

    [Fact]
    public Task A_number_by_way_of_others() => Use.VerifyStatements("""
        RedisKey key = "stock:" + id;
        var text = await db.StringGetAsync(key).ConfigureAwait(false);
        long.TryParse((string?)text, out var stock);
        var less = stock - 1;
        if (less >= 0)
            await db.{|TR2003:StringSetAsync|}(key, less).ConfigureAwait(false);
        """);

    [Fact]
    public Task In_one_expression() => Use.VerifyStatements("""
        db.{|TR2003:StringSet|}("stock:" + id, (int)db.StringGet("stock:" + id) + 1);
        """);

    [Fact]
    public Task A_graph_that_is_changed() => Use.Verify("""
        using System.Text.Json;

        record Cart(List<string> Items);

        class Carts(IDatabase db)
        {
            public async Task Add(RedisKey key, string item)
            {
                string? json = await db.StringGetAsync(key);
                var cart = json is null ? new Cart([]) : JsonSerializer.Deserialize<Cart>(json)!;
                cart.Items.Add(item);
                await db.{|TR2003:StringSetAsync|}(key, JsonSerializer.Serialize(cart));
            }

            public void AddNow(string id, string item)
            {
                var cart = JsonSerializer.Deserialize<Cart>((string?)db.StringGet($"cart:{id}") ?? "") ?? new Cart([]);
                cart.Items.Add(item);
                db.{|TR2003:StringSet|}($"cart:{id}", JsonSerializer.Serialize(cart), TimeSpan.FromDays(1));
            }
        }
        """);

    [Fact]
    public Task A_field_of_a_hash() => Use.VerifyStatements("""
        var logins = (long)await db.HashGetAsync("user:" + id, "logins");
        logins++;
        await db.{|TR2003:HashSetAsync|}("user:" + id, "logins", logins);
        """);

    [Fact]
    public Task Other_keys_and_fields() => Use.VerifyStatements("""
        var name = await db.StringGetAsync("a:" + id);
        await db.StringSetAsync("b:" + id, name);
        var nick = await db.HashGetAsync("user:" + id, "nick");
        await db.HashSetAsync("user:" + id, "name", nick);
        """);

    [Fact]
    public Task A_value_from_elsewhere() => Use.Verify("""
        using System.Text.Json;

        class Cache(IDatabase db, Func<string, Task<string>> load)
        {
            public async Task<string> Get(string id)
            {
                RedisKey key = "product:" + id;
                string? cached = await db.StringGetAsync(key);
                if (cached is not null)
                    return cached;

                var fresh = await load(id);
                await db.StringSetAsync(key, fresh, TimeSpan.FromMinutes(5));
                return fresh;
            }

            public async Task<string> GetInto(string id)
            {
                RedisKey key = "product:" + id;
                string? value = await db.StringGetAsync(key);
                if (value is null)
                {
                    value = await load(id);
                    await db.StringSetAsync(key, value, TimeSpan.FromMinutes(5));
                }

                return value;
            }

            public async Task<string> GetOr(string id)
            {
                RedisKey key = "product:" + id;
                string? cached = await db.StringGetAsync(key);
                var value = cached ?? await load(id);
                value ??= "none";
                await db.StringSetAsync(key, value, TimeSpan.FromMinutes(5));
                return value;
            }
        }
        """);

    [Fact]
    public Task Under_a_lock() => Use.VerifyStatements("""
        RedisKey key = "stock:" + id;
        var token = Guid.NewGuid().ToString();
        if (!await db.LockTakeAsync("lock:" + id, token, TimeSpan.FromSeconds(10)))
            return;
        int stock = (int)await db.StringGetAsync(key);
        await db.StringSetAsync(key, stock - 1);
        await db.LockReleaseAsync("lock:" + id, token);
        """);

    [Fact]
    public Task Under_a_lock_of_somebody_else() => Use.Verify("""
        interface ILocks { Task<IAsyncDisposable> AcquireAsync(string name); }

        class Stock(IDatabase db, ILocks locks)
        {
            private readonly object _gate = new();

            public async Task Take(string id)
            {
                await using var held = await locks.AcquireAsync(id);
                int stock = (int)await db.StringGetAsync("stock:" + id);
                await db.StringSetAsync("stock:" + id, stock - 1);
            }

            public void TakeHere(RedisKey key)
            {
                lock (_gate)
                    db.StringSet(key, (int)db.StringGet(key) - 1);
            }
        }
        """);

    [Fact]
    public Task Under_a_condition() => Use.VerifyStatements("""
        RedisKey key = "stock:" + id;
        var before = await db.StringGetAsync(key);
        var transaction = db.CreateTransaction();
        transaction.AddCondition(Condition.StringEqual(key, before));
        _ = transaction.StringSetAsync(key, (int)before - 1);
        await transaction.ExecuteAsync();
        """);

    [Fact]
    public Task A_step_of_the_server() => Use.VerifyStatements("""
        var left = await db.StringDecrementAsync("stock:" + id);
        await db.StringSetAsync("last:" + id, left);
        """);

    [Fact]
    public Task The_write_comes_first() => Use.VerifyStatements("""
        RedisKey key = "stock:" + id;
        await db.StringSetAsync(key, 10);
        int stock = (int)await db.StringGetAsync(key);
        Console.WriteLine(stock - 1);
        """);

    [Fact]
    public Task In_another_branch() => Use.VerifyStatements("""
        RedisKey key = "stock:" + id;
        RedisValue value = "0";
        if (id.Length > 3)
            value = await db.StringGetAsync(key);
        else
            await db.StringSetAsync(key, value);
        """);
}
