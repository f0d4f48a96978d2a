using System.Buffers.Text;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class TrendStore<TEntity, TKey, TMember, TMapper>
{
    // So many entries take the server about a millisecond.
    private const int MaxCount = 1000;

    // What the score of the landmark is above its time; see trend_board.lua.
    private const double LandmarkBase = 1e15;

    [LuaScript(File = "trend_top.lua")]
    private static partial RedisScript TopScript { get; }

    [LuaScript(File = "trend_find.lua")]
    private static partial RedisScript FindScript { get; }

    [LuaScript(File = "trend_count.lua")]
    private static partial RedisScript CountScript { get; }

    /// <summary>
    /// The members with the highest scores. Those with the same score stand in the reverse order of their bytes. One round trip, a snapshot (ZREVRANGE; with
    /// <paramref name="skip"/> a script); the first call of a context asks the server's time before. O(log(members) + count).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many at most: 1 to 1,000.</param>
    /// <param name="skip">How many places before them are left out.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The first first, with scores as of now; fewer than <paramref name="count"/> where no more are left that are not negligible.</returns>
    /// <exception cref="RedisDecodeException">A member cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend.</exception>
    public virtual async Task<TrendEntry<TMember>[]> TopAsync(TKey key, int count, int skip = 0, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        RedisKey redisKey = key.ToRedisKey();
        return skip == 0
            ? [.. await FromFirstAsync(redisKey, count, cancellationToken).ConfigureAwait(false)]
            : [.. await FromAsync(redisKey, count, skip, cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>A member's score as of now. One round trip. O(log(members)).</summary>
    /// <returns>The score; null where the member is absent or negligible.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend.</exception>
    public virtual async Task<double?> ScoreAsync(TKey key, TMember member, CancellationToken cancellationToken = default)
    {
        RedisResult[] reply = await FindAsync(key, member, cancellationToken).ConfigureAwait(false);
        return (long)reply[0] == 0 ? null : Math.Pow(2, Number((RedisValue)reply[1]));
    }

    /// <summary>A member's place. One round trip. O(log(members)).</summary>
    /// <returns>The place, from 1; null where the member is absent or negligible.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend.</exception>
    public virtual async Task<long?> RankAsync(TKey key, TMember member, CancellationToken cancellationToken = default)
    {
        RedisResult[] reply = await FindAsync(key, member, cancellationToken).ConfigureAwait(false);
        return (long)reply[0] == 0 ? null : (long)reply[2];
    }

    /// <summary>How many members are not negligible. One round trip. O(log(members)).</summary>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend.</exception>
    public virtual async Task<long> CountAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisResult[] reply = await EvaluateAsync(CountScript, key.ToRedisKey(), [Clock(), HalfLifeText, LeastText], cancellationToken).ConfigureAwait(false);
        return (long)reply[0] == 0 ? 0 : (long)reply[1];
    }

    // The landmark has the highest score of all, so that a page from the first place on begins with it: a plain command will do.
    private async ValueTask<List<TrendEntry<TMember>>> FromFirstAsync(RedisKey key, int count, CancellationToken cancellationToken)
    {
        long now = await Redis.Clock.NowAsync(Redis, TMapper.Schema, key, cancellationToken).ConfigureAwait(false);
        SortedSetEntry[] page = await OperationWait<SortedSetEntry[]>.For(
            Database.SortedSetRangeByRankWithScoresAsync(key, 0, count, Order.Descending), Redis, TMapper.Schema, key, cancellationToken).ConfigureAwait(false);
        var entries = new List<TrendEntry<TMember>>(Math.Max(0, page.Length - 1));
        if (page.Length == 0)
        {
            return entries;
        }

        if ((byte[]?)page[0].Element is not [255])
        {
            throw NoTrend(key);
        }

        double age = (now - (page[0].Score - LandmarkBase)) / HalfLife;
        CodecContext context = Context(key);
        for (int i = 1; i < page.Length && page[i].Score >= age + Least; i++)
        {
            entries.Add(new(i, TMapper.ReadMember(page[i].Element, context), Math.Pow(2, page[i].Score - age)));
        }

        return entries;
    }

    private async ValueTask<List<TrendEntry<TMember>>> FromAsync(RedisKey key, int count, int skip, CancellationToken cancellationToken)
    {
        RedisResult[] reply = await EvaluateAsync(TopScript, key, [Clock(), HalfLifeText, skip + 1L, skip + (long)count], cancellationToken).ConfigureAwait(false);
        if ((long)reply[0] == 0)
        {
            return [];
        }

        double age = Number((RedisValue)reply[1]);
        var page = (RedisValue[])reply[2]!;
        var entries = new List<TrendEntry<TMember>>(page.Length / 2);
        CodecContext context = Context(key);
        for (int i = 0; i < page.Length && Number(page[i + 1]) is var score && score >= age + Least; i += 2)
        {
            entries.Add(new(skip + entries.Count + 1L, TMapper.ReadMember(page[i], context), Math.Pow(2, score - age)));
        }

        return entries;
    }

    private ValueTask<RedisResult[]> FindAsync(TKey key, TMember member, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return EvaluateAsync(FindScript, redisKey, [Clock(), HalfLifeText, LeastText, TMapper.WriteMember(member, Context(redisKey))], cancellationToken);
    }

    // As Redis and the scripts write it: all 17 digits.
    private static double Number(RedisValue text) => Utf8Parser.TryParse((byte[])text!, out double number, out _) ? number : (double)text;
}
