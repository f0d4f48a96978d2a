using System.Collections.Concurrent;
using System.Globalization;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>Workers and servers that are killed in the middle of it, while the source fails.</summary>
[Collection(FaultCollection.Name)]
public sealed class WriteBehindFaultTests
{
    /// <summary>Says how many workers are killed instead of the few that it takes to see that nothing is wrong.</summary>
    public const string Variable = "TYPEDREDIS_TEST_KILLS";

    /// <summary>The share of the source's calls that fail.</summary>
    public const double Failures = 0.3;

    private const int Keys = 1000;
    private const int PoisonedKeys = 3;

    private static int Kills => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } number ? int.Parse(number, CultureInfo.InvariantCulture) : 20;

    /// <summary>The last write of each key that was acknowledged, and the ones whose fate is not known.</summary>
    private sealed class Written
    {
        public ConcurrentDictionary<long, (long Version, long? Revision)> Last { get; } = new();

        public ConcurrentDictionary<(long Id, long? Revision), bool> Unknown { get; } = new();

        private int _revisions;

        public async Task StepAsync(ReadingCache cache, Random random, bool survives = false)
        {
            long id = random.Next(20) == 0 ? SharedSource.FirstPoison + random.Next(PoisonedKeys) : random.Next(Keys);
            long? revision = random.Next(10) == 0 ? null : Interlocked.Increment(ref _revisions);
            try
            {
                ConsistencyToken token = revision is { } value ? await cache.SetAsync(new Reading(id, value)) : await cache.DeleteAsync(id);
                Last.AddOrUpdate(id, (token.Version, revision), (_, before) => before.Version > token.Version ? before : (token.Version, revision));
                if (random.Next(10) == 0)
                    await cache.InvalidateAsync(id);
            }
            catch (Exception e) when (survives && e is RedisException or TimeoutException)
            {
                Unknown[(id, revision)] = true;
                await Task.Delay(5);
            }
        }
    }

    [Fact]
    public async Task Killed_workers_lose_nothing_while_the_source_fails()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        const string Prefix = "k:";
        var redis = new RedisContext(connection, new() { Prefix = Prefix, OperationTimeout = TimeSpan.FromSeconds(60), CacheTimeout = TimeSpan.FromSeconds(60) });
        var source = new SharedSource(connection.GetDatabase(), Prefix, Seeds.Of(1), failures: 0);
        var cache = new ReadingCache(redis, source);
        var written = new Written();
        using var stop = new CancellationTokenSource();
        Task writing = Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(async () =>
        {
            var random = new Random(Seeds.Of(10 + writer));
            while (!stop.IsCancellationRequested)
            {
                await written.StepAsync(cache, random);
                await Task.Delay(random.Next(4));
            }
        })));

        // Two at a time; each is killed in the middle of its writes.
        int seeds = 0;
        int left = Kills;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(slot => Task.Run(async () =>
        {
            var random = new Random(Seeds.Of(20 + slot));
            while (Interlocked.Decrement(ref left) >= 0)
            {
                using WorkerProcess worker = await WorkerProcess.StartWriteBehindAsync(server.ConnectionString, Prefix, Seeds.Of(100 + Interlocked.Increment(ref seeds)));
                long enough = await source.CountAsync() + random.Next(100);
                await Bounded.BecomesTrueAsync(async () => await source.CountAsync() >= enough);
            }
        })));
        await stop.CancelAsync();
        await writing;

        // What the dead had is leased for a while yet.
        while (await cache.FlushAsync() > 0)
        {
        }

        WriteBehindStatus status = await cache.GetPendingAsync();
        var letters = new Dictionary<long, DeadLetter<ReadingCacheKey, Reading>>();
        await foreach (DeadLetter<ReadingCacheKey, Reading> letter in cache.GetDeadLettersAsync())
            letters[letter.Key.Id] = letter;
        Assert.Equal((0, letters.Count), (status.Pending, (int)status.DeadLetters));
        foreach ((long id, (long version, long? revision)) in written.Last)
        {
            (long Version, long? Revision) row = await source.ReadAsync(id);
            if (letters.TryGetValue(id, out DeadLetter<ReadingCacheKey, Reading>? letter))
                Assert.Equal((id, version, revision, 4), (id, letter.Version, letter.Entity?.Revision, letter.Attempts));
            else
                Assert.Equal((id, version, revision), (id, row.Version, row.Revision));
            Assert.Equal(id >= SharedSource.FirstPoison, id >= SharedSource.FirstPoison && letter is not null);
            long[] taken = await source.TakenAsync(id);
            Assert.Equal(taken.Order(), taken);
        }

        // The source is well again.
        source.IsPoisoned = false;
        Assert.Equal(letters.Count, await cache.ReplayAllAsync());
        Assert.Equal(0, await cache.FlushAsync());
        foreach ((long id, (long version, long? revision)) in written.Last)
        {
            Assert.Equal((id, version, revision), (id, (await source.ReadAsync(id)).Version, (await source.ReadAsync(id)).Revision));
            Assert.Equal(revision, (await cache.GetAsync(id))?.Revision);
        }

        Assert.Equal(new WriteBehindStatus(), await cache.GetPendingAsync());
    }

    /// <summary>A server that writes its file before it answers has everything when it comes back.</summary>
    [Fact]
    public async Task A_killed_server_loses_nothing_that_was_acknowledged()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        await using RedisServer database = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        using ConnectionMultiplexer source = await ServerFixture.ConnectAsync(database);
        var redis = new RedisContext(connection, new() { Prefix = "r:", OperationTimeout = TimeSpan.FromSeconds(5), CacheTimeout = TimeSpan.FromSeconds(5) });
        var shared = new SharedSource(source.GetDatabase(), "r:", Seeds.Of(2), failures: 0.1) { IsPoisoned = false };
        var cache = new ReadingCache(redis, shared);
        var written = new Written();
        using var stop = new CancellationTokenSource();
        Task[] workers = [cache.RunAsync(stop.Token), cache.RunAsync(stop.Token)];
        Task writing = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            var random = new Random(Seeds.Of(30 + writer));
            while (!stop.IsCancellationRequested)
                await written.StepAsync(cache, random, survives: true);
        })));
        for (int round = 0; round < 3; round++)
        {
            int before = written.Last.Count;
            await Bounded.BecomesTrueAsync(async () => (await shared.ReadAsync(round)).Version > 0);
            await server.KillAsync();
            await server.RestartAsync();
            await Bounded.SucceedsAsync(() => cache.SetAsync(new Reading(5000 + round, before)));
        }

        await stop.CancelAsync();
        await writing;
        await Task.WhenAll(workers).EndsAsync();
        await Bounded.BecomesTrueAsync(async () => await Record.ExceptionAsync(async () => await cache.FlushAsync()) is null && (await cache.GetPendingAsync()).Pending == 0);
        await cache.ReplayAllAsync();
        while (await cache.FlushAsync() > 0)
        {
        }

        foreach ((long id, (long version, long? revision)) in written.Last)
        {
            (long Version, long? Revision) row = await shared.ReadAsync(id);
            Assert.True(row == (version, revision) || (row.Version > version && written.Unknown.ContainsKey((id, row.Revision))), $"{id}: {row}, and {(version, revision)} was acknowledged");
            Reading? read = await cache.GetStrongAsync(id);
            CacheEntry entry = CacheEntry.Read(await redis.Database.StringGetAsync(CacheCore<Reading, ReadingCacheKey, ReadingCacheMapper>.RedisKeyOf(id)), ReadingCacheMapper.Schema.Shape);
            Assert.True(row.Revision == read?.Revision, $"{id}: {row}, acknowledged {(version, revision)}, read {read}, entry {entry.State} {(entry.State == EntryState.None ? 0 : entry.Version)}, {await cache.GetPendingAsync()}, unknown {string.Join(',', written.Unknown.Keys.Where(u => u.Id == id))}");
            long[] taken = await shared.TakenAsync(id);
            Assert.Equal(taken.Order(), taken);
        }
    }
}
