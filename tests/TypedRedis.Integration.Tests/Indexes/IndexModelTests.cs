using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Whatever many writers do at once, also where some of them are killed: then every index finds what a walk over all entities finds.</summary>
public sealed class IndexModelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Every_index_finds_what_there_is_after_many_writers()
    {
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(fixture.Server);
        RedisContext redis = fixture.NewContext();
        var truth = new IndexTruth(redis);
        int entities = 0;
        for (int round = 0; round < 4; round++)
        {
            await IndexLoad.RunAsync(redis, [fixture.Connection, other], writers: 16, IndexLoad.Operations(6_000) / 4, 1000 + (100 * round));
            entities += await truth.CheckAsync(counts: true);
        }

        Assert.True(entities > 0);
        await truth.DeleteAllAsync();
        await NothingIsLeftAsync(redis);
    }

    [Fact]
    public async Task Every_index_finds_what_there_is_after_writers_were_killed()
    {
        RedisContext redis = fixture.NewContext();
        var truth = new IndexTruth(redis);
        await WorkerProcess.WhileKillingAsync(
            fixture.Server.ConnectionString, redis.Prefix, firstSeed: 2000, () => IndexLoad.RunAsync(redis, [fixture.Connection], writers: 4, IndexLoad.Operations(2_000) / 10, 2100));
        await truth.CheckAsync(counts: true);
        await truth.DeleteAllAsync();
        await NothingIsLeftAsync(redis);
    }

    private async Task NothingIsLeftAsync(RedisContext redis)
    {
        await new IndexTruth(redis).RepairAsync();      // of entities that have expired, in sets that nobody has asked for since
        Assert.Empty(await fixture.Server.KeysAsync(redis.Prefix));
    }
}
