using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>Written through, with a level in the process.</summary>
[CacheAside("article:{Id}", Ttl = "10m", Tags = ["author:{Author}"]), WriteThrough(WriteTimeout = "20s")]
public sealed record Article(long Id, string Author, long Revision);

/// <summary>Written through, for which the source has little time.</summary>
[CacheAside("draft:{Id}", Ttl = "10m"), WriteThrough(WriteTimeout = "500ms")]
public sealed record Draft(long Id, long Revision);

/// <summary>Written through, in Redis alone.</summary>
[CacheAside("memo:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off), WriteThrough]
public sealed record Memo(long Id, long Revision);

/// <summary>A database that compares versions.</summary>
internal sealed class VersionedSource<TKey, TEntity> : IWritableCacheSource<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    private readonly ConcurrentDictionary<TKey, (TEntity? Entity, long Version)> _rows = new();

    public int Loads;
    public int Writes;

    public Func<Task> BeforeLoad { get; set; } = () => Task.CompletedTask;

    public Func<CacheWrite<TKey, TEntity>, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    public (TEntity? Entity, long Version) this[TKey key]
    {
        get => _rows.GetValueOrDefault(key);
        set => _rows[key] = value;
    }

    public async ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Loads);
        TEntity? read = _rows.GetValueOrDefault(key).Entity;
        await BeforeLoad();
        return read;
    }

    public async ValueTask WriteAsync(CacheWrite<TKey, TEntity> write, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref Writes);
        await BeforeWrite(write);
        cancellationToken.ThrowIfCancellationRequested();
        _rows.AddOrUpdate(write.Key, (write.Entity, write.Version), (_, row) => row.Version < write.Version ? (write.Entity, write.Version) : row);
    }
}

public sealed class WriteThroughTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();
    private readonly VersionedSource<ArticleCacheKey, Article> _source = new();

    private static Article Some(long revision, long id = 1) => new(id, "ann", revision);

    private ArticleCache NewCache() => new(_redis, _source);

    // Another process, as far as the engine knows: other options are another core.
    private ArticleCache NewStranger() => new(Strange(), _source);

    private DraftCache NewStranger(VersionedSource<DraftCacheKey, Draft> source) => new(Strange(), source);

    private RedisContext Strange() => new(fixture.Connection, _redis.Options with { OperationTimeout = _redis.Options.OperationTimeout + TimeSpan.FromTicks(1) });

    private Task<bool> IsStoredAsync(long id = 1) => fixture.Server.ExistsAsync($"{_redis.Prefix}article:{id}");

    [Fact]
    public async Task The_source_is_written_first_and_then_the_cache()
    {
        ArticleCache cache = NewCache();
        bool wasStored = true;
        _source.BeforeWrite = async _ => wasStored = (await cache.TryGetAsync(1)).IsFound;

        ConsistencyToken token = await cache.SetAsync(Some(1));

        Assert.False(wasStored);
        Assert.Equal(Some(1), _source[1].Entity);
        Assert.Equal(Some(1), await NewStranger().GetAsync(1, token));
        Assert.Equal(0, _source.Loads);

        await cache.DeleteAsync(1);
        Assert.Null(_source[1].Entity);
        Assert.Null(await NewStranger().GetAsync(1));
        Assert.Null(await cache.GetAsync(1));
    }

    [Fact]
    public async Task Many_are_one_call_of_the_source_and_the_last_of_a_key_wins()
    {
        ArticleCache cache = NewCache();
        await cache.SetManyAsync([Some(1, 1), Some(1, 2), Some(2, 1)]);
        Assert.Equal((Article?[])[Some(2, 1), Some(1, 2)], await NewStranger().GetManyAsync([1, 2]));
        Assert.Equal(0, _source.Loads);

        await cache.DeleteManyAsync([1, 2]);
        Assert.Equal(new Article?[2], await NewStranger().GetManyAsync([1, 2]));
        Assert.Null(_source[1].Entity);
    }

    [Fact]
    public async Task What_the_source_refuses_is_not_cached()
    {
        ArticleCache cache = NewCache();
        await cache.SetAsync(Some(1));
        _source.BeforeWrite = _ => throw new InvalidOperationException("refused");

        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.SetAsync(Some(2)));

        Assert.False(await IsStoredAsync());
        Assert.Equal(Some(1), await NewStranger().GetAsync(1));
        Assert.True(await IsStoredAsync());
    }

    [Fact]
    public async Task Readers_go_to_the_source_while_it_is_written_and_nothing_is_stored()
    {
        ArticleCache cache = NewCache();
        await cache.SetAsync(Some(1));
        var written = new TaskCompletionSource();
        var writing = new TaskCompletionSource();
        _source.BeforeWrite = _ =>
        {
            writing.TrySetResult();
            return written.Task;
        };
        Task<ConsistencyToken> set = cache.SetAsync(Some(2));
        await writing.Task;

        ArticleCache other = NewStranger();
        Assert.Equal(Some(1), await other.GetAsync(1));
        Assert.Equal(Some(1), await other.GetAsync(1));
        Assert.Equal(2, _source.Loads);

        written.SetResult();
        await set;
        Assert.Equal(Some(2), await other.GetAsync(1));
        Assert.Equal(Some(2), await cache.GetAsync(1));
        Assert.Equal(2, _source.Loads);
    }

    [Fact]
    public async Task A_load_that_began_before_the_write_is_not_stored()
    {
        _source[1] = (Some(1), 1);
        var read = new TaskCompletionSource();
        var reading = new TaskCompletionSource();
        _source.BeforeLoad = () =>
        {
            reading.TrySetResult();
            return read.Task;
        };
        Task<Article?> early = NewStranger().GetAsync(1).AsTask();
        await reading.Task;
        _source.BeforeLoad = () => Task.CompletedTask;
        await NewCache().SetAsync(Some(2));
        read.SetResult();

        Assert.Equal(Some(1), await early);
        Assert.Equal(Some(2), await NewStranger().GetAsync(1));
        Assert.Equal(Some(2), await NewCache().GetStrongAsync(1));
    }

    [Fact]
    public async Task Of_two_writers_at_once_none_is_stored()
    {
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        _source.BeforeWrite = write => write.Entity!.Revision == 1 ? first.Task : second.Task;
        ArticleCache cache = NewCache();
        Task one = cache.SetAsync(Some(1));
        await Bounded.BecomesTrueAsync(() => Task.FromResult(_source.Writes == 1));
        Task two = NewStranger().SetAsync(Some(2));
        await Bounded.BecomesTrueAsync(() => Task.FromResult(_source.Writes == 2));
        second.SetResult();
        await two;
        Assert.Equal(Some(2), await cache.GetAsync(1));     // from the source: the other one is still writing
        first.SetResult();
        await one;

        Assert.False(await IsStoredAsync());
        Assert.Equal(Some(2), await cache.GetAsync(1));
        Assert.True(await IsStoredAsync());
    }

    [Fact]
    public async Task What_is_invalidated_during_its_write_is_not_stored()
    {
        var written = new TaskCompletionSource();
        _source.BeforeWrite = _ => written.Task;
        ArticleCache cache = NewCache();
        Task set = cache.SetAsync(Some(1));
        await Bounded.BecomesTrueAsync(() => Task.FromResult(_source.Writes == 1));
        await NewStranger().InvalidateAsync(1);
        written.SetResult();
        await set;
        Assert.False(await IsStoredAsync());
        Assert.Equal(Some(1), await cache.GetAsync(1));
    }

    [Fact]
    public async Task While_the_outcome_of_a_write_is_unknown_nothing_is_stored()
    {
        var source = new VersionedSource<DraftCacheKey, Draft> { [1] = (new Draft(1, 1), 1) };
        var late = new TaskCompletionSource();
        source.BeforeWrite = _ => late.Task;
        var cache = new DraftCache(_redis, source);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => cache.SetAsync(new Draft(1, 2)));
        Assert.Contains("WriteTimeout", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{_redis.Prefix}draft:1", error.Message, StringComparison.Ordinal);

        DraftCache other = NewStranger(source);
        Assert.Equal(1, (await other.GetAsync(1))!.Revision);
        Assert.Equal(1, (await other.GetAsync(1))!.Revision);
        Assert.Equal(2, source.Loads);

        // The marker ends by itself.
        await Bounded.BecomesTrueAsync(async () => !await fixture.Server.ExistsAsync($"{_redis.Prefix}draft:1"));
        Assert.Equal(1, (await other.GetAsync(1))!.Revision);
        Assert.Equal(1, (await other.GetAsync(1))!.Revision);
        Assert.Equal(3, source.Loads);
    }

    [Fact]
    public async Task A_write_that_lands_after_it_was_given_up_drops_what_was_cached_meanwhile()
    {
        var late = new TaskCompletionSource();
        var source = new VersionedSource<DraftCacheKey, Draft> { [1] = (new Draft(1, 1), 1) };
        source.BeforeWrite = async write =>
        {
            await late.Task;
            source[1] = (write.Entity, write.Version);
        };
        var cache = new DraftCache(_redis, source);
        await Assert.ThrowsAsync<TimeoutException>(() => cache.SetAsync(new Draft(1, 2)));
        await Bounded.BecomesTrueAsync(async () =>
        {
            Assert.Equal(1, (await cache.GetStrongAsync(1))!.Revision);
            return (await cache.TryGetAsync(1)).IsFound;
        });

        late.SetResult();
        await Bounded.BecomesTrueAsync(async () => (await NewStranger(source).GetStrongAsync(1))!.Revision == 2);
    }

    [Fact]
    public async Task A_writer_that_dies_leaves_no_stale_entry()
    {
        ArticleCache cache = NewCache();
        await cache.SetAsync(Some(1));
        string key = $"{_redis.Prefix}article:1";

        // Marked; then the source is written, and the process dies.
        await _redis.Database.ScriptEvaluateAsync(CacheScripts.Mark.Text, ["article:1"], [new byte[16], 300, "x", "x"]);
        _source[1] = (Some(2), long.MaxValue);

        Assert.Equal(Some(2), await NewStranger().GetStrongAsync(1));
        await Bounded.BecomesTrueAsync(async () => !await fixture.Server.ExistsAsync(key));
        Assert.Equal(Some(2), await NewStranger().GetAsync(1));
        Assert.True(await fixture.Server.ExistsAsync(key));
    }

    [Fact]
    public async Task A_marker_is_not_replaced_by_the_next_writers()
    {
        byte[] one = [.. Enumerable.Repeat((byte)1, 16)], two = [.. Enumerable.Repeat((byte)2, 16)];
        RedisKey key = "article:1";
        byte[] entry = [(byte)'T', 1, (byte)'V', .. new byte[62]];
        await MarkAsync(one);
        await MarkAsync(two);
        Assert.Equal(0, await CommitAsync(two));
        Assert.Equal((byte)'W', await StateAsync());        // the first one may still write an older value
        Assert.Equal(0, await CommitAsync(one));
        Assert.Null(await StateAsync());

        await MarkAsync(one);
        Assert.Equal(1, await CommitAsync(one));
        Assert.Equal(0, await CommitAsync(two));            // its time had run out: what came between is unknown
        Assert.Null(await StateAsync());

        Task MarkAsync(byte[] token) => _redis.Database.ScriptEvaluateAsync(CacheScripts.Mark.Text, [key], [token, 60_000, "x", "x"]);

        async Task<long> CommitAsync(byte[] token)
            => (long)((RedisResult[])(await _redis.Database.ScriptEvaluateAsync(CacheScripts.Commit.Text, [key], [token, entry, 60_000, 60_000, 60_000, "x", "x"]))!)[0];

        async Task<byte?> StateAsync() => ((byte[]?)await _redis.Database.StringGetAsync(key))?[2];
    }

    [Fact]
    public async Task Updates_come_one_after_the_other()
    {
        const int Updates = 40;
        _source[1] = (Some(0), 1);
        ArticleCache[] caches = [NewCache(), NewStranger()];
        CacheUpdate<Article>[] after = await Task.WhenAll(Enumerable.Range(0, Updates).Select(i => caches[i % 2].UpdateAsync(1, article => article with { Revision = article.Revision + 1 })));

        Assert.Equal(Updates, _source[1].Entity!.Revision);
        Assert.Equal(Enumerable.Range(1, Updates).Select(i => (long)i), after.Select(update => update.Entity!.Revision).Order());
        Assert.Equal(Updates, (await NewStranger().GetStrongAsync(1))!.Revision);
    }

    [Fact]
    public async Task An_update_that_ends_early_writes_nothing_and_holds_up_nobody()
    {
        ArticleCache cache = NewCache();
        Assert.Equal(default, await cache.UpdateAsync(1, article => article));
        _source[1] = (Some(1), 1);
        await Assert.ThrowsAsync<FormatException>(() => cache.UpdateAsync(1, _ => throw new FormatException()));
        await Assert.ThrowsAsync<ArgumentException>(() => cache.UpdateAsync(1, article => article with { Id = 2 }));
        await Assert.ThrowsAsync<ArgumentException>(() => cache.UpdateAsync(1, _ => null!));
        Assert.Equal(0, _source.Writes);
        Assert.Equal(2, (await cache.UpdateAsync(1, article => article with { Revision = 2 })).Entity!.Revision);
    }

    [Fact]
    public async Task The_token_of_an_update_demands_it_of_any_process()
    {
        ArticleCache cache = NewCache(), other = NewStranger();
        ConsistencyToken before = await cache.SetAsync(Some(0));
        for (int revision = 1; revision <= 50; revision++)
        {
            Assert.NotNull(await other.GetAsync(1));
            (Article? changed, ConsistencyToken token) = await cache.UpdateAsync(1, article => article with { Revision = article.Revision + 1 });
            Assert.Equal(revision, changed!.Revision);
            Assert.True(token > before, $"{token} after {before}");
            Assert.Equal(revision, (await other.GetAsync(1, token))!.Revision);
            before = token;
        }
    }

    [Fact]
    public async Task A_source_that_does_not_write_is_an_error_and_leaves_no_marker()
    {
        var cache = new ArticleCache(_redis);
        Assert.Contains("source", (await Assert.ThrowsAsync<InvalidOperationException>(() => cache.SetAsync(Some(1)))).Message, StringComparison.Ordinal);
        Assert.False(await IsStoredAsync());
    }

    [Fact]
    public async Task Nobody_reads_older_than_what_was_acknowledged()
    {
        const int Keys = 3;
        var source = new VersionedSource<MemoCacheKey, Memo>();
        var versions = new ConcurrentDictionary<long, long>();
        long revisions = 0;
        source.BeforeWrite = write =>
        {
            if (write.Entity is { } memo)
                versions[memo.Revision] = write.Version;
            return Random.Shared.Next(4) == 0 ? Task.Delay(1) : Task.CompletedTask;
        };
        source.BeforeLoad = () => Random.Shared.Next(4) == 0 ? Task.Delay(1) : Task.CompletedTask;
        var acknowledged = new long[Keys];
        MemoCache[] caches =
        [
            .. Enumerable.Range(0, 3).Select(i => new MemoCache(new RedisContext(fixture.Connection, _redis.Options with { OperationTimeout = _redis.Options.OperationTimeout + TimeSpan.FromTicks(i) }), source)),
        ];
        await Task.WhenAll(Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            var random = new Random(ModelBased.Seeds.Of(worker));
            MemoCache cache = caches[worker % caches.Length];
            for (int i = 0; i < 150; i++)
            {
                long id = random.Next(Keys);
                if (random.Next(3) == 0)
                {
                    var memo = new Memo(id, Interlocked.Increment(ref revisions));
                    if (random.Next(2) == 0)
                        await cache.SetAsync(memo);
                    else
                        await cache.SetManyAsync([memo]);
                    Raise(ref acknowledged[id], versions[memo.Revision]);
                }
                else if (random.Next(10) == 0)
                {
                    await cache.InvalidateAsync(id);
                }
                else
                {
                    long floor = Volatile.Read(ref acknowledged[id]);
                    Memo? read = random.Next(2) == 0 ? await cache.GetAsync(id) : (await cache.GetManyAsync([id]))[0];
                    Assert.True(floor == 0 || versions[read!.Revision] >= floor, $"read {read?.Revision} of version {(read is null ? 0 : versions[read.Revision])}, acknowledged {floor}");
                }
            }
        })));

        static void Raise(ref long place, long value)
        {
            for (long known = Volatile.Read(ref place); value > known; known = Volatile.Read(ref place))
                Interlocked.CompareExchange(ref place, value, known);
        }
    }
}
