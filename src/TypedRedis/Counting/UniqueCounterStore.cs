using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Estimates how many different members were seen. The emitted <c>{Model}UniqueCounter</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <remarks>
/// One HyperLogLog per period: at most 12 KB, however many members, with a standard error of 0.81 %; a few hundred members are counted almost exactly. All errors name model and
/// key. The first call of a context that depends on the time asks the server for it: one more round trip. A write that comes just as a period ends is made again: up to two. A
/// call that fails with anything but the errors listed at it (a lost connection, a timeout) may or may not have been carried out, and can be made again: a member that was added
/// twice counts once. Cancelling a call stops the wait, not the write.
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class UniqueCounterStore<TEntity, TKey, TMember, TMapper> : PeriodStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, IUniqueCounterMapper<TEntity, TKey, TMember>
{
    // Into sketches that are about to outgrow their small form, which costs most, these take the server about half a millisecond per period.
    private const int MembersPerCall = 250;

    [LuaScript(File = "unique_add.lua")]
    private static partial RedisScript AddScript { get; }

    [LuaScript(File = "unique_add_one.lua")]
    private static partial RedisScript AddOneScript { get; }

    /// <summary>Makes a store.</summary>
    protected UniqueCounterStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected UniqueCounterStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;

    /// <summary>Adds a member to every period of the time. One round trip, atomic. O(periods).</summary>
    /// <param name="entity">What was seen.</param>
    /// <param name="at">When it was seen; null for now. A period whose retention is over already is not written.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>Whether the estimate of a period changed. False does not say that the member was seen before: the larger a count, the more members leave it as it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time lies ahead. Nothing was written.</exception>
    /// <exception cref="RedisEncodeException">The member cannot be written. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">The key of a period holds something else than a HyperLogLog. Nothing was changed.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<bool> AddAsync(TEntity entity, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return AddAsync(TMapper.KeyOf(entity), TMapper.MemberOf(entity), at, cancellationToken);
    }

    /// <summary>Adds a member to every period of the time. One round trip, atomic. O(periods).</summary>
    /// <param name="key">The key.</param>
    /// <param name="member">Who was seen.</param>
    /// <param name="at">When it was seen; null for now. A period whose retention is over already is not written.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <inheritdoc cref="AddAsync(TEntity, DateTimeOffset?, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="AddAsync(TEntity, DateTimeOffset?, CancellationToken)" path="/exception"/>
    public virtual async Task<bool> AddAsync(TKey key, TMember member, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = key.ToRedisKey();
        RedisValue written = TMapper.WriteMember(member, Context(redisKey));
        if (at is null && await WriteNowAsync(AddOneScript, redisKey, [], [written], cancellationToken).ConfigureAwait(false) is { IsNull: false } changed)
        {
            return (long)changed > 0;
        }

        RedisResult[] reply = await WriteAsync(AddScript, redisKey, at, (Key: redisKey, Members: (RedisValue[])[written]), static (write, state) => Call(state.Key, state.Members, write), cancellationToken).ConfigureAwait(false);
        return (long)reply[1] > 0;
    }

    /// <summary>
    /// Adds many members, each to every period of the time. Pipelined, 250 members of a key at a time: one round trip for 1,000 members of one key or of 1,000. Each call is
    /// atomic, the batch as a whole is not. O(members · periods).
    /// </summary>
    /// <param name="entities">What was seen.</param>
    /// <param name="at">When it was seen; null for now. A period whose retention is over already is not written.</param>
    /// <param name="cancellationToken">Stops the wait, not what was sent.</param>
    /// <returns>Whether the estimate of a period changed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time lies ahead. Nothing was written.</exception>
    /// <exception cref="RedisEncodeException">A member cannot be written. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">The key of a period holds something else than a HyperLogLog, which stays.</exception>
    public virtual Task<bool> AddManyAsync(IEnumerable<TEntity> entities, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entities);
        var counters = new Dictionary<RedisKey, List<RedisValue>>();
        foreach (TEntity entity in entities)
        {
            ArgumentNullException.ThrowIfNull(entity, nameof(entities));
            RedisKey key = TMapper.KeyOf(entity).ToRedisKey();
            if (!counters.TryGetValue(key, out List<RedisValue>? members))
            {
                counters.Add(key, members = []);
            }

            members.Add(TMapper.WriteMember(TMapper.MemberOf(entity), Context(key)));
        }

        return AddManyAsync([.. counters.SelectMany(static counter => counter.Value.Chunk(MembersPerCall).Select(members => (counter.Key, members)))], at, cancellationToken);
    }

    /// <summary>Adds many members of one key. See <see cref="AddManyAsync(IEnumerable{TEntity}, DateTimeOffset?, CancellationToken)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="members">Who was seen.</param>
    /// <param name="at">When it was seen; null for now. A period whose retention is over already is not written.</param>
    /// <param name="cancellationToken">Stops the wait, not what was sent.</param>
    /// <inheritdoc cref="AddManyAsync(IEnumerable{TEntity}, DateTimeOffset?, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="AddManyAsync(IEnumerable{TEntity}, DateTimeOffset?, CancellationToken)" path="/exception"/>
    public virtual Task<bool> AddManyAsync(TKey key, IEnumerable<TMember> members, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        RedisKey redisKey = key.ToRedisKey();
        CodecContext context = Context(redisKey);
        var written = new List<RedisValue>();
        foreach (TMember member in members)
        {
            written.Add(TMapper.WriteMember(member, context));
        }

        return AddManyAsync([.. written.Chunk(MembersPerCall).Select(chunk => (redisKey, chunk))], at, cancellationToken);
    }

    /// <summary>
    /// Deletes all periods of a counter. One round trip per 500 periods that it may have; where periods stay for ever, SCAN finds those that exist: O(keys of the database).
    /// Not atomic. Periods that were written while <c>Retention</c> was longer are not among them: they expire as they were to, or are deleted one by one.
    /// </summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="RedisWrongTypeException">The key of a period holds something else than a HyperLogLog, which stays.</exception>
    public virtual async Task<long> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
        => await ForPeriodsAsync(key.ToRedisKey(), page => DeleteAsync(page, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes one period of a counter. One round trip, atomic. O(1).</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ArgumentException">The model does not have periods of that unit.</exception>
    /// <exception cref="RedisWrongTypeException">The key of the period holds something else than a HyperLogLog, which stays.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, Period period, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return await DeleteAsync([KeyOf(redisKey, await ResolveAsync(redisKey, period, cancellationToken).ConfigureAwait(false))], cancellationToken).ConfigureAwait(false) == 1;
    }

    // Sketches are strings that say so themselves.
    private ValueTask<long> DeleteAsync(RedisKey[] keys, CancellationToken cancellationToken)
        => PeriodKeys.DeleteAsync(Redis, PeriodSchema, keys, ["string"], cancellationToken, head: "HYLL");

    private async Task<bool> AddManyAsync((RedisKey Key, RedisValue[] Members)[] calls, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        bool changed = false;
        await WriteManyAsync(
            AddScript, calls.Length, i => calls[i].Key, at, (i, write) => Call(calls[i].Key, calls[i].Members, write), (_, reply) => changed |= (long)reply[1] > 0, cancellationToken).ConfigureAwait(false);
        return changed;
    }

    private static (RedisKey[] Keys, RedisValue[] Arguments) Call(RedisKey key, RedisValue[] members, PeriodWrite write)
    {
        PeriodWindow[] windows = write.Moment.Windows;
        var keys = new RedisKey[windows.Length];
        var arguments = new RedisValue[3 + windows.Length + members.Length];
        (arguments[0], arguments[1], arguments[2]) = (write.Now, write.Low, write.High);
        for (int i = 0; i < windows.Length; i++)
        {
            keys[i] = Append(key, windows[i].Suffix);
            arguments[3 + i] = windows[i].UntilText;
        }

        members.CopyTo(arguments, 3 + windows.Length);
        return (keys, arguments);
    }
}
