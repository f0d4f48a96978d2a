using StackExchange.Redis;

namespace TypedRedis;

/// <content>How many were active.</content>
public abstract partial class ActivityBitmapStore<TEntity, TKey, TMember, TMapper>
{
    // So that no script takes long: of so many segments, each of 64,000 bytes, one is made.
    private const int MaxCombined = 400;

    private const int MaxCohorts = 100;

    /// <summary>Whether a member was active in a period. One round trip (GETBIT); where the store numbers the members, two. O(1).</summary>
    /// <exception cref="ArgumentException">The model does not have such periods.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The member is an id below 0 or above the largest.</exception>
    /// <exception cref="RedisWrongTypeException">The period holds another type of value.</exception>
    public virtual async Task<bool> IsActiveAsync(TKey key, TMember member, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue number = Write(redisKey, member);
        RedisKey periodKey = KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false));
        if (IsMapped)
        {
            number = await NumberAsync(redisKey, number, cancellationToken).ConfigureAwait(false);
            if (number.IsNull)
            {
                return false;
            }
        }

        RedisKey segment = BitmapCommands.Segment(periodKey, BitmapCommands.SegmentOf((long)number));
        return await WaitAsync(Database.StringGetBitAsync(segment, (long)number % BitmapCommands.SegmentSize), segment, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// How many were active in a period. One round trip: BITCOUNT, with several segments a script per 64 of them, pipelined. Each script is a snapshot. O(segments, bytes).
    /// </summary>
    /// <exception cref="ArgumentException">The model does not have such periods.</exception>
    /// <exception cref="RedisWrongTypeException">The period holds another type of value.</exception>
    public virtual async Task<long> CountAsync(TKey key, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return (await CountAsync(redisKey, [await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false)], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>
    /// How many were active in each period of a range, the first first. A script per 64 segments, of as many whole periods as that is, pipelined: one round trip for
    /// up to 1,000 scripts. Each is a snapshot. O(periods · segments, bytes).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="range">The periods, at most 100,000: <c>PeriodRange.OfLast(30, PeriodUnits.Day)</c>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="CountAsync(TKey, Period, CancellationToken)" path="/exception"/>
    public virtual async Task<PeriodCount[]> RangeAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        Period[] periods = await ResolveAsync(redisKey, range, CountingCommands.MaxRange, cancellationToken).ConfigureAwait(false);
        long[] counts = await CountAsync(redisKey, periods, cancellationToken).ConfigureAwait(false);
        return [.. periods.Zip(counts, static (period, count) => new PeriodCount(period, count))];
    }

    /// <summary>
    /// How many were active in at least one period of a range: the union. A script per segment, pipelined, each of which is a snapshot: one round trip for up to 1,000 segments.
    /// Leaves no key behind. O(periods · segments, bytes).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="range">The periods, at most 400.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="CountAsync(TKey, Period, CancellationToken)" path="/exception"/>
    public virtual Task<long> CountAnyAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default) => CombineAsync(key, range, "OR", cancellationToken);

    /// <summary>How many were active in every period of a range: the intersection. As <see cref="CountAnyAsync"/>.</summary>
    /// <inheritdoc cref="CountAnyAsync" path="/param"/>
    /// <inheritdoc cref="CountAsync(TKey, Period, CancellationToken)" path="/exception"/>
    public virtual Task<long> CountAllAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default) => CombineAsync(key, range, "AND", cancellationToken);

    /// <summary>
    /// How many of those who were active in one period were so in others. A script per segment and 50 periods, pipelined, each of which is a snapshot: one round trip for up to
    /// 1,000 of them. Leaves no key behind. O(periods · segments, bytes).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cohort">The period of the cohort.</param>
    /// <param name="later">The other periods, at most 400. They may have another unit.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="CountAsync(TKey, Period, CancellationToken)" path="/exception"/>
    public virtual async Task<ActivityCohort> RetentionAsync(TKey key, Period cohort, PeriodRange later, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        (Period resolved, Period[] periods) = await ResolveAsync(redisKey, cohort, later, MaxCombined, cancellationToken).ConfigureAwait(false);
        return (await CompareAsync(redisKey, [(resolved, periods)], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>
    /// The cohort of each period of a range, with the periods of the range that follow it: the table of who came back. As <see cref="RetentionAsync"/>, for all pairs of
    /// periods: O(periods² · segments, bytes).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="range">The periods, at most 100.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <inheritdoc cref="CountAsync(TKey, Period, CancellationToken)" path="/exception"/>
    public virtual async Task<ActivityCohort[]> CohortsAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        Period[] periods = await ResolveAsync(redisKey, range, MaxCohorts, cancellationToken).ConfigureAwait(false);
        return await CompareAsync(redisKey, [.. periods.Select((period, i) => (period, periods[(i + 1)..]))], cancellationToken).ConfigureAwait(false);
    }

    private static RedisKey Scratch(RedisKey key) => Append(key, ":scratch"u8);

    private ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, CancellationToken cancellationToken) => OperationWait<T>.For(task, Redis, PeriodSchema, key, cancellationToken);

    private async ValueTask<RedisValue> NumberAsync(RedisKey key, RedisValue member, CancellationToken cancellationToken)
    {
        try
        {
            return await WaitAsync(Database.HashGetAsync(Numbers(key), member), Numbers(key), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisWrongTypeException error)
        {
            throw new RedisWrongTypeException(PeriodSchema.Model, Redis.FullKey(Numbers(key)), "hash", error);
        }
    }

    private async ValueTask<long[]> CountAsync(RedisKey key, Period[] periods, CancellationToken cancellationToken)
    {
        int segments = Segments;
        if (periods.Length * segments == 1)
        {
            RedisKey only = KeyOf(key, periods[0]);
            return [await WaitAsync(Database.StringBitCountAsync(only), only, cancellationToken).ConfigureAwait(false)];
        }

        // Periods of few segments are counted several in a call, each as one; those of more than a call has take several calls.
        int together = Math.Min(segments, BitmapCommands.CountedAtOnce), parts = (segments + together - 1) / together;
        int periodsPerCall = parts > 1 ? 1 : BitmapCommands.CountedAtOnce / together;
        int calls = (periods.Length + periodsPerCall - 1) / periodsPerCall * parts;
        var counts = new long[periods.Length];
        if (calls == 1)
        {
            (RedisKey[] keys, RedisValue[] arguments) = Call(0);
            Receive(0, await ScriptWait.Evaluate(BitmapCommands.CountScript, Redis, PeriodSchema, keys, arguments, cancellationToken).ConfigureAwait(false));
            return counts;
        }

        await Pipeline.RunScriptAsync(Redis, PeriodSchema, BitmapCommands.CountScript, calls, Call, (call, _, reply) => Receive(call, reply), cancellationToken).ConfigureAwait(false);
        return counts;

        (int First, int Count) PeriodsOf(int call)
        {
            int first = call / parts * periodsPerCall;
            return (first, Math.Min(periodsPerCall, periods.Length - first));
        }

        (RedisKey[] Keys, RedisValue[] Arguments) Call(int call)
        {
            ((int first, int periodCount), int start) = (PeriodsOf(call), call % parts * together);
            int count = Math.Min(together, segments - start);
            var keys = new RedisKey[count * periodCount];
            for (int i = 0; i < keys.Length; i += count)
            {
                RedisKey period = KeyOf(key, periods[first + (i / count)]);
                for (int segment = 0; segment < count; segment++)
                {
                    keys[i + segment] = BitmapCommands.Segment(period, start + segment);
                }
            }

            return (keys, periodCount == 1 ? [] : [count]);
        }

        void Receive(int call, RedisResult reply)
        {
            (int first, int periodCount) = PeriodsOf(call);
            if (periodCount == 1)
            {
                counts[first] += (long)reply;
                return;
            }

            var replies = (RedisResult[])reply!;
            for (int i = 0; i < replies.Length; i++)
            {
                counts[first + i] = (long)replies[i];
            }
        }
    }

    private async Task<long> CombineAsync(TKey key, PeriodRange range, RedisValue operation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        Period[] periods = await ResolveAsync(redisKey, range, MaxCombined, cancellationToken).ConfigureAwait(false);
        RedisKey[] keys = KeysOf(redisKey, periods);
        RedisValue[] arguments = [operation];
        long count = 0;
        if (Segments == 1)
        {
            return (long)await ScriptWait.Evaluate(BitmapCommands.CombineScript, Redis, PeriodSchema, [Scratch(redisKey), .. keys], arguments, cancellationToken).ConfigureAwait(false);
        }

        await Pipeline.RunScriptAsync(
            Redis,
            PeriodSchema,
            BitmapCommands.CombineScript,
            Segments,
            segment => ([Scratch(redisKey), .. keys.Select(period => BitmapCommands.Segment(period, segment))], arguments),
            (_, _, reply) => count += (long)reply,
            cancellationToken).ConfigureAwait(false);
        return count;
    }

    private async ValueTask<ActivityCohort[]> CompareAsync(RedisKey key, (Period Period, Period[] Later)[] cohorts, CancellationToken cancellationToken)
    {
        var sizes = new long[cohorts.Length];
        var returned = Array.ConvertAll(cohorts, static cohort => new long[cohort.Later.Length]);
        var calls = new List<(int Cohort, int Start)>();
        for (int cohort = 0; cohort < cohorts.Length; cohort++)
        {
            int start = 0;
            do
            {
                calls.Add((cohort, start));
                start += BitmapCommands.ComparedAtOnce;
            }
            while (start < cohorts[cohort].Later.Length);
        }

        await Pipeline.RunScriptAsync(
            Redis,
            PeriodSchema,
            BitmapCommands.RetentionScript,
            calls.Count * Segments,
            i =>
            {
                (int cohort, int start) = calls[i / Segments];
                Period[] later = cohorts[cohort].Later;
                var keys = new RedisKey[2 + Math.Min(BitmapCommands.ComparedAtOnce, later.Length - start)];
                keys[0] = Scratch(key);
                keys[1] = BitmapCommands.Segment(KeyOf(key, cohorts[cohort].Period), i % Segments);
                for (int j = 2; j < keys.Length; j++)
                {
                    keys[j] = BitmapCommands.Segment(KeyOf(key, later[start + j - 2]), i % Segments);
                }

                return (keys, []);
            },
            (i, _, reply) =>
            {
                (int cohort, int start) = calls[i / Segments];
                var counts = (RedisResult[])reply!;
                if (start == 0)
                {
                    sizes[cohort] += (long)counts[0];
                }

                for (int j = 1; j < counts.Length; j++)
                {
                    returned[cohort][start + j - 1] += (long)counts[j];
                }
            },
            cancellationToken).ConfigureAwait(false);
        return
        [
            .. cohorts.Select((cohort, i) => new ActivityCohort(
                cohort.Period,
                sizes[i],
                [.. cohort.Later.Select((period, j) => new CohortReturn(period, returned[i][j], sizes[i] == 0 ? 0 : (double)returned[i][j] / sizes[i]))])),
        ];
    }
}
