using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>Three primaries with a replica each, for tests that leave the cluster whole. A busy machine is no failure to it.</summary>
public sealed class RedisClusterFixture : IAsyncLifetime
{
    public RedisCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(30) });

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
