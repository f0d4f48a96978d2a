using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Entities that have expired are not counted, whatever their lives were like.</summary>
public sealed class IndexCountTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    /// <summary>A sweep finds an entity alive that lives longer than its indexes were told; then its life is shortened.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_lived_longer_and_then_shorter_is_not_counted(bool onCluster)
    {
        RedisContext redis = onCluster ? ServerFixture.NewContext(cluster.Connection) : fixture.NewContext();
        var bookings = new BookingRepository(redis);
        await bookings.InsertAsync(new() { Code = "c", Seat = "1", Show = "s", Price = 2 });

        // As it stands when what the indexes were told is over: the last reads have made the entity live on.
        long past = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 1;
        string till = ((string)(await redis.Database.HashGetAsync("booking:c", "_iu"))!).Split(' ')[1];
        await redis.Database.HashSetAsync("booking:c", "_iu", $"{past} {till}");
        foreach (string times in (string[])["booking:{}:show:s{}x", "booking:{}:price:{}x"])
        {
            RedisValue member = Assert.Single(await redis.Database.SortedSetRangeByRankAsync(times));
            await redis.Database.SortedSetAddAsync(times, member, past);
        }

        Assert.Equal((1, 1), (await bookings.ByShow.CountAsync("s"), await bookings.ByPrice.CountAsync()));
        Assert.True(await bookings.ExpireAsync("c", TimeSpan.FromMilliseconds(20)));
        await Bounded.BecomesTrueAsync(async () => !await redis.Database.KeyExistsAsync("booking:c"));
        Assert.Equal((0, 0), (await bookings.ByShow.CountAsync("s"), await bookings.ByPrice.CountAsync()));
    }

    [Fact]
    public async Task Counts_on_a_cluster_are_exact_when_all_writers_have_ended()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var truth = new IndexTruth(redis);
        for (int round = 0; round < IndexLoad.Operations(1_000) / 500; round++)
        {
            await IndexLoad.RunAsync(redis, [cluster.Connection], writers: 16, 500, 9000 + (100 * round));
            await truth.CheckAsync(counts: true);
        }
    }
}
