using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// One value per key, as a Redis string, changed in atomic steps. The emitted <c>{Model}Value</c> types derive from it. Thread-safe; cheap to make.
/// </summary>
/// <remarks>
/// All errors name model and key. A call that fails with anything but the errors listed at it (a lost connection, a timeout) may or may not have been carried
/// out; cancelling a call stops the wait, not the write.
/// </remarks>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TValue">The value's type.</typeparam>
/// <typeparam name="TNullable">The same with a place for null, which stands for an absent value: <c>long?</c>, <c>string?</c>.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class AtomicValueStore<TKey, TValue, TNullable, TMapper> : KeyedStore<TKey>
    where TKey : struct, IRedisKey<TKey>
    where TValue : notnull
    where TMapper : struct, IAtomicValueMapper<TValue, TNullable>
{
    [LuaScript(File = "value_increment.lua")]
    private static partial RedisScript IncrementScript { get; }

    /// <summary>Makes a store.</summary>
    protected AtomicValueStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected AtomicValueStore()
    {
    }

    private protected sealed override ModelSchema ModelSchema => TMapper.Schema;

    private protected sealed override RedisValue PresenceField => RedisValue.EmptyString;

    /// <summary>Reads a value. One round trip (GET; with a sliding expiry a script that also starts it anew). O(1).</summary>
    /// <returns>The value, or null where there is none.</returns>
    /// <exception cref="RedisDecodeException">The value cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual async Task<TNullable> GetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue value = TMapper.Schema.Sliding
            ? ((RedisValue[])(await EvaluateAsync(StringCommands.ReadScript, redisKey, [TMapper.Schema.SlidingMilliseconds], cancellationToken).ConfigureAwait(false))!)[0]
            : await WaitAsync(Database.StringGetAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false);
        return Decode(redisKey, value);
    }

    /// <summary>
    /// Reads many values. The result has one place per key, in the order of the keys; where there is no value it is null. Pipelined: one MGET per 100 keys that share a slot
    /// (on a single node: per 100), one round trip per 1,000; where values are missing, one more round trip makes sure that their keys hold nothing else. With a sliding
    /// expiry a script reads instead. O(keys).
    /// </summary>
    /// <param name="keys">The keys. The same key may stand in it several times.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="RedisDecodeException">A value cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value.</exception>
    public virtual async Task<TNullable[]> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        RedisKey[] redisKeys = BatchOrder.Format<TKey>([.. keys]);
        var values = new TNullable[redisKeys.Length];
        await StringCommands.ReadManyAsync(
            Redis, ModelSchema, redisKeys, TMapper.Schema.SlidingMilliseconds, (i, value) => values[i] = Decode(redisKeys[i], value), cancellationToken).ConfigureAwait(false);
        return values;
    }

    /// <summary>Sets a value, whether or not there is one. One round trip, atomic. O(1).</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="expiresIn">Its time to live; null for the declared one; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside the declared bounds. Nothing was sent.</exception>
    /// <exception cref="RedisEncodeException">The value cannot be written. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual Task SetAsync(TKey key, TValue value, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Upsert, key, value, expiresIn, cancellationToken);

    /// <summary>Sets a value if there is none. One round trip, atomic. O(1).</summary>
    /// <inheritdoc cref="SetAsync" path="/param"/>
    /// <returns>True if it was set, false if there is one already, which stays as it is.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<bool> SetIfAbsentAsync(TKey key, TValue value, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Insert, key, value, expiresIn, cancellationToken);

    /// <summary>Sets a value if there is one; never makes one that was deleted or has expired. One round trip, atomic. O(1).</summary>
    /// <inheritdoc cref="SetAsync" path="/param"/>
    /// <returns>True if it was set, false if there is none.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    public virtual Task<bool> SetIfPresentAsync(TKey key, TValue value, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => WriteAsync(WriteMode.Update, key, value, expiresIn, cancellationToken);

    /// <summary>Sets a value, whether or not there is one, and returns the one that it replaces. One round trip, atomic. O(1).</summary>
    /// <inheritdoc cref="SetAsync" path="/param"/>
    /// <returns>The value before, or null where there was none.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    /// <exception cref="RedisDecodeException">The value before cannot be read. It was replaced all the same.</exception>
    public virtual async Task<TNullable> GetAndSetAsync(TKey key, TValue value, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue written = Encode(redisKey, value);
        return Decode(redisKey, await StringCommands.ExchangeAsync(Redis, ModelSchema, redisKey, written, WriteExpiry(expiresIn), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Deletes a value and returns it: of many callers, one gets it. One round trip, atomic. O(1).</summary>
    /// <returns>The value, or null where there was none.</returns>
    /// <exception cref="RedisDecodeException">The value cannot be read. It was deleted all the same.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual async Task<TNullable> GetAndDeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        return Decode(redisKey, await StringCommands.ExchangeAsync(Redis, ModelSchema, redisKey, RedisValue.Null, 0, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Sets a value where an expected one stands. Values are compared as the model writes them. Atomic. One round trip; one more where the same value stands in another form
    /// (<c>1.50</c> for <c>1.5</c>), because another program wrote it. O(1).
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The value that must stand there; null: there must be none.</param>
    /// <param name="value">The new value.</param>
    /// <param name="expiresIn">Its time to live; null for the declared one; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>Whether the expected value stood there. If not, nothing was changed.</returns>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    /// <exception cref="RedisDecodeException">What stands there is not the expected value, and cannot be read.</exception>
    public virtual Task<bool> CompareAndSetAsync(TKey key, TNullable expected, TValue value, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
        => CompareAsync(key, expected, value, isDeleted: false, expiresIn, cancellationToken);

    /// <summary>Deletes a value where an expected one stands; see <see cref="CompareAndSetAsync"/>. One round trip, atomic. O(1).</summary>
    /// <returns>Whether it stood there. If not, nothing was changed.</returns>
    /// <exception cref="RedisDecodeException">What stands there is not the expected value, and cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual Task<bool> CompareAndDeleteAsync(TKey key, TValue expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return CompareAsync(key, (TNullable)(object)expected, value: default, isDeleted: true, expiresIn: null, cancellationToken);
    }

    /// <summary>
    /// Reads a value, changes it and writes it back, and does so again where it was changed meanwhile: so that no update is lost. Two round trips per attempt; each write is
    /// atomic. Any change of the stored bytes counts.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="change">
    /// Makes the new value of the one that is stored, which is null where there is none: <c>seats => (seats ?? 100) - 2</c>. Called once per attempt, so it must have no
    /// other effect.
    /// </param>
    /// <param name="retries">How often it is tried again. Between two attempts is a short random pause, which grows.</param>
    /// <param name="cancellationToken">Stops before the next attempt, or the wait.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="RedisConcurrencyException">The value was changed by others during every attempt.</exception>
    /// <inheritdoc cref="SetAsync" path="/exception"/>
    /// <exception cref="RedisDecodeException">The value that is stored cannot be read.</exception>
    public virtual async Task<TValue> UpdateAsync(TKey key, Func<TNullable, TValue> change, int retries = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        RedisKey redisKey = key.ToRedisKey();
        for (int attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RedisValue stored = await WaitAsync(Database.StringGetAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false);
            TValue after = change(Decode(redisKey, stored)) ?? throw new ArgumentException($"{TMapper.Schema.Model}: the changed value is null. To delete a value, call DeleteAsync.", nameof(change));
            RedisValue written = Encode(redisKey, after);
            RedisResult reply = await StringCommands.CompareAsync(Redis, ModelSchema, redisKey, stored, written, TMapper.Schema.ExpiryMilliseconds, cancellationToken).ConfigureAwait(false);
            if (StringCommands.IsDone(reply, out _))
            {
                return after;
            }

            if (attempt == retries)
            {
                throw Contention.Exceeded(ModelSchema, Redis.FullKey(redisKey), attempt + 1);
            }

            await Contention.PauseAsync(Redis, attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Adds to an integer; an absent one counts as 0 and is made. One round trip, atomic, exact over 64 bits. O(1). Called by emitted code. INCRBY, or where there are bounds
    /// or an expiry a script.
    /// </summary>
    /// <returns>The sum.</returns>
    /// <exception cref="OverflowException">The sum leaves the bounds or the range of the type. Nothing was changed.</exception>
    /// <exception cref="RedisDecodeException">The value that is stored is no integer. Nothing was changed.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    protected async Task<long> IncrementCoreAsync(TKey key, long by, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AtomicValueSchema schema = TMapper.Schema;

        // The driver has no command of its own for adding 0, nor for subtracting 2^63.
        if (!schema.IsBounded && schema.Expiry is null && by is not (0 or long.MinValue))
        {
            RedisKey redisKey = key.ToRedisKey();
            try
            {
                return await WaitAsync(Database.StringIncrementAsync(redisKey, by), redisKey, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException error) when (IsRefusal(error.Message))
            {
                // Nothing was changed. The script says what stands there.
            }
        }

        return (await AddAsync(key, by, mayRefuse: false, cancellationToken).ConfigureAwait(false))!.Value;
    }

    /// <inheritdoc cref="IncrementCoreAsync"/>
    protected async Task<int> IncrementInt32CoreAsync(TKey key, int by, CancellationToken cancellationToken)
        => (int)await IncrementCoreAsync(key, by, cancellationToken).ConfigureAwait(false);

    /// <summary>Adds to an integer, as <see cref="IncrementCoreAsync"/> does, unless the sum leaves the bounds.</summary>
    /// <returns>The sum, or null where nothing was changed.</returns>
    protected Task<long?> TryIncrementCoreAsync(TKey key, long by, CancellationToken cancellationToken) => AddAsync(key, by, mayRefuse: true, cancellationToken);

    /// <inheritdoc cref="TryIncrementCoreAsync"/>
    protected async Task<int?> TryIncrementInt32CoreAsync(TKey key, int by, CancellationToken cancellationToken)
        => (int?)await TryIncrementCoreAsync(key, by, cancellationToken).ConfigureAwait(false);

    private async Task<long?> AddAsync(TKey key, long by, bool mayRefuse, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        AtomicValueSchema schema = TMapper.Schema;
        RedisKey redisKey = key.ToRedisKey();
        try
        {
            RedisValue[] arguments = [by, schema.Minimum, schema.Maximum, schema.ExpiryMilliseconds, schema.Sliding, mayRefuse];
            var sum = (string?)await EvaluateAsync(IncrementScript, redisKey, arguments, cancellationToken).ConfigureAwait(false);
            return sum is null ? null : long.Parse(sum, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("OVERFLOW ", StringComparison.Ordinal))
        {
            string before = Printable.Of(error.Message.AsSpan("OVERFLOW ".Length));
            throw new OverflowException(string.Create(
                CultureInfo.InvariantCulture,
                $"{schema.Model}: adding {by} to '{Redis.FullKey(redisKey)}', which is {before}, leaves {schema.Minimum} to {schema.Maximum}. Nothing was changed."));
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOTINTEGER ", StringComparison.Ordinal))
        {
            string value = Printable.Of(error.Message.AsSpan("NOTINTEGER ".Length));
            throw new RedisDecodeException(
                $"{schema.Model}: '{Redis.FullKey(redisKey)}' is '{value}', which is no integer. Another program wrote it; set or delete it.",
                schema.Model,
                Redis.FullKey(redisKey),
                schema.FieldName(0),
                value);
        }
    }

    private async Task<bool> WriteAsync(WriteMode mode, TKey key, TValue value, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue[] arguments = [mode.Argument(), WriteExpiry(expiresIn), Encode(redisKey, value)];
        RedisResult reply = await EvaluateAsync(StringCommands.WriteScript, redisKey, arguments, cancellationToken).ConfigureAwait(false);
        return (long)((RedisResult[])reply!)[0] == 1;
    }

    // Sets the value, or deletes, if the expected one stands, in whatever form: bytes that differ are read, and compared as the model writes them. Where they are the same, they
    // are what is expected then.
    private async Task<bool> CompareAsync(TKey key, TNullable expected, TValue? value, bool isDeleted, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue next = isDeleted ? RedisValue.Null : Encode(redisKey, value!);
        RedisValue written = Rewrite(redisKey, expected), token = written;
        while (true)
        {
            RedisResult reply = await StringCommands.CompareAsync(Redis, ModelSchema, redisKey, token, next, WriteExpiry(expiresIn), cancellationToken).ConfigureAwait(false);
            if (StringCommands.IsDone(reply, out RedisValue stored))
            {
                return true;
            }

            if (written.IsNull || stored.IsNull || !StringCommands.AreEqual(Rewrite(redisKey, Decode(redisKey, stored)), written))
            {
                return false;
            }

            token = stored;
        }
    }

    private static bool IsRefusal(string message)
        => message.Contains("overflow", StringComparison.Ordinal) || message.Contains("not an integer", StringComparison.Ordinal);

    // What is expected need not be within the bounds.
    private RedisValue Rewrite(RedisKey redisKey, TNullable nullable)
    {
        RedisValue written = default;
        if (nullable is TValue value)
        {
            TMapper.Write(value, new Span<RedisValue>(ref written), Context(redisKey));
        }

        return written;
    }

    private RedisValue Encode(RedisKey redisKey, TValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        AtomicValueSchema schema = TMapper.Schema;
        RedisValue written = default;
        TMapper.Write(value, new Span<RedisValue>(ref written), Context(redisKey));
        return !schema.IsBounded || ((long)written >= schema.Minimum && (long)written <= schema.Maximum)
            ? written
            : throw new ArgumentOutOfRangeException(
                nameof(value),
                value,
                string.Create(CultureInfo.InvariantCulture, $"{schema.Model}: '{Redis.FullKey(redisKey)}' goes from {schema.Minimum} to {schema.Maximum}. Nothing was written."));
    }

    private TNullable Decode(RedisKey redisKey, RedisValue value) => TMapper.Read(new ReadOnlySpan<RedisValue>(in value), Context(redisKey));
}
