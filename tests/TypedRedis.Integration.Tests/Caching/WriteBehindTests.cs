using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

public sealed partial class WriteBehindTests : IClassFixture<ServerFixture>
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
