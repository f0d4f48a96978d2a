using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>A million ids.</summary>
[ActivityBitmap("bench-active:{App}", PeriodUnits.Day, MaxId = 999_999, Retention = "90d")]
public sealed record ActiveUser(string App, [property: Member] long User);

/// <summary>A quarter of a million, in one segment.</summary>
[ActivityBitmap("bench-few:{App}", PeriodUnits.Day, MaxId = 249_999, Retention = "90d")]
public sealed record FewActive(string App, [property: Member] long User);

/// <summary>Bitmaps against the commands that one would write by hand, each with a timeout.</summary>
internal static class ActivityBitmapRows
{
    private const string Mark =
        """
        local was = redis.call('SETBIT', KEYS[1], ARGV[1], 1)
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return was
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        const double Any = double.PositiveInfinity;
        IDatabase database = redis.Database;
        await database.ExecuteAsync("SCRIPT", "LOAD", Mark);
        byte[] mark = SHA1.HashData(Encoding.UTF8.GetBytes(Mark));
        var (active, few) = (new ActiveUserBitmap(redis), new FewActiveBitmap(redis));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var random = new Random(1);
        for (int day = 0; day < 30; day++)
        {
            ActiveUser[] users = [.. Enumerable.Range(0, 2000).Select(_ => new ActiveUser("web", random.Next(1_000_000)))];
            await active.MarkManyAsync(users, now.AddDays(-day));
            await few.MarkManyAsync(users.Select(user => new FewActive("web", user.User / 4)), now.AddDays(-day));
            byte[] bits = new byte[125_000];
            foreach (ActiveUser user in users)
                bits[user.User / 8] |= (byte)(0x80 >> (int)(user.User % 8));
            await database.StringSetAsync(DayKey(now.UtcDateTime.Date.AddDays(-day)), bits);
        }

        ActiveUser[] thousand = [.. Enumerable.Range(0, 1000).Select(i => new ActiveUser("many", i * 999L))];
        long next = 0;
        PeriodRange month = PeriodRange.OfLast(30, PeriodUnits.Day);
        Console.WriteLine("[ActivityBitmap] against hand-written commands");
        bool[] kept =
        [
            await Paired.CompareAsync("mark, marked already (theirs: a script, SETBIT, PEXPIRE)", () => active.MarkAsync("one", 77), () => MarkByHandAsync(77), 1.1, Any),
            await Paired.CompareAsync("mark, a new id each time", () => active.MarkAsync("new", next++ % 1_000_000), () => MarkByHandAsync(next++ % 1_000_000), 1.1, Any),
            await Paired.CompareAsync("mark (theirs: SETBIT, EXPIRE, pipelined)", () => active.MarkAsync("one", 77), () => PipelinedAsync(77), 1.1, Any),
            await Paired.CompareAsync("mark 1,000 (theirs: the script, all at once)", () => active.MarkManyAsync(thousand), () => Task.WhenAll(thousand.Select(user => MarkByHandAsync(user.User))), 1.1, Any),
            await Paired.CompareAsync("count of 250,000 ids (theirs: BITCOUNT)", () => few.CountAsync("web", Period.Today), () => database.StringBitCountAsync("{bench-few:web}:d:" + DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)).WaitAsync(Timeout), 1.1, Any),
            await Paired.CompareAsync("count of a million ids (theirs: BITCOUNT)", () => active.CountAsync("web", Period.Today), () => database.StringBitCountAsync(DayKey(DateTime.UtcNow.Date)).WaitAsync(Timeout), 1.1, Any),
            await Paired.CompareAsync("count of 30 days (theirs: BITCOUNT each, pipelined)", () => active.RangeAsync("web", month), CountsByHandAsync, 1.1, Any),
            await Paired.CompareAsync("any of 30 days (theirs: BITOP, BITCOUNT, DEL)", () => active.CountAnyAsync("web", month), UnionByHandAsync, 1.1, Any),
        ];
        return kept.All(static one => one);

        async Task<bool> MarkByHandAsync(long id)
        {
            DateTime today = DateTime.UtcNow.Date;
            return !(bool)await database.ScriptEvaluateAsync(mark, ["{bench-mark:hand}:d:" + today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)], [id, (long)(today.AddDays(91) - DateTime.UtcNow).TotalMilliseconds]).WaitAsync(Timeout);
        }

        async Task<bool> PipelinedAsync(long id)
        {
            DateTime today = DateTime.UtcNow.Date;
            RedisKey key = "{bench-mark:hand}:d:" + today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Task<bool> was = database.StringSetBitAsync(key, id, true);
            Task<bool> expiry = database.KeyExpireAsync(key, today.AddDays(91));
            await Task.WhenAll(was, expiry).WaitAsync(Timeout);
            return !was.Result;
        }

        Task<long[]> CountsByHandAsync() => Task.WhenAll(Enumerable.Range(0, 30).Select(day => database.StringBitCountAsync(DayKey(DateTime.UtcNow.Date.AddDays(-day))))).WaitAsync(Timeout);

        async Task<long> UnionByHandAsync()
        {
            RedisKey[] keys = [.. Enumerable.Range(0, 30).Select(day => DayKey(DateTime.UtcNow.Date.AddDays(-day)))];
            Task<long> union = database.StringBitOperationAsync(Bitwise.Or, "bench-union", keys), count = database.StringBitCountAsync("bench-union");
            Task<bool> deleted = database.KeyDeleteAsync("bench-union");
            await Task.WhenAll(union, count, deleted).WaitAsync(Timeout);
            return count.Result;
        }

        static RedisKey DayKey(DateTime day) => "{bench-hand-active}:d:" + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
