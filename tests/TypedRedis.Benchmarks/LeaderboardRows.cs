using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>One window; the last score stays.</summary>
[Leaderboard("bench-latest:{Game}", Mode = LeaderboardMode.Latest), Expires(ExpiresAttribute.Never)]
public sealed record LatestScore(string Game, [property: Member] string Player, [property: Score] long Points);

/// <summary>One window; the best score stays.</summary>
[Leaderboard("bench-best:{Game}"), Expires(ExpiresAttribute.Never)]
public sealed record BestScore(string Game, [property: Member] string Player, [property: Score] long Points);

/// <summary>Four windows.</summary>
[Leaderboard("bench-four:{Game}", Windows = PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month, TimeZone = "Europe/Berlin")]
public sealed record FourScore(string Game, [property: Member] string Player, [property: Score] long Points);

/// <summary>One window; of equal scores the first is first.</summary>
[Leaderboard("bench-arrival:{Game}", Ties = LeaderboardTies.FirstArrival), Expires(ExpiresAttribute.Never)]
public sealed record ArrivalScore(string Game, [property: Member] string Player, [property: Score] long Points);

/// <summary>Leaderboards of a million members against the commands that one would write by hand, each with a timeout.</summary>
internal static class LeaderboardRows
{
    private const double Any = double.PositiveInfinity;
    private const int Members = 1_000_000;
    private const int FewMembers = 100_000;

    private const string Best =
        """
        local before = redis.call('ZSCORE', KEYS[1], ARGV[2])
        if before and tonumber(before) >= tonumber(ARGV[1]) then return 0 end
        redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
        return 1
        """;

    private const string BestOfFour =
        """
        local changed = 0
        for i = 1, 4 do
          local before = redis.call('ZSCORE', KEYS[i], ARGV[2])
          if not before or tonumber(before) < tonumber(ARGV[1]) then
            redis.call('ZADD', KEYS[i], ARGV[1], ARGV[2])
            if ARGV[2 + i] and not before then redis.call('PEXPIRE', KEYS[i], ARGV[2 + i]) end
            changed = 1
          end
        end
        return changed
        """;

    private const string Around =
        """
        local rank = redis.call('ZREVRANK', KEYS[1], ARGV[1])
        if not rank then return {} end
        local from = math.max(0, rank - ARGV[2])
        return {from, redis.call('ZREVRANGE', KEYS[1], from, rank + ARGV[2], 'WITHSCORES')}
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static async Task<bool> CompareAsync(RedisContext redis)
    {
        IDatabase database = redis.Database;
        byte[] best = await LoadAsync(Best), bestOfFour = await LoadAsync(BestOfFour), around = await LoadAsync(Around);
        var latestBoard = new LatestScoreLeaderboard(redis);
        var bestBoard = new BestScoreLeaderboard(redis);
        var fourBoard = new FourScoreLeaderboard(redis);
        var arrivalBoard = new ArrivalScoreLeaderboard(redis);
        const string Source = "source", Hand = "hand-board", HandFew = "hand-few";
        for (int first = 0; first < Members; first += 10_000)
        {
            var scores = Enumerable.Range(first, 10_000).Select(i => (Player: Player(i), Points: Points(i))).ToArray();
            await database.SortedSetAddAsync(Source, [.. scores.Select(one => new SortedSetEntry(one.Player, one.Points))]);
            if (first < FewMembers)
                await arrivalBoard.SubmitManyAsync(scores.Select(one => new ArrivalScore("g", one.Player, one.Points)));
        }

        await fourBoard.SubmitManyAsync(Enumerable.Range(0, 10_000).Select(i => new FourScore("few", Player(i), Points(i))));
        await database.SortedSetAddAsync(HandFew, [.. Enumerable.Range(0, 10_000).Select(i => new SortedSetEntry(Player(i), Points(i)))]);
        await fourBoard.SubmitAsync(new("g", Player(0), 0));
        string[] windows = [.. ((RedisResult[])(await database.ExecuteAsync("KEYS", "{bench-four:g}*"))!).Select(key => (string)key!)];
        RedisKey[] handFour = ["{hand-four}:d", "{hand-four}:w", "{hand-four}:m", Hand];

        // All in the same way, so that their members lie in memory in the same order.
        foreach (string window in (string[])[Hand, "{bench-best:g}", "{bench-latest:g}", .. windows, .. handFour[..3].Select(static key => (string)key!)])
        {
            await database.ExecuteAsync("ZUNIONSTORE", (RedisKey)window, 1, (RedisKey)Source);
            if (window.Contains("}:", StringComparison.Ordinal))
                await database.KeyExpireAsync(window, TimeSpan.FromDays(2));
        }

        await database.KeyDeleteAsync(Source);

        // The same members in the same order, so that both meet the same.
        long ours = 0, theirs = 0;
        Console.WriteLine("[Leaderboard] of 1,000,000 members against hand-written commands");
        BestScore[] thousand = [.. Enumerable.Range(0, 1000).Select(i => new BestScore("g", Player(i * 997), Points(i)))];
        bool[] kept =
        [
            await Paired.CompareAsync("submit, latest (theirs: ZADD)", () => latestBoard.SubmitAsync(new("g", Next(ref ours), ours)), () => AddAsync(Next(ref theirs), theirs), 1.1, Any),
            await Paired.CompareAsync("submit, best (theirs: a script)", () => bestBoard.SubmitAsync(new("g", Next(ref ours), ours)), () => BestAsync(Next(ref theirs), theirs), 1.1, Any),
            await Paired.CompareAsync("the same by arrival, 100,000 members (theirs: the script above)", () => arrivalBoard.SubmitAsync(new("g", Player(Points(ours += 997) % FewMembers), ours)), () => BestAsync(Next(ref theirs), theirs), Any, Any),
            await Paired.CompareAsync("submit, best, to four windows of 10,000 (theirs: one ZADD)", () => fourBoard.SubmitAsync(new("few", NextOfFew(ref ours), ours)), () => AddToFewAsync(NextOfFew(ref theirs), theirs), 1.5, Any),
            await Paired.CompareAsync("submit, best, to four windows (theirs: a script for these)", () => fourBoard.SubmitAsync(new("g", Next(ref ours), ours)), () => BestOfFourAsync(Next(ref theirs), theirs), 1.1, Any),
            await Paired.CompareAsync("submit, best, to four windows (theirs: one ZADD)", () => fourBoard.SubmitAsync(new("g", Next(ref ours), ours)), () => AddAsync(Next(ref theirs), theirs), Any, Any),
            await Paired.CompareAsync("submit 1,000, best (theirs: a script each, pipelined)", () => bestBoard.SubmitManyAsync(thousand), () => Task.WhenAll(thousand.Select(one => BestAsync(one.Player, one.Points))), 1.1, Any),
            await Paired.CompareAsync("top 10 (theirs: ZREVRANGE)", () => bestBoard.TopAsync("g", 10), () => RangeAsync(0, 9), 1.1, Any),
            await Paired.CompareAsync("page of 100 in the middle (theirs: ZREVRANGE)", () => bestBoard.PageAsync("g", Members / 2, 100), () => RangeAsync(Members / 2, (Members / 2) + 99), 1.1, Any),
            await Paired.CompareAsync("rank (theirs: ZREVRANK and ZSCORE, pipelined)", () => bestBoard.RankAsync("g", Next(ref ours)), () => RankAsync(Next(ref theirs)), 1.1, Any),
            await Paired.CompareAsync("the same by arrival, 100,000 members (theirs: the same)", () => arrivalBoard.RankAsync("g", Player(Points(ours += 997) % FewMembers)), () => RankAsync(Next(ref theirs)), 1.1, Any),
            await Paired.CompareAsync("10 neighbours on each side (theirs: our script by hand)", () => bestBoard.AroundAsync("g", Next(ref ours), 10), () => AroundAsync(Next(ref theirs)), 1.1, Any),
            await Paired.CompareAsync("10 neighbours on each side (theirs: ZREVRANGE of 21)", () => bestBoard.AroundAsync("g", Next(ref ours), 10), () => RangeAsync(Points(theirs += 997), Points(theirs) + 20), 2, Any),
        ];
        return kept.All(static one => one);

        async Task<byte[]> LoadAsync(string script) => Convert.FromHexString((string)(await database.ExecuteAsync("SCRIPT", "LOAD", script))!);

        Task<bool> AddAsync(string player, long points) => database.SortedSetAddAsync(Hand, player, points).WaitAsync(Timeout);

        async Task<bool> BestAsync(string player, long points)
            => (long)await database.ScriptEvaluateAsync(best, [Hand], [points, player]).WaitAsync(Timeout).ConfigureAwait(false) == 1;

        Task<bool> AddToFewAsync(string player, long points) => database.SortedSetAddAsync(HandFew, player, points).WaitAsync(Timeout);

        async Task<bool> BestOfFourAsync(string player, long points)
        {
            DateTime time = DateTime.UtcNow, today = time.Date, week = today.AddDays(-(((int)today.DayOfWeek + 6) % 7)), month = new(today.Year, today.Month, 1);
            RedisValue[] arguments = [points, player, Left(today.AddDays(1)), Left(week.AddDays(7)), Left(month.AddMonths(1))];
            return (long)await database.ScriptEvaluateAsync(bestOfFour, handFour, arguments).WaitAsync(Timeout).ConfigureAwait(false) == 1;

            long Left(DateTime end) => (long)(end - time).TotalMilliseconds;
        }

        async Task<(long Rank, string Player, long Points)[]> RangeAsync(long from, long to)
        {
            SortedSetEntry[] found = await database.SortedSetRangeByRankWithScoresAsync(Hand, from, to, Order.Descending).WaitAsync(Timeout).ConfigureAwait(false);
            var entries = new (long, string, long)[found.Length];
            for (int i = 0; i < found.Length; i++)
                entries[i] = (from + i + 1, found[i].Element!, (long)found[i].Score);
            return entries;
        }

        async Task<(long Rank, long Points)?> RankAsync(string player)
        {
            Task<long?> rank = database.SortedSetRankAsync(Hand, player, Order.Descending);
            double? score = await database.SortedSetScoreAsync(Hand, player).WaitAsync(Timeout).ConfigureAwait(false);
            return await rank.ConfigureAwait(false) is { } found ? (found + 1, (long)score!.Value) : null;
        }

        async Task<(long Rank, string Player, long Points)[]> AroundAsync(string player)
        {
            var reply = (RedisResult[])(await database.ScriptEvaluateAsync(around, [Hand], [player, 10]).WaitAsync(Timeout).ConfigureAwait(false))!;
            var pairs = (RedisResult[])reply[1]!;
            var entries = new (long, string, long)[pairs.Length / 2];
            for (int i = 0; i < entries.Length; i++)
                entries[i] = ((long)reply[0] + i + 1, (string)pairs[2 * i]!, (long)(double)pairs[(2 * i) + 1]);
            return entries;
        }
    }

    private static string Player(long i) => string.Create(CultureInfo.InvariantCulture, $"player:{i:0000000}");

    private static long Points(long i) => i * 7919 % Members;

    private static string Next(ref long turn) => Player(Points(turn += 997));

    private static string NextOfFew(ref long turn) => Player(Points(turn += 997) % 10_000);
}
