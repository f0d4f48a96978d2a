using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

// Models with indexes or a concurrency token, and changes under a condition.
public abstract partial class HashRepository<TEntity, TKey, TMapper>
{
    /// <summary>
    /// Reads an entity, changes it and writes it back, and does so again where it was changed meanwhile: so that no update is lost. Two round trips per attempt; each
    /// write is atomic. With a <see cref="ConcurrencyTokenAttribute"/> the version decides whether the entity was changed, else all of its members but counters, which are
    /// left as they are.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="change">
    /// Makes the new entity of the one that is stored: <c>user => user with { Name = "Ann" }</c>. Called once per attempt, so it must have no other effect. The version need not be changed.
    /// </param>
    /// <param name="retries">How often it is tried again. Between two attempts is a short random pause, which grows up to 256 milliseconds.</param>
    /// <param name="cancellationToken">Stops before the next attempt, or the wait.</param>
    /// <returns>What is stored now, with its new version; null where there is no entity, which is not made.</returns>
    /// <exception cref="RedisConcurrencyException">The entity was changed by others during every attempt.</exception>
    /// <exception cref="ArgumentException">The changed entity has another key, or is null.</exception>
    /// <exception cref="RedisUniqueIndexException">Another entity has the value of a unique index.</exception>
    public virtual async Task<TEntity?> UpdateAsync(TKey key, Func<TEntity, TEntity> change, int retries = 100, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentOutOfRangeException.ThrowIfNegative(retries);
        HashSchema schema = TMapper.Schema;
        RedisKey redisKey = key.ToRedisKey();
        for (int attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RedisValue[] stored = await WaitAsync(Database.HashGetAsync(redisKey, schema.ReadNames), redisKey, cancellationToken).ConfigureAwait(false);
            if (schema.IsOutdated(stored))
            {
                switch (await AllChanges.Evolution!.UpgradeAsync(redisKey, cancellationToken).ConfigureAwait(false))
                {
                    case UpgradeStatus.Absent:
                        return null;
                    case UpgradeStatus.Upgraded or UpgradeStatus.Current:
                        continue;
                }
            }

            if (!HashCommands.IsPresent(Redis, schema, redisKey, stored))
            {
                return null;
            }

            TEntity after = change(ReadCopy(key, redisKey, stored)) ?? throw new ArgumentException($"{schema.Model}: the changed entity is null. To delete an entity, call DeleteAsync.", nameof(change));
            if (!TMapper.KeyOf(after).Equals(key))
            {
                throw new ArgumentException($"{schema.Model}: the changed entity of '{Redis.FullKey(redisKey)}' has the key '{Redis.FullKey(TMapper.KeyOf(after).ToRedisKey())}'. Insert it under that key and delete this one.", nameof(change));
            }

            RedisValue[] values = ValuesOf(after, key, redisKey);
            if (schema.ConcurrencyToken >= 0)
            {
                values[schema.ConcurrencyToken] = stored[schema.ConcurrencyToken];
            }

            HashChange write = WriteChange(WriteMode.Update, redisKey, schema.ExpiryMilliseconds, values);
            for (int i = 0; i < schema.FieldCount && schema.ConcurrencyToken < 0; i++)
            {
                if (!schema.Counters.Contains(i))
                {
                    write.Expect(schema.Names[i], stored[i]);
                }
            }

            ChangeReply reply = await AllChanges.RunAsync(redisKey, write, cancellationToken).ConfigureAwait(false);
            switch (reply.Status)
            {
                case ChangeStatus.Done:
                    return ReadWritten(key, redisKey, write, values, stored);
                case ChangeStatus.Guarded when attempt < retries:
                    await Contention.PauseAsync(Redis, attempt, cancellationToken).ConfigureAwait(false);
                    break;
                case ChangeStatus.Guarded:
                    throw Contention.Exceeded(schema, Redis.FullKey(redisKey), attempt + 1, write.GuardedField(reply.Guard));
                default:
                    return null;
            }
        }
    }

    /// <summary>
    /// Puts every entity into the indexes that its values belong in, and removes entries that stand for none: for a model that got an index later, or whose entities other
    /// programs have written. Other readers and writers go on meanwhile. Walks over all keys of the database like <see cref="EntityRepository{TEntity, TKey}.ScanAsync"/>;
    /// each entity is changed atomically, in a few round trips, 64 at a time.
    /// </summary>
    /// <param name="progress">Is told about every 1,000 keys how far the walk has come.</param>
    /// <param name="cancellationToken">Ends the walk. What was done stays, and the walk can be begun anew.</param>
    /// <returns>What did not fit. Entities whose value of a unique index another one has are in <see cref="IndexReport.Clashes"/>, and are not in that index.</returns>
    protected Task<IndexReport> RebuildIndexesCoreAsync(IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
        => Check(progress).RebuildAsync(cancellationToken);

    /// <summary>
    /// Compares every entity with the indexes and every entry of an index with its entity, and repairs on request what does not fit. That can be where data was lost (by a failover,
    /// or eviction), where other programs write, and on a cluster where writers have died. Otherwise like <see cref="RebuildIndexesCoreAsync"/>.
    /// </summary>
    /// <param name="repair">Whether to repair.</param>
    /// <param name="progress">Is told about every 1,000 keys how far the walk has come.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    protected Task<IndexReport> VerifyIndexesCoreAsync(bool repair, IProgress<IndexProgress>? progress, CancellationToken cancellationToken)
        => Check(progress).VerifyAsync(repair, cancellationToken);

    private IndexCheck<TKey> Check(IProgress<IndexProgress>? progress) => new(
        AllChanges,
        (key, redisKey, stored) =>
        {
            var values = new RedisValue[TMapper.Schema.ValueCount];
            stored.AsSpan(..TMapper.Schema.FieldCount).CopyTo(values);
            TMapper.WriteParts(key, values, Context(redisKey));
            return values;
        },
        progress);

    private TEntity ReadWritten(TKey key, RedisKey redisKey, HashChange write, RedisValue[] values, RedisValue[] stored)
    {
        HashSchema schema = TMapper.Schema;
        foreach (int counter in schema.Counters)
        {
            values[counter] = stored[counter];
        }

        if (schema.ConcurrencyToken >= 0)
        {
            values[schema.ConcurrencyToken] = write.VersionAfter(stored[schema.ConcurrencyToken]);
        }

        return ReadCopy(key, redisKey, values.AsSpan(..schema.FieldCount));
    }

    // Of values that others still need as they stand in Redis.
    private TEntity ReadCopy(TKey key, RedisKey redisKey, ReadOnlySpan<RedisValue> values)
    {
        CodecContext context = Context(redisKey);
        if (TMapper.Schema.Protected.Length > 0)
        {
            RedisValue[] copy = values.ToArray();
            context.Unprotect(copy);
            values = copy;
        }

        return TMapper.Read(key, values, context);
    }

    private RedisValue[] ValuesOf(TEntity entity, TKey key, RedisKey redisKey)
    {
        var values = new RedisValue[TMapper.Schema.ValueCount];
        Encode(redisKey, entity, values);
        TMapper.WriteParts(key, values, Context(redisKey));
        return values;
    }

    private HashChange WriteChange(WriteMode mode, TEntity entity, TKey key, RedisKey redisKey, long expiry)
        => WriteChange(mode, redisKey, expiry, ValuesOf(entity, key, redisKey));

    private HashChange WriteChange(WriteMode mode, RedisKey redisKey, long expiry, RedisValue[] values)
    {
        HashSchema schema = TMapper.Schema;
        HashChange change = HashChange.Write(schema, mode, expiry, values.AsSpan(..schema.FieldCount));
        change.Entries = IndexText.Entries(schema, values, [], Context(redisKey));
        return change;
    }

    // What the verbs answer.
    private bool Answer(RedisKey key, HashChange change, ChangeReply reply)
    {
        ThrowIfStale(key, change, reply);
        return reply.Status == ChangeStatus.Done && (change.Operation != "upsert" || (long)reply.Result == 1);
    }

    private void ThrowIfStale(RedisKey key, HashChange change, ChangeReply reply)
    {
        if (reply.Status != ChangeStatus.Guarded || reply.Guard != 0 || change.ExpectedVersion.IsNull)
        {
            return;
        }

        HashSchema schema = TMapper.Schema;
        string expected = change.ExpectedVersion!;
        string? actual = reply.Value.IsNull ? null : Printable.Of((byte[])reply.Value!);
        throw new RedisConcurrencyException(
            schema.Model,
            Redis.FullKey(key),
            schema.FieldName(schema.ConcurrencyToken),
            expected,
            actual,
            $"its version '{schema.FieldName(schema.ConcurrencyToken)}' is {actual ?? "absent"}, not {expected}. It was changed since it was read: read it again and repeat the change, or use UpdateAsync(key, change).");
    }

    private async ValueTask<ChangeReply> PatchTrackedAsync(
        TKey key, HashPatch<TEntity> patch, HashPatch<TEntity>? expected, int readBefore, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        while (true)
        {
            var values = new RedisValue[TMapper.Schema.ValueCount];
            HashChange change = PatchChange(key, redisKey, patch, values);
            if (expected is not null)
            {
                Expect(change, expected, redisKey);
            }

            if (readBefore >= 0)
            {
                change.ReturnBefore(TMapper.Schema.Names[readBefore]);
            }

            int own = change.GuardCount;
            int[] missing = MissingMembers(patch.IsAssigned);
            if (missing.Length > 0)
            {
                RedisValue[] names = Array.ConvertAll(missing, field => TMapper.Schema.Names[field]);
                RedisValue[] stored = await WaitAsync(Database.HashGetAsync(redisKey, names), redisKey, cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < missing.Length; i++)
                {
                    values[missing[i]] = stored[i];
                    change.Expect(names[i], stored[i]);
                }
            }

            Enter(change, redisKey, values, patch.IsAssigned);
            ChangeReply reply = await AllChanges.RunAsync(redisKey, change, cancellationToken).ConfigureAwait(false);
            if (reply.Status == ChangeStatus.Guarded && reply.Guard >= own)
            {
                continue;       // a member of the same index was changed since it was read
            }

            ThrowIfStale(redisKey, change, reply);
            return reply;
        }
    }

    private async Task PatchManyTrackedAsync<TPatch>((TKey Key, TPatch Patch)[] patches, RedisKey[] redisKeys, bool[] changed, CancellationToken cancellationToken)
        where TPatch : HashPatch<TEntity>
    {
        // Those whose indexes depend on members that the patch does not assign have to read first.
        int[] alone = [.. Enumerable.Range(0, patches.Length).Where(i => MissingMembers(patches[i].Patch.IsAssigned).Length == 0)];
        await AllChanges.RunManyAsync(
            alone.Length,
            i =>
            {
                int position = alone[i];
                var values = new RedisValue[TMapper.Schema.ValueCount];
                HashChange change = PatchChange(patches[position].Key, redisKeys[position], patches[position].Patch, values);
                Enter(change, redisKeys[position], values, patches[position].Patch.IsAssigned);
                return (redisKeys[position], change);
            },
            (i, key, change, reply) => changed[alone[i]] = Answer(key, change, reply),
            cancellationToken).ConfigureAwait(false);
        int[] others = [.. Enumerable.Range(0, patches.Length).Except(alone)];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Pipeline.ChunkSize, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            others,
            parallel,
            async (i, _) => changed[i] = (await PatchTrackedAsync(patches[i].Key, patches[i].Patch, expected: null, readBefore: -1, cancellationToken).ConfigureAwait(false)).Status == ChangeStatus.Done).ConfigureAwait(false);
    }

    private HashChange PatchChange(TKey key, RedisKey redisKey, HashPatch<TEntity> patch, RedisValue[] values)
    {
        Encode(redisKey, patch, values);
        TMapper.WriteParts(key, values, Context(redisKey));
        return HashChange.Patch(TMapper.Schema, TMapper.Schema.SlidingMilliseconds, values, patch.IsAssigned);
    }

    private void Expect(HashChange change, HashPatch<TEntity> expected, RedisKey redisKey)
    {
        var values = new RedisValue[TMapper.Schema.ValueCount];
        expected.Write(values, Context(redisKey));
        for (int i = 0; i < TMapper.Schema.FieldCount; i++)
        {
            if (expected.IsAssigned(i))
            {
                if (!values[i].IsNull && Array.Exists(TMapper.Schema.Protected, field => field.Field == i && field.IsEnveloped))
                {
                    throw new ArgumentException($"{TMapper.Schema.Model}: the field '{TMapper.Schema.FieldName(i)}' is encrypted or compressed, so that Redis cannot compare it with what is expected. Expect another member, or that it is null.", nameof(expected));
                }

                change.Expect(TMapper.Schema.Names[i], values[i]);
            }
        }
    }

    private void Enter(HashChange change, RedisKey redisKey, RedisValue[] values, Func<int, bool> isAssigned)
    {
        bool[] indexes = Array.ConvertAll(TMapper.Schema.Indexes, index => Array.Exists(index.Fields, field => field < TMapper.Schema.FieldCount && isAssigned(field)));
        if (Array.IndexOf(indexes, true) >= 0)
        {
            change.Changed = HashChange.NamesOf(TMapper.Schema, indexes);
            change.Entries = IndexText.Entries(TMapper.Schema, values, indexes, Context(redisKey));
        }
    }

    // The members that are not assigned, of indexes that have members that are.
    private static int[] MissingMembers(Func<int, bool> isAssigned)
    {
        HashSchema schema = TMapper.Schema;
        List<int>? missing = null;
        foreach (IndexSchema index in schema.Indexes)
        {
            if (index.Fields.Length == 1 || !Array.Exists(index.Fields, field => field < schema.FieldCount && isAssigned(field)))
            {
                continue;
            }

            foreach (int field in index.Fields)
            {
                if (field < schema.FieldCount && !isAssigned(field) && missing?.Contains(field) != true)
                {
                    (missing ??= []).Add(field);
                }
            }
        }

        return missing is null ? [] : [.. missing];
    }

    // Where no script can change a counter and the index that has it in one step: by compare and set.
    private async Task<long> IncrementIndexedAsync(
        TKey key, int field, long by, RedisValue minimum, RedisValue maximum, string type, CancellationToken cancellationToken)
    {
        HashSchema schema = TMapper.Schema;
        RedisKey redisKey = key.ToRedisKey();
        for (int attempt = 0; ; attempt++)
        {
            RedisValue[] stored = await WaitAsync(Database.HashGetAsync(redisKey, schema.ReadNames), redisKey, cancellationToken).ConfigureAwait(false);
            if (schema.IsOutdated(stored))
            {
                switch (await AllChanges.Evolution!.UpgradeAsync(redisKey, cancellationToken).ConfigureAwait(false))
                {
                    case UpgradeStatus.Absent:
                        throw NotFound(redisKey, $"incrementing '{schema.FieldName(field)}'");
                    case UpgradeStatus.Upgraded or UpgradeStatus.Current:
                        continue;
                }
            }

            if (!HashCommands.IsPresent(Redis, schema, redisKey, stored))
            {
                throw NotFound(redisKey, $"incrementing '{schema.FieldName(field)}'");
            }

            long before = stored[field].IsNull ? 0 : Context(redisKey).ReadInt64(stored, field);
            Int128 sum = (Int128)before + by;
            if (sum < (minimum.IsNullOrEmpty ? long.MinValue : (long)minimum) || sum > (maximum.IsNullOrEmpty ? long.MaxValue : (long)maximum))
            {
                throw Overflow(redisKey, field, by, before.ToString(CultureInfo.InvariantCulture), minimum, maximum, type);
            }

            var values = new RedisValue[schema.ValueCount];
            stored.AsSpan(..schema.FieldCount).CopyTo(values);
            TMapper.WriteParts(key, values, Context(redisKey));
            values[field] = (long)sum;
            HashChange change = HashChange.Touch(schema, schema.SlidingMilliseconds);
            change.SetField(schema.Names[field], (long)sum);
            foreach (IndexSchema index in schema.Indexes)
            {
                foreach (int member in index.Fields)
                {
                    if (index.Fields.Contains(field) && member < schema.FieldCount)
                    {
                        change.Expect(schema.Names[member], stored[member]);
                    }
                }
            }

            Enter(change, redisKey, values, member => member == field);
            ChangeReply reply = await AllChanges.RunAsync(redisKey, change, cancellationToken).ConfigureAwait(false);
            switch (reply.Status)
            {
                case ChangeStatus.Done:
                    return (long)sum;
                case ChangeStatus.Absent:
                    throw NotFound(redisKey, $"incrementing '{schema.FieldName(field)}'");
                default:
                    await Contention.PauseAsync(Redis, attempt, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private RedisEntityNotFoundException NotFound(RedisKey key, string operation) => new(TMapper.Schema.Model, Redis.FullKey(key), operation);

    private OverflowException Overflow(RedisKey key, int field, long by, string before, RedisValue minimum, RedisValue maximum, string type)
    {
        bool isDeclared = !minimum.IsNullOrEmpty && type == nameof(Int64) || (type == nameof(Int32) && (minimum != int.MinValue || maximum != int.MaxValue));
        string range = isDeclared ? $"its bounds, {minimum} to {maximum}" : $"the range of {type}";
        return new OverflowException($"{TMapper.Schema.Model}: adding {by} to the counter '{TMapper.Schema.FieldName(field)}' of '{Redis.FullKey(key)}', which is {before}, leaves {range}. Nothing was changed.");
    }

    private TValue ReadMember<TValue>(RedisKey key, int field, RedisValue value, MemberReader<TValue> read)
    {
        using var buffer = new ValueBuffer(TMapper.Schema.FieldCount);
        buffer.Values[field] = value;
        return read(buffer.Values, Context(key));
    }

    private RedisValue[] SlidingReadArguments(HashChanges changes, HashSchema read)
        => [changes.IsOneServer ? "atomic" : "steps", Redis.Prefix, read.SlidingMilliseconds, TMapper.Schema.IndexSlack, read.Presence + 1, .. read.ReadNames];

    // The values of a sliding read, behind which stands whether the indexes have to be told that the entity lives on.
    private static async ValueTask<RedisValue[]> SlideAsync(HashChanges changes, RedisKey key, RedisValue[] reply, CancellationToken cancellationToken)
    {
        if ((long)reply[^1] == 1)
        {
            try
            {
                await changes.RunAsync(key, HashChange.Touch(changes.Schema, changes.Schema.SlidingMilliseconds), cancellationToken).ConfigureAwait(false);
            }
            catch (RedisServerException e) when (e.Message.Contains("OOM command", StringComparison.Ordinal))
            {
                // The entity was read, and lives as long as its indexes.
            }
        }

        return reply[..^1];
    }

    private sealed class IndexReader(HashRepository<TEntity, TKey, TMapper> repository) : IndexSource<TEntity, TKey>(repository.AllChanges)
    {
        protected override TEntity Read(TKey key, RedisKey redisKey, ReadOnlySpan<RedisValue> values) => repository.ReadCopy(key, redisKey, values);
    }
}
