using StackExchange.Redis;

namespace TypedRedis;

// Models of which entities of older forms are stored.
public abstract partial class HashRepository<TEntity, TKey, TMapper>
{
    /// <summary>
    /// Brings every entity of the model under the context's prefix that has an older form into the present one, so that the code for the older ones can go. Each is changed in one
    /// step with its indexes, and only if nobody has changed it since it was read; other readers and writers go on meanwhile. Walks over all keys of the database like
    /// <see cref="EntityRepository{TEntity, TKey}.ScanAsync"/>, in constant memory but for failures; what has the present form costs one pipelined read, the rest two round trips each, 64 at a time.
    /// </summary>
    /// <param name="progress">Is told about every 1,000 keys how far the walk has come.</param>
    /// <param name="cancellationToken">Ends the walk. What was done stays, and the walk can be begun anew.</param>
    /// <returns>How many were upgraded, and what could not be.</returns>
    protected async Task<UpgradeReport> UpgradeAllCoreAsync(IProgress<UpgradeProgress>? progress, CancellationToken cancellationToken)
    {
        const int PageSize = 1000;
        HashSchema schema = TMapper.Schema;
        long entities = 0, upgraded = 0;
        var failures = new List<RedisModelException>();
        await foreach (TKey[] page in KeyScan.PagesAsync<TKey>(Redis, schema, PageSize, cancellationToken).ConfigureAwait(false))
        {
            RedisKey[] keys = BatchOrder.Format(page);
            var outdated = new List<RedisKey>();
            await Pipeline.RunAsync(
                Redis,
                schema,
                keys.Length,
                i => (keys[i], schema.ReadNames),
                (key, fields) => Database.HashGetAsync(key, fields),
                (_, key, values) =>
                {
                    if (schema.IsOutdated(values))
                    {
                        outdated.Add(key);
                    }
                    else
                    {
                        entities += values[schema.Presence].IsNull ? 0 : 1;
                    }
                },
                cancellationToken).ConfigureAwait(false);
            await HashChanges.ForEachAsync(outdated.Count, UpgradeAsync, cancellationToken).ConfigureAwait(false);
            progress?.Report(new UpgradeProgress(entities, upgraded));

            async ValueTask UpgradeAsync(int i, CancellationToken token)
            {
                RedisKey key = outdated[i];
                try
                {
                    UpgradeStatus status = await AllChanges.Evolution!.UpgradeAsync(key, token).ConfigureAwait(false);
                    if (status == UpgradeStatus.Foreign)
                    {
                        throw new RedisWrongTypeException(schema.Model, Redis.FullKey(key), inner: null, schema.FieldName(schema.Presence));
                    }

                    Interlocked.Add(ref entities, status == UpgradeStatus.Absent ? 0 : 1);
                    Interlocked.Add(ref upgraded, status == UpgradeStatus.Upgraded ? 1 : 0);
                }
                catch (RedisModelException e)
                {
                    Interlocked.Add(ref entities, e is RedisWrongTypeException ? 0 : 1);
                    lock (failures)
                    {
                        failures.Add(e);
                    }
                }
            }
        }

        return new UpgradeReport(entities, upgraded, failures);
    }

    private protected sealed override ValueTask<bool> IsHiddenAsync(RedisKey key, CancellationToken cancellationToken)
        => TMapper.Schema.HidesOld ? AllChanges.Evolution!.ExistsAsync(key, cancellationToken) : new ValueTask<bool>(false);

    // An entity of an older form, brought into the model's in memory.
    private async ValueTask<T?> UpgradedAsync<T, TReader>(TKey key, RedisKey redisKey, bool slide, CancellationToken cancellationToken)
        where T : class
        where TReader : struct, IReader<T>
        => await AllChanges.Evolution!.ReadAsync(redisKey, TReader.Schema, slide, cancellationToken).ConfigureAwait(false) is { } values
            ? DecodeValues<T, TReader>(key, redisKey, values)
            : null;

    // What indexes an entity is in, by the values of its fields.
    private byte[] EntriesOf(RedisKey redisKey, RedisValue[] stored)
    {
        if (TMapper.Schema.Indexes.Length == 0 || !TKey.TryParse(((byte[])redisKey!).AsSpan(), out TKey key))
        {
            return [];
        }

        var values = new RedisValue[TMapper.Schema.ValueCount];
        stored.AsSpan(..TMapper.Schema.FieldCount).CopyTo(values);
        TMapper.WriteParts(key, values, Context(redisKey));
        return IndexText.Entries(TMapper.Schema, values, [], Context(redisKey));
    }
}
