using StackExchange.Redis;
using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.Testing;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>How much is done; <see cref="IndexLoad.Variable"/> asks for more.</summary>
internal static class WatchSize
{
    public static int Of(int operations)
        => Environment.GetEnvironmentVariable(IndexLoad.Variable) is { Length: > 0 } asked ? Math.Max(operations, int.Parse(asked, System.Globalization.CultureInfo.InvariantCulture) / 20) : operations;
}

/// <summary>No read gives what was invalidated before it began, over several connections and processes.</summary>
public sealed class NeverStaleTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Tasks = 6;
    private const int Operations = 150;

    [Fact]
    public Task Redis_alone() => RunAsync<Shared>(fixture.Server.ConnectionString);

    [Fact]
    public Task With_a_level_in_the_process() => RunAsync<Near>(fixture.Server.ConnectionString);

    private async Task RunAsync<TKind>(string configuration)
        where TKind : IThingCacheKind
    {
        string prefix = ServerFixture.NewPrefix();
        await using RedisServer store = await RedisServer.StartAsync();
        using ConnectionMultiplexer source = await ServerFixture.ConnectAsync(store);
        using ConnectionMultiplexer first = await ServerFixture.ConnectAsync(configuration);
        using ConnectionMultiplexer second = await ServerFixture.ConnectAsync(configuration);
        await using CacheProcess other = await CacheProcess.StartAsync(typeof(TKind).Name, configuration, store.ConnectionString, prefix);
        var database = new Database(source.GetDatabase(), prefix) { IsSlow = true };
        StaleWatch<TKind>[] watches = [.. new[] { first, second }.Select((connection, i) => new StaleWatch<TKind>(new(new RedisContext(connection, new() { Prefix = prefix, CacheTimeout = TimeSpan.FromSeconds(60) }), database), database, i, isFaulty: false))];

        int operations = WatchSize.Of(Operations);
        Task<string> beside = other.AskAsync($"watch 2 {Tasks} {operations} 0");
        await Task.WhenAll([.. watches.Select(watch => watch.RunAsync(Tasks, operations, CancellationToken.None)), beside]).WaitAsync(TimeSpan.FromSeconds(60 + (operations / 10)));

        Assert.StartsWith("reads ", await beside, StringComparison.Ordinal);
    }

    [Collection("RedisClusterNeverStale")]
    public sealed class OnACluster(RedisClusterFixture cluster) : IClassFixture<RedisClusterFixture>
    {
        [Fact]
        public async Task Redis_alone() => await new NeverStaleTests(null!).RunAsync<Shared>(cluster.Cluster.ConnectionString);

        [Fact]
        public async Task With_a_level_in_the_process() => await new NeverStaleTests(null!).RunAsync<Near>(cluster.Cluster.ConnectionString);
    }
}
