using System.Buffers.Text;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class LeaderboardStore<TEntity, TKey, TMember, TScore, TMapper>
{
    private const int LookupsPerCall = 500;

    // Of one in ten million, which a script multiplies with a count exactly.
    private const decimal PercentileParts = 100_000;

    [LuaScript(File = "leaderboard_rank.lua")]
    private static partial RedisScript RankScript { get; }

    [LuaScript(File = "leaderboard_rank_one.lua")]
    private static partial RedisScript RankOneScript { get; }

    [LuaScript(File = "leaderboard_around.lua")]
    private static partial RedisScript AroundScript { get; }

    [LuaScript(File = "leaderboard_range.lua")]
    private static partial RedisScript RangeScript { get; }

    [LuaScript(File = "leaderboard_percentile.lua")]
    private static partial RedisScript PercentileScript { get; }

    [LuaScript(File = "leaderboard_score_at.lua")]
    private static partial RedisScript ScoreAtScript { get; }

    /// <summary>The first members. One round trip (ZREVRANGE; where the lowest score is first, ZRANGE), atomic. O(log n + <paramref name="count"/>).</summary>
    /// <param name="key">The board.</param>
    /// <param name="count">How many, from 0 to 5,000.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ArgumentException">The model does not have windows of that unit, or it is too much for one call.</exception>
    /// <exception cref="RedisDecodeException">A member or a score cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<LeaderboardEntry<TMember, TScore>[]> TopAsync(TKey key, int count, Period? window = null, CancellationToken cancellationToken = default)
        => PageAsync(key, skip: 0, count, window, cancellationToken);

    /// <summary>A page of the ranking. One round trip (ZREVRANGE; where the lowest score is first, ZRANGE), atomic. O(log n + <paramref name="count"/>), however many are skipped.</summary>
    /// <param name="key">The board.</param>
    /// <param name="skip">How many members stand before the page.</param>
    /// <param name="count">How many it has at most, from 0 to 5,000.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<LeaderboardEntry<TMember, TScore>[]> PageAsync(TKey key, long skip, int count, Period? window = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        CheckCount(count, nameof(count));
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        if (count == 0)
        {
            return [];
        }

        Task<SortedSetEntry[]> range = Database.SortedSetRangeByRankWithScoresAsync(redisKey, skip, skip + count - 1, IsLowestFirst ? Order.Ascending : Order.Descending);
        SortedSetEntry[] found = await WaitAsync(range, redisKey, cancellationToken).ConfigureAwait(false);
        CodecContext context = Context(redisKey);
        var entries = new LeaderboardEntry<TMember, TScore>[found.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = Entry(context, redisKey, skip + i, found[i].Element, found[i].Score);
        }

        return entries;
    }

    /// <summary>A member's rank and score. One round trip, atomic. O(log n).</summary>
    /// <param name="key">The board.</param>
    /// <param name="member">The member.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Its place, or null where it is not in the window.</returns>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<LeaderboardEntry<TMember, TScore>?> RankAsync(TKey key, TMember member, Period? window = null, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        CodecContext context = Context(redisKey);
        RedisValue written = TMapper.WriteMember(member, context);
        RedisValue[] arguments = IsLowestFirst ? [written, First] : [written];
        RedisResult place = await ScriptWait.Evaluate(RankOneScript, Redis, PeriodSchema, Keys(redisKey), arguments, cancellationToken).ConfigureAwait(false);
        if (place.IsNull)
        {
            return null;
        }

        ReadOnlySpan<byte> text = (byte[])place!;
        _ = Utf8Parser.TryParse(text, out long rank, out int length);
        return new(rank + 1, member, TMapper.ReadScore((double)(RedisValue)text[(length + 1)..].ToArray(), context));
    }

    /// <summary>
    /// The ranks and scores of many members. The result has one place per member, in their order; null where one is not in the window. Pipelined: a script per 500 members,
    /// each of them atomic, one round trip per 50,000. O(members * log n).
    /// </summary>
    /// <param name="key">The board.</param>
    /// <param name="members">The members.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<LeaderboardEntry<TMember, TScore>?[]> RankManyAsync(
        TKey key, IEnumerable<TMember> members, Period? window = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        TMember[][] chunks = [.. members.Chunk(LookupsPerCall)];
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        RedisKey[] keys = Keys(redisKey);
        var places = new List<LeaderboardEntry<TMember, TScore>?>();
        await Pipeline.RunScriptAsync(
            Redis,
            PeriodSchema,
            RankScript,
            chunks.Length,
            i => (keys, [First, .. chunks[i].Select(member => TMapper.WriteMember(member, Context(redisKey)))]),
            (i, _, result) =>
            {
                var reply = (RedisResult[])result!;
                for (int m = 0; m < chunks[i].Length; m++)
                {
                    places.Add(Place(reply, 2 * m, chunks[i][m], Context(redisKey)));
                }
            },
            cancellationToken).ConfigureAwait(false);
        return [.. places];
    }

    /// <summary>
    /// A member with its neighbours: so many before it and so many behind it, fewer at the ends of the ranking. One round trip, atomic: the ranks are without gaps and those of one moment.
    /// O(log n + <paramref name="radius"/>).
    /// </summary>
    /// <param name="key">The board.</param>
    /// <param name="member">The member.</param>
    /// <param name="radius">How many on each side, from 0 to 2,499.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The members in the order of their ranks; none where the member is not in the window.</returns>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<LeaderboardEntry<TMember, TScore>[]> AroundAsync(TKey key, TMember member, int radius, Period? window = null, CancellationToken cancellationToken = default)
    {
        const int Largest = (MostMembers - 1) / 2;
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radius, Largest);
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        RedisValue written = TMapper.WriteMember(member, Context(redisKey));
        return Page(redisKey, await EvaluateAsync(AroundScript, Keys(redisKey), [First, written, radius], cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// A page of the members whose scores are in a range, in the order of their ranks. One round trip, atomic. O(log n + <paramref name="count"/>), however many are skipped.
    /// </summary>
    /// <param name="key">The board.</param>
    /// <param name="from">The least score, included; null for no bound.</param>
    /// <param name="to">The largest score, included; null for no bound.</param>
    /// <param name="count">How many members at most, from 0 to 5,000.</param>
    /// <param name="skip">How many of those in the range stand before the page.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="RedisEncodeException">A double cannot hold a bound exactly.</exception>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<LeaderboardEntry<TMember, TScore>[]> RangeByScoreAsync(
        TKey key, TScore? from, TScore? to, int count = 100, long skip = 0, Period? window = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        CheckCount(count, nameof(count));
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        RedisValue[] arguments = [First, Bound(redisKey, from, double.NegativeInfinity), Bound(redisKey, to, double.PositiveInfinity), skip, count];
        return Page(redisKey, await EvaluateAsync(RangeScript, [redisKey], arguments, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>How many members a window has. One round trip (ZCARD). O(1).</summary>
    /// <param name="key">The board.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<long> CountAsync(TKey key, Period? window = null, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        return await WaitAsync(Database.SortedSetLengthAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How many members have a score in a range. One round trip (ZCOUNT). O(log n).</summary>
    /// <param name="key">The board.</param>
    /// <param name="from">The least score, included; null for no bound.</param>
    /// <param name="to">The largest score, included; null for no bound.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="RedisEncodeException">A double cannot hold a bound exactly.</exception>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<long> CountByScoreAsync(TKey key, TScore? from, TScore? to, Period? window = null, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        Task<RedisResult> count = AdHocCommand.ExecuteAsync(
            Database, "ZCOUNT", redisKey, Bound(redisKey, from, double.NegativeInfinity), Bound(redisKey, to, double.PositiveInfinity));
        return (long)await WaitAsync(count, redisKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The percentile rank of a member: 100 × (members with a worse score + half of those with the same, itself included) / members. In a ranking of one it is 50. Exact.
    /// One round trip, atomic. O(log n).
    /// </summary>
    /// <param name="key">The board.</param>
    /// <param name="member">The member.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>A number between 0 and 100, both excluded; null where the member is not in the window.</returns>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<double?> PercentileAsync(TKey key, TMember member, Period? window = null, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        RedisValue written = TMapper.WriteMember(member, Context(redisKey));
        RedisResult[] reply = await EvaluateAsync(PercentileScript, Keys(redisKey), [First, written], cancellationToken).ConfigureAwait(false);
        return reply.Length == 0 ? null : ((100.0 * (long)reply[0]) + (50.0 * (long)reply[1])) / (long)reply[2];
    }

    /// <summary>
    /// The score at a percentile, by nearest rank: the worst score that is at least as good as those of <paramref name="percentile"/> percent of the members. At 100 that is
    /// the best, at 0 the worst score. Exact, and always the score of a member. One round trip, atomic. O(log n).
    /// </summary>
    /// <param name="key">The board.</param>
    /// <param name="percentile">From 0 to 100, with up to five decimals.</param>
    /// <param name="window">The window; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The score, or null where the window is empty.</returns>
    /// <inheritdoc cref="TopAsync" path="/exception"/>
    public virtual async Task<TScore?> ScoreAtPercentileAsync(TKey key, decimal percentile, Period? window = null, CancellationToken cancellationToken = default)
    {
        decimal parts = Math.Clamp(percentile, 0, 100) * PercentileParts;
        if (percentile is < 0 or > 100 || parts != decimal.Truncate(parts))
        {
            throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "A percentile is from 0 to 100 and has five decimals at most.");
        }

        RedisKey redisKey = await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false);
        RedisResult reply = await ScriptWait.Evaluate(ScoreAtScript, Redis, PeriodSchema, [redisKey], [First, (long)parts], cancellationToken).ConfigureAwait(false);
        return reply.IsNull ? null : TMapper.ReadScore((double)reply, Context(redisKey));
    }

    private static LeaderboardEntry<TMember, TScore>? Place(RedisResult[] reply, int position, TMember member, in CodecContext context)
        => reply[position].IsNull ? null : new((long)reply[position] + 1, member, TMapper.ReadScore((double)reply[position + 1], context));

    // The rank of the first from 0, and members and scores by turns; or nothing.
    private LeaderboardEntry<TMember, TScore>[] Page(RedisKey window, RedisResult[] reply)
        => reply.Length == 0 ? [] : Entries(window, (long)reply[0], (RedisResult[])reply[1]!);

    private RedisValue Bound(RedisKey window, TScore? score, double none)
        => score is { } bound ? Text(TMapper.WriteScore(bound, Context(window))) : none < 0 ? "-inf" : "+inf";
}
