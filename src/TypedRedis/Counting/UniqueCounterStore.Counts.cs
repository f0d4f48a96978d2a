using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class UniqueCounterStore<TEntity, TKey, TMember, TMapper>
{
    // A dense sketch takes the server about 25 µs, so that a command with these takes it about 2.5 ms.
    private const int SketchesPerCall = 100;

    private const int MaxSketches = 10_000;

    [LuaScript(File = "unique_union.lua")]
    private static partial RedisScript UnionScript { get; }

    /// <summary>Estimates how many different members a period has seen. One round trip (PFCOUNT). O(1).</summary>
    /// <returns>The estimate; 0 where nothing was added, or the period's retention is over.</returns>
    /// <exception cref="ArgumentException">The model does not have periods of that unit.</exception>
    /// <exception cref="RedisWrongTypeException">The key of the period holds something else than a HyperLogLog.</exception>
    public virtual async Task<long> CountAsync(TKey key, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisKey periodKey = KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false));
        return await WaitAsync(Database.HyperLogLogLengthAsync(periodKey), periodKey, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Estimates how many different members the periods of a range have seen together: who was seen in several of them counts once. Up to 100 periods are one round trip, a
    /// snapshot, and write nothing (PFCOUNT); more are one round trip per 100, by a key that is there only while a script runs. O(periods).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="range">The range, of up to 10,000 periods.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="ArgumentException">The model does not have periods of that unit, or the range has no or too many periods.</exception>
    /// <exception cref="RedisWrongTypeException">The key of a period holds something else than a HyperLogLog.</exception>
    public virtual async Task<long> CountAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        Period[] periods = await ResolveAsync(redisKey, range, MaxSketches, cancellationToken).ConfigureAwait(false);
        return await UnionAsync(redisKey, KeysOf(redisKey, periods), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Estimates how many different members each period of a range has seen. Pipelined: one round trip per 1,000 periods (PFCOUNT each). Not a snapshot. O(periods).</summary>
    /// <param name="key">The key.</param>
    /// <param name="range">The range, of up to 10,000 periods.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The periods of the range, the first first, each with its estimate: 0 where nothing was added, or the period's retention is over.</returns>
    /// <exception cref="ArgumentException">The model does not have periods of that unit, or the range has no or too many periods.</exception>
    /// <exception cref="RedisWrongTypeException">The key of a period holds something else than a HyperLogLog.</exception>
    public virtual async Task<PeriodCount[]> RangeAsync(TKey key, PeriodRange range, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        Period[] periods = await ResolveAsync(redisKey, range, MaxSketches, cancellationToken).ConfigureAwait(false);
        var counts = new PeriodCount[periods.Length];
        await CountEachAsync(KeysOf(redisKey, periods), (i, count) => counts[i] = new(periods[i], count), cancellationToken).ConfigureAwait(false);
        return counts;
    }

    /// <summary>
    /// Estimates how many different members several counters have seen together in the periods of a range. Round trips as for one counter, of the periods of all of them
    /// together. O(counters · periods).
    /// </summary>
    /// <param name="keys">The counters. The same one may stand in it several times.</param>
    /// <param name="range">The range: up to 10,000 periods of all counters together.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The estimate; 0 where there are no counters.</returns>
    /// <exception cref="ArgumentException">
    /// The model does not have periods of that unit, or these are too many; or, on a cluster, two counters do not share a slot.
    /// </exception>
    /// <exception cref="RedisWrongTypeException">The key of a period holds something else than a HyperLogLog.</exception>
    public virtual async Task<long> CountAcrossAsync(IEnumerable<TKey> keys, PeriodRange range, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey[] counters = [.. keys.Select(static key => key.ToRedisKey()).Distinct()];
        if (counters.Length == 0)
        {
            return 0;
        }

        CheckSlots(counters);
        Period[] periods = await ResolveAsync(counters[0], range, MaxSketches, cancellationToken).ConfigureAwait(false);
        if ((long)counters.Length * periods.Length > MaxSketches)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{PeriodSchema.Model}: {counters.Length} counters have {(long)counters.Length * periods.Length} periods in {range}; the most is {MaxSketches}. Ask for fewer, or declare a longer unit too and ask for that."),
                nameof(range));
        }

        return await UnionAsync(counters[0], [.. counters.SelectMany(counter => periods.Select(period => KeyOf(counter, period)))], cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<long> UnionAsync(RedisKey counter, RedisKey[] sketches, CancellationToken cancellationToken)
    {
        try
        {
            if (sketches.Length <= SketchesPerCall)
            {
                return await WaitAsync(Database.HyperLogLogLengthAsync(sketches), sketches[0], cancellationToken).ConfigureAwait(false);
            }

            RedisKey union = Append(counter, ":union"u8);
            RedisValue soFar = RedisValue.EmptyString;
            for (int start = 0; ; start += SketchesPerCall)
            {
                cancellationToken.ThrowIfCancellationRequested();
                bool isLast = start + SketchesPerCall >= sketches.Length;
                RedisKey[] keys = [union, .. sketches.AsSpan(start, Math.Min(SketchesPerCall, sketches.Length - start))];
                RedisResult reply = await ScriptWait.Evaluate(UnionScript, Redis, PeriodSchema, keys, [soFar, isLast ? 1 : 0], cancellationToken).ConfigureAwait(false);
                if (isLast)
                {
                    return (long)reply;
                }

                soFar = (RedisValue)reply;
            }
        }
        catch (RedisWrongTypeException)
        {
            // The server does not say which key it was.
            await CountEachAsync(sketches, static (_, _) => { }, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private Task CountEachAsync(RedisKey[] sketches, Action<int, long> receive, CancellationToken cancellationToken)
        => Pipeline.RunAsync(
            Redis,
            PeriodSchema,
            sketches.Length,
            i => (sketches[i], 0),
            (key, _) => Database.HyperLogLogLengthAsync(key),
            (i, _, count) => receive(i, count),
            cancellationToken);

    private void CheckSlots(RedisKey[] counters)
    {
        if (!SlotGroups.IsCluster(Redis.Connection))
        {
            return;
        }

        int slot = Redis.Connection.HashSlot(counters[0].Prepend(Redis.Prefix));
        RedisKey other = Array.Find(counters, counter => Redis.Connection.HashSlot(counter.Prepend(Redis.Prefix)) != slot);
        if (!other.Equals(default(RedisKey)))
        {
            throw new ArgumentException(
                $"{PeriodSchema.Model}: '{Redis.FullKey(counters[0])}' and '{Redis.FullKey(other)}' do not share a cluster slot, so that the server cannot unite them. Give the template a hash tag of what they have in common, such as \"visitors:{{#Site}}:{{Page}}\", or add the members to a counter of the whole too.",
                "keys");
        }
    }

    private ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, CancellationToken cancellationToken) => OperationWait<T>.For(task, Redis, PeriodSchema, key, cancellationToken);
}
