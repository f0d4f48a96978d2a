using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

// How entities are written, and counters added to.
public abstract partial class HashRepository<TEntity, TKey, TMapper>
{
    private async Task<long> IncrementAsync(
        TKey key, int field, long by, RedisValue minimum, RedisValue maximum, string type, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        HashSchema schema = TMapper.Schema;
        RedisKey redisKey = key.ToRedisKey();
        try
        {
            string? sum;
            if (Changes is { } changes)
            {
                if (!changes.IsAtomic && Array.Exists(schema.Indexes, index => index.Fields.Contains(field)))
                {
                    return await IncrementIndexedAsync(key, field, by, minimum, maximum, type, cancellationToken).ConfigureAwait(false);
                }

                ChangeReply reply = await changes.RunAsync(redisKey, HashChange.Add(schema, field, by, minimum, maximum), cancellationToken).ConfigureAwait(false);
                sum = reply.Status == ChangeStatus.Done ? (string?)reply.Result : null;
                if (sum is not null && !reply.Value.IsNull)
                {
                    await changes.RunAsync(redisKey, HashChange.Touch(schema, schema.SlidingMilliseconds), cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                RedisValue[] arguments = [schema.PresenceName, schema.SlidingMilliseconds, schema.Names[field], by, minimum, maximum];
                sum = (string?)await EvaluateAsync(HashCommands.IncrementScript, redisKey, arguments, cancellationToken).ConfigureAwait(false);
            }

            return sum is null ? throw NotFound(redisKey, $"incrementing '{schema.FieldName(field)}'") : long.Parse(sum, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("OVERFLOW ", StringComparison.Ordinal))
        {
            throw Overflow(redisKey, field, by, Printable.Of(e.Message.AsSpan("OVERFLOW ".Length)), minimum, maximum, type);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOTINTEGER ", StringComparison.Ordinal))
        {
            string value = Printable.Of(e.Message.AsSpan("NOTINTEGER ".Length));
            throw new RedisDecodeException(
                $"{schema.Model}: the counter '{schema.FieldName(field)}' of '{Redis.FullKey(redisKey)}' is '{value}', which is no integer. Another program wrote it; set it with a patch.",
                schema.Model,
                Redis.FullKey(redisKey),
                schema.FieldName(field),
                value);
        }
    }

    private void Encode(RedisKey key, TEntity entity, Span<RedisValue> values)
    {
        CodecContext context = Context(key);
        TMapper.Write(entity, values, context);
        context.Protect(values);
    }

    private void Encode(RedisKey key, HashPatch<TEntity> patch, Span<RedisValue> values)
    {
        CodecContext context = Context(key);
        patch.Write(values, context);
        context.Protect(values);
    }

    private async Task<bool> WriteAsync(WriteMode mode, TEntity entity, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entity);
        cancellationToken.ThrowIfCancellationRequested();
        HashSchema schema = TMapper.Schema;
        long expiry = WriteExpiry(expiresIn);
        TKey entityKey = TMapper.KeyOf(entity);
        RedisKey key = entityKey.ToRedisKey();
        if (schema.IsTracked)
        {
            HashChange change = WriteChange(mode, entity, entityKey, key, expiry);
            return Answer(key, change, await AllChanges.RunAsync(key, change, cancellationToken).ConfigureAwait(false));
        }

        if (mode == WriteMode.Upsert && expiry == 0 && schema.IsPlain)
        {
            RedisResult added = await WaitAsync(AdHocCommand.ExecuteAsync(Database, "HSET", SetArguments(key, entity)), key, cancellationToken).ConfigureAwait(false);
            return (long)added == schema.FieldCount;
        }

        RedisResult reply = await EvaluateAsync(HashCommands.WriteScript, key, WriteArguments(key, entity, mode, expiry), cancellationToken).ConfigureAwait(false);
        return (long)reply == 1;
    }

    private async Task<bool[]> WriteManyAsync(WriteMode mode, IEnumerable<TEntity> entities, TimeSpan? expiresIn, CancellationToken cancellationToken)
    {
        TEntity[] all = BatchOrder.Materialize(entities);
        TKey[] keys = Array.ConvertAll(all, static entity => TMapper.KeyOf(entity));
        int[] sent = mode == WriteMode.Insert ? BatchOrder.FirstOf<TKey>(keys) : BatchOrder.LastOf<TKey>(keys);
        RedisKey[] redisKeys = BatchOrder.Format(keys);
        var written = new bool[all.Length];
        long expiry = WriteExpiry(expiresIn);
        HashSchema schema = TMapper.Schema;
        if (schema.IsTracked)
        {
            await AllChanges.RunManyAsync(
                sent.Length,
                i =>
                {
                    RedisKey key = redisKeys[sent[i]];
                    return (key, WriteChange(mode, all[sent[i]], keys[sent[i]], key, expiry));
                },
                (i, key, change, reply) => written[sent[i]] = Answer(key, change, reply),
                cancellationToken).ConfigureAwait(false);
            if (mode == WriteMode.Update)
            {
                BatchOrder.Spread<TKey>(keys, sent, written);
            }

            return written;
        }

        if (mode == WriteMode.Upsert && expiry == 0 && schema.IsPlain)
        {
            await Pipeline.RunAsync(
                Redis,
                schema,
                sent.Length,
                i =>
                {
                    RedisKey key = redisKeys[sent[i]];
                    return (key, Entries(key, all[sent[i]]));
                },
                (key, entries) => HashCommands.SetAsync(Database, key, entries),
                static (_, _, _) => { },
                cancellationToken).ConfigureAwait(false);
            return written;
        }

        await Pipeline.RunScriptAsync(
            Redis,
            schema,
            HashCommands.WriteScript,
            sent.Length,
            i =>
            {
                RedisKey key = redisKeys[sent[i]];
                return ([key], WriteArguments(key, all[sent[i]], mode, expiry));
            },
            (i, _, reply) => written[sent[i]] = (long)reply == 1,
            cancellationToken).ConfigureAwait(false);
        if (mode == WriteMode.Update)
        {
            BatchOrder.Spread<TKey>(keys, sent, written);
        }

        return written;
    }

    private RedisValue[] WriteArguments(RedisKey key, TEntity entity, WriteMode mode, long expiry)
    {
        using var buffer = new ValueBuffer(TMapper.Schema.FieldCount);
        Encode(key, entity, buffer.Values);
        return HashCommands.WriteArguments(TMapper.Schema, mode, expiry, buffer.Values);
    }

    private object[] SetArguments(RedisKey key, TEntity entity)
    {
        using var buffer = new ValueBuffer(TMapper.Schema.FieldCount);
        Encode(key, entity, buffer.Values);
        return HashCommands.SetArguments(TMapper.Schema, key, buffer.Values);
    }

    private HashEntry[] Entries(RedisKey key, TEntity entity)
    {
        using var buffer = new ValueBuffer(TMapper.Schema.FieldCount);
        Encode(key, entity, buffer.Values);
        return HashCommands.Entries(TMapper.Schema, buffer.Values);
    }

    private RedisValue[] PatchArguments(RedisKey key, HashPatch<TEntity> patch)
    {
        using var buffer = new ValueBuffer(TMapper.Schema.FieldCount);
        Encode(key, patch, buffer.Values);
        return HashCommands.PatchArguments(TMapper.Schema, buffer.Values, patch.IsAssigned);
    }
}
