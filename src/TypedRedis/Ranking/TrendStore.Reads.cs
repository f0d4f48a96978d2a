using System.Buffers.Text;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class TrendStore<TEntity, TKey, TMember, TMapper>
{
    // So many entries take the server about a millisecond.
    private const int MaxCount = 1000;

    [LuaScript(File = "trend_top.lua")]
    private static partial RedisScript TopScript { get; }

    [LuaScript(File = "trend_find.lua")]
    private static partial RedisScript FindScript { get; }

    [LuaScript(File = "trend_count.lua")]
    private static partial RedisScript CountScript { get; }

    /// <summary>The members with the highest scores. Those with the same score stand in the reverse order of their bytes. One round trip, a snapshot. O(log(members) + count).</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many at most: 1 to 1,000.</param>
    /// <param name="skip">How many places before them are left out.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The first first, with scores as of now; fewer than <paramref name="count"/> where no more are left that are not negligible.</returns>
    /// <exception cref="RedisDecodeException">A member cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend.</exception>
    public virtual async Task<IReadOnlyList<TrendEntry<TMember>>> TopAsync(TKey key, int count, int skip = 0, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        RedisKey redisKey = key.ToRedisKey();
        RedisResult[] reply = await EvaluateAsync(TopScript, redisKey, [Clock(), HalfLifeText, skip, skip + (long)count - 1], cancellationToken).ConfigureAwait(false);
        if ((long)reply[0] == 0)
        {
            return [];
        }

        double age = Number((RedisValue)reply[1]);
        var page = (RedisValue[])reply[2]!;
        var entries = new List<TrendEntry<TMember>>(page.Length / 2);
        CodecContext context = Context(redisKey);
        for (int i = 0; i < page.Length; i += 2)
        {
            double score = Number(page[i + 1]);
            if (score < age + Least)
            {
                break;
            }

            entries.Add(new(skip + entries.Count + 1L, TMapper.ReadMember(page[i], context), Math.Pow(2, score - age)));
        }

        return entries;
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
        return (long)reply[0] == 0 ? null : (long)reply[2] + 1;
    }

    /// <summary>How many members are not negligible. One round trip. O(log(members)).</summary>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend.</exception>
    public virtual async Task<long> CountAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisResult[] reply = await EvaluateAsync(CountScript, key.ToRedisKey(), [Clock(), HalfLifeText, LeastText], cancellationToken).ConfigureAwait(false);
        return (long)reply[0] == 0 ? 0 : (long)reply[1];
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
