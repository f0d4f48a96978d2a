using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis;

// What is written to the source, and what becomes of it in the queue.
internal sealed partial class WriteBehindWorker<TEntity, TKey, TMapper>
{
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
