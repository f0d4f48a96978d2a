using System.Runtime.ExceptionServices;
using StackExchange.Redis;

namespace TypedRedis;

// What is taken out of the queues.
internal sealed partial class WriteBehindWorker<TEntity, TKey, TMapper>
{
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
}
