using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>An integer: increments are plain commands.</summary>
[AtomicValue("ticks:{Id}"), Expires(ExpiresAttribute.Never)]
public sealed record Ticks(long Id, long Count);

/// <summary>An integer with bounds: increments are a script.</summary>
[AtomicValue("stock:{Id}", Minimum = 0), Expires(ExpiresAttribute.Never)]
public sealed record Stock(long Id, long Units);

/// <summary>Atomic values against the commands that one would write by hand, each with a timeout.</summary>
internal static class AtomicValueRows
{
    private const string CompareAndSet =
        """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
        return 1
        """;

    private const string Set =
        """
        redis.call('GET', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL')
        return 1
        """;

    private const string GetAndSet =
        """
        local before = redis.call('GET', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL')
        return before
        """;

    // Exact to 2^53 only.
    private const string AddNotBelow =
        """
        local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
        if sum < tonumber(ARGV[2]) then
          redis.call('DECRBY', KEYS[1], ARGV[1])
          return false
        end
        return sum
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        IDatabase database = redis.Database;
        byte[] compareAndSet = await LoadAsync(CompareAndSet), set = await LoadAsync(Set), getAndSet = await LoadAsync(GetAndSet), addNotBelow = await LoadAsync(AddNotBelow);
        var ticks = new TicksValue(redis);
        var stock = new StockValue(redis);
        long id = 7;
        long[] ids = [.. Enumerable.Range(0, 1000)];
        foreach (long one in ids)
        {
            await ticks.SetAsync(one, one);
        }

        // Our scripts are told the expiry, the bounds and what to do if they refuse; theirs have that in their text. These are the bytes.
        Console.WriteLine("[AtomicValue] against hand-written commands");
        bool[] kept =
        [
            await Paired.CompareAsync("get", () => ticks.GetAsync(id), () => IntegerAsync(database.StringGetAsync($"ticks:{id}")), 1.05, 1.0),
            await Paired.CompareAsync("get 1,000 (theirs: one MGET)", () => ticks.GetManyAsync(ids), GetManyAsync, double.PositiveInfinity, double.PositiveInfinity),
            await Paired.CompareAsync("set: a script", () => ticks.SetAsync(id, id), () => EvaluateAsync(set, $"ticks:{id}", id), 1.05, 1.15),
            await Paired.CompareAsync("get and set: a script", () => ticks.GetAndSetAsync(id, id), () => ReplyAsync(EvaluateAsync(getAndSet, $"ticks:{id}", id)), 1.05, 1.15),
            await Paired.CompareAsync("compare and set: a script", () => ticks.CompareAndSetAsync(id, id, id), () => ReplyAsync(EvaluateAsync(compareAndSet, $"ticks:{id}", id, id)), 1.05, 1.15),
            await Paired.CompareAsync("increment: INCRBY", () => ticks.IncrementAsync(1, 2), () => database.StringIncrementAsync($"ticks:{1}", 2).WaitAsync(Timeout), 1.05, 1.0),
            await Paired.CompareAsync("increment with a bound: a script", () => stock.TryIncrementAsync(id), () => ReplyAsync(EvaluateAsync(addNotBelow, $"stock:{id}", 1, 0)), 1.05, 1.15),
        ];
        return kept.All(static one => one);

        static async Task<long?> IntegerAsync(Task<RedisValue> call) => (long?)await call.WaitAsync(Timeout).ConfigureAwait(false);

        static async Task<long?> ReplyAsync(Task<RedisResult> call) => (long?)(RedisValue)await call.ConfigureAwait(false);

        async Task<long?[]> GetManyAsync()
            => Array.ConvertAll(await database.StringGetAsync(Array.ConvertAll(ids, static one => (RedisKey)$"ticks:{one}")).WaitAsync(Timeout), static value => (long?)value);

        Task<RedisResult> EvaluateAsync(byte[] sha, RedisKey key, params RedisValue[] arguments) => database.ScriptEvaluateAsync(sha, [key], arguments).WaitAsync(Timeout);

        async Task<byte[]> LoadAsync(string script)
        {
            await database.ExecuteAsync("SCRIPT", "LOAD", script);
            return SHA1.HashData(Encoding.UTF8.GetBytes(script));
        }
    }
}
