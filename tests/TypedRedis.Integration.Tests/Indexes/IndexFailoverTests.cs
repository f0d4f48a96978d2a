using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>A replica takes the place of its primary while many write.</summary>
[Collection(FaultCollection.Name)]
public sealed class IndexFailoverTests
{
    [Fact]
    public async Task A_repair_after_a_primary_was_killed_leaves_everything_right()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(1) });
        using ConnectionMultiplexer one = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        RedisContext redis = NewContext(one);
        await DuringLoadAsync(redis, cluster, [one, other], 8000, async () =>
        {
            RedisClusterNode lost = await cluster.PrimaryOfAsync(redis.Prefix + "member:1");
            await lost.KillAsync();
            await cluster.WaitForFailoverAsync(lost);
        });

        // What was answered and not replicated is lost: an entity, or the entry that keeps its value from others.
        var truth = new IndexTruth(redis);
        await Bounded.SucceedsAsync(truth.SettleAsync);
        foreach (IndexReport report in await truth.VerifyAsync(repair: true))
        {
            foreach (RedisUniqueIndexException clash in report.Clashes)
                await redis.Database.KeyDeleteAsync(clash.Key![redis.Prefix.Length..]);
        }

        await truth.VerifyAsync(repair: true);
        Assert.All(await truth.VerifyAsync(repair: false), report => Assert.True(report.IsConsistent, report.ToString()));
        await truth.CheckAsync(counts: true);
        await IndexLoad.RunAsync(redis, [one, other], writers: 8, IndexLoad.Operations(400), 8200);
        Assert.True(await truth.CheckAsync(counts: false) > 0);
    }

    [Fact]
    public async Task A_planned_failover_leaves_everything_right()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        using ConnectionMultiplexer one = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        RedisContext redis = NewContext(one);
        await DuringLoadAsync(redis, cluster, [one, other], 8300, async () =>
        {
            RedisClusterNode primary = await cluster.PrimaryOfAsync(redis.Prefix + "member:1");
            await cluster.FailoverAsync((await cluster.ReplicasOfAsync(primary))[0]);
        });

        // No write is lost: writers that were interrupted have left what nobody finds, and nothing is missing.
        var truth = new IndexTruth(redis);
        await Bounded.SucceedsAsync(truth.SettleAsync);
        await truth.CheckAsync(counts: false);
        await truth.VerifyAsync(repair: true);
        Assert.All(await truth.VerifyAsync(repair: false), report => Assert.True(report.IsConsistent, report.ToString()));
        await IndexLoad.RunAsync(redis, [one, other], writers: 8, IndexLoad.Operations(400), 8500);
        Assert.True(await truth.CheckAsync(counts: false) > 0);
    }

    private static RedisContext NewContext(IConnectionMultiplexer connection)
        => new(connection, ServerFixture.Patient with { Prefix = ServerFixture.NewPrefix(), OperationTimeout = TimeSpan.FromSeconds(5) });

    // Writers that write before, while and after something happens.
    private static async Task DuringLoadAsync(RedisContext redis, RedisCluster cluster, IConnectionMultiplexer[] connections, int seed, Func<Task> happening)
    {
        await IndexLoad.RunAsync(redis, connections, writers: 8, 400, seed);
        using var done = new CancellationTokenSource();
        Task load = Task.Run(async () =>
        {
            for (int round = 1; !done.IsCancellationRequested; round++)
                await IndexLoad.RunAsync(redis, connections, writers: 8, 80, seed + (8 * round), survives: true);
        });
        try
        {
            await happening();
            foreach (IConnectionMultiplexer connection in connections)
                await Bounded.BecomesTrueAsync(() => KnowsRolesAsync(connection, cluster));
        }
        finally
        {
            await done.CancelAsync();
            await load;
        }
    }

    // The driver refuses to write to what it takes for a replica, until it has looked.
    private static async Task<bool> KnowsRolesAsync(IConnectionMultiplexer connection, RedisCluster cluster)
    {
        await connection.ConfigureAsync();
        foreach (RedisClusterNode node in cluster.Nodes.Where(node => node.IsRunning))
        {
            IServer server = connection.GetServer("127.0.0.1", node.Port);
            if (!server.IsConnected || server.IsSlave != (await node.GetRoleAsync() == RedisClusterRole.Replica))
                return false;
        }

        return true;
    }
}
