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
    public async Task A_wait_in_vain_ends_and_says_what_stood_against_it()
    {
        await using var cluster = await RedisCluster.StartAsync(new() { Primaries = 1, ReplicasPerPrimary = 0 });
        var node = Assert.Single(cluster.Nodes);
        cluster.WaitTimeout = TimeSpan.FromMilliseconds(200);
        Assert.EndsWith($"Slot 0 is still that of {node}, which answers.", (await Assert.ThrowsAsync<TimeoutException>(() => cluster.WaitForFailoverAsync(node))).Message);
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.WaitForFailoverAsync(node, soon.Token));

        await node.PauseAsync();
        Assert.EndsWith($"{node} is paused.", (await Assert.ThrowsAsync<TimeoutException>(() => cluster.WaitUntilReadyAsync())).Message);
        await node.KillAsync();
        Assert.StartsWith($"No node answers: {node} is not running", (await Assert.ThrowsAsync<RedisClusterException>(() => cluster.PrimaryOfAsync(1))).Message);
        Assert.EndsWith("No node is running.", (await Assert.ThrowsAsync<TimeoutException>(() => cluster.WaitUntilReadyAsync())).Message);

        cluster.WaitTimeout = TimeSpan.FromSeconds(60);
        await node.RestartAsync();
        await cluster.WaitUntilReadyAsync();
        Assert.Same(node, await cluster.PrimaryOfAsync(1));
    }
}
