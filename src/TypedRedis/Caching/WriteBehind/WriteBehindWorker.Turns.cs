using StackExchange.Redis;

namespace TypedRedis;

// When there is something to be taken out of the queues.
internal sealed partial class WriteBehindWorker<TEntity, TKey, TMapper>
{
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
}
