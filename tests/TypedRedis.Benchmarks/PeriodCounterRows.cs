using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>One unit.</summary>
[PeriodCounter("bench-daily:{Id}", PeriodUnits.Day, Retention = "90d")]
public sealed record DailyViews(long Id);

/// <summary>Four units in one step.</summary>
[PeriodCounter("bench-views:{Id}", PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month | PeriodUnits.AllTime, Retention = "90d")]
public sealed record Views(long Id);

/// <summary>One unit, with a bound.</summary>
[PeriodCounter("bench-calls:{Id}", PeriodUnits.Day, Retention = "90d", Maximum = 1_000_000_000)]
public sealed record Calls(long Id);

/// <summary>One count of all time.</summary>
[PeriodCounter("bench-total:{Id}", PeriodUnits.AllTime)]
public sealed record TotalViews(long Id);

/// <summary>Counters by periods against the commands that one would write by hand, each with a timeout.</summary>
internal static class PeriodCounterRows
{
    // Of one day, in one step, with an expiry.
    private const string Increment =
        """
        local count = redis.call('INCRBY', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return count
        """;

    private const string IncrementFour =
        """
        local count = redis.call('INCRBY', KEYS[1], ARGV[1])
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        redis.call('INCRBY', KEYS[2], ARGV[1])
        redis.call('PEXPIRE', KEYS[2], ARGV[3])
        redis.call('INCRBY', KEYS[3], ARGV[1])
        redis.call('PEXPIRE', KEYS[3], ARGV[4])
        redis.call('INCRBY', KEYS[4], ARGV[1])
        return count
        """;

    private const string Range =
        """
        local counts = redis.call('MGET', unpack(KEYS))
        for i = 1, #KEYS do
          if not counts[i] and redis.call('TYPE', KEYS[i]).ok ~= 'none' then return redis.error_reply('WRONGTYPE ' .. KEYS[i]) end
        end
        return counts
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        const double Any = double.PositiveInfinity;
        IDatabase database = redis.Database;
        byte[] increment = await LoadAsync(Increment), incrementFour = await LoadAsync(IncrementFour), range = await LoadAsync(Range);
        var (daily, views, calls, totals) = (new DailyViewsCounter(redis), new ViewsCounter(redis), new CallsCounter(redis), new TotalViewsCounter(redis));
        DateTime now = DateTime.UtcNow;
        for (int day = 0; day < 30; day++)
            await daily.IncrementAsync(7, day, at: new DateTimeOffset(now, TimeSpan.Zero).AddDays(-day));
        long[] ids = [.. Enumerable.Range(1000, 1000)];
        PeriodRange month = PeriodRange.OfLast(30, PeriodUnits.Day);

        Console.WriteLine("[PeriodCounter] against hand-written commands");
        bool[] kept =
        [
            await Paired.CompareAsync("increment a day (theirs: a script, INCRBY, PEXPIRE)", () => daily.IncrementAsync(8), () => IncrementByHandAsync(9), 1.1, Any),
            await Paired.CompareAsync("increment a day (theirs: INCRBY, EXPIRE, pipelined)", () => daily.IncrementAsync(8), () => PipelinedAsync(9), 1.1, Any),
            await Paired.CompareAsync("increment with a bound (theirs: the script without)", () => calls.IncrementAsync(8), () => IncrementByHandAsync(9), 1.1, Any),
            await Paired.CompareAsync("increment four units (theirs: a script for these)", () => views.IncrementAsync(8), () => IncrementFourByHandAsync(9), 1.1, Any),
            await Paired.CompareAsync("increment all time: INCRBY", () => totals.IncrementAsync(8), () => database.StringIncrementAsync($"{{bench-total:{9}}}").WaitAsync(Timeout), 1.1, Any),
            await Paired.CompareAsync("increment 1,000 (theirs: the script, all at once)", () => daily.IncrementManyAsync(ids.Select(id => ((DailyViewsCounterKey)id, 1L))), () => Task.WhenAll(ids.Select(id => IncrementByHandAsync(id + 5000))), 1.1, Any),
            await Paired.CompareAsync("get", () => daily.GetAsync(7, Period.Today), GetByHandAsync, 1.1, Any),
            await Paired.CompareAsync("range of 30 days (theirs: MGET, to which a hash is no count)", () => daily.RangeAsync(7, month), RangeByHandAsync, 1.1, Any),
            await Paired.CompareAsync("range of 30 days (theirs: a script, MGET and TYPE)", () => daily.RangeAsync(7, month), RangeByScriptAsync, 1.1, Any),
        ];
        return kept.All(static one => one);

        async Task<long> IncrementByHandAsync(long id)
        {
            DateTime today = DateTime.UtcNow.Date;
            return (long)await database.ScriptEvaluateAsync(increment, [DayKey("bench-hand", id, today)], [1, (long)(today.AddDays(91) - DateTime.UtcNow).TotalMilliseconds]).WaitAsync(Timeout);
        }

        async Task<long> PipelinedAsync(long id)
        {
            DateTime today = DateTime.UtcNow.Date;
            RedisKey key = DayKey("bench-hand", id, today);
            Task<long> count = database.StringIncrementAsync(key);
            Task<bool> expiry = database.KeyExpireAsync(key, today.AddDays(91));
            await Task.WhenAll(count, expiry).WaitAsync(Timeout);
            return count.Result;
        }

        async Task<long> IncrementFourByHandAsync(long id)
        {
            DateTime time = DateTime.UtcNow, today = time.Date, week = today.AddDays(-(((int)today.DayOfWeek + 6) % 7)), month = new(today.Year, today.Month, 1);
            RedisKey[] keys =
            [
                DayKey("bench-hand", id, today),
                string.Create(CultureInfo.InvariantCulture, $"{{bench-hand:{id}}}:w:{ISOWeek.GetYear(today)}-W{ISOWeek.GetWeekOfYear(today):00}"),
                string.Create(CultureInfo.InvariantCulture, $"{{bench-hand:{id}}}:m:{today:yyyy-MM}"),
                string.Create(CultureInfo.InvariantCulture, $"{{bench-hand:{id}}}"),
            ];
            RedisValue[] arguments = [1, Left(today.AddDays(1)), Left(week.AddDays(7)), Left(month.AddMonths(1))];
            return (long)await database.ScriptEvaluateAsync(incrementFour, keys, arguments).WaitAsync(Timeout);

            long Left(DateTime end) => (long)(end.AddDays(90) - time).TotalMilliseconds;
        }

        async Task<long> GetByHandAsync() => (long)await database.StringGetAsync(DayKey("bench-daily", 7, DateTime.UtcNow.Date)).WaitAsync(Timeout);

        async Task<(DateTime, long)[]> RangeByHandAsync()
        {
            (DateTime[] days, RedisKey[] keys) = LastDays();
            RedisValue[] values = await database.StringGetAsync(keys).WaitAsync(Timeout);
            var counts = new (DateTime, long)[30];
            for (int i = 0; i < 30; i++)
                counts[i] = (days[i], (long)values[i]);
            return counts;
        }

        async Task<(DateTime, long)[]> RangeByScriptAsync()
        {
            (DateTime[] days, RedisKey[] keys) = LastDays();
            var values = (RedisValue[])(await database.ScriptEvaluateAsync(range, keys).WaitAsync(Timeout))!;
            var counts = new (DateTime, long)[30];
            for (int i = 0; i < 30; i++)
                counts[i] = (days[i], (long)values[i]);
            return counts;
        }

        static (DateTime[] Days, RedisKey[] Keys) LastDays()
        {
            DateTime today = DateTime.UtcNow.Date;
            var days = new DateTime[30];
            var keys = new RedisKey[30];
            for (int i = 0; i < 30; i++)
            {
                days[i] = today.AddDays(i - 29);
                keys[i] = DayKey("bench-daily", 7, days[i]);
            }

            return (days, keys);
        }

        static RedisKey DayKey(string name, long id, DateTime day) => string.Create(CultureInfo.InvariantCulture, $"{{{name}:{id}}}:d:{day:yyyy-MM-dd}");

        async Task<byte[]> LoadAsync(string script)
        {
            await database.ExecuteAsync("SCRIPT", "LOAD", script);
            return SHA1.HashData(Encoding.UTF8.GetBytes(script));
        }
    }
}
