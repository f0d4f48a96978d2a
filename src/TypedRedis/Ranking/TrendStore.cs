using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Ranks members by interactions that count less with time. The emitted <c>{Model}Trend</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <remarks>
/// One sorted set per key. Its scores are the logarithms of sums that count from a landmark, so that time changes none of them: nothing is ever rescored, and nothing overflows.
/// Now is the server's time, or that of a <see cref="RedisContextOptions.TimeProvider"/> other than the system's. A member whose score has fallen below
/// <see cref="TrendSchema.Negligible"/> is gone: no call shows it, and an interaction with it begins anew; the key expires when all of them are. All errors name model and
/// key. A call that fails with anything but the errors listed at it (a lost connection, a timeout) may or may not have been carried out; cancelling a call stops the wait,
/// not the write.
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class TrendStore<TEntity, TKey, TMember, TMapper> : RedisStore
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, ITrendMapper<TEntity, TKey, TMember>
{
    private const double MaxWeight = 1e12;

    // At 1,000,000 members a script of so many takes about a millisecond.
    private const int MembersPerCall = 100;
    private const int TrimmedPerCall = 500;

    /// <summary>How far ahead of the clock a time may be that a caller gives: clocks of machines differ.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    private static readonly double HalfLife = TMapper.Schema.HalfLife.TotalMilliseconds;
    private static readonly double Least = Math.Log2(TMapper.Schema.Negligible);
    private static readonly RedisValue HalfLifeText = ValueFormat.Of(HalfLife);
    private static readonly RedisValue LeastText = ValueFormat.Of(Least);

    [LuaScript(File = "trend_record.lua")]
    private static partial RedisScript RecordScript { get; }

    [LuaScript(File = "trend_remove.lua")]
    private static partial RedisScript RemoveScript { get; }

    [LuaScript(File = "trend_trim.lua")]
    private static partial RedisScript TrimScript { get; }

    [LuaScript(File = "../Repositories/key_delete.lua")]
    private static partial RedisScript DeleteScript { get; }

    /// <summary>Makes a store.</summary>
    protected TrendStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected TrendStore()
    {
    }

    /// <summary>Records an interaction. One round trip, atomic. O(log(members)).</summary>
    /// <param name="entity">The interaction.</param>
    /// <param name="at">When it happened; null for now. It may be late. Up to 5 minutes ahead of the clock count as now.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>The member's score as of now. Where that is negligible, because the interaction happened long ago, nothing was written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The weight is none that counts, or the time lies ahead. Nothing was written.</exception>
    /// <exception cref="RedisEncodeException">The member cannot be written. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend, which stays.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<double> RecordAsync(TEntity entity, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return RecordAsync(TMapper.KeyOf(entity), TMapper.MemberOf(entity), TMapper.WeightOf(entity), at, cancellationToken);
    }

    /// <summary>Records an interaction of any weight. One round trip, atomic. O(log(members)).</summary>
    /// <param name="key">The key.</param>
    /// <param name="member">The member.</param>
    /// <param name="weight">How much it counts: at least <see cref="TrendSchema.Negligible"/>, at most 1,000,000,000,000.</param>
    /// <param name="at">When it happened; null for now. It may be late. Up to 5 minutes ahead of the clock count as now.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <inheritdoc cref="RecordAsync(TEntity, DateTimeOffset?, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="RecordAsync(TEntity, DateTimeOffset?, CancellationToken)" path="/exception"/>
    public virtual async Task<double> RecordAsync(TKey key, TMember member, double weight, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue[] arguments = [default, default, HalfLifeText, LeastText, TMapper.WriteMember(member, Context(redisKey)), ValueFormat.Of(Math.Log2(CheckWeight(weight, redisKey)))];
        (arguments[0], arguments[1]) = await TimesAsync(redisKey, at, cancellationToken).ConfigureAwait(false);
        RedisResult score = await ScriptWait.Evaluate(RecordScript, Redis, TMapper.Schema, [redisKey], arguments, cancellationToken).ConfigureAwait(false);
        return score.IsNull ? throw NoTrend(redisKey) : Math.Pow(2, Number((RedisValue)score));
    }

    /// <summary>
    /// Records many interactions of one time. Those of one key and member count as one with the sum of their weights. Pipelined, 100 members of a key at a time: one round
    /// trip for 1,000 members of one key or of 1,000. Each call is atomic, the batch as a whole is not. O(members of the batch · log(members)).
    /// </summary>
    /// <param name="entities">The interactions.</param>
    /// <param name="at">When they happened; null for now. They may be late. Up to 5 minutes ahead of the clock count as now.</param>
    /// <param name="cancellationToken">Stops the wait, not what was sent.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is none that counts, or the time lies ahead. Nothing was written.</exception>
    /// <exception cref="RedisEncodeException">A member cannot be written. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">A key holds something else than a trend, which stays.</exception>
    public virtual async Task RecordManyAsync(IEnumerable<TEntity> entities, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entities);
        var boards = new Dictionary<RedisKey, Dictionary<string, double>>();
        foreach (TEntity entity in entities)
        {
            ArgumentNullException.ThrowIfNull(entity, nameof(entities));
            RedisKey key = TMapper.KeyOf(entity).ToRedisKey();
            double weight = CheckWeight(TMapper.WeightOf(entity), key);
            if (!boards.TryGetValue(key, out Dictionary<string, double>? members))
            {
                boards.Add(key, members = new(StringComparer.Ordinal));
            }

            string member = TMapper.WriteMember(TMapper.MemberOf(entity), Context(key))!;
            members[member] = members.GetValueOrDefault(member) + weight;
        }

        if (boards.Count == 0)
        {
            return;
        }

        (RedisKey Key, KeyValuePair<string, double>[] Members)[] calls = [.. boards.SelectMany(static board => board.Value.Chunk(MembersPerCall).Select(members => (board.Key, members)))];
        (RedisValue now, RedisValue then) = await TimesAsync(calls[0].Key, at, cancellationToken).ConfigureAwait(false);
        await Pipeline.RunScriptAsync(
            Redis,
            TMapper.Schema,
            RecordScript,
            calls.Length,
            i => ([calls[i].Key], [now, then, HalfLifeText, LeastText, .. calls[i].Members.SelectMany(static member => (RedisValue[])[member.Key, ValueFormat.Of(Math.Log2(member.Value))])]),
            (_, keys, reply) =>
            {
                if (reply.IsNull)
                {
                    throw NoTrend(keys[0]);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a member. One round trip, atomic. O(log(members)).</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend, which stays.</exception>
    public virtual async Task<bool> RemoveAsync(TKey key, TMember member, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue[] arguments = [Clock(), HalfLifeText, LeastText, TMapper.WriteMember(member, Context(redisKey))];
        return (long)(await EvaluateAsync(RemoveScript, redisKey, arguments, cancellationToken).ConfigureAwait(false))[0] == 1;
    }

    /// <summary>
    /// Removes all negligible members now, which later interactions do in any case, up to 20 at a time, and the expiry of the key does when all are. One round trip per 500.
    /// O(removed · log(members)).
    /// </summary>
    /// <returns>How many were removed.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds something else than a trend, which stays.</exception>
    public virtual async Task<long> TrimAsync(TKey key, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = key.ToRedisKey();
        for (long count = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RedisResult[] reply = await EvaluateAsync(TrimScript, redisKey, [Clock(), HalfLifeText, LeastText, TrimmedPerCall], cancellationToken).ConfigureAwait(false);
            long removed = (long)reply[0] == 0 ? 0 : (long)reply[1];
            count += removed;
            if (removed < TrimmedPerCall)
            {
                return count;
            }
        }
    }

    /// <summary>Deletes a trend. One round trip, atomic. O(1); the memory is freed in the background.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return (long)await ScriptWait.Evaluate(DeleteScript, Redis, TMapper.Schema, [key.ToRedisKey()], [TMapper.Schema.RedisType, RedisValue.EmptyString], cancellationToken).ConfigureAwait(false) == 1;
    }

    private double CheckWeight(double weight, RedisKey key)
        => weight >= TMapper.Schema.Negligible && weight <= MaxWeight
            ? weight
            : throw new ArgumentOutOfRangeException(
                nameof(weight),
                weight,
                string.Create(CultureInfo.InvariantCulture, $"{TMapper.Schema.Model}: a weight on '{Redis.FullKey(key)}' is a number from {TMapper.Schema.Negligible}, below which a score is negligible, to {MaxWeight:0}. Nothing was written."));

    private CodecContext Context(RedisKey key) => new(Redis, TMapper.Schema, key);

    /// <summary>The clock as the scripts take it: empty for the server's.</summary>
    private RedisValue Clock() => Redis.Clock.IsServer ? RedisValue.EmptyString : Redis.Options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The clock, and the time of an interaction: empty for now.</summary>
    private async ValueTask<(RedisValue Now, RedisValue At)> TimesAsync(RedisKey key, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        RedisValue clock = Clock();
        if (at is not { } moment)
        {
            return (clock, RedisValue.EmptyString);
        }

        long now = await Redis.Clock.NowAsync(Redis, TMapper.Schema, key, cancellationToken).ConfigureAwait(false);
        return moment.ToUnixTimeMilliseconds() <= now + (long)Ahead.TotalMilliseconds
            ? (clock, moment.ToUnixTimeMilliseconds())
            : throw new ArgumentOutOfRangeException(
                nameof(at), at, string.Create(CultureInfo.InvariantCulture, $"{TMapper.Schema.Model}: what is recorded has happened, but it is {DateTimeOffset.FromUnixTimeMilliseconds(now):u} for '{Redis.FullKey(key)}'. Nothing was written."));
    }

    private async ValueTask<RedisResult[]> EvaluateAsync(RedisScript script, RedisKey key, RedisValue[] arguments, CancellationToken cancellationToken)
        => Check((RedisResult[])(await ScriptWait.Evaluate(script, Redis, TMapper.Schema, [key], arguments, cancellationToken).ConfigureAwait(false))!, key);

    private RedisResult[] Check(RedisResult[] reply, RedisKey key)
        => (long)reply[0] >= 0
            ? reply
            : throw NoTrend(key);

    private RedisWrongTypeException NoTrend(RedisKey key) => new(TMapper.Schema.Model, Redis.FullKey(key), "trend but a sorted set without a landmark");
}
