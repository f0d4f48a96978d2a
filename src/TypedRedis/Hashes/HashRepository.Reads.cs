using StackExchange.Redis;

namespace TypedRedis;

// How entities and projections are read.
public abstract partial class HashRepository<TEntity, TKey, TMapper>
{
    private Task<T?> ReadAsync<T, TReader>(TKey key, CancellationToken cancellationToken)
        where T : class
        where TReader : struct, IReader<T>
        => TReader.Schema.Sliding ? ReadSlidingAsync<T, TReader>(key, cancellationToken) : ReadFieldsAsync<T, TReader>(key, cancellationToken);

    private async Task<T?> ReadFieldsAsync<T, TReader>(TKey key, CancellationToken cancellationToken)
        where T : class
        where TReader : struct, IReader<T>
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue[] values = await WaitAsync(Database.HashGetAsync(redisKey, TReader.Schema.ReadNames), redisKey, cancellationToken).ConfigureAwait(false);
        return await DecodeAsync<T, TReader>(key, redisKey, values, slide: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T?> ReadSlidingAsync<T, TReader>(TKey key, CancellationToken cancellationToken)
        where T : class
        where TReader : struct, IReader<T>
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue[] values;
        if (TMapper.Schema.Indexes.Length > 0)
        {
            RedisResult reply = await EvaluateAsync(HashCommands.ReadIndexedScript, redisKey, SlidingReadArguments(AllChanges, TReader.Schema), cancellationToken).ConfigureAwait(false);
            values = await SlideAsync(AllChanges, redisKey, (RedisValue[])reply!, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            values = (RedisValue[])(await EvaluateAsync(HashCommands.ReadScript, redisKey, TReader.Schema.SlidingReadArguments, cancellationToken).ConfigureAwait(false))!;
        }

        return await DecodeAsync<T, TReader>(key, redisKey, values, slide: true, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T?[]> ReadManyAsync<T, TReader>(IEnumerable<TKey> keys, bool slide, CancellationToken cancellationToken)
        where T : class
        where TReader : struct, IReader<T>
    {
        ArgumentNullException.ThrowIfNull(keys);
        TKey[] all = [.. keys];
        RedisKey[] redisKeys = BatchOrder.Format(all);
        var read = new T?[all.Length];
        HashSchema schema = TReader.Schema;
        var outdated = new List<int>();
        void Receive(int i, RedisValue[] values)
        {
            if (schema.IsOutdated(values))
            {
                outdated.Add(i);
            }
            else
            {
                read[i] = Decode<T, TReader>(all[i], redisKeys[i], values);
            }
        }

        if (slide && schema.Sliding && TMapper.Schema.Indexes.Length > 0)
        {
            RedisValue[] arguments = SlidingReadArguments(AllChanges, schema);
            var replies = new RedisValue[all.Length][];
            await Pipeline.RunScriptAsync(
                Redis,
                schema,
                HashCommands.ReadIndexedScript,
                all.Length,
                i => ([redisKeys[i]], arguments),
                (i, _, reply) => replies[i] = (RedisValue[])reply!,
                cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < all.Length; i++)
            {
                Receive(i, await SlideAsync(AllChanges, redisKeys[i], replies[i], cancellationToken).ConfigureAwait(false));
            }
        }
        else if (slide && schema.Sliding)
        {
            await Pipeline.RunScriptAsync(
                Redis,
                schema,
                HashCommands.ReadScript,
                all.Length,
                i => ([redisKeys[i]], schema.SlidingReadArguments),
                (i, _, reply) => Receive(i, (RedisValue[])reply!),
                cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await Pipeline.RunAsync(
                Redis,
                schema,
                all.Length,
                i => (redisKeys[i], schema.ReadNames),
                (key, fields) => Database.HashGetAsync(key, fields),
                (i, _, values) => Receive(i, values),
                cancellationToken).ConfigureAwait(false);
        }

        await HashChanges.ForEachAsync(
            outdated.Count,
            async (i, token) => read[outdated[i]] = await UpgradedAsync<T, TReader>(all[outdated[i]], redisKeys[outdated[i]], slide && schema.Sliding, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return read;
    }

    private ValueTask<T?> DecodeAsync<T, TReader>(TKey key, RedisKey redisKey, RedisValue[] values, bool slide, CancellationToken cancellationToken)
        where T : class
        where TReader : struct, IReader<T>
        => TReader.Schema.IsOutdated(values)
            ? UpgradedAsync<T, TReader>(key, redisKey, slide, cancellationToken)
            : new ValueTask<T?>(Decode<T, TReader>(key, redisKey, values));

    private T? Decode<T, TReader>(TKey key, RedisKey redisKey, RedisValue[] values)
        where T : class
        where TReader : struct, IReader<T>
        => HashCommands.IsPresent(Redis, TReader.Schema, redisKey, values) ? DecodeValues<T, TReader>(key, redisKey, values) : null;

    private T DecodeValues<T, TReader>(TKey key, RedisKey redisKey, RedisValue[] values)
        where T : class
        where TReader : struct, IReader<T>
    {
        var context = new CodecContext(Redis, TReader.Schema, redisKey);
        context.Unprotect(values);
        return TReader.Read(key, values, context);
    }

    // What reads entities and what reads projections have the same shape.
    private interface IReader<T>
    {
        static abstract HashSchema Schema { get; }

        static abstract T Read(TKey key, ReadOnlySpan<RedisValue> values, in CodecContext context);
    }

    private readonly struct EntityReader : IReader<TEntity>
    {
        public static HashSchema Schema => TMapper.Schema;

        public static TEntity Read(TKey key, ReadOnlySpan<RedisValue> values, in CodecContext context) => TMapper.Read(key, values, context);
    }

    private readonly struct ProjectionReader<TProjection> : IReader<TProjection>
        where TProjection : class, IHashProjection<TProjection, TEntity, TKey>
    {
        public static HashSchema Schema => TProjection.Schema;

        public static TProjection Read(TKey key, ReadOnlySpan<RedisValue> values, in CodecContext context) => TProjection.Read(key, values, context);
    }
}
