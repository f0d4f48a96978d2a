using StackExchange.Redis;

namespace TypedRedis;

// Changes that depend on what is stored.
public abstract partial class StringRepository<TEntity, TKey, TMapper>
{
    /// <summary>Writes an entity, whether or not there is one, and returns the one that it replaces. One round trip, atomic. O(1).</summary>
    /// <inheritdoc cref="InsertAsync" path="/param"/>
    /// <returns>The entity before, or null where there was none.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    /// <exception cref="RedisDecodeException">The value before cannot be read. It was replaced all the same.</exception>
    public virtual async Task<TEntity?> GetAndSetAsync(TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        cancellationToken.ThrowIfCancellationRequested();
        TKey key = TMapper.KeyOf(entity);
        RedisKey redisKey = key.ToRedisKey();
        RedisValue value = Encode(redisKey, entity);
        RedisValue before = await StringCommands.ExchangeAsync(Redis, ModelSchema, redisKey, value, WriteExpiry(expiresIn), cancellationToken).ConfigureAwait(false);
        return Decode(key, redisKey, before);
    }

    /// <summary>Deletes an entity and returns it: of many callers, one gets it. One round trip, atomic. O(1); the memory is freed in the background.</summary>
    /// <returns>The entity, or null where there was none.</returns>
    /// <exception cref="RedisDecodeException">The value cannot be read. It was deleted all the same.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual async Task<TEntity?> GetAndDeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue before = await StringCommands.ExchangeAsync(Redis, ModelSchema, redisKey, RedisValue.Null, 0, cancellationToken).ConfigureAwait(false);
        return Decode(key, redisKey, before);
    }

    /// <summary>
    /// Replaces an entity that is as expected. Entities are compared as the JSON that the model writes of them, whole: what is not serialized does not count, and no
    /// <c>Equals</c> is called. Atomic. One round trip; one more where the same JSON stands with other spaces, order or escapes, because another program or an older model
    /// wrote it, and always for a model that is encrypted, compressed or limited in size. O(1).
    /// </summary>
    /// <param name="expected">The entity as it was read.</param>
    /// <param name="entity">The new one, with the same key.</param>
    /// <param name="expiresIn">Its time to live; null for the declared one; <see cref="Timeout.InfiniteTimeSpan"/> for none.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>True if it was replaced, false if there is none or it is another. Nothing was changed then.</returns>
    /// <inheritdoc cref="InsertAsync" path="/exception"/>
    /// <exception cref="RedisDecodeException">What is stored is not as expected, and cannot be read.</exception>
    /// <exception cref="ArgumentException">The two have different keys.</exception>
    public virtual Task<bool> CompareAndSetAsync(TEntity expected, TEntity entity, TimeSpan? expiresIn = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(entity);
        return CompareAsync(expected, entity, expiresIn, cancellationToken);
    }

    /// <summary>Deletes an entity that is as expected; see <see cref="CompareAndSetAsync"/>. One round trip, atomic. O(1); the memory is freed in the background.</summary>
    /// <returns>True if it was deleted, false if there is none or it is another, which stays.</returns>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    /// <exception cref="RedisDecodeException">What is stored is not as expected, and cannot be read.</exception>
    public virtual Task<bool> CompareAndDeleteAsync(TEntity expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return CompareAsync(expected, entity: null, expiresIn: null, cancellationToken);
    }

    /// <summary>
    /// Reads an entity, changes it and writes it back, and does so again where it was changed meanwhile: so that no update is lost. Two round trips per attempt; each write
    /// is atomic. Any change of the stored bytes counts.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="change">
    /// Makes the new entity of the one that is stored: <c>user => user with { Name = "Ann" }</c>. Called once per attempt, so it must have no other effect.
    /// </param>
    /// <param name="retries">How often it is tried again. Between two attempts is a short random pause, which grows.</param>
    /// <param name="cancellationToken">Stops before the next attempt, or the wait.</param>
    /// <returns>The changed entity, which is stored now; null where there is none, and none is made.</returns>
    /// <exception cref="RedisConcurrencyException">The entity was changed by others during every attempt.</exception>
    /// <exception cref="ArgumentException">The changed entity has another key, or is null.</exception>
    /// <inheritdoc cref="GetAsync" path="/exception"/>
    public virtual async Task<TEntity?> UpdateAsync(TKey key, Func<TEntity, TEntity> change, int retries = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        RedisKey redisKey = key.ToRedisKey();
        for (int attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RedisValue stored = await WaitAsync(Database.StringGetAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false);
            if (Decode(key, redisKey, stored) is not { } before)
            {
                return null;
            }

            TEntity after = change(before) ?? throw new ArgumentException($"{TMapper.Schema.Model}: the changed entity is null. To delete an entity, call DeleteAsync.", nameof(change));
            CheckKey(TMapper.KeyOf(after), key, nameof(change), "the stored one");
            RedisValue value = Encode(redisKey, after);
            RedisResult reply = await StringCommands.CompareAsync(Redis, ModelSchema, redisKey, stored, value, TMapper.Schema.ExpiryMilliseconds, cancellationToken).ConfigureAwait(false);
            if (StringCommands.IsDone(reply, out RedisValue now))
            {
                return after;
            }

            if (now.IsNull)
            {
                return null;
            }

            if (attempt == retries)
            {
                throw Contention.Exceeded(ModelSchema, Redis.FullKey(redisKey), attempt + 1);
            }

            await Contention.PauseAsync(Redis, attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    // Writes the entity, or where it is null deletes, if the expected one stands, in whatever form: bytes that differ are read, and compared as the model writes them. Where
    // they are the same, they are what is expected then.
    private async Task<bool> CompareAsync(TEntity expected, TEntity? entity, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TKey key = TMapper.KeyOf(expected);
        RedisKey redisKey = key.ToRedisKey();
        RedisValue value = default;
        if (entity is not null)
        {
            CheckKey(TMapper.KeyOf(entity), key, nameof(entity), "the expected one");
            value = Encode(redisKey, entity);
        }

        // Bytes that are encrypted or compressed are none to expect: those that stand are read first.
        RedisValue written = TMapper.Write(expected, Context(redisKey));
        RedisValue token = TMapper.Schema.Protected.Length == 0 ? written : RedisValue.Null;
        while (true)
        {
            RedisValue stored;
            if (token.IsNull)
            {
                stored = await WaitAsync(Database.StringGetAsync(redisKey), redisKey, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                RedisResult reply = await StringCommands.CompareAsync(Redis, ModelSchema, redisKey, token, value, WriteExpiry(expiresIn), cancellationToken).ConfigureAwait(false);
                if (StringCommands.IsDone(reply, out stored))
                {
                    return true;
                }
            }

            if (Decode(key, redisKey, stored) is not { } actual || !StringCommands.AreEqual(TMapper.Write(actual, Context(redisKey)), written))
            {
                return false;
            }

            token = stored;
        }
    }

    private void CheckKey(TKey actual, TKey expected, string parameter, string owner)
    {
        if (!actual.Equals(expected))
        {
            throw new ArgumentException(
                $"{TMapper.Schema.Model}: the new entity has the key '{Redis.FullKey(actual.ToRedisKey())}', {owner} '{Redis.FullKey(expected.ToRedisKey())}'. Insert it under its key and delete the other.", parameter);
        }
    }
}
