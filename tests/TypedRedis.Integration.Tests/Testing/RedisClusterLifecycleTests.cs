using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>Clusters come whole and go without a trace.</summary>
public sealed class RedisClusterLifecycleTests
{
    [Fact]
    public async Task Two_at_once_know_nothing_of_each_other_and_leave_nothing_behind()
    {
        var options = new RedisClusterOptions { ReplicasPerPrimary = 0, NodeTimeout = TimeSpan.FromSeconds(30) };
        var clusters = await Task.WhenAll(RedisCluster.StartAsync(options), RedisCluster.StartAsync(options));
        RedisServer[] servers = [.. clusters.SelectMany(cluster => cluster.Nodes).Select(node => node.Server)];
        Assert.Equal(6, servers.Length);
        foreach (var cluster in clusters)
        {
            Assert.Equal(3, cluster.Nodes.Count);
            Assert.Contains("cluster_known_nodes:3", (await cluster.Nodes[2].ExecuteAsync("CLUSTER", "INFO")).Text);
            await (await cluster.PrimaryOfAsync("k")).ExecuteAsync("INCR", "k");
            Assert.Equal(1, (await (await cluster.PrimaryOfAsync("k")).ExecuteAsync("GET", "k")).Integer);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => clusters[0].MigrateSlotAsync(0, clusters[1].Nodes[1]));

        await clusters[0].DisposeAsync();
        await clusters[0].DisposeAsync();
        Assert.Contains("cluster_state:ok", (await clusters[1].Nodes[0].ExecuteAsync("CLUSTER", "INFO")).Text);
        await clusters[1].Nodes[1].PauseAsync();
        await clusters[1].Nodes[2].KillAsync();
        clusters[1].Dispose();

        foreach (var server in servers)
        {
            Assert.True(await Processes.IsGoneAsync(server.ProcessId));
            Assert.True(await Processes.IsGoneAsync(server.GuardProcessId));
            Assert.False(Directory.Exists(server.WorkingDirectory));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => clusters[0].PrimaryOfAsync("k"));
    }

    [Fact]
    public async Task Killing_the_host_ends_every_node()
    {
        using var host = await TestHost.StartAsync("cluster");
        Assert.Equal(6, host.ServerProcessIds.Length);
        Assert.All(host.ServerProcessIds, id => Assert.True(Processes.Exists(id)));

        await host.KillAsync();

        foreach (var id in host.ServerProcessIds.Concat(host.GuardProcessIds))
            Assert.True(await Processes.IsGoneAsync(id));
        foreach (var directory in host.Directories)
            await Eventually.TrueAsync(() => !Directory.Exists(directory));
    }

    [Fact]
    public async Task Nodes_with_a_password_use_it_among_themselves()
    {
        await using var cluster = await RedisCluster.StartAsync(new()
        {
            Primaries = 2,
            ReplicasPerPrimary = 2,
            NodeTimeout = TimeSpan.FromSeconds(30),
            Configuration = { ["requirepass"] = "s3cret", ["maxmemory"] = "64mb" },
        });
        Assert.Equal(cluster.Nodes.Skip(2).Take(2), await cluster.ReplicasOfAsync(cluster.Nodes[0]));
        Assert.Equal(cluster.Nodes.Skip(4), await cluster.ReplicasOfAsync(cluster.Nodes[1]));
        var source = await cluster.PrimaryOfAsync("k");
        var target = cluster.Nodes.First(node => node != source);
        await source.ExecuteAsync("SET", "k", "v");

        await cluster.MigrateSlotAsync(RedisCluster.HashSlot("k"), target);

        Assert.Equal("v", (await target.ExecuteAsync("GET", "k")).Text);
        await cluster.FailoverAsync(cluster.Nodes[2]);
        await cluster.WaitUntilReadyAsync(); // The other replica has followed.
        Assert.Equal([cluster.Nodes[0], cluster.Nodes[3]], await cluster.ReplicasOfAsync(cluster.Nodes[2]));
        foreach (var node in cluster.Nodes)
            Assert.Equal("67108864", (await node.ExecuteAsync("CONFIG", "GET", "maxmemory")).Items[1].Text);
    }

    [Fact]
    public async Task A_start_that_fails_says_why_and_leaves_nothing_behind()
    {
        var error = await Assert.ThrowsAsync<RedisServerStartException>(() => RedisCluster.StartAsync(new() { ReplicasPerPrimary = 0, Configuration = { ["maxmemory"] = "lots" } }));
        Assert.Contains("maxmemory", error.Message);

        error = await Assert.ThrowsAsync<RedisServerStartException>(() => RedisCluster.StartAsync(new() { ReplicasPerPrimary = 0, StartTimeout = TimeSpan.FromSeconds(1) }));
        Assert.Contains("The cluster did not form.", error.Message);
        Assert.Matches("127.0.0.1:[0-9]+ ", error.Message);

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RedisCluster.StartAsync(new() { ReplicasPerPrimary = 0 }, soon.Token));
    }

    [Theory]
    [InlineData("cluster-enabled")]
    [InlineData("Cluster-Port")]
    [InlineData("cluster-node-timeout")]
    public async Task Directives_of_its_own_are_refused(string name)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => RedisCluster.StartAsync(new() { Configuration = { [name] = "1" } }));
        Assert.StartsWith($"'{name}' ", error.Message);
    }

    [Fact]
    public async Task Options_out_of_range_are_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => RedisCluster.StartAsync(new() { Primaries = 0 }));
        await Assert.ThrowsAsync<ArgumentException>(() => RedisCluster.StartAsync(new() { ReplicasPerPrimary = -1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.Zero }));
        await Assert.ThrowsAsync<ArgumentException>(() => RedisCluster.StartAsync(new() { StartTimeout = TimeSpan.Zero }));
    }
}
