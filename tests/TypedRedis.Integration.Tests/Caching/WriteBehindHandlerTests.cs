using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>What a worker tells of the writes that it has carried, and how it finds out that all of them are.</summary>
public sealed class WriteBehindHandlerTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task The_handler_hears_of_a_write_when_the_source_has_it()
    {
        var handler = new Handler();
        var source = new ParcelSource();
        var cache = new ParcelCache(new RedisContext(fixture.Connection, fixture.NewContext().Options with { CacheInvalidationHandler = handler }), source);
        handler.OnTold = told => Assert.All(told.Keys, key => Assert.True(source.Rows.ContainsKey(long.Parse(key["parcel:".Length..], System.Globalization.CultureInfo.InvariantCulture))));

        await cache.SetManyAsync([new Parcel(1, "a", 1), new Parcel(2, "a", 1)]);
        await cache.DeleteAsync(3);
        Assert.Empty(handler.Told);
        Assert.Equal(0, await cache.FlushAsync());
        Assert.Equal(["parcel:1", "parcel:2", "parcel:3"], handler.Told.SelectMany(static told => told.Keys).Order(StringComparer.Ordinal));

        handler.Fails = true;
        await cache.SetAsync(new Parcel(1, "a", 2));
        Assert.Equal(1, await cache.FlushAsync());
        Assert.Equal(1, (await cache.GetPendingAsync()).Retrying);
        handler.Fails = false;
        Assert.Equal(0, await cache.FlushAsync());
        Assert.Equal("parcel:1", Assert.Single(handler.Told.Last().Keys));
    }

    /// <summary>By the fewer of those that were pending and those that are not refused, which must come to the same.</summary>
    [Theory]
    [InlineData(5, 0, 0, 5)]
    [InlineData(0, 0, 3, 0)]
    [InlineData(5, 0, 2, 5)]
    [InlineData(2, 0, 5, 2)]
    [InlineData(5, 1, 0, -1)]
    [InlineData(5, 1, 2, -1)]
    [InlineData(1, 1, 5, -1)]
    public async Task Done_is_what_was_pending_then_and_is_refused_or_gone(int refused, int untried, int later, long expected)
    {
        RedisContext redis = fixture.NewContext();
        const double Again = 35184372088832, Leased = 70368744177664;
        foreach (double other in (double[])[0, Leased])
        {
            await redis.Database.KeyDeleteAsync(["schedule", "since"]);
            int number = 0;
            await AddAsync(refused, Again, since: 10);
            await AddAsync(untried, other, since: 10);
            await AddAsync(later, other, since: 11);
            Assert.Equal(expected, (long)await ScriptWait.Evaluate(WriteBehindScripts.Settled, redis, ParcelCacheMapper.Schema, ["schedule", "since"], [10], CancellationToken.None));

            async Task AddAsync(int count, double due, long since)
            {
                for (int i = 0; i < count; i++)
                {
                    number++;
                    await redis.Database.SortedSetAddAsync("schedule", $"{number}", due + number);
                    await redis.Database.SortedSetAddAsync("since", $"{number}", since);
                }
            }
        }
    }

    private sealed class Handler : ICacheInvalidationHandler
    {
        public System.Collections.Concurrent.ConcurrentQueue<CacheInvalidation> Told { get; } = new();

        public Action<CacheInvalidation> OnTold { get; set; } = static _ => { };

        public bool Fails { get; set; }

        public ValueTask OnInvalidatedAsync(CacheInvalidation invalidation, CancellationToken cancellationToken)
        {
            if (Fails)
                throw new InvalidOperationException("The other region does not answer.");
            OnTold(invalidation);
            Told.Enqueue(invalidation);
            return ValueTask.CompletedTask;
        }
    }
}
