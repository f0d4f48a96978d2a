using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <content>Who was active, and the end of members and bitmaps.</content>
public abstract partial class ActivityBitmapStore<TEntity, TKey, TMember, TMapper>
{
    private const int PageSize = 500;

    // A megabyte, if all of them are full.
    private const int ReadAtOnce = 16;

    /// <summary>
    /// Those who were active in a period, each once: ids ascending, numbered members in no order. One round trip per 16 segments (GET of up to 64,000 bytes each); where the store
    /// numbers the members, one per segment and per 500 of all its members, active or not, and the period's bits stay in memory. Who is marked or removed meanwhile may or may not be there.
    /// O(segments, bytes), with numbers O(all members).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="period">The period.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="RedisDecodeException">A numbered member is none that the model writes.</exception>
    /// <inheritdoc cref="CountAsync(TKey, Period, CancellationToken)" path="/exception"/>
    public virtual async IAsyncEnumerable<TMember> GetActiveAsync(TKey key, Period period, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisKey periodKey = KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false));
        if (IsMapped)
        {
            await foreach (TMember member in NumberedAsync(redisKey, periodKey, cancellationToken).ConfigureAwait(false))
            {
                yield return member;
            }

            yield break;
        }

        for (int start = 0; start < Segments; start += ReadAtOnce)
        {
            var segments = new byte[]?[Math.Min(ReadAtOnce, Segments - start)];
            await Pipeline.RunAsync(
                Redis,
                PeriodSchema,
                segments.Length,
                i => (BitmapCommands.Segment(periodKey, start + i), 0),
                (segment, _) => Database.StringGetAsync(segment),
                (i, _, bits) => segments[i] = (byte[]?)bits,
                cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < segments.Length; i++)
            {
                byte[] bits = segments[i] ?? [];
                for (int j = 0; j < bits.Length; j++)
                {
                    // The first bit of a byte is its highest.
                    for (int left = bits[j]; left != 0;)
                    {
                        int bit = 7 - BitOperations.Log2((uint)left);
                        left &= ~(0x80 >> bit);
                        yield return TMapper.ReadMember(((start + i) * BitmapCommands.SegmentSize) + (8L * j) + bit, Context(redisKey));
                    }
                }
            }
        }
    }

    /// <summary>
    /// Removes a member: clears its bits in all periods that can be read, and takes its number, which no other member gets. One round trip per 500 periods, and with numbers
    /// two more; where periods stay for ever, a SCAN of every primary, O(keys of the database). Not atomic: an id that is marked meanwhile may stay marked. A call that was cut
    /// short can be made again. Periods that were written while <c>Retention</c> was longer are not among them: they expire as they were to. O(periods).
    /// </summary>
    /// <returns>Whether it was active in any period, or had a number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The member is an id below 0 or above the largest.</exception>
    /// <exception cref="RedisWrongTypeException">A period holds another type of value, which stays.</exception>
    public virtual async Task<bool> RemoveAsync(TKey key, TMember member, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue written = Write(redisKey, member);
        if (!IsMapped)
        {
            return await ClearAsync(redisKey, (long)written, cancellationToken).ConfigureAwait(false);
        }

        string? numbers = await ForgetAsync(redisKey, [written], cancellationToken).ConfigureAwait(false);
        if (numbers is null)
        {
            return false;
        }

        foreach (string number in numbers.Split(','))
        {
            await ClearAsync(redisKey, long.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        }

        await ForgetAsync(redisKey, [written, numbers], cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Deletes all periods, and the numbers of members; the number that is next stays, so that none is given twice. A script per 500 segments of the periods that can be
    /// read, one after the other; where they stay for ever, a SCAN of every primary, O(keys of the database). Each script is atomic, all of them are not: what is marked
    /// meanwhile may stay. Periods that were written while <c>Retention</c> was longer are not among them: they expire as they were to, or are deleted one by one.
    /// O(periods · segments).
    /// </summary>
    /// <returns>How many keys there were.</returns>
    /// <exception cref="RedisWrongTypeException">A period holds another type of value, which stays.</exception>
    public virtual async Task<long> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        long deleted = 0;
        if (IsMapped)
        {
            deleted += await CountingCommands.DeleteHashAsync(Redis, PeriodSchema, Numbers(redisKey), cancellationToken).ConfigureAwait(false) ? 1 : 0;
        }

        return deleted + await ForPeriodsAsync(redisKey, page => DeleteAsync(redisKey, page, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a period. A script per 500 segments, each atomic. O(segments).</summary>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="ArgumentException">The model does not have such periods.</exception>
    /// <exception cref="RedisWrongTypeException">The period holds another type of value, which stays.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return await DeleteAsync(redisKey, [KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false))], cancellationToken).ConfigureAwait(false) > 0;
    }

    private async ValueTask<long> DeleteAsync(RedisKey key, RedisKey[] periods, CancellationToken cancellationToken)
    {
        long deleted = 0;
        foreach (RedisKey[] page in periods.SelectMany(period => SegmentsOf(key, period)).Chunk(PageSize))
        {
            deleted += await CountingCommands.DeleteAsync(Redis, PeriodSchema, page, cancellationToken).ConfigureAwait(false);
        }

        return deleted;
    }

    // A walk over the keys of periods that stay for ever finds all segments, the others of a period do not follow from that.
    private static IEnumerable<RedisKey> SegmentsOf(RedisKey key, RedisKey period)
        => BitmapCommands.SegmentOf(period, key) > 0 ? [period] : Enumerable.Range(0, Segments).Select(segment => BitmapCommands.Segment(period, segment));

    private async ValueTask<bool> ClearAsync(RedisKey key, long number, CancellationToken cancellationToken)
    {
        int segment = BitmapCommands.SegmentOf(number);
        RedisValue[] arguments = [number % BitmapCommands.SegmentSize];
        return await ForPeriodsAsync(key, ClearPageAsync, cancellationToken).ConfigureAwait(false) > 0;

        async ValueTask<long> ClearPageAsync(RedisKey[] page)
        {
            RedisKey[] keys =
            [
                .. page.Where(period => BitmapCommands.SegmentOf(period, key) is int found && (found == 0 || found == segment))
                    .Select(period => BitmapCommands.SegmentOf(period, key) == 0 ? BitmapCommands.Segment(period, segment) : period)
                    .Distinct(),
            ];
            return keys.Length == 0
                ? 0
                : (long)await ScriptWait.Evaluate(BitmapCommands.ClearScript, Redis, PeriodSchema, keys, arguments, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<string?> ForgetAsync(RedisKey key, RedisValue[] arguments, CancellationToken cancellationToken)
        => (string?)await ScriptWait.Evaluate(BitmapCommands.ForgetScript, Redis, PeriodSchema, [Numbers(key), Given(key)], arguments, cancellationToken).ConfigureAwait(false);

    private async ValueTask<byte[]> BitsAsync(RedisKey period, int segment, CancellationToken cancellationToken)
    {
        RedisKey key = BitmapCommands.Segment(period, segment);
        return (byte[]?)await WaitAsync(Database.StringGetAsync(key), key, cancellationToken).ConfigureAwait(false) ?? [];
    }

    private async IAsyncEnumerable<TMember> NumberedAsync(RedisKey key, RedisKey period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var segments = new Dictionary<int, byte[]>();
        RedisValue cursor = "0";
        string? server = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = (RedisResult[])(await ScriptWait.Evaluate(BitmapCommands.MembersScript, Redis, PeriodSchema, [Numbers(key)], [cursor, PageSize], cancellationToken).ConfigureAwait(false))!;
            string answered = (string)page[2]!;
            if ((server ??= answered) != answered)
            {
                (cursor, server) = ("0", null);      // Another server has taken over, to which the cursor means nothing. Begin anew: who was seen is not seen again.
                continue;
            }

            cursor = (RedisValue)page[0];
            var pairs = (RedisValue[])page[1]!;
            for (int i = 0; i < pairs.Length; i += 2)
            {
                long number = (long)pairs[i + 1];
                int segment = BitmapCommands.SegmentOf(number), bit = (int)(number % BitmapCommands.SegmentSize), mask = 0x80 >> (bit % 8);
                if (!segments.TryGetValue(segment, out byte[]? bits))
                {
                    segments.Add(segment, bits = await BitsAsync(period, segment, cancellationToken).ConfigureAwait(false));
                }

                if (bit / 8 < bits.Length && (bits[bit / 8] & mask) != 0)
                {
                    bits[bit / 8] &= (byte)~mask;
                    yield return TMapper.ReadMember(pairs[i], Context(Numbers(key)));
                }
            }
        }
        while (cursor != "0" || server is null);
    }
}
