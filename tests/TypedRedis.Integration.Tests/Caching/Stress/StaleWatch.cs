using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>
/// Random operations of one process, of which each read is checked: it must not give an older revision than the protocol allows. Without a level in the process, nothing older than the last
/// invalidation of its key that returned before the read began, wherever it was made. With one, and of tags, the same in the process that invalidates; elsewhere nothing older than what was invalidated
/// before the bound.
/// </summary>
internal sealed class StaleWatch<TKind>(ThingCache<TKind> cache, Database database, int owner, bool isFaulty)
    where TKind : IThingCacheKind
{
    private const int Keys = 9;
    private const int FirstWrite = 77;

    // The engine reads a clock in steps of some ms, and the test another one.
    private const long Slack = 30_000;
    private const long Bound = (CacheChannel.Bound * 1000) + Slack;

    private readonly ConcurrentDictionary<long, long> _own = new();
    private readonly SemaphoreSlim _ownKey = new(1);
    private readonly bool _isNear = TKind.Schema.LocalTtl > TimeSpan.Zero || TKind.Schema.HotTtl > TimeSpan.Zero;
    private volatile bool _isOwnKeyLost;
    private volatile bool _isHeld;
    private long _reads;
    private int _writing;

    public long Reads => Volatile.Read(ref _reads);

    public long WriteErrors;

    /// <summary>How often a key is read in a row.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Writes nothing more, until <see cref="Release"/>. Completes when what has begun has ended.</summary>
    public Task HoldWritesAsync()
    {
        _isHeld = true;
        return Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref _writing) == 0));
    }

    public void Release() => _isHeld = false;

    // Of keys that are set, this process is the only writer: plain Set is ordered by arrival.
    private long OwnKey => 100 + owner;

    public Task RunAsync(int tasks, int operations, CancellationToken end)
        => Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < operations && !end.IsCancellationRequested; i++)
                await StepAsync();
        })));

    private async Task StepAsync()
    {
        int kind = Random.Shared.Next(100);
        if (kind < FirstWrite)
        {
            await StepAsync(kind);
            return;
        }

        Interlocked.Increment(ref _writing);
        try
        {
            if (!_isHeld)
                await StepAsync(kind);
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private async Task StepAsync(int kind)
    {
        long id = Random.Shared.Next(Keys);
        switch (kind)
        {
            case < 45:
                for (int i = 0; i < Burst; i++)
                    await ReadAsync(id, async () => (await cache.GetAsync(id))?.Revision);
                break;
            case < 55:
                await ReadManyAsync();
                break;
            case < 60:
                await ReadAsync(id, async () => (await cache.TryGetAsync(id)).Entity?.Revision, mayBeNothing: true);
                break;
            case < 65:
                if (!_isOwnKeyLost)
                    await ReadAsync(OwnKey, async () => (await cache.GetAsync(OwnKey))?.Revision);
                break;
            case < 70:
                await ReadAsync(id, async () => (await cache.RefreshAsync(id))?.Revision);
                break;
            case < FirstWrite:
                await ReadWithTokenAsync(id);
                break;
            case < 90:
                await WriteAsync([id], byTag: false, async () =>
                {
                    ConsistencyToken token = await cache.InvalidateAsync(id);
                    return token;
                });
                break;
            case < 93:
                long[] some = [.. Enumerable.Range(0, Keys).Where(static _ => Random.Shared.Next(2) == 0).Select(static one => (long)one)];
                await WriteAsync(some, byTag: false, async () => await cache.InvalidateManyAsync(some.Select(static one => new ThingKey(one))));
                break;
            case < 96:
                await SetOwnAsync();
                break;
            case < 99:
                string category = Database.CategoryOf(id);
                await WriteAsync([.. Enumerable.Range(0, Keys).Select(static one => (long)one).Where(one => Database.CategoryOf(one) == category)], byTag: true, async () =>
                {
                    await cache.InvalidateTagAsync(Things.Tag(category));
                    return null;
                });
                break;
            default:
                await WriteAsync([.. Enumerable.Range(0, Keys).Select(static one => (long)one)], byTag: true, async () =>
                {
                    await cache.ClearAsync();
                    return null;
                });
                break;
        }
    }

    private async Task ReadAsync(long id, Func<Task<long?>> read, bool mayBeNothing = false)
    {
        long floor = await FloorAsync(id);
        long? revision = await read();
        Check(id, floor, revision, mayBeNothing);
    }

    private async Task ReadManyAsync()
    {
        long[] ids = [.. Enumerable.Range(0, Random.Shared.Next(1, 6)).Select(static _ => (long)Random.Shared.Next(Keys))];
        long[] floors = await Task.WhenAll(ids.Select(FloorAsync));
        Thing?[] things = await cache.GetManyAsync(ids.Select(static id => new ThingKey(id)));
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(ids[i], things[i]?.Id);
            Check(ids[i], floors[i], things[i]?.Revision, mayBeNothing: false);
        }
    }

    // In any process, at once.
    private async Task ReadWithTokenAsync(long id)
    {
        if (await database.TokenAsync(id) is not { } noted)
            return;
        long floor = await FloorAsync(id);
        Check(id, Math.Max(floor, noted.Revision), (await cache.GetAsync(id, noted.Token))?.Revision, mayBeNothing: false);
    }

    private async Task<long> FloorAsync(long id)
    {
        long own = _own.GetValueOrDefault(id);
        long now = Database.Now;
        return Math.Max(own, await database.FloorAsync(id, _isNear ? now - Bound : now, now - Bound));
    }

    private void Check(long id, long floor, long? revision, bool mayBeNothing)
    {
        Interlocked.Increment(ref _reads);
        if (revision is null ? !mayBeNothing : revision < floor)
        {
            if (id == OwnKey && _isOwnKeyLost)
                return;
            throw new InvalidOperationException($"Stale: {id} has revision {(revision is null ? "none" : revision)}, but {floor} was invalidated before (own: {_own.GetValueOrDefault(id)}; {cache.Statistics}).");
        }
    }

    // The revision first, then the invalidation.
    private async Task WriteAsync(long[] ids, bool byTag, Func<Task<ConsistencyToken?>> invalidate)
    {
        long[] revisions = await Task.WhenAll(ids.Select(database.RaiseAsync));
        ConsistencyToken? token;
        try
        {
            token = await invalidate();
        }
        catch (Exception error) when (isFaulty && (error is RedisServerException or OperationCanceledException || error.IsOutage()))
        {
            Interlocked.Increment(ref WriteErrors);
            return;
        }

        for (int i = 0; i < ids.Length; i++)
        {
            await ReturnedAsync(ids[i], revisions[i], byTag);
            if (token is { } one)
                await database.NoteTokenAsync(ids[i], one, revisions[i]);
        }
    }

    private async Task SetOwnAsync()
    {
        await _ownKey.WaitAsync();
        try
        {
            if (_isOwnKeyLost)
                return;
            long revision = await database.RaiseAsync(OwnKey);
            try
            {
                await (Random.Shared.Next(2) == 0 ? cache.SetAsync(new Thing { Id = OwnKey, Revision = revision }) : cache.SetManyAsync([new Thing { Id = OwnKey, Revision = revision }]));
            }
            catch (Exception error) when (isFaulty && (error is RedisServerException || error.IsOutage()))
            {
                _isOwnKeyLost = true;   // It may arrive later, over one that is newer.
                return;
            }

            await ReturnedAsync(OwnKey, revision, byTag: false);
        }
        finally
        {
            _ownKey.Release();
        }
    }

    private async Task ReturnedAsync(long id, long revision, bool byTag)
    {
        _own.AddOrUpdate(id, revision, (_, known) => Math.Max(known, revision));
        await database.ReturnedAsync(id, revision, byTag);
    }
}
