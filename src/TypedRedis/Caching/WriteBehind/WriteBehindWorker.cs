using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Carries pending writes to the source. A write is leased, written, and then taken out of the queue by its version, so that a worker that dies or is slow loses nothing and takes nothing newer away.
/// Writes of many queues are put together into one call; what was refused is written one by one.
/// </summary>
internal sealed class WriteBehindWorker<TEntity, TKey, TMapper>(RedisContext redis, CacheCore<TEntity, TKey, TMapper> core, CacheLoader<TKey, TEntity> loader)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    // Calls of the source under way at once: of batches, and of single writes.
    private const int BatchSlots = 4;
    private const int SingleSlots = 8;

    // The most that is leased of a queue in one step.
    private const int LeaseLimit = 1_000;
    private const int RushLimit = 1_000;

    // What a lease lasts beyond the deadline of the source, in ms: the way there and back.
    private const long LeaseMargin = 5_000;

    private const int ShortestBackoff = 1_000;
    private const int LongestBackoff = 300_000;
    private const int ReasonLength = 500;

    // How often the queues are counted where somebody measures them, in ms.
    private const long CountEvery = 10_000;

    // How often somebody looks who hears nothing, and how often it is said that messages are wanted, in ms.
    private const long PollEvery = 1_000;
    private const long ListenEvery = 300_000;
    private const long LongestPause = 10_000;
    private const int SettlePause = 20;
    private const long Never = long.MaxValue;

    private static readonly WriteBehindQueue[] Queues = CacheCore<TEntity, TKey, TMapper>.Queues;

    private readonly Lock _gate = new();
    private readonly Turn[] _turns = [.. Queues.Select(static _ => new Turn())];
    private readonly HashSet<Task> _running = [];
    private int _batches;
    private int _singles;
    private int _first;
    private long _wakeAt = Never;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CacheSchema Schema => TMapper.Schema;

    private static long Lease => (long)Schema.WriteTimeout.TotalMilliseconds + LeaseMargin;

    /// <summary>Works until it is cancelled, and then ends what it has begun.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await CheckSourceAsync().ConfigureAwait(false);
        await core.CheckEvictionAsync(CancellationToken.None).ConfigureAwait(false);
        core.QueueChanged += OnChanged;
        using CancellationTokenRegistration cancelled = cancellationToken.Register(Wake);
        try
        {
            long listenAt = 0, pollAt = 0, countAt = 0, pause = 0;
            while (!cancellationToken.IsCancellationRequested)
            {
                Task woken = Begin();
                Volatile.Read(ref _failure)?.Throw();
                try
                {
                    if (core.Now >= listenAt)
                    {
                        await core.ListenAsync().ConfigureAwait(false);
                        await core.CheckEvictionAsync(CancellationToken.None).ConfigureAwait(false);
                        listenAt = core.Now + ListenEvery;
                    }

                    if (core.Now >= pollAt)
                    {
                        await PeekAsync().ConfigureAwait(false);
                        pollAt = core.Now + (long)(PollEvery * (0.75 + (Random.Shared.NextDouble() / 2)));      // not all processes at once
                    }

                    if (core.Now >= countAt && CacheTelemetry.MeasuresQueues)
                    {
                        await core.CountQueuesAsync(CancellationToken.None).ConfigureAwait(false);
                        countAt = core.Now + CountEvery;
                    }

                    await LeaseAndStartAsync(cancellationToken).ConfigureAwait(false);
                    pause = 0;
                }
                catch (Exception error) when (CacheBreaker.IsOutage(error))
                {
                    OnOutage(error);
                    pause = Math.Clamp(2 * pause, PollEvery / 2, LongestPause);
                    pollAt = core.Now + pause;
                    Postpone(pollAt);
                }

                await WaitAsync(woken, pollAt).ConfigureAwait(false);
            }
        }
        finally
        {
            core.QueueChanged -= OnChanged;
            await Task.WhenAll(Running()).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is pending now.</summary>
    /// <returns>How many of these writes the source has refused.</returns>
    public async Task<long> FlushAsync(CancellationToken cancellationToken)
    {
        await CheckSourceAsync().ConfigureAwait(false);
        var began = new long[Queues.Length];
        int[] left = [.. Enumerable.Range(0, Queues.Length)];
        while (left.Length > 0)
        {
            int[] rushed = left;
            var more = new List<int>();
            await Pipeline.RunScriptAsync(
                redis,
                Schema,
                WriteBehindScripts.Rush,
                rushed.Length,
                i => ([Queues[rushed[i]].Schedule], [RushLimit]),
                (i, _, reply) =>
                {
                    var parts = (RedisResult[])reply!;
                    began[rushed[i]] = began[rushed[i]] == 0 ? (long)parts[0] : began[rushed[i]];
                    if ((long)parts[1] > 0)
                    {
                        more.Add(rushed[i]);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            left = [.. more];
        }

        var refused = new long[Queues.Length];
        left = [.. Enumerable.Range(0, Queues.Length)];
        while (left.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Leased[] together, single;
            (together, single) = await LeaseAsync(left, BatchSlots * Schema.BatchSize, SingleSlots).ConfigureAwait(false);
            if (together.Length + single.Length > 0)
            {
                await Task.WhenAll(together.Chunk(Schema.BatchSize).Concat(single.Select(static write => new[] { write })).Select(WriteAsync)).ConfigureAwait(false);
                continue;
            }

            // Nothing to be taken. What others have is waited for.
            int[] asked = left;
            var busy = new List<int>();
            await Pipeline.RunScriptAsync(
                redis,
                Schema,
                WriteBehindScripts.Settled,
                asked.Length,
                i => ([Queues[asked[i]].Schedule, Queues[asked[i]].Since], [began[asked[i]]]),
                (i, _, reply) =>
                {
                    refused[asked[i]] = (long)reply;
                    if (refused[asked[i]] < 0)
                    {
                        busy.Add(asked[i]);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            left = [.. busy];
            if (left.Length > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(SettlePause), redis.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }

        return refused.Sum();
    }

    // ---- When

    /// <summary>When there is something in a queue for this worker.</summary>
    private sealed class Turn
    {
        public long TogetherAt = Never;
        public long SingleAt = Never;
        public long LeasedAt;
        public int Heard;
    }

    private Task Begin()
    {
        lock (_gate)
        {
            if (_woken.Task.IsCompleted)
            {
                _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _wakeAt = Never;
            return _woken.Task;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            _woken.TrySetResult();
        }
    }

    // A message: somebody wrote, or invalidated. Where enough have written to fill a batch, it is looked at once, but not all the time.
    private void OnChanged(int queue)
    {
        long now = core.Now;
        long wait = (long)Schema.FlushEvery.TotalMilliseconds;
        lock (_gate)
        {
            Turn turn = _turns[queue];
            long at = ++turn.Heard >= Schema.BatchSize ? Math.Max(now, turn.LeasedAt + (wait / 10)) : now + wait + 1;
            if (at < turn.TogetherAt)
            {
                turn.TogetherAt = at;
                if (at < _wakeAt)
                {
                    _wakeAt = at;
                    _woken.TrySetResult();
                }
            }
        }
    }

    private void Postpone(long until)
    {
        lock (_gate)
        {
            foreach (Turn turn in _turns)
            {
                turn.TogetherAt = Math.Max(turn.TogetherAt, until);
                turn.SingleAt = Math.Max(turn.SingleAt, until);
            }
        }
    }

    private async Task WaitAsync(Task woken, long pollAt)
    {
        long wait;
        lock (_gate)
        {
            _wakeAt = pollAt;
            foreach (Turn turn in _turns)
            {
                _wakeAt = Math.Min(_wakeAt, Math.Min(_batches < BatchSlots ? turn.TogetherAt : Never, _singles < SingleSlots ? turn.SingleAt : Never));
            }

            wait = _wakeAt - core.Now;
        }

        if (wait > 0 && !woken.IsCompleted)
        {
            using var end = new CancellationTokenSource();
            await Task.WhenAny(woken, Task.Delay(TimeSpan.FromMilliseconds(wait), redis.Options.TimeProvider, end.Token)).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
        }
    }

    // All queues: one command per slot, outside of a cluster one per 100 queues.
    private async Task PeekAsync()
    {
        RedisKey[] schedules = Array.ConvertAll(Queues, static queue => queue.Schedule);
        List<int[]> groups = SlotGroups.Of(redis, schedules);
        await CallAsync(
            WriteBehindScripts.Peek,
            groups.Count,
            i => (Array.ConvertAll(groups[i], queue => schedules[queue]), [Schema.BatchSize]),
            (i, _, reply) =>
            {
                var waits = (RedisResult[])reply!;
                lock (_gate)
                {
                    for (int j = 0; j < groups[i].Length; j++)
                    {
                        Turn turn = _turns[groups[i][j]];
                        turn.TogetherAt = Math.Min(turn.TogetherAt, At((long)waits[2 * j]));
                        turn.SingleAt = Math.Min(turn.SingleAt, At((long)waits[(2 * j) + 1]));
                    }
                }
            }).ConfigureAwait(false);
    }

    private long At(long wait) => wait < 0 ? Never : core.Now + wait;

    // ---- What

    /// <summary>A write that is leased.</summary>
    private sealed record Leased(int Queue, RedisValue Field, TKey Key, TEntity? Entity, long Version, int Attempts);

    private async Task LeaseAndStartAsync(CancellationToken cancellationToken)
    {
        int[] due;
        int together, single;
        lock (_gate)
        {
            long now = core.Now;
            together = BatchSlots - _batches;
            single = SingleSlots - _singles;

            // Each round begins with another queue, so that none waits for the others for ever.
            int first = _first++ & int.MaxValue;
            due = [.. Enumerable.Range(0, _turns.Length)
                .Select(i => (first + i) % _turns.Length)
                .Where(i => (together > 0 && _turns[i].TogetherAt <= now) || (single > 0 && _turns[i].SingleAt <= now))];
        }

        if (due.Length == 0)
        {
            return;
        }

        (Leased[] batch, Leased[] singles) = await LeaseAsync(due, together * Schema.BatchSize, single).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            await ReturnAsync([.. batch, .. singles], alone: false).ConfigureAwait(false);
            return;
        }

        foreach (Leased[] writes in batch.Chunk(Schema.BatchSize))
        {
            Start(writes, isBatch: true);
        }

        foreach (Leased write in singles)
        {
            Start([write], isBatch: false);
        }
    }

    private void Start(Leased[] writes, bool isBatch)
    {
        lock (_gate)
        {
            _batches += isBatch ? 1 : 0;
            _singles += isBatch ? 0 : 1;
        }

        Task writing = Task.Run(() => WriteAsync(writes));
        lock (_gate)
        {
            _running.Add(writing);
        }

        _ = writing.ContinueWith(
            ended =>
            {
                lock (_gate)
                {
                    _running.Remove(ended);
                    _failure ??= ended.IsFaulted ? ExceptionDispatchInfo.Capture(ended.Exception.InnerException!) : null;
                    _batches -= isBatch ? 1 : 0;
                    _singles -= isBatch ? 0 : 1;
                    _woken.TrySetResult();
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private Task[] Running()
    {
        lock (_gate)
        {
            return [.. _running];
        }
    }

    // Shares what may be taken out among the queues, and notes when there is more in each.
    private async Task<(Leased[] Together, Leased[] Single)> LeaseAsync(int[] queues, int together, int single)
    {
        var leased = (Together: new List<(int, RedisResult[])>(), Single: new List<(int, RedisResult[])>());
        lock (_gate)
        {
            foreach (int queue in queues)
            {
                _turns[queue].Heard = 0;
                _turns[queue].LeasedAt = core.Now;
                _turns[queue].TogetherAt = Never;
                _turns[queue].SingleAt = Never;
            }
        }

        await CallAsync(
            WriteBehindScripts.Lease,
            queues.Length,
            i =>
            {
                WriteBehindQueue queue = Queues[queues[i]];
                return ([queue.Pending, queue.Schedule, queue.Since], [Lease, Math.Min(ShareOf(together, i), LeaseLimit), ShareOf(single, i), Schema.BatchSize]);
            },
            (i, _, reply) =>
            {
                var parts = (RedisResult[])reply!;
                lock (_gate)
                {
                    Turn turn = _turns[queues[i]];
                    turn.TogetherAt = Math.Min(turn.TogetherAt, At((long)parts[0]));
                    turn.SingleAt = Math.Min(turn.SingleAt, At((long)parts[1]));
                }

                leased.Together.Add((queues[i], (RedisResult[])parts[2]!));
                leased.Single.Add((queues[i], (RedisResult[])parts[3]!));
            }).ConfigureAwait(false);
        var unreadable = new List<(Leased, Exception)>();
        Leased[] all = ReadAll(leased.Together), singles = ReadAll(leased.Single);
        await FailAsync(unreadable).ConfigureAwait(false);
        return (all, singles);

        int ShareOf(int total, int i) => (total / queues.Length) + (i < total % queues.Length ? 1 : 0);

        Leased[] ReadAll(List<(int Queue, RedisResult[] Items)> found)
        {
            var writes = new List<Leased>();
            foreach ((int queue, RedisResult[] items) in found)
            {
                for (int i = 0; i < items.Length; i += 2)
                {
                    Leased write = Read(queue, (RedisValue)items[i], (byte[])items[i + 1]!, out Exception? error);
                    if (error is null)
                    {
                        writes.Add(write);
                    }
                    else
                    {
                        unreadable.Add((write, error));
                    }
                }
            }

            return [.. writes];
        }
    }

    private Leased Read(int queue, RedisValue field, byte[] bytes, out Exception? error)
    {
        var record = new WriteBehindRecord(bytes);
        var write = new Leased(queue, field, default, null, record.Version, record.Attempts);
        if (!TKey.TryParse((byte[])field!, out TKey key))
        {
            error = new FormatException($"{Schema.Model}: '{Printable.Of((byte[])field!)}' in the queue is no key of the cache.");
            return write;
        }

        try
        {
            error = null;
            return write with { Key = key, Entity = core.Decode(key, record) };
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            error = failure;        // It must not hold up the others, whatever it is.
            return write;
        }
    }

    // ---- Writing

    private async Task WriteAsync(Leased[] writes)
    {
        try
        {
            Exception? failure = await CallSourceAsync(writes).ConfigureAwait(false);
            if (failure is null)
            {
                core.Counters.Add(CacheEvent.QueuedWrite, writes.Length);
                await AckAsync(writes).ConfigureAwait(false);
            }
            else if (writes.Length > 1)
            {
                core.Log.BatchRefused(failure, Schema.Name, writes.Length);
                await ReturnAsync(writes, alone: true).ConfigureAwait(false);
            }
            else
            {
                await FailAsync([(writes[0], failure)]).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);        // The leases end by themselves.
        }
    }

    // The source may stand still in spite of its token: then it is left to itself.
    private async Task<Exception?> CallSourceAsync(Leased[] writes)
    {
        using var end = new CancellationTokenSource(Schema.WriteTimeout, redis.Options.TimeProvider);
        Task writing = Task.Run(() => WriteToSourceAsync(end.Token));
        try
        {
            await writing.WaitAsync(end.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            _ = writing.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"{Schema.Model}: the source did not take {writes.Length} writes within {Schema.WriteTimeout.TotalMilliseconds:0} ms (WriteTimeout of [WriteBehind]). Whether it did is unknown."));
        }
        catch (Exception error)
        {
            return error;
        }

        async Task WriteToSourceAsync(CancellationToken cancellationToken)
        {
            CacheSourceScope<TKey, TEntity> scope = await loader.SourceAsync().ConfigureAwait(false);
            await using (scope.ConfigureAwait(false))
            {
                IWritableCacheSource<TKey, TEntity> source = Writable(scope.Source);
                if (writes.Length == 1)
                {
                    await source.WriteAsync(new CacheWrite<TKey, TEntity>(writes[0].Key, writes[0].Entity, writes[0].Version), cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await source.WriteManyAsync(Array.ConvertAll(writes, static write => new CacheWrite<TKey, TEntity>(write.Key, write.Entity, write.Version)), cancellationToken).ConfigureAwait(false);
                }
            }

            if (redis.Options.CacheInvalidationHandler is { } handler)
            {
                await handler.OnInvalidatedAsync(CacheInvalidation.OfKeys(redis, Schema, writes.Select(static write => write.Key.ToRedisKey())), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task CheckSourceAsync()
    {
        CacheSourceScope<TKey, TEntity> scope = await loader.SourceAsync().ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            _ = Writable(scope.Source);
        }
    }

    private static IWritableCacheSource<TKey, TEntity> Writable(ICacheSource<TKey, TEntity> source) => source as IWritableCacheSource<TKey, TEntity>
        ?? throw new InvalidOperationException($"{Schema.Model}: {source.GetType().Name} does not write. Have it implement IWritableCacheSource<{typeof(TKey).Name}, {typeof(TEntity).Name}>.");

    private async Task AckAsync(Leased[] writes)
    {
        var rest = new List<Leased>();
        await EndAsync(
            writes,
            WriteBehindScripts.Ack,
            static queue => [queue.Pending, queue.Schedule, queue.Since, queue.Dead],
            own => [core.ChannelName, .. own.SelectMany(AckArguments)],
            (own, reply) =>
            {
                foreach (RedisResult field in (RedisResult[])reply!)
                {
                    rest.Add(Array.Find(own, write => write.Field == (RedisValue)field)!);
                }
            }).ConfigureAwait(false);
        foreach (Leased write in rest)
        {
            await EndAsync(
                [write],
                WriteBehindScripts.Ack,
                queue => [queue.Pending, queue.Schedule, queue.Since, queue.Dead, CacheCore<TEntity, TKey, TMapper>.RedisKeyOf(write.Key)],
                own => [core.ChannelName, .. AckArguments(own[0])]).ConfigureAwait(false);
        }
    }

    private static RedisValue[] AckArguments(Leased write) => [write.Field, write.Version, CacheChannel.Changed((byte[])write.Field!)];

    private Task ReturnAsync(Leased[] writes, bool alone) => EndAsync(
        writes,
        WriteBehindScripts.Return,
        static queue => [queue.Pending, queue.Schedule],
        own => [alone ? 1 : 0, .. own.SelectMany(static write => (RedisValue[])[write.Field, write.Version])],
        (own, _) =>
        {
            if (alone)
            {
                Hurry(own[0].Queue);
            }
        });

    private async Task FailAsync(List<(Leased Write, Exception Error)> failures)
    {
        if (failures.Count == 0)
        {
            return;
        }

        core.Counters.Add(CacheEvent.QueuedWriteFailure, failures.Count);
        Dictionary<Leased, Exception> errors = failures.ToDictionary(static failure => failure.Write, static failure => failure.Error);
        await EndAsync(
            [.. errors.Keys],
            WriteBehindScripts.Fail,
            static queue => [queue.Pending, queue.Schedule, queue.Since, queue.Dead],
            own => [Schema.MaxAttempts, .. own.SelectMany(write => (RedisValue[])[write.Field, write.Version, BackoffAfter(write.Attempts), ReasonOf(errors[write])])],
            (own, reply) =>
            {
                long dead = (long)reply;
                core.Counters.Add(CacheEvent.DeadLetter, dead);
                foreach (Leased write in own)
                {
                    // Those that were tried as often as declared come to an end; a newer write of the same key does not.
                    if (dead > 0 && write.Attempts + 1 >= Schema.MaxAttempts)
                    {
                        core.Log.DeadLetter(errors[write], Schema.Name);
                    }
                    else
                    {
                        core.Log.WriteRefused(errors[write], Schema.Name);
                    }
                }
            }).ConfigureAwait(false);
    }

    private async Task EndAsync(
        Leased[] writes, RedisScript script, Func<WriteBehindQueue, RedisKey[]> keys, Func<Leased[], RedisValue[]> arguments, Action<Leased[], RedisResult>? ended = null)
    {
        Leased[][] byQueue = [.. writes.GroupBy(static write => write.Queue).Select(static group => group.ToArray())];
        await CallAsync(
            script,
            byQueue.Length,
            i => (keys(Queues[byQueue[i][0].Queue]), arguments(byQueue[i])),
            (i, _, reply) => ended?.Invoke(byQueue[i], reply)).ConfigureAwait(false);
    }

    // A pipeline sends the script along, which a single call does without.
    private async Task CallAsync(RedisScript script, int count, Func<int, (RedisKey[] Keys, RedisValue[] Arguments)> call, Action<int, RedisKey[], RedisResult> receive)
    {
        if (count != 1)
        {
            await Pipeline.RunScriptAsync(redis, Schema, script, count, call, receive, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        (RedisKey[] keys, RedisValue[] arguments) = call(0);
        receive(0, keys, await ScriptWait.Evaluate(script, redis, Schema, keys, arguments, CancellationToken.None).ConfigureAwait(false));
    }

    // There is something to be written singly, at once.
    private void Hurry(int queue)
    {
        lock (_gate)
        {
            _turns[queue].SingleAt = Math.Min(_turns[queue].SingleAt, core.Now);
            _woken.TrySetResult();
        }
    }

    // Twice as long each time, and at random, so that what failed together does not come back together.
    private static long BackoffAfter(int attempts)
        => (long)(Math.Min((double)LongestBackoff, ShortestBackoff * Math.Pow(2, Math.Min(attempts, 20))) * (0.5 + (Random.Shared.NextDouble() / 2)));

    private static string ReasonOf(Exception error)
    {
        string reason = $"{error.GetType().FullName}: {error.Message}";
        if (reason.Length <= ReasonLength)
        {
            return reason;
        }

        return reason[..(char.IsHighSurrogate(reason[ReasonLength - 1]) ? ReasonLength - 1 : ReasonLength)];
    }

    private void OnOutage(Exception error)
    {
        core.Counters.Add(CacheEvent.RedisFailure);
        core.Log.WorkerOutage(error, Schema.Name);
    }
}
