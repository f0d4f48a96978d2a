using System.Buffers.Text;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Counts by calendar periods, an integer of 64 bits for each. The emitted <c>{Model}Counter</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <remarks>
/// All errors name model and key. Which period it is, the server's clock says: the first call of a context that depends on the time asks the server for it, which is one more
/// round trip, and a write that comes just as a period ends is made again, which is up to two. A call that fails with anything but the errors listed at it (a lost connection, a timeout)
/// may or may not have been carried out; cancelling a call stops the wait, not the write.
/// </remarks>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class PeriodCounterStore<TKey, TMapper> : PeriodStore<TKey>
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IPeriodCounterMapper
{
    [LuaScript(File = "counter_increment.lua")]
    private static partial RedisScript IncrementScript { get; }

    [LuaScript(File = "counter_increment_one.lua")]
    private static partial RedisScript IncrementOneScript { get; }

    [LuaScript(File = "counter_read.lua")]
    private static partial RedisScript ReadScript { get; }

    // How many ranges in a row had every count, and how many must have had so that the next one is asked for by MGET: twice as many after each that then had not. Threads may
    // lose each other's steps, which only delays it.
    private const int FewestNeededWithoutGap = 8;
    private const int MostNeededWithoutGap = 1024;
    private int _rangesWithoutGap;
    private int _neededWithoutGap = FewestNeededWithoutGap;

    /// <summary>Makes a store.</summary>
    protected PeriodCounterStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected PeriodCounterStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;

    // As the scripts take the bounds: empty for none.
    private static readonly RedisValue MinimumText = IsBounded ? ValueFormat.Of<long>(TMapper.Schema.Minimum) : RedisValue.EmptyString;
    private static readonly RedisValue MaximumText = IsBounded ? ValueFormat.Of<long>(TMapper.Schema.Maximum) : RedisValue.EmptyString;

    private static bool IsBounded => TMapper.Schema.Minimum != long.MinValue || TMapper.Schema.Maximum != long.MaxValue;

    /// <summary>
    /// Adds to the counts of all periods that a time is in, and sets when they expire. One round trip, atomic: all of them or none; exact over 64 bits. O(units). A script;
    /// where the one unit is <see cref="PeriodUnits.AllTime"/>, without bounds, INCRBY.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="by">What to add; it may be negative.</param>
    /// <param name="at">When it happened; null for now. A period whose retention is over is left out.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>The count of the shortest period; 0 where that is left out.</returns>
    /// <exception cref="OverflowException">The count of a period leaves the bounds or the range of 64 bits. Nothing was changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is more than five minutes ahead. Nothing was changed.</exception>
    /// <exception cref="RedisDecodeException">A period holds no integer. Nothing was changed.</exception>
    /// <exception cref="RedisWrongTypeException">A period holds another type of value. Nothing was changed.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual async Task<long> IncrementAsync(TKey key, long by = 1, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();

        // The driver has no command of its own for adding 0, nor for subtracting 2^63.
        if (TMapper.Schema.Units == PeriodUnits.AllTime && !IsBounded && at is null && by is not (0 or long.MinValue))
        {
            try
            {
                return await OperationWait<long>.For(Database.StringIncrementAsync(redisKey, by), Redis, PeriodSchema, redisKey, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException error) when (error.Message.Contains("overflow", StringComparison.Ordinal) || error.Message.Contains("not an integer", StringComparison.Ordinal))
            {
                // Nothing was changed. The script says what stands there.
            }
        }

        return at is null && await AddNowAsync(redisKey, by, cancellationToken).ConfigureAwait(false) is { IsNull: false } done && (RedisValue)done is { IsNullOrEmpty: false } count
            ? (long)count
            : (await AddAsync(redisKey, by, at, mayRefuse: false, cancellationToken).ConfigureAwait(false))!.Value;
    }

    /// <summary>Adds to the counts of all periods that a time is in, unless one of them leaves the bounds or the range of 64 bits. One round trip, atomic. O(units).</summary>
    /// <inheritdoc cref="IncrementAsync" path="/param"/>
    /// <returns>The count of the shortest period, or null where nothing was changed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is more than five minutes ahead. Nothing was changed.</exception>
    /// <exception cref="RedisDecodeException">A period holds no integer. Nothing was changed.</exception>
    /// <exception cref="RedisWrongTypeException">A period holds another type of value. Nothing was changed.</exception>
    public virtual async Task<long?> TryIncrementAsync(TKey key, long by = 1, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = key.ToRedisKey();
        if (at is null && await AddNowAsync(redisKey, by, cancellationToken).ConfigureAwait(false) is { IsNull: false } done)
        {
            var count = (RedisValue)done;
            return count.IsNullOrEmpty ? null : (long)count;
        }

        return await AddAsync(redisKey, by, at, mayRefuse: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Adds to many counters. What is added to the same one is summed up first. Pipelined: a script per 100 counters that share a slot (on a single node: per 100), one round
    /// trip per 1,000 scripts. Each counter is changed atomically, the batch as a whole is not: where one overflows, others have been changed. O(counters · units).
    /// </summary>
    /// <param name="increments">The keys and what to add.</param>
    /// <param name="at">When all of it happened; null for now.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    /// <returns>Per item the count of its counter's shortest period, after all items of that counter.</returns>
    /// <exception cref="OverflowException">A count leaves the bounds or the range of 64 bits; that counter was not changed. Where already what is to be added does, nothing was sent.</exception>
    /// <inheritdoc cref="IncrementAsync" path="/exception[@cref='T:System.ArgumentOutOfRangeException']"/>
    public virtual async Task<long[]> IncrementManyAsync(IEnumerable<(TKey Key, long By)> increments, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(increments);
        cancellationToken.ThrowIfCancellationRequested();
        (TKey Key, long By)[] all = [.. increments];
        var sums = new Dictionary<TKey, (int Position, Int128 By)>(all.Length);
        foreach ((TKey key, long by) in all)
        {
            (int Position, Int128 By) sum = sums.GetValueOrDefault(key, (sums.Count, 0));
            sums[key] = (sum.Position, sum.By + by);
        }

        var additions = new Addition[sums.Count];
        foreach ((TKey key, (int position, Int128 by)) in sums)
        {
            RedisKey redisKey = key.ToRedisKey();
            additions[position] = by >= long.MinValue && by <= long.MaxValue
                ? new Addition(redisKey, (long)by)
                : throw new OverflowException(string.Create(
                    CultureInfo.InvariantCulture, $"{PeriodSchema.Model}: what is to be added to '{Redis.FullKey(redisKey)}' is {by} in sum, which an integer of 64 bits does not hold. Nothing was changed."));
        }

        List<int[]> groups = SlotGroups.Of(Redis, Array.ConvertAll(additions, static addition => addition.Key));
        Additions[] calls = [.. groups.Select(group => new Additions(Array.ConvertAll(group, position => additions[position])))];
        var counts = new long[additions.Length];
        await WriteManyAsync(
            IncrementScript,
            calls.Length,
            i => calls[i].All[0].Key,
            at,
            (i, write) => Prepare(calls[i], write),
            (i, reply) =>
            {
                for (int j = 0; j < groups[i].Length; j++)
                {
                    counts[groups[i][j]] = Read(calls[i], j, reply, mayRefuse: false)!.Value;
                }
            },
            cancellationToken).ConfigureAwait(false);
        return Array.ConvertAll(all, one => counts[sums[one.Key].Position]);
    }

    /// <summary>The count of a period; 0 where there is none. One round trip (GET). O(1).</summary>
    /// <exception cref="ArgumentException">The model does not count by such periods.</exception>
    /// <exception cref="RedisDecodeException">The period holds no integer.</exception>
    /// <exception cref="RedisWrongTypeException">The period holds another type of value.</exception>
    public virtual async Task<long> GetAsync(TKey key, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        redisKey = KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false));
        return Decode(redisKey, await OperationWait<RedisValue>.For(Database.StringGetAsync(redisKey), Redis, PeriodSchema, redisKey, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// The counts of many counters in one period, in the order of the keys; 0 where there is none. Pipelined: a script per 100 keys that share a slot (on a single node: per
    /// 100), one round trip per 1,000. O(keys).
    /// </summary>
    /// <param name="keys">The keys. The same key may stand in it several times.</param>
    /// <param name="period">The period.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public virtual async Task<long[]> GetManyAsync(IEnumerable<TKey> keys, Period period, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey[] redisKeys = BatchOrder.Format<TKey>([.. keys]);
        if (redisKeys.Length == 0)
        {
            return [];
        }

        Period resolved = await ResolveAsync(redisKeys[0], period, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(Array.ConvertAll(redisKeys, key => KeyOf(key, resolved)), areOneRange: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The counts of the periods of a range, the first first; 0 where there is none. A script per 100 periods; pipelined, one round trip per 1,000. Up to 100 periods are
    /// one snapshot. O(periods).
    /// </summary>
    /// <remarks>
    /// After eight ranges of up to 100 periods in which no period was without a count, the store asks by MGET, which costs the server less but does not tell a missing count from
    /// a key of another type. Where one is missing then, the script is asked too: a second round trip, and twice as many ranges before the next MGET, at most 1,024.
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <param name="range">The periods, at most 100,000: <c>PeriodRange.OfLast(30, PeriodUnits.Day)</c>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public virtual async Task<PeriodCount[]> RangeAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        Period[] periods = await ResolveAsync(redisKey, range, CountingCommands.MaxRange, cancellationToken).ConfigureAwait(false);
        long[] counts = await ReadAsync(KeysOf(redisKey, periods), areOneRange: true, cancellationToken).ConfigureAwait(false);
        var result = new PeriodCount[periods.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = new(periods[i], counts[i]);
        }

        return result;
    }

    /// <summary>The sum of the counts of a range. Round trips as <see cref="RangeAsync"/>. O(periods).</summary>
    /// <inheritdoc cref="RangeAsync" path="/param"/>
    /// <exception cref="OverflowException">An integer of 64 bits does not hold the sum.</exception>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public virtual async Task<long> SumAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default)
    {
        PeriodCount[] counts = await RangeAsync(key, range, cancellationToken).ConfigureAwait(false);
        Int128 sum = 0;
        foreach (PeriodCount count in counts)
        {
            sum += count.Count;
        }

        return sum >= long.MinValue && sum <= long.MaxValue
            ? (long)sum
            : throw new OverflowException(string.Create(
                CultureInfo.InvariantCulture, $"{PeriodSchema.Model}: the counts of '{Redis.FullKey(key.ToRedisKey())}' from {counts[0].Period} to {counts[^1].Period} are {sum} in sum, which an integer of 64 bits does not hold. Ask for a shorter range."));
    }

    /// <summary>The periods of a range with the highest counts, the highest first; of equal ones the earlier first. Round trips as <see cref="RangeAsync"/>. O(periods · log periods).</summary>
    /// <param name="key">The key.</param>
    /// <param name="range">The periods, at most 100,000.</param>
    /// <param name="count">How many; where the range has fewer, all of them.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is less than 1.</exception>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public virtual async Task<PeriodCount[]> TopAsync(TKey key, PeriodRange range, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        PeriodCount[] counts = await RangeAsync(key, range, cancellationToken).ConfigureAwait(false);
        return [.. counts.OrderByDescending(static one => one.Count).Take(count)];
    }

    /// <summary>
    /// Deletes the counts of all periods. One round trip per 500 periods that can still be read; where they stay for ever, a SCAN of every primary, O(keys of the database).
    /// Each page is deleted atomically, all of them are not: what is counted meanwhile may stay. Periods that were written while <c>Retention</c> was longer are not among them: they
    /// expire as they were to, or are deleted one by one.
    /// </summary>
    /// <returns>How many periods had a count.</returns>
    /// <exception cref="RedisWrongTypeException">A period holds another type of value, which stays.</exception>
    public virtual async Task<long> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
        => await ForPeriodsAsync(key.ToRedisKey(), page => CountingCommands.DeleteAsync(Redis, PeriodSchema, page, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes the count of a period. One round trip, atomic. O(1).</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The model does not count by such periods.</exception>
    /// <exception cref="RedisWrongTypeException">The period holds another type of value, which stays.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        redisKey = KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false));
        return await CountingCommands.DeleteAsync(Redis, PeriodSchema, [redisKey], cancellationToken).ConfigureAwait(false) == 1;
    }

    // The count of the shortest period; empty where it was refused; null or nil where AddAsync has to be called.
    private ValueTask<RedisResult?> AddNowAsync(RedisKey key, long by, CancellationToken cancellationToken)
    {
        const long Exact = 1L << 52;
        if (!IsBounded)
        {
            return WriteNowAsync(IncrementOneScript, key, [], [by], cancellationToken);
        }

        // Between which counts it can be added. Those beside which a Lua number is not exact are left to the other script.
        bool hasLeast = TMapper.Schema.Minimum != long.MinValue, hasLargest = TMapper.Schema.Maximum != long.MaxValue;
        Int128 least = hasLeast ? (Int128)TMapper.Schema.Minimum - by : 0, largest = hasLargest ? (Int128)TMapper.Schema.Maximum - by : 0;
        if (least < -Exact || least > Exact || largest < -Exact || largest > Exact)
        {
            return default;
        }

        RedisValue largestText = hasLargest ? (long)largest : RedisValue.EmptyString;
        return WriteNowAsync(IncrementOneScript, key, [], hasLeast ? [by, largestText, (long)least] : [by, largestText], cancellationToken);
    }

    private async ValueTask<long?> AddAsync(RedisKey key, long by, DateTimeOffset? at, bool mayRefuse, CancellationToken cancellationToken)
    {
        var call = new Additions([new(key, by)]);
        RedisResult[] reply = await WriteAsync(IncrementScript, key, at, call, static (write, call) => Prepare(call, write), cancellationToken).ConfigureAwait(false);
        return Read(call, 0, reply, mayRefuse);
    }

    private static (RedisKey[] Keys, RedisValue[] Arguments) Prepare(Additions call, PeriodWrite write)
    {
        PeriodWindow[] windows = call.Windows = write.Moment.Windows;
        var keys = new RedisKey[call.All.Length * windows.Length];
        var arguments = new RedisValue[6 + windows.Length + call.All.Length];
        (arguments[0], arguments[1], arguments[2]) = (write.Now, write.Low, write.High);
        (arguments[3], arguments[4]) = (MinimumText, MaximumText);
        arguments[5] = windows.Length;
        int key = 0, argument = 6;
        foreach (PeriodWindow window in windows)
        {
            arguments[argument++] = window.UntilText;
        }

        foreach (Addition addition in call.All)
        {
            arguments[argument++] = addition.By;
            foreach (PeriodWindow window in windows)
            {
                keys[key++] = Append(addition.Key, window.Suffix);
            }
        }

        return (keys, arguments);
    }

    private long? Read(Additions call, int position, RedisResult[] reply, bool mayRefuse)
    {
        const int Done = 1, Overflow = 2;
        if ((int)reply[0] == Done)
        {
            return (long)reply[1 + position];
        }

        var state = (RedisResult[])reply[1 + position]!;
        if (state.Length == 1)
        {
            return (long)state[0];
        }

        bool isOverflow = (int)state[0] == Overflow;
        if (isOverflow && mayRefuse)
        {
            return null;
        }

        Addition addition = call.All[position];
        PeriodWindow window = call.Windows[(int)state[1] - 1];
        string period = window.Period.Unit == PeriodUnits.AllTime ? "of all time" : $"of {window.Period}";
        string key = Redis.FullKey(Append(addition.Key, window.Suffix)), value = Printable.Of((string)state[2]!);
        return isOverflow
            ? throw new OverflowException(string.Create(
                CultureInfo.InvariantCulture,
                $"{PeriodSchema.Model}: adding {addition.By} to '{key}', the count {period}, which is {value}, leaves {TMapper.Schema.Minimum} to {TMapper.Schema.Maximum}. Nothing was changed."))
            : throw new RedisDecodeException(
                $"{PeriodSchema.Model}: '{key}', the count {period}, is '{value}', which is no integer. Another program wrote it; delete it. Nothing was changed.",
                PeriodSchema.Model,
                key,
                PeriodSchema.FieldName(0),
                value);
    }

    // A script, in one round trip: MGET says nil for a key of another type too. But where no count was missing for a while, that question does not come up, and MGET costs less.
    private async Task<long[]> ReadAsync(RedisKey[] keys, bool areOneRange, CancellationToken cancellationToken)
    {
        var counts = new long[keys.Length];
        if (keys.Length is > 0 and <= Pipeline.ChunkSize && (areOneRange || !SlotGroups.IsCluster(Redis.Connection)))
        {
            int needed = _neededWithoutGap;
            if (areOneRange && _rangesWithoutGap >= needed)
            {
                if (await TryReadWithoutGapAsync(keys, counts, cancellationToken).ConfigureAwait(false))
                {
                    return counts;
                }

                _rangesWithoutGap = 0;
                _neededWithoutGap = Math.Min(needed * 2, MostNeededWithoutGap);
            }

            RedisResult text = await ScriptWait.Evaluate(ReadScript, Redis, PeriodSchema, keys, [], cancellationToken).ConfigureAwait(false);
            if (TryParse((byte[])text!, counts, out int absent))
            {
                if (areOneRange)
                {
                    _rangesWithoutGap = absent == 0 ? Math.Min(_rangesWithoutGap + 1, MostNeededWithoutGap) : 0;
                }

                return counts;
            }
        }

        await StringCommands.ReadByScriptAsync(Redis, PeriodSchema, keys, (i, value) => counts[i] = Decode(keys[i], value), cancellationToken).ConfigureAwait(false);
        return counts;
    }

    // By MGET. Not where a count is missing, or where the keys are on two nodes because their slot moves.
    private async Task<bool> TryReadWithoutGapAsync(RedisKey[] keys, long[] counts, CancellationToken cancellationToken)
    {
        RedisValue[] values;
        try
        {
            values = await OperationWait<RedisValue[]>.For(Database.StringGetAsync(keys), Redis, PeriodSchema, keys[0], cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (OperationErrors.IsTryAgain(error))
        {
            return false;
        }

        if (Array.Exists(values, static value => value.IsNull))
        {
            return false;
        }

        for (int i = 0; i < values.Length; i++)
        {
            counts[i] = Decode(keys[i], values[i]);
        }

        return true;
    }

    // What counter_read.lua replies. Not where another program has written what is no count, or not as Redis writes it.
    private static bool TryParse(ReadOnlySpan<byte> text, Span<long> counts, out int absent)
    {
        absent = 0;
        foreach (ref long count in counts)
        {
            int length = text.IndexOf((byte)',');
            ReadOnlySpan<byte> one = text[..Math.Max(length, 0)];
            if (one is [(byte)'-'])
            {
                absent++;
            }
            else if (one is not ([(byte)'0'] or [>= (byte)'1' and <= (byte)'9', ..] or [(byte)'-', >= (byte)'1' and <= (byte)'9', ..])
                || !Utf8Parser.TryParse(one, out count, out int used) || used != length)
            {
                return false;
            }

            text = text[(length + 1)..];
        }

        return Utf8Parser.TryParse(text, out int total, out int read) && read == text.Length && total == absent;
    }

    private long Decode(RedisKey key, RedisValue value) => value.IsNull ? 0 : Context(key).ReadInt64(new ReadOnlySpan<RedisValue>(in value), 0);

    /// <summary>What is added to a counter.</summary>
    private readonly record struct Addition(RedisKey Key, long By);

    /// <summary>A call of the script.</summary>
    private sealed class Additions(Addition[] all)
    {
        public Addition[] All { get; } = all;

        /// <summary>The periods that it was last sent for.</summary>
        public PeriodWindow[] Windows { get; set; } = [];
    }
}
