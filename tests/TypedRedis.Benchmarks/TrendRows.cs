using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>A click on an article.</summary>
[Trending("bench-trend:{Category}", HalfLife = "6h")]
public sealed record BenchClick(string Category, [property: Member] long Article);

/// <summary>Trends against sorted sets by hand, each call with a timeout.</summary>
internal static class TrendRows
{
    private const double Any = double.PositiveInfinity;

    // The same promises for this one model: half-life, landmark and what is negligible are in the text.
    private const string Record =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local mark = redis.call('ZSCORE', KEYS[1], '_')
        local landmark = mark and mark - 1e15 or now
        local age = (now - landmark) / 21600000
        local last, limit = age, age - 9.965784284662087
        local before = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or nil)
        if before and before >= limit then
          last = math.max(before, last) + math.log(1 + 2 ^ -math.abs(before - last)) / math.log(2)
        end
        if not mark then redis.call('ZADD', KEYS[1], string.format('%.17g', 1e15 + landmark), '_') end
        redis.call('ZADD', KEYS[1], string.format('%.17g', last), ARGV[1])
        local needed = math.ceil((last - limit) * 21600000) + 1
        if redis.call('PTTL', KEYS[1]) < needed then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', needed)) end
        local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%.17g', limit), 'LIMIT', 0, 20)
        if #gone > 0 then redis.call('ZREM', KEYS[1], unpack(gone)) end
        return string.format('%.17g', last - age)
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        const int Members = 10_000;
        IDatabase database = redis.Database;
        await database.ExecuteAsync("SCRIPT", "LOAD", Record);
        byte[] record = SHA1.HashData(Encoding.UTF8.GetBytes(Record));
        var trend = new BenchClickTrend(redis);
        await trend.RecordManyAsync(Enumerable.Range(0, Members).SelectMany(static i => Enumerable.Repeat(new BenchClick("books", i), 1 + (i % 7))));
        await database.SortedSetAddAsync("hand-trend", await database.SortedSetRangeByRankWithScoresAsync("{bench-trend:books}", 0, -2));

        long next = 0;
        Console.WriteLine("[Trending], 10,000 members");
        bool[] kept =
        [
            await Paired.CompareAsync("record (theirs: a script for this model)", () => trend.RecordAsync("books", next++ % Members, 1), () => RecordAsync(next++ % Members), 1.1, 1.5),
            await Paired.CompareAsync("record (theirs: ZINCRBY, which never fades)", () => trend.RecordAsync("books", next++ % Members, 1), () => database.SortedSetIncrementAsync("hand-trend", next++ % Members, 1).WaitAsync(Timeout), Any, Any),
            await Paired.CompareAsync("top 10 (theirs: ZREVRANGE WITHSCORES)", () => trend.TopAsync("books", 10), () => TopAsync(10), 1.1, Any),
            await Paired.CompareAsync("top 100 (theirs: ZREVRANGE WITHSCORES)", () => trend.TopAsync("books", 100), () => TopAsync(100), 1.1, Any),
            await Paired.CompareAsync("rank (theirs: ZREVRANK)", () => trend.RankAsync("books", 77), () => database.SortedSetRankAsync("hand-trend", 77, Order.Descending).WaitAsync(Timeout), Any, Any),
        ];
        BenchClick[] clicks = [.. Enumerable.Range(0, 1000).Select(static i => new BenchClick("books", i))];
        await Paired.CompareAsync("record 1,000 (theirs: ZINCRBY each, all at once)", () => trend.RecordManyAsync(clicks), IncrementManyAsync, Any, Any);
        await database.KeyDeleteAsync(["hand-trend", "{bench-trend:books}"]);
        return kept.All(static one => one);

        async Task<double> RecordAsync(long article)
            => Math.Pow(2, double.Parse((string)(await database.ScriptEvaluateAsync(record, ["hand-trend"], [article]).WaitAsync(Timeout))!, CultureInfo.InvariantCulture));

        async Task<List<TrendEntry<long>>> TopAsync(int count)
        {
            SortedSetEntry[] entries = await database.SortedSetRangeByRankWithScoresAsync("hand-trend", 1, count, Order.Descending).WaitAsync(Timeout);
            var top = new List<TrendEntry<long>>(count);
            foreach (SortedSetEntry entry in entries)
            {
                top.Add(new(top.Count + 1, (long)entry.Element, entry.Score));
            }

            return top;
        }

        Task IncrementManyAsync() => Task.WhenAll(clicks.Select(click => database.SortedSetIncrementAsync("hand-trend", click.Article, 1))).WaitAsync(Timeout);
    }
}
