using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>A visit, counted by days.</summary>
[UniqueCounter("bench-visits:{Site}", PeriodUnits.Day, Retention = "400d")]
public sealed record BenchVisit(long Site, [property: Member] long Visitor);

/// <summary>The same by four units.</summary>
[UniqueCounter("bench-seen:{Site}", PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month | PeriodUnits.AllTime, Retention = "400d")]
public sealed record BenchSeen(long Site, [property: Member] long Visitor);

/// <summary>Unique counts against HyperLogLogs by hand, each call with a timeout.</summary>
internal static class UniqueCounterRows
{
    private const double Any = double.PositiveInfinity;

    // By the day of this machine's clock, in UTC.
    private const string Add =
        """
        if redis.call('PFADD', KEYS[1], ARGV[1]) == 0 then return 0 end
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 1
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        const int Visitors = 50_000;
        IDatabase database = redis.Database;
        await database.ExecuteAsync("SCRIPT", "LOAD", Add);
        byte[] add = SHA1.HashData(Encoding.UTF8.GetBytes(Add));
        var visits = new BenchVisitUniqueCounter(redis);
        var seen = new BenchSeenUniqueCounter(redis);
        long[] visitors = [.. Enumerable.Range(0, Visitors)];
        PeriodRange week = PeriodRange.OfLast(7, PeriodUnits.Day);
        for (int day = 0; day < 7; day++)
        {
            await visits.AddManyAsync(1, visitors, DateTimeOffset.UtcNow.AddDays(-day));
            await database.HyperLogLogAddAsync(Day(day), Array.ConvertAll(visitors, static visitor => (RedisValue)visitor));
        }

        long next = 0;
        Console.WriteLine("[UniqueCounter], 50,000 visitors a day");
        bool[] kept =
        [
            await Paired.CompareAsync("add to a day (theirs: a script, PFADD and PEXPIRE)", () => visits.AddAsync(1, next++ % Visitors), () => AddAsync(next++ % Visitors), 1.1, Any),
            await Paired.CompareAsync("add to a day (theirs: PFADD and PEXPIRE in one go)", () => visits.AddAsync(1, next++ % Visitors), () => AddAndExpireAsync(next++ % Visitors), 1.1, Any),
            await Paired.CompareAsync("add to a day (theirs: PFADD, which never expires)", () => visits.AddAsync(1, next++ % Visitors), () => database.HyperLogLogAddAsync(Day(0), next++ % Visitors).WaitAsync(Timeout), Any, Any),
            await Paired.CompareAsync("count a day (theirs: PFCOUNT)", () => visits.CountAsync(1, Period.Today), () => database.HyperLogLogLengthAsync(Day(0)).WaitAsync(Timeout), 1.1, Any),
            await Paired.CompareAsync("count 7 days as one (theirs: PFCOUNT of 7)", () => visits.CountAsync(1, week), () => database.HyperLogLogLengthAsync([.. Enumerable.Range(0, 7).Select(Day)]).WaitAsync(Timeout), 1.1, Any),
        ];
        await Paired.CompareAsync("add to day, week, month, all time (theirs: one PFADD)", () => seen.AddAsync(1, next++ % Visitors), () => database.HyperLogLogAddAsync(Day(0), next++ % Visitors).WaitAsync(Timeout), Any, Any);
        await visits.DeleteAsync(1);
        await seen.DeleteAsync(1);
        await database.KeyDeleteAsync([.. Enumerable.Range(0, 7).Select(Day)]);
        return kept.All(static one => one);

        static RedisKey Day(int ago) => string.Create(CultureInfo.InvariantCulture, $"hand-visits:1:{DateTime.UtcNow.AddDays(-ago):yyyy-MM-dd}");

        async Task<bool> AddAndExpireAsync(long visitor)
        {
            RedisKey day = Day(0);
            Task<bool> added = database.HyperLogLogAddAsync(day, visitor).WaitAsync(Timeout);
            DateTime now = DateTime.UtcNow;
            await database.KeyExpireAsync(day, now.Date.AddDays(401) - now).WaitAsync(Timeout);
            return await added;
        }

        async Task<bool> AddAsync(long visitor)
        {
            DateTime now = DateTime.UtcNow;
            long expiry = (long)(now.Date.AddDays(401) - now).TotalMilliseconds;
            return (long)await database.ScriptEvaluateAsync(add, [Day(0)], [visitor, expiry]).WaitAsync(Timeout) == 1;
        }
    }
}
