using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What became of a change.</summary>
internal enum ChangeStatus
{
    Done,
    Absent,
    Exists,
    Guarded,
}

/// <summary>What became of a change.</summary>
/// <param name="Status">Whether it was made, or why not.</param>
/// <param name="Result">The script's result.</param>
/// <param name="Value">Done: the value before, if it was asked for. Guarded: the value that stands.</param>
/// <param name="Guard">Guarded: which condition, from 0.</param>
internal readonly record struct ChangeReply(ChangeStatus Status, RedisValue Result = default, RedisValue Value = default, int Guard = -1);

/// <summary>
/// Makes changes of entities together with their indexes. Where those stand in the slot of the entity, and outside of a cluster, by one script. Else in steps
/// that are atomic for one slot each: announce the change at the entity, so that nobody else changes its indexes meanwhile; claim the new entries; change the
/// entity if the announcement still stands; give up the old entries. A writer that dies leaves an announcement, which ends by itself, and entries that no entity
/// says it is in, which queries do not show, other writers take over and readers remove.
/// </summary>
internal sealed partial class HashChanges(RedisContext redis, HashSchema schema)
{
    private const int ConcurrentChanges = 64;

    [LuaScript(File = "hash_change.lua", AllowUndeclaredKeys = true)]
    public static partial RedisScript ChangeScript { get; }

    [LuaScript(File = "index_claim.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript ClaimScript { get; }

    [LuaScript(File = "index_add.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript AddScript { get; }

    [LuaScript(File = "index_extend.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript ExtendScript { get; }

    [LuaScript(File = "index_release.lua")]
    private static partial RedisScript ReleaseScript { get; }

    [LuaScript(File = "index_ask.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript AskScript { get; }

    [LuaScript(File = "index_page.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript PageScript { get; }

    [LuaScript(File = "index_sweep.lua", AllowUndeclaredKeys = true)]
    private static partial RedisScript SweepScript { get; }

    [LuaScript(File = "index_withdraw.lua")]
    private static partial RedisScript WithdrawScript { get; }

    private static readonly RedisValue Atomic = "atomic";
    private static readonly RedisValue Begin = "begin";
    private static readonly RedisValue Commit = "commit";

    // How long an announcement stands: a writer that dies keeps others from changing the entity's indexes, or from taking its values, for so long.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    public RedisContext Redis => redis;

    public HashSchema Schema => schema;

    /// <summary>Whether one script changes an entity and all its indexes.</summary>
    public bool IsAtomic => !schema.SpansSlots || !SlotGroups.IsCluster(redis.Connection);

    private RedisValue Prefix => redis.Prefix;

    /// <summary>Makes a change.</summary>
    /// <exception cref="RedisUniqueIndexException">Another entity has the value of a unique index.</exception>
    public async ValueTask<ChangeReply> RunAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        if (IsAtomic)
        {
            RedisResult reply = await EvaluateAsync(ChangeScript, key, change.Arguments(Atomic, Prefix, "", 0, ""), cancellationToken).ConfigureAwait(false);
            return Read(key, (RedisResult[])reply!);
        }

        return await RunInStepsAsync(key, change, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes many changes, of different entities.</summary>
    public async Task RunManyAsync(int count, Func<int, (RedisKey Key, HashChange Change)> prepare, Action<int, RedisKey, HashChange, ChangeReply> receive, CancellationToken cancellationToken)
    {
        if (IsAtomic)
        {
            var changes = new HashChange[count];
            RedisValue prefix = Prefix;
            await Pipeline.RunScriptAsync(
                redis,
                schema,
                ChangeScript,
                count,
                i =>
                {
                    var (key, change) = prepare(i);
                    changes[i] = change;
                    return ([key], change.Arguments(Atomic, prefix, "", 0, ""));
                },
                (i, keys, reply) => receive(i, keys[0], changes[i], Read(keys[0], (RedisResult[])reply!)),
                cancellationToken).ConfigureAwait(false);
            return;
        }

        // Prepared in chunks like a pipeline: a value that cannot be written sends nothing of its chunk.
        for (int start = 0; start < count; start += Pipeline.ChunkSize)
        {
            int length = Math.Min(Pipeline.ChunkSize, count - start);
            var calls = new (RedisKey Key, HashChange Change)[length];
            for (int i = 0; i < length; i++)
            {
                calls[i] = prepare(start + i);
            }

            var replies = new ChangeReply[length];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ConcurrentChanges, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, length, parallel, async (i, token) => replies[i] = await RunInStepsAsync(calls[i].Key, calls[i].Change, token).ConfigureAwait(false)).ConfigureAwait(false);
            for (int i = 0; i < length; i++)
            {
                receive(start + i, calls[i].Key, calls[i].Change, replies[i]);
            }
        }
    }

    /// <summary>Removes an entry that its entity is not in any more. Leaves one alone that it is in, or is about to be.</summary>
    /// <returns>Whether it was removed.</returns>
    public async ValueTask<bool> SweepAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        if (IsAtomic)
        {
            RedisResult reply = await EvaluateAsync(SweepScript, entry.Key, [Prefix, entry.Line, entry.EntityText, entry.Token], cancellationToken).ConfigureAwait(false);
            return (long)reply == 1;
        }

        // No other entry has this token, so what is found dead stays dead.
        var (status, expires) = await AskAsync(entry, exactly: !entry.IsUnique, cancellationToken).ConfigureAwait(false);
        if (status == "dead")
        {
            await ReleaseAsync([entry], cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (status == "alive" && !entry.IsUnique)
        {
            RedisKey times = entry.TimesKey;
            if (expires < 0)
            {
                await WaitAsync(redis.Database.SortedSetRemoveAsync(times, entry.Member), times, cancellationToken).ConfigureAwait(false);
            }
            else if (await WaitAsync(redis.Database.SortedSetScoreAsync(times, entry.Member), times, cancellationToken).ConfigureAwait(false) is not null)
            {
                await WaitAsync(redis.Database.SortedSetAddAsync(times, entry.Member, expires), times, cancellationToken).ConfigureAwait(false);
            }
        }

        return false;
    }

    /// <summary>Whether no entity is in an index by an entry, nor about to be.</summary>
    public async ValueTask<bool> IsDeadAsync(IndexEntry entry, CancellationToken cancellationToken)
        => (await AskAsync(entry, exactly: !entry.IsUnique, cancellationToken).ConfigureAwait(false)).Status == "dead";

    /// <summary>The members of a part of an index.</summary>
    public async ValueTask<RedisValue[]> PageAsync(RedisKey indexKey, IndexRange range, int size, CancellationToken cancellationToken)
    {
        RedisValue[] arguments = [range.Command, range.From, range.To, size];
        return (RedisValue[])(await EvaluateAsync(PageScript, indexKey, arguments, cancellationToken).ConfigureAwait(false))!;
    }

    private async ValueTask<ChangeReply> RunInStepsAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        long started = redis.Options.TimeProvider.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            string token = NewToken();
            var begun = (RedisResult[])(await EvaluateAsync(
                ChangeScript, key, change.Arguments(Begin, Prefix, token, (long)Lease.TotalMilliseconds, ""), cancellationToken).ConfigureAwait(false))!;
            switch ((string)begun[0]!)
            {
                case "wait":
                    await DelayAsync(started, key, attempt, (long)begun[1], cancellationToken).ConfigureAwait(false);
                    continue;
                case "go":
                    break;
                default:
                    var reply = Read(key, begun);
                    await ReleaseAsync(Released(key, begun), cancellationToken).ConfigureAwait(false);
                    return reply;
            }

            // From here on the entity is ours to change, for the time of the lease.
            RedisValue times = (RedisValue)begun[2];
            string till = times.ToString() is { Length: > 0 } both ? both[(both.IndexOf(' ') + 1)..] : "";
            string score = till.Length == 0 ? "" : times.ToString()[..^(till.Length + 1)];
            List<IndexEntry> held = IndexEntry.Parse(key, (string?)begun[1] ?? "", token: null);
            List<IndexEntry> wanted = Wanted(key, change, held, token);
            List<IndexEntry> added = wanted.FindAll(entry => !held.Exists(entry.IsSame));
            List<IndexEntry> claimed = change.RenewsAll ? wanted : added;
            List<IndexEntry> extended = change.RenewsAll ? [] : held.FindAll(entry => wanted.Exists(entry.IsSame));
            try
            {
                await Task.WhenAll([
                    ClaimAsync(claimed.FindAll(static entry => entry.IsUnique), till, started, cancellationToken),
                    .. claimed.FindAll(static entry => !entry.IsUnique).Select(entry => AddAsync(entry, score, till, cancellationToken)),
                    .. extended.Select(entry => ExtendAsync(entry, score, till, cancellationToken)),
                ]).ConfigureAwait(false);
            }
            catch (RedisUniqueIndexException)
            {
                await EvaluateAsync(WithdrawScript, key, [token], cancellationToken).ConfigureAwait(false);
                await ReleaseAsync(added, cancellationToken).ConfigureAwait(false);
                throw;
            }

            var committed = (RedisResult[])(await EvaluateAsync(ChangeScript, key, change.Arguments(Commit, Prefix, token, 0, times), cancellationToken).ConfigureAwait(false))!;
            if ((string)committed[0]! == "done")
            {
                await ReleaseAsync(Released(key, committed), cancellationToken).ConfigureAwait(false);
                return Read(key, committed);
            }

            await ReleaseAsync(added, cancellationToken).ConfigureAwait(false);
            if ((string)committed[0]! != "lost")
            {
                return Read(key, committed);
            }

            await DelayAsync(started, key, attempt, remaining: 0, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<IndexEntry> Wanted(RedisKey key, HashChange change, List<IndexEntry> held, string token)
    {
        List<IndexEntry> wanted = IndexEntry.Parse(key, System.Text.Encoding.UTF8.GetString(change.Entries), token);
        if (change.RenewsAll)
        {
            return wanted.ConvertAll(entry => held.Find(entry.IsSame) ?? entry);
        }

        string changed = change.Changed.ToString();
        if (changed != "*")
        {
            wanted.AddRange(held.FindAll(entry => !changed.Contains($"\n{entry.IndexName}\n", StringComparison.Ordinal) && !wanted.Exists(entry.IsSame)));
        }

        return wanted;
    }

    // One after the other in the order of their keys: two writers that want the same two values, each with one of them, would wait for each other.
    private async Task ClaimAsync(List<IndexEntry> entries, string till, long started, CancellationToken cancellationToken)
    {
        foreach (IndexEntry entry in entries.OrderBy(static entry => entry.KeyText, StringComparer.Ordinal))
        {
            await ClaimAsync(entry, till, started, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ClaimAsync(IndexEntry entry, string till, long started, CancellationToken cancellationToken)
    {
        RedisValue mayReplace = "";
        for (int attempt = 0; ; attempt++)
        {
            RedisResult reply = await EvaluateAsync(ClaimScript, entry.Key, [entry.Member, till, mayReplace], cancellationToken).ConfigureAwait(false);
            if (reply.IsNull)
            {
                return;
            }

            // Another entity's. It is dead only if it has no such entry and nobody is about to give it one.
            var holder = IndexEntry.OfHolder(entry, (string)reply!);
            var (status, milliseconds) = await AskAsync(holder, exactly: false, cancellationToken).ConfigureAwait(false);
            switch (status)
            {
                case "alive":
                    throw Clash(entry.Entity, entry.KeyText, holder.EntityText);
                case "pending":
                    await DelayAsync(started, entry.Entity, attempt, milliseconds, cancellationToken).ConfigureAwait(false);
                    mayReplace = "";
                    break;
                default:
                    mayReplace = holder.Member;
                    break;
            }
        }
    }

    // The times first: what has a time and no entry is swept away, what has an entry and no time is not.
    private async Task AddAsync(IndexEntry entry, string score, string till, CancellationToken cancellationToken)
    {
        if (till.Length > 0)
        {
            await EvaluateAsync(AddScript, entry.TimesKey, [score, entry.Member, till], cancellationToken).ConfigureAwait(false);
        }

        await EvaluateAsync(AddScript, entry.Key, ["0", entry.Member, till], cancellationToken).ConfigureAwait(false);
        if (till.Length == 0)
        {
            await WaitAsync(redis.Database.SortedSetRemoveAsync(entry.TimesKey, entry.Member), entry.TimesKey, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task ExtendAsync(IndexEntry entry, string score, string till, CancellationToken cancellationToken)
        => entry.IsUnique
            ? EvaluateAsync(ExtendScript, entry.Key, [entry.Member, till], cancellationToken).AsTask()
            : AddAsync(entry, score, till, cancellationToken);

    private async ValueTask<(string Status, long Milliseconds)> AskAsync(IndexEntry entry, bool exactly, CancellationToken cancellationToken)
    {
        var reply = (RedisResult[])(await EvaluateAsync(AskScript, entry.Entity, [entry.Line, exactly ? entry.Token : ""], cancellationToken).ConfigureAwait(false))!;
        return ((string)reply[0]!, (long)reply[1]);
    }

    private async ValueTask ReleaseAsync(List<IndexEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return;
        }

        await Task.WhenAll(entries.Select(async entry =>
        {
            if (entry.IsUnique)
            {
                await EvaluateAsync(ReleaseScript, entry.Key, [entry.Member], cancellationToken).ConfigureAwait(false);
                return;
            }

            await WaitAsync(redis.Database.SortedSetRemoveAsync(entry.Key, entry.Member), entry.Key, cancellationToken).ConfigureAwait(false);
            await WaitAsync(redis.Database.SortedSetRemoveAsync(entry.TimesKey, entry.Member), entry.TimesKey, cancellationToken).ConfigureAwait(false);
        })).ConfigureAwait(false);
    }

    private static List<IndexEntry> Released(RedisKey key, RedisResult[] reply)
        => reply.Length > 2 && (string)reply[0]! == "done" ? IndexEntry.Parse(key, (string?)reply[2] ?? "", token: null) : [];

    private async Task DelayAsync(long started, RedisKey key, int attempt, long remaining, CancellationToken cancellationToken)
    {
        TimeSpan timeout = redis.Options.OperationTimeout;
        if (timeout != Timeout.InfiniteTimeSpan && redis.Options.TimeProvider.GetElapsedTime(started) > timeout)
        {
            throw new RedisOperationTimeoutException(schema.Model, redis.FullKey(key), timeout);
        }

        // What is waited for usually takes a few milliseconds; a writer that died takes the rest of its lease.
        double most = Math.Min(1 << Math.Min(attempt, 6), Math.Max(remaining, 1)) + 1;
        await Task.Delay(TimeSpan.FromMilliseconds(1 + (Random.Shared.NextDouble() * most)), redis.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
    }

    private ChangeReply Read(RedisKey key, RedisResult[] reply) => (string)reply[0]! switch
    {
        "done" => new(ChangeStatus.Done, (RedisValue)reply[1], reply.Length > 3 ? (RedisValue)reply[3] : RedisValue.Null),
        "absent" => new(ChangeStatus.Absent),
        "exists" => new(ChangeStatus.Exists),
        "guard" => new(ChangeStatus.Guarded, Value: reply.Length > 2 ? (RedisValue)reply[2] : RedisValue.Null, Guard: (int)reply[1] - 1),
        "clash" => throw Clash(key, (string)reply[1]!, (string)reply[2]!),
        var other => throw new UnreachableException(other),
    };

    private RedisUniqueIndexException Clash(RedisKey key, string indexKey, string holder)
    {
        var (name, value) = IndexText.Describe(indexKey);
        return new RedisUniqueIndexException(schema.Model, redis.FullKey(key), name, value, redis.FullKey(holder));
    }

    private ValueTask<RedisResult> EvaluateAsync(RedisScript script, RedisKey key, RedisValue[] arguments, CancellationToken cancellationToken)
        => ScriptWait.Evaluate(script, redis, schema, [key], arguments, cancellationToken);

    private ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, CancellationToken cancellationToken)
        => OperationWait<T>.For(task, redis, schema, key, cancellationToken);

    private static string NewToken()
    {
        Span<byte> random = stackalloc byte[9];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
