using System.Collections.Concurrent;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.ModelBased;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>Random steps beside a model in memory, and many writers beside several workers.</summary>
public sealed class WriteBehindModelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = new(fixture.Connection, fixture.NewContext().Options with { CacheTimeout = TimeSpan.FromSeconds(30) });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Reads_see_the_last_write_and_the_source_ends_with_it(int run)
    {
        int seed = Seeds.Of(run);
        var random = new Random(seed);
        var source = new ParcelSource();
        var versions = new ConcurrentDictionary<long, long>();
        var failed = new ConcurrentDictionary<(long, long), bool>();
        bool fails = false;
        source.Before = (write, _) =>
        {
            // Each write at most once, so that none dies.
            lock (random)
            {
                if (fails && random.Next(3) == 0 && failed.TryAdd((write.Key.Id, write.Version), true))
                    throw new InvalidOperationException("refused");
            }

            Assert.True(write.Version >= versions.GetValueOrDefault(write.Key.Id), $"seed {seed}: {write.Key} went back");
            versions[write.Key.Id] = write.Version;
            return Task.CompletedTask;
        };
        ParcelCache[] caches = [.. Enumerable.Range(0, 2).Select(i => new ParcelCache(new RedisContext(fixture.Connection, _redis.Options with { CacheTimeout = TimeSpan.FromSeconds(40 + i) }), source))];
        var model = new Dictionary<long, Parcel?>();
        var tokens = new Dictionary<long, ConsistencyToken>();
        int operations = IndexLoad.Operations(400);
        for (int i = 0; i < operations; i++)
        {
            ParcelCache cache = caches[Next(2)];
            long id = Next(8);
            var parcel = new Parcel(id, Next(2) == 0 ? "a" : "b", i);
            switch (Next(16))
            {
                case 0 or 1 or 2:
                    tokens[id] = await cache.SetAsync(parcel, Next(3) == 0 ? TimeSpan.FromMilliseconds(5) : null);
                    model[id] = parcel;
                    break;
                case 3:
                    tokens[id] = await cache.DeleteAsync(id);
                    model[id] = null;
                    break;
                case 4:
                    ConsistencyToken token = await cache.SetManyAsync([parcel, parcel with { Id = id + 1 }]);
                    (tokens[id], tokens[id + 1]) = (default, default);
                    (model[id], model[id + 1]) = (parcel, parcel with { Id = id + 1 });
                    await cache.InvalidateManyAsync([id, id + 1]);
                    Assert.NotEqual(default, token);
                    await CheckAsync(cache, id + 1);
                    break;
                case 5:
                    tokens[id] = await cache.InvalidateAsync(id);
                    break;
                case 6:
                    await cache.InvalidateTagAsync(CacheTag.Of($"place:{parcel.Place}"));
                    break;
                case 7:
                    await (Next(4) == 0 ? cache.ClearAsync() : Task.CompletedTask);
                    break;
                case 8:
                    await _redis.Database.KeyDeleteAsync(CacheCore<Parcel, ParcelCacheKey, ParcelCacheMapper>.RedisKeyOf(id));
                    break;
                case 9:
                    Assert.Equal(model.GetValueOrDefault(id), await cache.RefreshAsync(id));
                    break;
                case 10 or 11:
                    fails = true;
                    await cache.FlushAsync();
                    fails = false;
                    break;
                case 12:
                    await cache.InvalidateManyAsync([id, id + 1]);      // else its own level may be as old as its messages
                    Parcel?[] found = await cache.GetManyAsync([id, id + 1]);
                    Assert.Equal((seed, model.GetValueOrDefault(id), model.GetValueOrDefault(id + 1)), (seed, found[0], found[1]));
                    break;
            }

            await CheckAsync(caches[Next(2)], id);
        }

        while (await caches[0].FlushAsync() > 0)
        {
        }

        foreach ((long id, Parcel? last) in model)
        {
            Assert.Equal((seed, id, last), (seed, id, source[id]));
            Assert.Equal((seed, last), (seed, await caches[1].GetStrongAsync(id)));
        }

        Assert.Equal(new WriteBehindStatus(), await caches[0].GetPendingAsync());

        int Next(int limit)
        {
            lock (random)
                return random.Next(limit);
        }

        async Task CheckAsync(ParcelCache cache, long id)
        {
            Parcel? expected = model.GetValueOrDefault(id);
            Assert.Equal((seed, expected), (seed, await cache.GetStrongAsync(id)));
            if (tokens.GetValueOrDefault(id) is var token && token != default)
                Assert.Equal((seed, expected), (seed, await cache.GetAsync(id, token)));
        }
    }

    [Fact]
    public async Task Many_writers_and_several_workers()
    {
        const int Writers = 8;
        const int Keys = 20;
        int each = IndexLoad.Operations(2400) / Writers;
        var random = new Random(Seeds.Of(7));
        var source = new ReadingSource();
        var taken = new ConcurrentDictionary<long, long>();
        source.Before = async (write, end) =>
        {
            int pause;
            lock (random)
                pause = random.Next(60);
            await Task.Delay(pause / 10, end);      // others write meanwhile
            if (pause == 0)
                throw new InvalidOperationException("refused");

            taken.AddOrUpdate(write.Key.Id, write.Version, (_, last) => Math.Max(last, write.Version));
        };
        using ConnectionMultiplexer second = await ServerFixture.ConnectAsync(fixture.Server);
        ReadingCache[] caches = [new(_redis, source), new(new RedisContext(second, _redis.Options), source), new(new RedisContext(second, _redis.Options with { CacheTimeout = TimeSpan.FromSeconds(29) }), source)];
        using var end = new CancellationTokenSource();
        Task[] workers = [.. caches.Select(cache => cache.RunAsync(end.Token))];
        var last = new ConcurrentDictionary<long, (long Version, long? Revision)>();
        int revisions = 0;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var own = new Random(Seeds.Of(100 + writer));
            for (int i = 0; i < each; i++)
            {
                long id = own.Next(Keys);
                long? revision = own.Next(10) == 0 ? null : Interlocked.Increment(ref revisions);
                ReadingCache cache = caches[writer % caches.Length];
                ConsistencyToken token = revision is { } value ? await cache.SetAsync(new Reading(id, value)) : await cache.DeleteAsync(id);
                last.AddOrUpdate(id, (token.Version, revision), (_, before) => before.Version > token.Version ? before : (token.Version, revision));
                if (own.Next(5) == 0)
                    await cache.InvalidateAsync(id);
                if (own.Next(3) == 0)
                    Assert.True((await cache.GetAsync(id, token))?.Revision is null or > 0);
            }
        })));
        await Bounded.BecomesTrueAsync(async () => (await caches[0].GetPendingAsync()).Pending == 0);
        await end.CancelAsync();
        await Task.WhenAll(workers).EndsAsync();

        Assert.Equal(0, (await caches[0].GetPendingAsync()).DeadLetters);
        foreach ((long id, (long version, long? revision)) in last)
        {
            Assert.Equal((id, version, revision), (id, source.Rows[id].Version, source[id]?.Revision));
            Assert.Equal(revision, (await caches[1].GetAsync(id))?.Revision);
        }
    }
}
