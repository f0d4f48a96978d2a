using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class LeaderboardStore<TEntity, TKey, TMember, TScore, TMapper>
{
    private const int HistoryPage = 500;

    /// <summary>
    /// A member's last submissions, the newest first: every one, whether or not it changed a score. One round trip. O(<paramref name="count"/>). The order is that in which
    /// they were made, also of those that gave a time.
    /// </summary>
    /// <param name="key">The board.</param>
    /// <param name="member">The member.</param>
    /// <param name="count">How many at most, from 0 to 5,000.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidOperationException">The model keeps no history.</exception>
    /// <exception cref="RedisDecodeException">An entry cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    public virtual async Task<LeaderboardScore<TScore>[]> HistoryAsync(TKey key, TMember member, int count = 100, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckCount(count, nameof(count));
        if (TMapper.Schema.History == 0)
        {
            throw new InvalidOperationException($"{TMapper.Schema.Model} keeps no history. Declare how many submissions of a member it has: [Leaderboard(…, History = 100)].");
        }

        RedisKey board = key.ToRedisKey();
        RedisKey history = HistoryOf(board, TMapper.WriteMember(member, Context(board)));
        RedisValue[] entries = count == 0 ? [] : await WaitAsync(Database.ListRangeAsync(history, 0, count - 1), history, "list", cancellationToken).ConfigureAwait(false);
        CodecContext context = Context(history);
        return Array.ConvertAll(entries, entry => Past(history, entry, context));
    }

    // "score:Unix milliseconds"
    private LeaderboardScore<TScore> Past(RedisKey history, RedisValue entry, in CodecContext context)
    {
        string text = entry!;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && double.TryParse(text.AsSpan(0, colon), NumberStyles.Float, CultureInfo.InvariantCulture, out double score)
            && long.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long at)
            ? new(TMapper.ReadScore(score, context), DateTimeOffset.FromUnixTimeMilliseconds(at))
            : throw new RedisDecodeException(
                $"{TMapper.Schema.Model}: the history '{Redis.FullKey(history)}' holds '{Printable.Of((byte[])entry!)}', which is not a score and a time. Another program wrote it: delete the key.",
                TMapper.Schema.Model,
                Redis.FullKey(history),
                TMapper.Schema.FieldName(0),
                Printable.Of((byte[])entry!));
    }

    private async ValueTask<bool> DeleteHistoriesAsync(RedisKey key, CancellationToken cancellationToken)
    {
        bool deleted = false;
        string pattern = KeyScan.EscapeGlob((string)key!) + ":s:*";
        await foreach (byte[][] found in KeyScan.PagesAsync(Redis, PeriodSchema, pattern, "list", HistoryPage, cancellationToken).ConfigureAwait(false))
        {
            foreach (byte[][] page in found.Chunk(HistoryPage))
            {
                deleted |= await PeriodKeys.DeleteAsync(Redis, PeriodSchema, Array.ConvertAll(page, static name => (RedisKey)name), ["list"], cancellationToken).ConfigureAwait(false) > 0;
            }
        }

        return deleted;
    }
}
