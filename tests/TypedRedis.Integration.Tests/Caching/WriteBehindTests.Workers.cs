using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

// Workers: when they write, and what becomes of what they have taken.
public sealed partial class WriteBehindTests
{
    [Fact]
    public async Task Workers_write_what_is_due()
    {
        var source = new ReadingSource();
        var cache = new ReadingCache(_redis, source);
        using var end = new CancellationTokenSource();
        Task[] workers = [cache.RunAsync(end.Token), cache.RunAsync(end.Token)];
        for (int i = 0; i < 3; i++)
        {
            int revision = i;
            await cache.SetManyAsync(Enumerable.Range(0, 200).Select(id => new Reading(id, revision)));
            await Bounded.BecomesTrueAsync(() => Task.FromResult(source.Rows.Count(row => row.Value.Entity?.Revision == revision) == 200));
        }

        await end.CancelAsync();
        await Task.WhenAll(workers).EndsAsync();
        Assert.Equal(0, (await cache.GetPendingAsync()).Pending);
    }

    [Fact]
    public async Task A_full_batch_does_not_wait()
    {
        long[] ids = [.. Enumerable.Range(0, 1000).Select(i => (long)i).Where(id => WriteBehindKeys.PartitionOf(((ParcelCacheKey)id).ToRedisKey(), 4) == 2).Take(9)];
        using var end = new CancellationTokenSource();
        Task worker = _cache.RunAsync(end.Token);
        await _cache.SetManyAsync(ids[..5].Select(id => Some(id, 1)));
        await Bounded.BecomesTrueAsync(() => Task.FromResult(_source.Rows.Count == 5));
        await _cache.SetManyAsync(ids[5..].Select(id => Some(id, 1)));
        Assert.Equal(4, (await _cache.GetPendingAsync()).Pending);
        await end.CancelAsync();
        await worker.EndsAsync();
        Assert.Equal(5, _source.Rows.Count);
    }

    [Fact]
    public async Task A_worker_that_is_stopped_ends_what_it_has_begun()
    {
        var gate = new TaskCompletionSource();
        var began = new TaskCompletionSource();
        var source = new ReadingSource
        {
            Before = (_, _) =>
            {
                began.TrySetResult();
                return gate.Task;
            },
        };
        var cache = new ReadingCache(_redis, source);
        using var end = new CancellationTokenSource();
        await cache.SetAsync(new Reading(1, 1));
        Task worker = cache.RunAsync(end.Token);
        await began.Task.EndsAsync();
        await end.CancelAsync();
        await cache.SetAsync(new Reading(2, 1));
        Assert.False(worker.IsCompleted);
        gate.SetResult();
        await worker.EndsAsync();
        Assert.Equal(new Reading(1, 1), source[1]);
        Assert.Equal(1, (await cache.GetPendingAsync()).Pending);
        Assert.Equal(0, (await cache.GetPendingAsync()).Leased);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_is_left_to_itself()
    {
        var gate = new TaskCompletionSource();
        var source = new ReadingSource { Before = (_, _) => gate.Task };
        var cache = new ReadingCache(_redis, source);
        await cache.SetAsync(new Reading(1, 1));
        Assert.Equal(1, await cache.FlushAsync().EndsAsync());
        Assert.Equal(1, (await cache.GetPendingAsync()).Retrying);
        gate.SetResult();
    }

    [Fact]
    public async Task An_error_that_is_no_outage_ends_the_worker()
    {
        var cache = new ReadingCache(_redis, new ReadingSource());
        foreach (WriteBehindQueue queue in CacheCore<Reading, ReadingCacheKey, ReadingCacheMapper>.Queues)
            await _redis.Database.ListLeftPushAsync(queue.Dead, "x");
        await cache.SetAsync(new Reading(1, 1));
        await Assert.ThrowsAsync<RedisWrongTypeException>(() => cache.RunAsync(default).EndsAsync());
        Assert.Equal(new Reading(1, 1), await cache.GetAsync(1));
    }

    // ---- Schedules that break simpler protocols

    /// <summary>Not "cache write and enqueue in two steps": where the one cannot be made, neither is.</summary>
    [Fact]
    public async Task Entry_and_queue_are_written_in_one_step()
    {
        WriteBehindQueue queue = QueueOf(1);
        RedisKey[] keys = [CacheCore<Parcel, ParcelCacheKey, ParcelCacheMapper>.RedisKeyOf(1), queue.Pending, queue.Schedule, queue.Since, queue.Counter];
        foreach (RedisKey key in keys)
        {
            await _redis.Database.ListLeftPushAsync(key, "x");
            await Assert.ThrowsAsync<RedisWrongTypeException>(() => _cache.SetAsync(Some(1, 1)));
            foreach (RedisKey other in keys)
                Assert.Equal(other.Equals(key), await _redis.Database.KeyExistsAsync(other));
            await _redis.Database.KeyDeleteAsync(key);
        }

        await _cache.SetAsync(Some(1, 1));
        foreach (RedisKey key in keys)
            Assert.True(await _redis.Database.KeyExistsAsync(key));
    }

    /// <summary>Not "pop, then write": what a worker has taken and not written, another one writes.</summary>
    [Fact]
    public async Task What_a_dead_worker_had_is_written()
    {
        await _cache.SetAsync(Some(1, 1));
        await RushAsync(1);
        Assert.Equal([("parcel:1", false)], await LeaseAsync(1, forMs: 1));        // and dies
        Assert.Empty(_source.Rows);
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Equal(Some(1, 1), _source[1]);
    }

    /// <summary>Not "ack deletes whatever is pending".</summary>
    [Fact]
    public async Task What_was_written_during_a_write_stays_pending()
    {
        ConsistencyToken second = default;
        _source.Before = async (write, _) =>
        {
            if (write.Entity!.Revision == 1)
                second = await _cache.SetAsync(Some(1, 2));
        };
        ConsistencyToken first = await _cache.SetAsync(Some(1, 1));
        await _cache.FlushAsync();
        Assert.Equal(Some(1, 2), await _cache.GetAsync(1));
        if (_source.Rows[1].Version == first.Version)
        {
            Assert.Equal(1, (await _cache.GetPendingAsync()).Pending);
            await _cache.FlushAsync();
        }

        Assert.Equal((second.Version, Some(1, 2)), _source.Rows[1]);
        Assert.Equal(0, (await _cache.GetPendingAsync()).Pending);
    }

    /// <summary>Not "source without version compare": a worker that comes too late takes nothing newer away, from the queue or from the source.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_that_comes_late_changes_nothing_where_the_source_compares(bool compares)
    {
        var source = new ParcelSource(compares);
        var cache = new ParcelCache(_redis, source);
        ConsistencyToken first = await cache.SetAsync(Some(1, 1));
        await RushAsync(1);
        await LeaseAsync(1, forMs: 1);      // and stalls
        ConsistencyToken second = await cache.SetAsync(Some(1, 2));
        await cache.FlushAsync();
        Assert.Equal((second.Version, Some(1, 2)), source.Rows[1]);

        ConsistencyToken third = await cache.SetAsync(Some(1, 3));
        source.Apply(new(1, Some(1, 1), first.Version));        // goes on
        WriteBehindQueue queue = QueueOf(1);
        await RunAsync(WriteBehindScripts.Ack, [queue.Pending, queue.Schedule, queue.Since, queue.Dead], ["channel", "parcel:1", first.Version, "message"]);
        await RunAsync(WriteBehindScripts.Fail, [queue.Pending, queue.Schedule, queue.Since, queue.Dead], [1, "parcel:1", first.Version, 0, "no"]);
        await RunAsync(WriteBehindScripts.Return, [queue.Pending, queue.Schedule], [1, "parcel:1", first.Version]);

        Assert.Equal(compares ? 2 : 1, source[1]!.Revision);        // the worker cannot help a source that does not
        Assert.Equal((1, 0), ((await cache.GetPendingAsync()).Pending, (await cache.GetPendingAsync()).DeadLetters));
        await cache.FlushAsync();
        Assert.Equal((third.Version, Some(1, 3)), source.Rows[1]);
    }

    /// <summary>Two workers had a write: the one of a lease that had ended gave it up, and then the other one was taken. What was loaded in between is not what the source has now.</summary>
    [Fact]
    public async Task A_dead_letter_that_the_source_takes_after_all_leaves_no_older_entry()
    {
        _source.Rows[3] = (1, Some(3));
        await DieAsync(3);
        long version = (await Letters())[0].Version;
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3), await _cache.GetAsync(3));

        _source.Apply(new(3, Some(3, 1), version));
        WriteBehindQueue queue = QueueOf(3);
        RedisKey[] keys = [queue.Pending, queue.Schedule, queue.Since, queue.Dead];
        RedisValue[] arguments = ["channel", "parcel:3", version, "message"];
        Assert.Equal("parcel:3", Assert.Single((string[])(await RunAsync(WriteBehindScripts.Ack, keys, arguments))!));
        Assert.Single(await Letters());
        Assert.Empty((string[])(await RunAsync(WriteBehindScripts.Ack, [.. keys, CacheCore<Parcel, ParcelCacheKey, ParcelCacheMapper>.RedisKeyOf(3)], arguments))!);
        Assert.Empty(await Letters());
        Assert.Equal(Some(3, 1), await _cache.GetStrongAsync(3));
    }

    /// <summary>A leased key stays leased through a write; otherwise two workers had it at once.</summary>
    [Fact]
    public async Task A_write_does_not_end_a_lease()
    {
        await _cache.SetAsync(Some(1, 1));
        await RushAsync(1);
        Assert.Equal([("parcel:1", false)], await LeaseAsync(1, forMs: 60_000));
        await _cache.SetAsync(Some(1, 2));
        await RushAsync(1);
        Assert.Empty(await LeaseAsync(1, forMs: 60_000));
        Assert.Equal(1, (await _cache.GetPendingAsync()).Leased);
    }

    /// <summary>A new write of a key that waits to be tried again does not wait with it.</summary>
    [Fact]
    public async Task A_write_ends_a_backoff()
    {
        await Refuse(1);
        await _cache.SetAsync(Some(1, 1));
        await _cache.FlushAsync();
        Assert.Equal(1, (await _cache.GetPendingAsync()).Retrying);
        await _cache.SetAsync(Some(1, 2));
        Assert.Equal((1, 0), ((await _cache.GetPendingAsync()).Pending, (await _cache.GetPendingAsync()).Retrying));
    }
}
