using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Reads what indexes find. The repository says how entities are made of their values.</summary>
internal abstract partial class IndexSource<TEntity, TKey>(HashChanges changes)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    [LuaScript(File = "../index_find.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript FindScript { get; }

    [LuaScript(File = "../index_count.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript CountScript { get; }

    [LuaScript(File = "../index_due.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript DueScript { get; }

    private const int SweepSize = 500;

    public HashSchema Schema => changes.Schema;

    private RedisContext Redis => changes.Redis;

    /// <summary>Makes an entity of its values.</summary>
    protected abstract TEntity Read(TKey key, RedisKey redisKey, ReadOnlySpan<RedisValue> values);

    /// <summary>What names an index in the errors of a value that it is asked for.</summary>
    public CodecContext Context => new(Redis, Schema, Schema.IndexKey);

    /// <summary>The entities that a unique index has for values; null where there is none.</summary>
    public async Task<TEntity?[]> FindAsync(RedisKey[] indexKeys, CancellationToken cancellationToken)
    {
        var found = new TEntity?[indexKeys.Length];
        if (changes.IsOneServer)
        {
            var outdated = new List<(int Position, RedisKey Key)>();
            RedisValue[] arguments = [Redis.Prefix, .. Schema.ReadNames];
            await Pipeline.RunScriptAsync(
                Redis,
                Schema,
                FindScript,
                indexKeys.Length,
                i => ([indexKeys[i]], arguments),
                (i, _, reply) =>
                {
                    found[i] = ReadFound(reply, out RedisKey? old);
                    if (old is { } key)
                    {
                        outdated.Add((i, key));
                    }
                },
                cancellationToken).ConfigureAwait(false);
            await HashChanges.ForEachAsync(
                outdated.Count,
                async (i, token) => found[outdated[i].Position] = await ReadOutdatedAsync(outdated[i].Key, token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);

            return found;
        }

        // What does not fit the entity any more may have moved on between the two reads: once more then, and what still does not fit is left over.
        int[] open = [.. Enumerable.Range(0, indexKeys.Length)];
        for (int attempt = 0; attempt < 2 && open.Length > 0; attempt++)
        {
            var holders = new RedisValue[open.Length];
            await Pipeline.RunAsync(
                Redis,
                Schema,
                open.Length,
                i => (indexKeys[open[i]], 0),
                (key, _) => Redis.Database.StringGetAsync(key),
                (i, _, reply) => holders[i] = reply,
                cancellationToken).ConfigureAwait(false);
            int[] held = [.. Enumerable.Range(0, open.Length).Where(i => !holders[i].IsNull)];
            IndexMember[] members = Array.ConvertAll(held, i => IndexMember.OfUnique(indexKeys[open[i]], (byte[])holders[i]!));
            TEntity?[] read = await ReadAsync(members, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < held.Length; i++)
            {
                found[open[held[i]]] = read[i];
            }

            if (attempt == 1)
            {
                await SweepAsync(members.Where((_, i) => read[i] is null), cancellationToken).ConfigureAwait(false);
            }

            open = [.. held.Where((_, i) => read[i] is null).Select(i => open[i])];
        }

        return found;
    }

    /// <summary>The entity that a unique index has for a value.</summary>
    public async Task<TEntity?> FindAsync(RedisKey indexKey, CancellationToken cancellationToken)
    {
        if (!changes.IsOneServer)
        {
            return (await FindAsync([indexKey], cancellationToken).ConfigureAwait(false))[0];
        }

        RedisValue[] arguments = [Redis.Prefix, .. Schema.ReadNames];
        TEntity? found = ReadFound(await changes.AskAsync(FindScript, indexKey, "string", arguments, cancellationToken).ConfigureAwait(false), out RedisKey? old);
        return old is { } key ? await ReadOutdatedAsync(key, cancellationToken).ConfigureAwait(false) : found;
    }

    /// <summary>A page of an index.</summary>
    /// <param name="indexKey">The index's key for the value.</param>
    /// <param name="sorted">Whether members begin with an order.</param>
    /// <param name="range">Which part of the index.</param>
    /// <param name="size">How many entries.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The entities, and the last entry if there may be more.</returns>
    public async Task<(List<TEntity> Items, byte[]? Last)> PageAsync(RedisKey indexKey, bool sorted, IndexRange range, int size, CancellationToken cancellationToken)
    {
        RedisValue[] reply = await changes.PageAsync(indexKey, range, size, cancellationToken).ConfigureAwait(false);
        var members = new List<IndexMember>(reply.Length);
        List<IndexMember>? doubles = null;
        foreach (RedisValue value in reply)
        {
            IndexMember member = IndexMember.OfSet(indexKey, (byte[])value!, sorted);
            if (members.Count == 0 || !members[^1].HasSamePlace(member))     // several writers of one entity leave several for a moment
            {
                members.Add(member);
                continue;
            }

            (doubles ??= [members[^1]]).Add(member);
        }

        TEntity?[] read = await ReadAsync([.. members], cancellationToken).ConfigureAwait(false);
        await SweepAsync(members.Where((_, i) => read[i] is null).Concat(doubles ?? []), cancellationToken).ConfigureAwait(false);
        List<TEntity> items = [.. read.OfType<TEntity>()];
        return (items, reply.Length < size ? null : members[^1].Place);
    }

    /// <summary>How many entries a part of an index has, without those of entities that have expired.</summary>
    public async Task<long> CountAsync(RedisKey indexKey, bool sorted, IndexRange range, CancellationToken cancellationToken)
    {
        if (changes.IsOneServer)
        {
            RedisValue[] arguments = [Redis.Prefix, sorted ? 1 : 0, range.From, range.To];
            while (true)
            {
                long count = (long)await changes.AskAsync(CountScript, indexKey, "zset", arguments, cancellationToken).ConfigureAwait(false);
                if (count >= 0)
                {
                    return count;
                }
            }
        }

        RedisKey times = indexKey.Append("{}x");
        while (true)
        {
            var due = (RedisValue[])(await ScriptWait.Evaluate(DueScript, Redis, Schema, [times], [SweepSize], cancellationToken).ConfigureAwait(false))!;
            bool swept = await SweepAsync(due.Select(member => IndexMember.OfSet(indexKey, (byte[])member!, sorted)), cancellationToken).ConfigureAwait(false);

            if (due.Length < SweepSize || !swept)
            {
                break;
            }
        }

        Task<RedisResult> counting = AdHocCommand.ExecuteAsync(Redis.Database, "ZLEXCOUNT", indexKey, range.From, range.To);
        return (long)await OperationWait<RedisResult>.For(counting, Redis, Schema, indexKey, cancellationToken).ConfigureAwait(false);
    }

    // The entities that say they are in the index at these places; null for others.
    private async Task<TEntity?[]> ReadAsync(IndexMember[] members, CancellationToken cancellationToken)
    {
        var read = new TEntity?[members.Length];
        var outdated = new List<int>();
        await Pipeline.RunAsync(
            Redis,
            Schema,
            members.Length,
            i => (members[i].Entity, 0),
            (key, _) => Redis.Database.HashGetAsync(key, Schema.NamesAndEntries),
            (i, key, values) =>
            {
                if (!members[i].IsListedIn((byte[]?)values[^1]))
                {
                    return;
                }

                if (Schema.IsOutdated(values.AsSpan(..^1)))
                {
                    outdated.Add(i);
                }
                else if (HashCommands.IsPresent(Redis, Schema, key, values.AsSpan(..^1)) && TKey.TryParse(((byte[])key!).AsSpan(), out TKey parsed))
                {
                    read[i] = Read(parsed, key, values.AsSpan(..^1));
                }
            },
            cancellationToken).ConfigureAwait(false);
        await HashChanges.ForEachAsync(
            outdated.Count,
            async (i, token) => read[outdated[i]] = await ReadOutdatedAsync(members[outdated[i]].Entity, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return read;
    }

    // Pipelined. Whether any was removed.
    private async Task<bool> SweepAsync(IEnumerable<IndexMember> members, CancellationToken cancellationToken)
        => (await Task.WhenAll(members.Select(member => changes.SweepAsync(member.Entry, cancellationToken).AsTask())).ConfigureAwait(false)).Contains(true);

    private TEntity? ReadFound(RedisResult reply, out RedisKey? outdated)
    {
        outdated = null;
        if (reply.IsNull)
        {
            return null;
        }

        var parts = (RedisResult[])reply!;
        byte[] key = (byte[])parts[0]!;
        var values = (RedisValue[])parts[1]!;
        if (Schema.IsOutdated(values))
        {
            outdated = key;
            return null;
        }

        return HashCommands.IsPresent(Redis, Schema, key, values) && TKey.TryParse(key.AsSpan(), out TKey parsed) ? Read(parsed, key, values) : null;
    }

    // An entity of an older form, brought into the model's in memory.
    private async ValueTask<TEntity?> ReadOutdatedAsync(RedisKey key, CancellationToken cancellationToken)
        => TKey.TryParse(((byte[])key!).AsSpan(), out TKey parsed) && await changes.Evolution!.ReadAsync(key, Schema, slide: false, cancellationToken).ConfigureAwait(false) is { } values
            ? Read(parsed, key, values)
            : null;
}
