using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>Nodes that fail, and come back. In the collection of the faults, where no other load makes a node look failed.</summary>
[Collection(Faults.FaultCollection.Name)]
public sealed class RedisClusterFailoverTests
{
    [Fact]
    public async Task The_replica_of_a_killed_or_paused_primary_takes_its_place_and_keeps_it()
    {
        await using var cluster = await RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(1) });
        var killed = await cluster.PrimaryOfAsync("k");
        var replica = Assert.Single(await cluster.ReplicasOfAsync(killed));
        await killed.ExecuteAsync("SET", "k", "v");
        await Bounded.BecomesTrueAsync(async () => (await replica.ExecuteAsync("KEYS", "k")).Items.Count == 1);

        await killed.KillAsync();
        Assert.False(killed.IsRunning);
        Assert.Same(replica, await cluster.WaitForFailoverAsync(killed));

        Assert.Same(replica, await cluster.PrimaryOfAsync("k"));
        Assert.Equal("v", (await replica.ExecuteAsync("GET", "k")).Text);
        Assert.Equal(RedisClusterRole.Primary, await replica.GetRoleAsync());
        await cluster.WaitUntilReadyAsync(); // Without the one that is down.
        var error = await Assert.ThrowsAsync<RedisClusterException>(() => killed.GetRoleAsync());
        Assert.StartsWith($"{killed} did not answer ROLE, because it is not running: ", error.Message);
        Assert.Same(killed, error.Node);

        await killed.RestartAsync();
        await cluster.WaitUntilReadyAsync();
        Assert.Equal(RedisClusterRole.Replica, await killed.GetRoleAsync());
        Assert.Same(killed, Assert.Single(await cluster.ReplicasOfAsync(replica)));
        Assert.Single((await killed.ExecuteAsync("KEYS", "k")).Items);

        // The same for one that stalls: when it goes on, it has lost its slots.
        await replica.PauseAsync();
        Assert.Same(killed, await cluster.WaitForFailoverAsync(replica));
        await replica.ResumeAsync();
        await cluster.WaitUntilReadyAsync();
        Assert.Equal(RedisClusterRole.Replica, await replica.GetRoleAsync());
        Assert.Equal("v", (await killed.ExecuteAsync("GET", "k")).Text);
    }

    [Fact]
    public async Task Without_a_replica_the_wait_for_a_failover_ends_and_says_so()
    {
        await using var cluster = await RedisCluster.StartAsync(new() { Primaries = 1, ReplicasPerPrimary = 0, StartTimeout = TimeSpan.FromSeconds(15) });
        var node = Assert.Single(cluster.Nodes);

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.WaitForFailoverAsync(node, soon.Token));

        await node.KillAsync();
        Assert.StartsWith($"No node answers: {node} is not running", (await Assert.ThrowsAsync<RedisClusterException>(() => cluster.PrimaryOfAsync(1))).Message);
        await node.RestartAsync();
        await cluster.WaitUntilReadyAsync();
        Assert.Same(node, await cluster.PrimaryOfAsync(1));
    }
}
