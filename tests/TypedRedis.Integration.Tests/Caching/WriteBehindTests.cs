using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching;

public sealed class WriteBehindTests : IClassFixture<ServerFixture>
{
    private readonly ServerFixture _fixture;
    private readonly RedisContext _redis;
    private readonly ParcelSource _source = new();
    private readonly ParcelCache _cache;
    private readonly ParcelCache _other;

    public WriteBehindTests(ServerFixture fixture)
    {
        _fixture = fixture;
        RedisContext redis = fixture.NewContext();
        _redis = new(fixture.Connection, redis.Options with { CacheTimeout = TimeSpan.FromSeconds(30) });
        _cache = new(_redis, _source);
        _other = new(new(fixture.Connection, _redis.Options with { CacheTimeout = TimeSpan.FromSeconds(29) }), _source);     // as in another process: it has a level of its own
    }

    private static Parcel Some(long id, long revision = 0, string place = "a") => new(id, place, revision);

    [Fact]
    public async Task A_write_is_read_at_once_and_reaches_the_source_later()
    {
        ConsistencyToken token = await _cache.SetAsync(Some(1, 7));

        Assert.Equal(Some(1, 7), await _cache.GetAsync(1));
        Assert.Equal(Some(1, 7), await _other.GetAsync(1, token));
        Assert.Empty(_source.Rows);
        Assert.Equal(1, (await _cache.GetPendingAsync()).Pending);

        Assert.Equal(0, await _other.FlushAsync());
        Assert.Equal((token.Version, Some(1, 7)), _source.Rows[1]);
        Assert.Equal(new WriteBehindStatus(), await _cache.GetPendingAsync());
    }

    [Fact]
    public async Task A_deletion_is_read_at_once_and_reaches_the_source_later()
    {
        _source.Rows[1] = (1, Some(1));
        Assert.Equal(Some(1), await _cache.GetAsync(1));

        ConsistencyToken token = await _cache.DeleteAsync(1);
        Assert.Null(await _cache.GetAsync(1));
        Assert.Null(await _other.GetAsync(1, token));
        await _cache.InvalidateAsync(1);
        Assert.Null(await _cache.GetAsync(1));
        Assert.NotNull(_source[1]);

        await _cache.FlushAsync();
        Assert.Equal((token.Version, null), _source.Rows[1]);
    }

    [Fact]
    public async Task The_last_write_of_a_key_is_the_one_that_is_written()
    {
        await _cache.SetAsync(Some(1, 1));
        await _cache.DeleteAsync(1);
        ConsistencyToken last = await _cache.SetAsync(Some(1, 3));
        await _cache.FlushAsync();

        Assert.Equal((last.Version, Some(1, 3)), _source.Rows[1]);
        Assert.Equal([1], _source.Calls);
    }

    [Fact]
    public async Task Many_are_written_in_batches()
    {
        await _cache.SetManyAsync([.. Enumerable.Range(0, 100).Select(i => Some(i, 1)), Some(0, 2)]);
        await _cache.DeleteManyAsync([98, 99]);
        Assert.Equal(100, (await _cache.GetPendingAsync()).Pending);
        await _cache.FlushAsync();

        Assert.Equal(100, _source.Rows.Count);
        Assert.Equal(Some(0, 2), _source[0]);
        Assert.Null(_source[99]);
        Assert.All(_source.Calls, size => Assert.InRange(size, 1, 5));
        Assert.InRange(_source.Calls.Count, 20, 25);     // of the four queues, each has a rest
    }

    /// <summary>A token comes from a client, who can make one up. It must not raise the versions of a queue: once they cannot grow any more, a source that compares them takes no write.</summary>
    [Fact]
    public async Task A_token_that_is_made_up_leaves_the_versions_of_writes_alone()
    {
        Assert.True(ConsistencyToken.TryParse("20000000000000", out ConsistencyToken latest));
        ConsistencyToken first = await _cache.SetAsync(Some(1, 1));

        Assert.Equal(Some(1, 1), await _cache.GetAsync(1, latest));
        Assert.Equal(Some(1, 1), await _other.GetAsync(1, latest));

        ConsistencyToken second = await _cache.SetAsync(Some(1, 2));
        Assert.True(first < second && second < latest);
        Assert.Equal(Some(1, 2), await _other.GetAsync(1, second));
        await _cache.FlushAsync();
        Assert.Equal((second.Version, Some(1, 2)), _source.Rows[1]);
    }

    /// <summary>Whatever takes the entry away, and though the source has an older value, what is pending is read.</summary>
    [Fact]
    public async Task Nothing_hides_a_pending_write()
    {
        _source.Rows[1] = (1, Some(1));
        RedisKey entry = CacheCore<Parcel, ParcelCacheKey, ParcelCacheMapper>.RedisKeyOf(1);
        Func<Task>[] ways =
        [
            () => _cache.InvalidateAsync(1),
            () => _cache.InvalidateManyAsync([1]),
            () => _cache.InvalidateTagAsync(CacheTag.Of("place:a")),
            () => _cache.ClearAsync(),
            () => _redis.Database.KeyDeleteAsync(entry),
            () => _redis.Database.StringSetAsync(entry, "something else"),
        ];
        foreach (Func<Task> way in ways)
        {
            ConsistencyToken token = await _cache.SetAsync(Some(1, 5));
            await way();
            Assert.Equal(Some(1, 5), await _other.GetAsync(1, token));
            await way();
            Assert.Equal(Some(1, 5), Assert.Single(await _other.GetManyAsync([1])));
            await way();
            Assert.Equal(Some(1, 5), await _other.RefreshAsync(1));
            await way();
            Assert.Equal(Some(1, 5), await _other.GetStrongAsync(1));
            Assert.Equal(1, (await _cache.GetPendingAsync()).Pending);
        }

        Assert.Equal(0, _source.Loads);
        await _cache.FlushAsync();
        Assert.Equal(Some(1, 5), _source[1]);
        await _cache.InvalidateAsync(1);
        Assert.Equal(Some(1, 5), await _cache.GetAsync(1));
        Assert.Equal(1, _source.Loads);
    }

    [Fact]
    public async Task A_load_that_began_before_a_write_is_not_stored_over_it()
    {
        _source.Rows[1] = (1, Some(1));
        var began = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        Task<Parcel?> load = _other.GetAsync(1, async (key, _) =>
        {
            Parcel? old = _source[key];
            began.SetResult();
            await gate.Task;
            return old;
        }).AsTask();
        await began.Task;
        ConsistencyToken token = await _cache.SetAsync(Some(1, 5));
        gate.SetResult();
        Assert.Equal(Some(1), await load);
        Assert.Equal(Some(1, 5), await _other.GetAsync(1, token));
        Assert.Equal(Some(1, 5), await _cache.GetAsync(1));
    }

    [Fact]
    public async Task An_entry_that_was_written_shortly_stays_pending()
    {
        await _cache.SetAsync(Some(1, 5), TimeSpan.FromMilliseconds(1));
        await Bounded.BecomesTrueAsync(async () => !await _redis.Database.KeyExistsAsync(CacheCore<Parcel, ParcelCacheKey, ParcelCacheMapper>.RedisKeyOf(1)));
        Assert.Equal(Some(1, 5), await _other.GetAsync(1));
        await _cache.FlushAsync();
        Assert.Equal(Some(1, 5), _source[1]);
    }

    [Fact]
    public async Task Where_absence_is_not_remembered_a_deletion_is_read_from_the_queue()
    {
        var source = new ReadingSource();
        source.Rows[1] = (1, new Reading(1, 1));
        var cache = new ReadingCache(_redis, source);
        await cache.DeleteAsync(1);
        Assert.Null(await cache.GetAsync(1));
        Assert.Null(Assert.Single(await cache.GetManyAsync([1])));
        Assert.Equal(0, source.Loads);
        await cache.FlushAsync();
        Assert.Null(await cache.GetAsync(1));
        Assert.Equal(1, source.Loads);
    }

    [Fact]
    public async Task Values_are_protected_in_the_queue_too()
    {
        var source = new MemorySource<DiaryCacheKey, Diary>();
        var cache = new DiaryCache(_redis, source);
        var diary = new Diary("ann", new string('x', 5000) + "secret");
        await cache.SetAsync(diary);
        RedisValue record = Assert.Single(await _redis.Database.HashGetAllAsync(CacheCore<Diary, DiaryCacheKey, DiaryCacheMapper>.Queues[0].Pending)).Value;
        Assert.Equal(-1, ((byte[])record!).AsSpan().IndexOf("secret"u8));
        Assert.InRange(((byte[])record!).Length, 1, 1000);
        await cache.InvalidateAsync("ann");
        Assert.Equal(diary, await cache.GetAsync("ann"));
        await cache.FlushAsync();
        Assert.Equal(diary, source["ann"]);
    }

    // ---- What the source refuses

    [Fact]
    public async Task A_write_that_is_refused_does_not_hold_up_its_batch()
    {
        await Refuse(3);
        await _cache.SetManyAsync(Enumerable.Range(0, 20).Select(i => Some(i, 1)));

        Assert.Equal(1, await _cache.FlushAsync());
        Assert.Equal(19, _source.Rows.Count);
        WriteBehindStatus status = await _cache.GetPendingAsync();
        Assert.Equal((1, 1, 0, 0), (status.Pending, status.Retrying, status.Leased, status.DeadLetters));
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3, 1), await _cache.GetAsync(3));

        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Equal(Some(3, 1), _source[3]);
        Assert.Equal(0, _cache.Redis.Database.HashLength(QueueOf(3).Dead));
    }

    [Fact]
    public async Task What_is_refused_as_often_as_declared_becomes_a_dead_letter()
    {
        await Refuse(3, 4);
        long third = (await _cache.SetAsync(Some(3, 1))).Version;
        long fourth = (await _cache.DeleteAsync(4)).Version;
        Assert.Equal(2, await _cache.FlushAsync());
        Assert.Equal(2, await _cache.FlushAsync());
        Assert.Equal(0, await _cache.FlushAsync());

        WriteBehindStatus status = await _cache.GetPendingAsync();
        Assert.Equal((0, 2), (status.Pending, status.DeadLetters));
        DeadLetter<ParcelCacheKey, Parcel>[] letters = [.. (await Letters()).OrderBy(letter => letter.Key.Id)];
        Assert.Equal(
            [(3L, Some(3, 1), false, third, 3, true), (4L, null, true, fourth, 3, true)],
            letters.Select(letter => (letter.Key.Id, letter.Entity, letter.IsDelete, letter.Version, letter.Attempts, letter.FailedAt > DateTimeOffset.UnixEpoch)));
        Assert.All(letters, letter => Assert.StartsWith("System.InvalidOperationException: no xxx", letter.Reason));
        Assert.All(letters, letter => Assert.Equal(500, letter.Reason.Length));

        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Empty(_source.Rows);
        Assert.True(await _cache.ReplayAsync(3));
        Assert.False(await _cache.ReplayAsync(3));
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3, 1), await _other.GetAsync(3));
        Assert.Equal(1, await _cache.ReplayAllAsync());
        await _cache.FlushAsync();
        Assert.Equal((third, Some(3, 1)), _source.Rows[3]);
        Assert.Equal((fourth, null), _source.Rows[4]);
        Assert.Equal(new WriteBehindStatus(), await _cache.GetPendingAsync());
    }

    [Fact]
    public async Task A_dead_letter_is_given_up_or_replaced()
    {
        _source.Rows[3] = (1, Some(3));
        await DieAsync(3);
        Assert.Equal(Some(3, 1), await _cache.GetAsync(3));
        Assert.True(await _cache.DiscardAsync(3));
        Assert.False(await _cache.DiscardAsync(3));
        Assert.Equal(Some(3), await _cache.GetAsync(3));

        await DieAsync(3);
        await _cache.SetAsync(Some(3, 2));
        Assert.False(await _cache.ReplayAsync(3));      // a newer one is pending
        Assert.Equal(0, await _cache.ReplayAllAsync());
        Assert.Single(await Letters());
        await _cache.FlushAsync();
        Assert.Equal(Some(3, 2), _source[3]);
        Assert.Empty(await Letters());
        Assert.False(await _cache.ReplayAsync(3));

        await DieAsync(3);
        await _cache.SetAsync(Some(3, 4));
        Assert.True(await _cache.DiscardAsync(3));
        Assert.Equal(Some(3, 4), await _other.GetStrongAsync(3));
    }

    /// <summary>Where a replayed write has to be read, an entry that was loaded from the source must not stand before it.</summary>
    [Fact]
    public async Task What_was_loaded_meanwhile_does_not_hide_a_replayed_write()
    {
        _source.Rows[3] = (1, Some(3));
        await DieAsync(3);
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3), await _cache.GetAsync(3));
        Assert.True(await _cache.ReplayAsync(3));
        Assert.Equal(Some(3, 1), await _cache.GetAsync(3));
        Assert.Equal(Some(3, 1), await _other.GetStrongAsync(3));
    }

    [Fact]
    public async Task A_value_that_nobody_can_read_is_an_error_and_then_a_dead_letter()
    {
        await _cache.SetAsync(Some(1, 1));
        byte[] record = (await _redis.Database.HashGetAsync(QueueOf(1).Pending, "parcel:1"))!;
        await _redis.Database.HashSetAsync(QueueOf(1).Pending, "parcel:1", (byte[])[.. record[..^5], .. "}}}}}"u8]);
        await _cache.InvalidateAsync(1);
        await Assert.ThrowsAsync<RedisDecodeException>(() => _cache.GetAsync(1).AsTask());
        await Assert.ThrowsAsync<RedisDecodeException>(() => _cache.GetManyAsync([1, 2]));
        for (int i = 0; i < 3; i++)
            await _cache.FlushAsync();
        DeadLetter<ParcelCacheKey, Parcel> letter = Assert.Single(await Letters());
        Assert.Null(letter.Entity);
        Assert.False(letter.IsDelete);
        Assert.StartsWith("TypedRedis.RedisDecodeException: ", letter.Reason);
    }

    /// <summary>Programs of two versions work side by side: what the one has written, the other carries to the source.</summary>
    [Fact]
    public async Task A_write_of_another_version_of_the_model_is_read()
    {
        await _cache.SetAsync(Some(1, 1));
        byte[] record = (await _redis.Database.HashGetAsync(QueueOf(1).Pending, "parcel:1"))!;
        record[37] ^= 255;
        await _redis.Database.HashSetAsync(QueueOf(1).Pending, "parcel:1", record);
        await _cache.InvalidateAsync(1);
        Assert.Equal(Some(1, 1), await _other.GetAsync(1));
        await _other.InvalidateAsync(1);
        Assert.Equal(Some(1, 1), Assert.Single(await _other.GetManyAsync([1])));
        await _cache.FlushAsync();
        Assert.Equal(Some(1, 1), _source[1]);
    }

    [Fact]
    public async Task A_source_that_does_not_write_is_refused()
    {
        var cache = new ParcelCache(new RedisContext(_fixture.Connection, _redis.Options with { CacheSources = new ReadOnly() }));
        Assert.Contains("does not write", (await Assert.ThrowsAsync<InvalidOperationException>(() => cache.FlushAsync())).Message, StringComparison.Ordinal);
        Assert.Contains("does not write", (await Assert.ThrowsAsync<InvalidOperationException>(() => cache.RunAsync(default))).Message, StringComparison.Ordinal);
    }

    // ---- The server

    [Theory]
    [InlineData("allkeys-lru", true)]
    [InlineData("allkeys-random", true)]
    [InlineData("volatile-lru", false)]
    [InlineData("noeviction", false)]
    public async Task A_server_that_may_evict_pending_writes_is_refused(string policy, bool isRefused)
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "64mb", ["maxmemory-policy"] = policy } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var cache = new ParcelCache(new RedisContext(connection, ServerFixture.Patient), _source);
        using var end = new CancellationTokenSource();
        await end.CancelAsync();
        foreach (Func<Task> call in (Func<Task>[])[() => cache.SetAsync(Some(1)), () => cache.SetManyAsync([Some(1)]), () => cache.DeleteAsync(1), () => cache.DeleteManyAsync([1]), () => cache.RunAsync(end.Token), () => cache.SetAsync(Some(1))])
        {
            Exception? error = await Record.ExceptionAsync(call);
            if (isRefused)
                Assert.Contains($"maxmemory-policy {policy}", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
            else
                Assert.Null(error);
        }

        if (isRefused)
        {
            await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
            await cache.SetAsync(Some(1));
        }
    }

    [Fact]
    public async Task A_user_who_may_not_ask_for_the_policy_is_not_refused()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "64mb", ["maxmemory-policy"] = "allkeys-lru" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        await server.ExecuteAsync("ACL", "SETUSER", "default", "-info");
        await new ParcelCache(new RedisContext(connection, ServerFixture.Patient), _source).SetAsync(Some(1));
    }

    /// <summary>A full memory refuses writes. What is pending is read, and the worker makes room.</summary>
    [Fact]
    public async Task A_full_memory_refuses_writes_and_loses_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "8mb", ["maxmemory-policy"] = "noeviction" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, ServerFixture.Patient with { CacheTimeout = TimeSpan.FromSeconds(30) });
        var cache = new ParcelCache(redis, _source);
        string place = new('x', 20_000);
        long written = 0;
        Exception? refusal = null;
        while (refusal is null && written < 10_000)
        {
            refusal = await Record.ExceptionAsync(() => cache.SetAsync(Some(written, 1, place)));
            written += refusal is null ? 1 : 0;
        }

        Assert.Contains("OOM", Assert.IsType<RedisServerException>(refusal).Message, StringComparison.Ordinal);
        Assert.Equal(written, (await cache.GetPendingAsync()).Pending);
        Assert.Contains("OOM", (await Assert.ThrowsAsync<RedisServerException>(() => cache.SetAsync(Some(0, 2, place + place)))).Message, StringComparison.Ordinal);
        Assert.Contains("OOM", (await Assert.ThrowsAsync<RedisServerException>(() => cache.DeleteAsync(0))).Message, StringComparison.Ordinal);
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");     // so that the room which an entry leaves is not enough for anything
        await cache.InvalidateAsync(0);
        Assert.Equal(Some(0, 1, place), await cache.GetAsync(0));

        _source.Before = (write, _) => write.Key.Id == 1 ? throw new InvalidOperationException("no") : Task.CompletedTask;
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(0, await cache.FlushAsync());
        WriteBehindStatus status = await cache.GetPendingAsync();
        Assert.Equal((0, 1), (status.Pending, status.DeadLetters));
        Assert.Equal(written - 1, _source.Rows.Count);
        Assert.All(_source.Rows.Values, row => Assert.Equal(1, row.Entity!.Revision));
    }

    [Fact]
    public async Task Scripts_that_the_server_has_lost_are_sent_again()
    {
        await _cache.SetAsync(Some(1, 1));
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        await _cache.SetManyAsync([Some(2, 1), Some(3, 1)]);
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        await _cache.InvalidateAsync(1);
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(Some(1, 1), await _cache.GetAsync(1));
        await _fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Equal(3, _source.Rows.Count);
    }

    [Fact]
    public async Task Entry_and_queue_share_a_slot()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync(new() { ReplicasPerPrimary = 0, NodeTimeout = TimeSpan.FromSeconds(30) });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        var cache = new ParcelCache(new RedisContext(connection, ServerFixture.Patient with { Prefix = "w", CacheTimeout = TimeSpan.FromSeconds(30) }), _source);
        await Bounded.SucceedsAsync(() => cache.SetAsync(Some(0)));
        await Refuse(7);
        await cache.SetManyAsync(Enumerable.Range(0, 50).Select(i => Some(i, 1)));
        await cache.DeleteManyAsync([48, 49]);
        await cache.InvalidateManyAsync(Enumerable.Range(0, 50).Select(i => new ParcelCacheKey(i)));
        Assert.Equal(48, (await cache.GetManyAsync(Enumerable.Range(0, 50).Select(i => new ParcelCacheKey(i)))).Count(item => item is { Revision: 1 }));
        Assert.Equal(0, _source.Loads);
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(49, _source.Rows.Count);
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(0, await cache.FlushAsync());
        Assert.Equal(1, (await cache.GetPendingAsync()).DeadLetters);
        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(1, await cache.ReplayAllAsync());
        using var end = new CancellationTokenSource();
        Task worker = cache.RunAsync(end.Token);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(_source[7] is not null));
        await end.CancelAsync();
        await worker.EndsAsync();
        Assert.Equal(new WriteBehindStatus(), await cache.GetPendingAsync());
    }

    // ---- Workers

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

    private Task Refuse(params long[] ids)
    {
        _source.Before = (write, _) => ids.Contains(write.Key.Id) ? throw new InvalidOperationException("no " + new string('x', 600)) : Task.CompletedTask;
        return Task.CompletedTask;
    }

    private async Task DieAsync(long id)
    {
        await Refuse(id);
        await _cache.SetAsync(Some(id, 1));
        for (int i = 0; i < 3; i++)
            await _cache.FlushAsync();
        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Single(await Letters());
    }

    private async Task<List<DeadLetter<ParcelCacheKey, Parcel>>> Letters()
    {
        var letters = new List<DeadLetter<ParcelCacheKey, Parcel>>();
        await foreach (DeadLetter<ParcelCacheKey, Parcel> letter in _cache.GetDeadLettersAsync())
            letters.Add(letter);
        return letters;
    }

    private static WriteBehindQueue QueueOf(long id)
        => CacheCore<Parcel, ParcelCacheKey, ParcelCacheMapper>.Queues[WriteBehindKeys.PartitionOf(((ParcelCacheKey)id).ToRedisKey(), 4)];

    private async Task<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments)
        => await ScriptWait.Evaluate(script, _redis, ParcelCacheMapper.Schema, keys, arguments, default);

    private Task RushAsync(long id) => RunAsync(WriteBehindScripts.Rush, [QueueOf(id).Schedule], [100]);

    private async Task<List<(string Key, bool IsAlone)>> LeaseAsync(long id, long forMs)
    {
        WriteBehindQueue queue = QueueOf(id);
        var reply = (RedisResult[])(await RunAsync(WriteBehindScripts.Lease, [queue.Pending, queue.Schedule, queue.Since], [forMs, 10, 10, 5]))!;
        var leased = new List<(string, bool)>();
        foreach (int kind in (int[])[2, 3])
        {
            var items = (RedisResult[])reply[kind]!;
            for (int i = 0; i < items.Length; i += 2)
                leased.Add(((string)items[i]!, kind == 3));
        }

        return leased;
    }

    private sealed class ReadOnly : ICacheSourceProvider
    {
        public ValueTask<CacheSourceScope<TKey, TEntity>?> CreateScopeAsync<TKey, TEntity>()
            where TKey : struct, IRedisKey<TKey>
            where TEntity : class
            => new(new CacheSourceScope<TKey, TEntity>(new Loads<TKey, TEntity>(), scope: null));
    }

    private sealed class Loads<TKey, TEntity> : ICacheSource<TKey, TEntity>
        where TKey : struct, IRedisKey<TKey>
        where TEntity : class
    {
        public ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken) => default;
    }
}
