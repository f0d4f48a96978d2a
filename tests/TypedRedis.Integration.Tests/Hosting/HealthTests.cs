using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TypedRedis.Hosting;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Hosting;

/// <summary>What the health check says of real servers.</summary>
public sealed class HealthTests
{
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_server_that_is_well()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IHost host = await StartAsync(server);
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal((HealthStatus.Healthy, ""), (entry.Status, entry.Description));
        Assert.Equal(["ready"], entry.Tags);
        Assert.Null(entry.Exception);
        Assert.True((double)entry.Data[$"{server.ConnectionString}/ping_ms"] >= 0);
        Assert.True((long)entry.Data[$"{server.ConnectionString}/used_memory"] > 100_000);
        Assert.Equal(0L, entry.Data[$"{server.ConnectionString}/maxmemory"]);
        Assert.Equal("master", entry.Data[$"{server.ConnectionString}/role"]);
        foreach (string field in new[] { "connected_clients", "maxclients", "evicted_keys", "rejected_connections", "keyspace_hits", "keyspace_misses", "mem_fragmentation_ratio" })
            Assert.Contains($"{server.ConnectionString}/{field}", entry.Data.Keys);
    }

    [Fact]
    public async Task Memory_that_is_nearly_full_and_a_policy_that_evicts_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IHost host = await StartAsync(server);
        await server.ExecuteAsync("SET", "filler", new string('x', 20_000_000));
        long used = long.Parse(new ServerInfo((await server.ExecuteAsync("INFO", "memory")).Text!).Text("used_memory")!, CultureInfo.InvariantCulture);

        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", (used * 2).ToString(CultureInfo.InvariantCulture));
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.StartsWith($"{server.ConnectionString}: maxmemory-policy is noeviction. When ", entry.Description, StringComparison.Ordinal);

        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", (used * 105 / 100).ToString(CultureInfo.InvariantCulture));
        entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Matches(@"^127\.0\.0\.1:\d+: 9\d % of maxmemory is in use \(\d+\.\d MB of \d+\.\d MB\), and maxmemory-policy is noeviction: when it is full, every write fails with OOM\. Raise", entry.Description);
        Assert.InRange((double)entry.Data[$"{server.ConnectionString}/memory_share"], 0.9, 1);

        // What evicts is meant to be full.
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
        entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Contains("volatile-ttl, which evicts the shortest-lived keys first", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_may_evict_the_work_of_a_worker()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = { ["maxmemory"] = "1gb", ["maxmemory-policy"] = "allkeys-lfu" } });
        using IHost host = await StartAsync(server, register: services => services.AddScoped<Outbox>().AddRedisWorker<Outbox>());
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains("maxmemory-policy is allkeys-lfu: when memory is full, any key may be evicted, also work that waits for Outbox and is nowhere else. Set it to volatile-lru", entry.Description, StringComparison.Ordinal);
        Assert.Contains("there is no append-only file", entry.Description, StringComparison.Ordinal);

        using IHost told = await StartAsync(server, options => options.HoldsDurableData = false, services => services.AddScoped<Outbox>().AddRedisWorker<Outbox>());
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(told)).Status);
        using IHost without = await StartAsync(server);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(without)).Status);
    }

    [Fact]
    public async Task A_server_that_is_stalled_then_stopped_then_back()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IHost host = await StartAsync(server, options => options.Timeout = TimeSpan.FromMilliseconds(300));
        await server.PauseAsync();
        HealthReportEntry entry = await CheckAsync(host).EndsAsync();
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal($"No node answers PING: {server.ConnectionString} (no answer in time). Check that the server runs and can be reached from here.", entry.Description);
        Assert.IsType<TimeoutException>(entry.Exception);
        await server.ResumeAsync();

        await server.StopAsync();
        entry = await CheckAsync(host).EndsAsync();
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith($"No node answers PING: {server.ConnectionString} (", entry.Description, StringComparison.Ordinal);

        await server.RestartAsync();
        await Bounded.BecomesTrueAsync(async () => (await CheckAsync(host)).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task The_status_of_a_failure_is_the_registered_one_also_where_the_server_was_never_there()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.StopAsync();
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddTypedRedis(server.ConnectionString + ",abortConnect=false,connectTimeout=500,connectRetry=1,password=hunter2secret");
            services.AddHealthChecks().AddTypedRedis("cache", HealthStatus.Degraded);
        });
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().EndsAsync();
        Assert.Equal(HealthStatus.Degraded, report.Entries["cache"].Status);
        Assert.StartsWith("No node answers PING: ", report.Entries["cache"].Description, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", report.Entries["cache"].Description + report.Entries["cache"].Exception, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_opened_is_a_failure_and_not_an_exception()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.StopAsync();
        using IHost host = Hosted.Build(services =>
        {
            services.AddTypedRedis(server.ConnectionString + ",connectTimeout=500,connectRetry=1");
            services.AddHealthChecks().AddTypedRedis(configure: options => options.Timeout = Patient);
        });
        HealthReportEntry entry = await CheckAsync(host).EndsAsync();
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.StartsWith("No connection to Redis: ", entry.Description, StringComparison.Ordinal);
        await server.RestartAsync();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
    }

    [Theory]
    [InlineData("-info")]
    [InlineData("-eval", "-evalsha")]
    [InlineData("-@all", "+ping", "+@connection")]
    public async Task A_user_who_may_not_read_INFO_gets_a_note(params string[] rules)
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = { { "user", ["default", "on", "nopass", "~*", "&*", "+@all", .. rules] } } });
        using IHost host = await StartAsync(server);
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.StartsWith($"{server.ConnectionString}: INFO could not be read (", entry.Description, StringComparison.Ordinal);
        Assert.Contains("The user needs +info, +eval and +evalsha, and a key pattern that includes app:*.", entry.Description, StringComparison.Ordinal);
        Assert.Equal([$"{server.ConnectionString}/ping_ms"], entry.Data.Keys);
    }

    [Fact]
    public async Task Without_INFO_there_is_PING_alone()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IHost host = await StartAsync(server, options => options.ReadsInfo = false);
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal((HealthStatus.Healthy, ""), (entry.Status, entry.Description));
        Assert.Equal([$"{server.ConnectionString}/ping_ms"], entry.Data.Keys);
    }

    [Fact]
    public async Task Clients_near_the_limit_and_beyond()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IHost host = await StartAsync(server);
        RedisContext redis = host.Services.GetRequiredService<RedisContext>();

        // The driver has two connections to a node, and opens the second one a little later.
        const long clients = 2;
        await Bounded.BecomesTrueAsync(async () => (long)(await CheckAsync(host)).Data[$"{server.ConnectionString}/connected_clients"] == clients);
        await redis.Database.ExecuteAsync("CONFIG", "SET", "maxclients", clients);
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains($"{clients} of at most {clients} clients are connected.", entry.Description, StringComparison.Ordinal);

        await Assert.ThrowsAnyAsync<Exception>(() => server.ExecuteAsync("PING"));
        Assert.Contains(": 1 connections were rejected since the last check", (await CheckAsync(host)).Description, StringComparison.Ordinal);
        await redis.Database.ExecuteAsync("CONFIG", "SET", "maxclients", 1000);
        Assert.Equal((HealthStatus.Healthy, ""), ((await CheckAsync(host)) is var calm ? (calm.Status, calm.Description) : default));
    }

    [Fact]
    public async Task A_replica_that_has_lost_its_primary_and_then_is_gone()
    {
        await using RedisServer primary = await RedisServer.StartAsync();
        await using RedisServer replica = await RedisServer.StartAsync();
        await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        await Bounded.BecomesTrueAsync(async () => (await replica.ExecuteAsync("INFO", "replication")).Text!.Contains("master_link_status:up", StringComparison.Ordinal));
        await Bounded.BecomesTrueAsync(async () => (await primary.ExecuteAsync("INFO", "replication")).Text!.Contains("state=online", StringComparison.Ordinal));
        using IHost host = await StartAsync($"{primary.ConnectionString},{replica.ConnectionString}");
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal((HealthStatus.Healthy, ""), (entry.Status, entry.Description));
        Assert.Contains($"{replica.ConnectionString}/ping_ms", entry.Data.Keys);

        await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await Bounded.BecomesTrueAsync(async () => (await primary.ExecuteAsync("INFO", "replication")).Text!.Contains("connected_slaves:0", StringComparison.Ordinal));
        entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains($"{primary.ConnectionString} has 0 of 1 replicas: the link of the others is down", entry.Description, StringComparison.Ordinal);

        await replica.StopAsync();
        entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains($"{replica.ConnectionString} does not answer PING (", entry.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_primary_of_a_cluster_is_looked_at_and_one_that_is_gone_is_a_failure()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync(new() { ReplicasPerPrimary = 0, NodeTimeout = TimeSpan.FromSeconds(30), Configuration = { ["maxmemory"] = "1gb" } });
        using IHost host = await StartAsync(cluster.ConnectionString);
        HealthReportEntry entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.All(cluster.Nodes, node =>
        {
            Assert.Contains($"{node.ConnectionString}: maxmemory-policy is noeviction.", entry.Description, StringComparison.Ordinal);
            Assert.Equal(1L << 30, entry.Data[$"{node.ConnectionString}/maxmemory"]);
        });

        await cluster.Nodes[1].KillAsync();
        entry = await CheckAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Matches($@"^The primary {cluster.Nodes[1].ConnectionString} of 546\d slots does not answer PING \(", entry.Description);
        Assert.NotNull(entry.Exception);
    }

    [Fact]
    public async Task A_context_that_was_registered_otherwise_is_checked_too()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await using RedisContext redis = await RedisContext.ConnectAsync(server.ConnectionString);
        using IHost host = Hosted.Build(services => services.AddSingleton(redis).AddHealthChecks().AddTypedRedis());
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);

        using IHost nothing = Hosted.Build(services => services.AddHealthChecks().AddTypedRedis());
        Assert.Contains("The health check has nothing to check: call services.AddTypedRedis(", (await CheckAsync(nothing)).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        IHealthChecksBuilder checks = new ServiceCollection().AddHealthChecks();
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddTypedRedis(configure: options => options.Timeout = TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => checks.AddTypedRedis(configure: options => options.MemoryShare = 0));
    }

    private static Task<IHost> StartAsync(RedisServer server, Action<RedisHealthOptions>? configure = null, Action<IServiceCollection>? register = null)
        => StartAsync(server.ConnectionString, configure, register);

    private static Task<IHost> StartAsync(string connectionString, Action<RedisHealthOptions>? configure = null, Action<IServiceCollection>? register = null) => Hosted.StartAsync(services =>
    {
        services.AddTypedRedis(options =>
        {
            options.ConnectionString = connectionString;
            options.ConnectTimeout = TimeSpan.FromSeconds(10);
            options.OperationTimeout = TimeSpan.FromSeconds(60);
            options.Prefix = "app";
        });
        register?.Invoke(services);
        services.AddHealthChecks().AddTypedRedis(tags: ["ready"], configure: options =>
        {
            options.Timeout = Patient;
            configure?.Invoke(options);
        });
    });

    private static async Task<HealthReportEntry> CheckAsync(IHost host)
        => (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["redis"];

    private sealed class Outbox : IBackgroundStore
    {
        public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
