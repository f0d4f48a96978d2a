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
    Foreign,
    Outdated,
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
/// <param name="redis">The context.</param>
/// <param name="schema">The model.</param>
/// <param name="entriesOf">The entries of an entity in its indexes, by the values of its fields.</param>
internal sealed partial class HashChanges(RedisContext redis, HashSchema schema, Func<RedisKey, RedisValue[], byte[]> entriesOf)
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

    [LuaScript(File = "index_time.lua")]
    private static partial RedisScript TimeScript { get; }

    [LuaScript(File = "index_withdraw.lua")]
    private static partial RedisScript WithdrawScript { get; }

    private static readonly RedisValue Atomic = "atomic";
    private static readonly RedisValue InSlot = "slot";
    private static readonly RedisValue Begin = "begin";
    private static readonly RedisValue Commit = "commit";

    // How long an announcement stands: a writer that dies keeps others from changing the entity's indexes, or from taking its values, for so long.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    // Milliseconds that the clocks of two servers may differ without a further round trip.
    private const long Slack = 1000;

    public RedisContext Redis => redis;

    public HashSchema Schema => schema;

    /// <summary>Whether all keys are on one server, so that a script sees every one of them.</summary>
    public bool IsOneServer => !SlotGroups.IsCluster(redis.Connection);

    /// <summary>Whether one script changes an entity and all its indexes.</summary>
    public bool IsAtomic => !schema.SpansSlots || IsOneServer;

    /// <summary>Brings entities into the model's form; null where they have no other.</summary>
    public HashEvolution? Evolution => schema.Evolves ? field ??= new HashEvolution(this, entriesOf) : null;

    private RedisValue Prefix => redis.Prefix;

    /// <summary>Makes a change. An entity of another form than the model's is brought into it first.</summary>
    /// <exception cref="RedisUniqueIndexException">Another entity has the value of a unique index.</exception>
    public async ValueTask<ChangeReply> RunAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        while (true)
        {
            ChangeReply reply = await RunOnceAsync(key, change, cancellationToken).ConfigureAwait(false);
            UpgradeStatus? upgraded = IsUndecided(reply) ? await UpgradeAsync(key, change, cancellationToken).ConfigureAwait(false) : null;
            if (upgraded is null or UpgradeStatus.Foreign || (upgraded == UpgradeStatus.Absent && reply.Status == ChangeStatus.Absent))
            {
                return Decided(key, reply);
            }
        }
    }

    /// <summary>Makes a change of an entity as it stands there. The answer may be <see cref="ChangeStatus.Outdated"/> or <see cref="ChangeStatus.Foreign"/>.</summary>
    public async ValueTask<ChangeReply> RunOnceAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        if (IsOneServer)
        {
            RedisResult reply = await EvaluateAsync(ChangeScript, key, change.Arguments(Atomic, Prefix, "", 0, ""), cancellationToken).ConfigureAwait(false);
            return Read(key, change, (RedisResult[])reply!);
        }

        return schema.SpansSlots
            ? await RunInStepsAsync(key, change, cancellationToken).ConfigureAwait(false)
            : await RunInSlotAsync(key, change, cancellationToken).ConfigureAwait(false);
    }

    // While a slot moves, its keys are on two nodes: then nothing can be changed in one step, and the server says so until the slot has moved.
    private async Task<ChangeReply> RunInSlotAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        long started = redis.Options.TimeProvider.GetTimestamp();
        var keys = new List<RedisKey> { key };
        foreach (IndexEntry entry in IndexEntry.Parse(key, System.Text.Encoding.UTF8.GetString(change.Entries), ""))
        {
            keys.Add(entry.Key);
            if (!entry.IsUnique)
            {
                keys.Add(entry.TimesKey);
            }
        }

        RedisValue[] arguments = change.Arguments(InSlot, Prefix, "", 0, "");
        for (int attempt = 0; ; attempt++)
        {
            RedisResult[] reply;
            try
            {
                reply = (RedisResult[])(await ScriptWait.Evaluate(ChangeScript, redis, schema, [.. keys], arguments, cancellationToken).ConfigureAwait(false))!;
            }
            catch (RedisServerException e) when (IsMoving(e))
            {
                await DelayAsync(started, key, attempt, remaining: 100, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if ((string)reply[0]! != "keys")
            {
                return Read(key, change, reply);
            }

            foreach (RedisResult needed in reply.AsSpan(1))
            {
                keys.Add(((string)needed!)[redis.Prefix.Length..]);
            }
        }
    }

    private static bool IsMoving(RedisServerException error) => error.Message.Contains("non local key", StringComparison.Ordinal);

    /// <summary>Makes many changes, of different entities.</summary>
    public async Task RunManyAsync(int count, Func<int, (RedisKey Key, HashChange Change)> prepare, Action<int, RedisKey, HashChange, ChangeReply> receive, CancellationToken cancellationToken)
    {
        if (IsOneServer)
        {
            var changes = new HashChange[count];
            var undecided = new List<(int Position, RedisKey Key)>();
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
                (i, keys, result) =>
                {
                    ChangeReply reply = Read(keys[0], changes[i], (RedisResult[])result!);
                    if (IsUndecided(reply))
                    {
                        undecided.Add((i, keys[0]));
                    }
                    else
                    {
                        receive(i, keys[0], changes[i], Decided(keys[0], reply));
                    }
                },
                cancellationToken).ConfigureAwait(false);
            var replies = new ChangeReply[undecided.Count];
            await ForEachAsync(
                undecided.Count,
                async (i, token) => replies[i] = await RunAsync(undecided[i].Key, changes[undecided[i].Position], token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < replies.Length; i++)
            {
                receive(undecided[i].Position, undecided[i].Key, changes[undecided[i].Position], replies[i]);
            }

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
            await ForEachAsync(length, async (i, _) => replies[i] = await RunAsync(calls[i].Key, calls[i].Change, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < length; i++)
            {
                receive(start + i, calls[i].Key, calls[i].Change, replies[i]);
            }
        }
    }

    /// <summary>Does something many times, 64 at a time.</summary>
    public static Task ForEachAsync(int count, Func<int, CancellationToken, ValueTask> action, CancellationToken cancellationToken)
        => count == 0 ? Task.CompletedTask : Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = ConcurrentChanges, CancellationToken = cancellationToken }, action);

    /// <summary>Removes an entry that its entity is not in any more. Leaves one alone that it is in, or is about to be.</summary>
    /// <returns>Whether it was removed.</returns>
    public async ValueTask<bool> SweepAsync(IndexEntry entry, CancellationToken cancellationToken)
    {
        if (IsAtomic)
        {
            RedisKey[] keys = IsOneServer ? [entry.Key] : entry.IsUnique ? [entry.Key, entry.Entity] : [entry.Key, entry.TimesKey, entry.Entity];
            try
            {
                RedisResult reply = await ScriptWait.Evaluate(SweepScript, redis, schema, keys, [Prefix, entry.Line, entry.EntityText, entry.Token], cancellationToken).ConfigureAwait(false);
                return (long)reply == 1;
            }
            catch (RedisServerException e) when (IsMoving(e))
            {
                return false;
            }
        }

        // No other entry has this token, so what is found dead stays dead.
        RedisKey times = entry.TimesKey;
        double? time = entry.IsUnique ? null : await WaitAsync(redis.Database.SortedSetScoreAsync(times, entry.Member), times, cancellationToken).ConfigureAwait(false);
        var (status, expires, isAnnounced) = await AskAsync(entry, exactly: !entry.IsUnique, cancellationToken, time).ConfigureAwait(false);
        if (status == "dead")
        {
            await ReleaseAsync([entry], cancellationToken).ConfigureAwait(false);
            return true;
        }

        // An earlier time is always right. A later one, or none, is not while the entity's life may just be shortened.
        if (status == "alive" && time is { } seen && (!isAnnounced || (expires >= 0 && expires < seen)))
        {
            RedisValue next = expires < 0 ? "" : expires;
            await EvaluateAsync(TimeScript, times, [entry.Member, (long)seen, next], cancellationToken).ConfigureAwait(false);
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
        return (RedisValue[])(await AskAsync(PageScript, indexKey, "zset", arguments, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Runs a script that reads an index.</summary>
    /// <param name="script">The script.</param>
    /// <param name="indexKey">The index's key for the value.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async ValueTask<RedisResult> AskAsync(RedisScript script, RedisKey indexKey, string type, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            return await EvaluateAsync(script, indexKey, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisWrongTypeException e)
        {
            throw new RedisWrongTypeException(schema.Model, e.Key!, type, e.InnerException);
        }
    }

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

    private ChangeReply Read(RedisKey key, HashChange change, RedisResult[] reply) => (string)reply[0]! switch
    {
        "done" => new(ChangeStatus.Done, (RedisValue)reply[1], reply.Length > 3 ? (RedisValue)reply[3] : RedisValue.Null),
        "absent" => new(ChangeStatus.Absent),
        "exists" => new(ChangeStatus.Exists),
        "foreign" => new(ChangeStatus.Foreign),
        "guard" when (int)reply[1] <= change.FormConditionCount => new(ChangeStatus.Outdated),
        "guard" => new(ChangeStatus.Guarded, Value: reply.Length > 2 ? (RedisValue)reply[2] : RedisValue.Null, Guard: (int)reply[1] - 1 - change.FormConditionCount),
        "clash" => throw Clash(key, (string)reply[1]!, (string)reply[2]!),
        "type" => throw new RedisWrongTypeException(schema.Model, redis.FullKey((string)reply[1]!), (string)reply[2]!),
        var other => throw new UnreachableException(other),
    };

    // Whether an entity of an older form may stand there.
    private bool IsUndecided(ChangeReply reply)
        => reply.Status == ChangeStatus.Outdated || (schema.HidesOld && reply.Status is ChangeStatus.Absent or ChangeStatus.Foreign);

    private ChangeReply Decided(RedisKey key, ChangeReply reply)
        => reply.Status is ChangeStatus.Foreign or ChangeStatus.Outdated ? throw new RedisWrongTypeException(schema.Model, redis.FullKey(key), inner: null, schema.FieldName(schema.Presence)) : reply;

    private async ValueTask<UpgradeStatus> UpgradeAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        try
        {
            return await Evolution!.UpgradeAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisModelException) when (change.SkipsForeign)
        {
            return UpgradeStatus.Foreign;       // or of a form that only others know
        }
    }

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
