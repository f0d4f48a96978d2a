using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Walks over the entities of a model and over its indexes, and makes them fit.</summary>
/// <param name="changes">Changes entities together with their indexes.</param>
/// <param name="valuesOf">The values of an entity and of its key parts.</param>
/// <param name="progress">Is told how far the walk has come.</param>
internal sealed class IndexCheck<TKey>(HashChanges changes, Func<TKey, RedisKey, RedisValue[], RedisValue[]> valuesOf, IProgress<IndexProgress>? progress)
    where TKey : struct, IRedisKey<TKey>
{
    private const int PageSize = 1000;
    private const int Parallelism = 64;

    private readonly List<RedisUniqueIndexException> _clashes = [];
    private long _entities;
    private long _entries;
    private long _missing;
    private long _orphaned;

    private HashSchema Schema => changes.Schema;

    private RedisContext Redis => changes.Redis;

    /// <summary>Puts every entity into its indexes anew.</summary>
    public async Task<IndexReport> RebuildAsync(CancellationToken cancellationToken)
    {
        await ForEachEntityAsync(async (key, token) => await RenewAsync(key, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await CheckEntriesAsync(repair: true, cancellationToken).ConfigureAwait(false);
        return Report(repaired: true);
    }

    /// <summary>Looks whether entities and indexes fit.</summary>
    public async Task<IndexReport> VerifyAsync(bool repair, CancellationToken cancellationToken)
    {
        await ForEachEntityAsync(
            async (key, token) =>
            {
                // Twice: what is just being written does not fit for a moment.
                if (await FitsAsync(key, token).ConfigureAwait(false) || await FitsAsync(key, token).ConfigureAwait(false))
                {
                    return;
                }

                if (repair)
                {
                    await RenewAsync(key, token).ConfigureAwait(false);
                }
                else
                {
                    Interlocked.Increment(ref _missing);
                }
            },
            cancellationToken).ConfigureAwait(false);
        await CheckEntriesAsync(repair, cancellationToken).ConfigureAwait(false);
        return Report(repair);
    }

    private IndexReport Report(bool repaired) => new(_entities, _entries, _missing, _orphaned, _clashes, repaired);

    private async Task ForEachEntityAsync(Func<TKey, CancellationToken, ValueTask> check, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await foreach (TKey[] page in KeyScan.PagesAsync<TKey>(Redis, Schema, PageSize, cancellationToken).ConfigureAwait(false))
        {
            await Parallel.ForEachAsync(page, parallel, check).ConfigureAwait(false);
            progress?.Report(new IndexProgress(Interlocked.Read(ref _entities), _entries));
        }
    }

    private async ValueTask RenewAsync(TKey key, CancellationToken cancellationToken)
    {
        RedisKey redisKey = key.ToRedisKey();
        var clashing = new HashSet<string>();
        while (true)
        {
            if (await ReadAsync(key, redisKey, cancellationToken).ConfigureAwait(false) is not var (stored, entries, said))
            {
                return;
            }

            bool fits = await IsInAllAsync(redisKey, entries, said, cancellationToken).ConfigureAwait(false);
            HashChange change = HashChange.Touch(Schema, expiry: 0);
            change.Entries = clashing.Count == 0 ? entries : Without(entries, redisKey, clashing);
            change.RenewAll();
            foreach (int field in Schema.Indexes.SelectMany(static index => index.Fields).Where(field => field < Schema.FieldCount).Distinct())
            {
                change.Expect(Schema.Names[field], stored[field]);
            }

            try
            {
                ChangeReply reply = await changes.RunAsync(redisKey, change, cancellationToken).ConfigureAwait(false);
                if (reply.Status == ChangeStatus.Guarded)
                {
                    continue;       // changed since it was read
                }
            }
            catch (RedisUniqueIndexException clash)
            {
                if (!clashing.Add(clash.Index))
                {
                    return;     // of an older form, which stays because of it
                }

                lock (_clashes)
                {
                    _clashes.Add(clash);
                }

                continue;       // into the others all the same
            }

            Interlocked.Increment(ref _entities);
            Interlocked.Add(ref _missing, fits ? 0 : 1);
            return;
        }
    }

    private static byte[] Without(byte[] entries, RedisKey key, HashSet<string> indexes)
        => Encoding.UTF8.GetBytes(string.Join(
            '\n', IndexEntry.Parse(key, Encoding.UTF8.GetString(entries), "").Where(entry => !indexes.Contains(entry.IndexName)).Select(static entry => entry.Line)));

    private async ValueTask<bool> FitsAsync(TKey key, CancellationToken cancellationToken)
    {
        RedisKey redisKey = key.ToRedisKey();
        if (await ReadAsync(key, redisKey, cancellationToken).ConfigureAwait(false) is not var (_, entries, said))
        {
            return true;
        }

        if (!await IsInAllAsync(redisKey, entries, said, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        Interlocked.Increment(ref _entities);
        return true;
    }

    // Whether the entity says that it is in the indexes that it should be in, and is.
    private async ValueTask<bool> IsInAllAsync(RedisKey key, byte[] entries, string said, CancellationToken cancellationToken)
    {
        List<IndexEntry> wanted = IndexEntry.Parse(key, Encoding.UTF8.GetString(entries), "");
        List<IndexEntry> listed = IndexEntry.Parse(key, said, token: null);
        if (wanted.Count != listed.Count || !wanted.TrueForAll(entry => listed.Exists(entry.IsSame)))
        {
            return false;
        }

        foreach (IndexEntry entry in listed)
        {
            bool isIn = entry.IsUnique
                ? IsOf(entry, await OperationWait<RedisValue>.For(Redis.Database.StringGetAsync(entry.Key), Redis, Schema, entry.Key, cancellationToken).ConfigureAwait(false))
                : await OperationWait<double?>.For(Redis.Database.SortedSetScoreAsync(entry.Key, entry.Member), Redis, Schema, entry.Key, cancellationToken).ConfigureAwait(false) is not null;
            if (!isIn)
            {
                return false;
            }
        }

        return true;
    }

    // Whoever of the entity's writers took the value.
    private static bool IsOf(IndexEntry entry, RedisValue holder) => !holder.IsNull && IndexEntry.OfHolder(entry, holder!).Entity == entry.Entity;

    private async ValueTask<(RedisValue[] Stored, byte[] Entries, string Said)?> ReadAsync(TKey key, RedisKey redisKey, CancellationToken cancellationToken)
    {
        RedisValue[] stored = await OperationWait<RedisValue[]>.For(
            Redis.Database.HashGetAsync(redisKey, Schema.NamesAndEntries), Redis, Schema, redisKey, cancellationToken).ConfigureAwait(false);
        if (Schema.IsOutdated(stored.AsSpan(..^1)))
        {
            if (await changes.Evolution!.ReadAsync(redisKey, Schema, slide: false, cancellationToken).ConfigureAwait(false) is not { } upgraded)
            {
                return null;
            }

            upgraded.CopyTo(stored, 0);
        }

        if (stored[Schema.Presence].IsNull)
        {
            return null;
        }

        RedisValue[] values = valuesOf(key, redisKey, stored);
        return (stored, IndexText.Entries(Schema, values, [], new CodecContext(Redis, Schema, redisKey)), (string?)stored[^1] ?? "");
    }

    private async Task CheckEntriesAsync(bool repair, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Schema.Indexes.Length; i++)
        {
            IndexSchema index = Schema.Indexes[i];
            bool isUnique = index.Kind == IndexKind.Unique;
            var (head, tail) = Schema.IndexPrefixes[i];
            string pattern = KeyScan.EscapeGlob(Encoding.UTF8.GetString(head)) + (index.SharesSlot ? "{*}" : "") + KeyScan.EscapeGlob(Encoding.UTF8.GetString(tail)) + "*";
            await foreach (byte[][] page in KeyScan.PagesAsync(Redis, Schema, pattern, isUnique ? "string" : "zset", PageSize, cancellationToken).ConfigureAwait(false))
            {
                foreach (byte[] key in page)
                {
                    if (isUnique)
                    {
                        await CheckUniqueAsync(key, repair, cancellationToken).ConfigureAwait(false);
                    }
                    else if (!key.AsSpan().EndsWith("{}x"u8))
                    {
                        await CheckSetAsync(key, index.Kind == IndexKind.Sorted, repair, cancellationToken).ConfigureAwait(false);
                    }
                }

                progress?.Report(new IndexProgress(_entities, _entries));
            }
        }
    }

    private async ValueTask CheckUniqueAsync(byte[] key, bool repair, CancellationToken cancellationToken)
    {
        RedisValue holder = await OperationWait<RedisValue>.For(Redis.Database.StringGetAsync(key), Redis, Schema, key, cancellationToken).ConfigureAwait(false);
        if (!holder.IsNull)
        {
            await CheckAsync([IndexMember.OfUnique(key, (byte[])holder!).Entry], repair, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask CheckSetAsync(byte[] key, bool sorted, bool repair, CancellationToken cancellationToken)
    {
        IndexRange range = IndexRange.All;
        while (true)
        {
            RedisValue[] members = await changes.PageAsync(key, range, PageSize, cancellationToken).ConfigureAwait(false);
            IndexMember[] read = Array.ConvertAll(members, member => IndexMember.OfSet(key, (byte[])member!, sorted));
            await CheckAsync(Array.ConvertAll(read, static member => member.Entry), repair, cancellationToken).ConfigureAwait(false);
            if (members.Length < PageSize)
            {
                return;
            }

            range = range.After(read[^1].Place);
        }
    }

    private async Task CheckAsync(IndexEntry[] entries, bool repair, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            entries,
            parallel,
            async (entry, token) =>
            {
                Interlocked.Increment(ref _entries);
                if (repair ? await changes.SweepAsync(entry, token).ConfigureAwait(false) : await changes.IsDeadAsync(entry, token).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref _orphaned);
                }
            }).ConfigureAwait(false);
    }
}
