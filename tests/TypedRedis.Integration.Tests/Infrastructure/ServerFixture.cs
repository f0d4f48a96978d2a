using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests;

/// <summary>A server and a connection for the tests of one class. Each context has a prefix of its own, so that the tests see nothing of one another.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private static int s_contexts;

    public RedisServer Server { get; private set; } = null!;

    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        Connection = await ConnectAsync(Server);
    }

    public async Task DisposeAsync()
    {
        Connection.Dispose();
        await Server.DisposeAsync();
    }

    public RedisContext NewContext() => NewContext(Connection);

    public static RedisContext NewContext(IConnectionMultiplexer connection) => new(connection, Patient with { Prefix = NewPrefix() });

    /// <summary>Text without any character that a pattern or a key would treat in a way of its own.</summary>
    public static string NewPrefix() => $"p{Interlocked.Increment(ref s_contexts)}:";

    /// <summary>No call ends by its timeout because the machine is busy; encrypted models have a key.</summary>
    public static RedisContextOptions Patient { get; } = new() { OperationTimeout = TimeSpan.FromSeconds(60), KeyRing = new("test", EncryptionKeyRing.NewKey()) };

    public static Task<ConnectionMultiplexer> ConnectAsync(RedisServer server) => ConnectAsync(server.ConnectionString);

    public static Task<ConnectionMultiplexer> ConnectAsync(string configuration)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(configuration);
        options.ConnectTimeout = 10_000;    // so long, too, the driver may stay in a handshake that was cut
        options.ReconnectRetryPolicy = new LinearRetry(250);    // else it waits as long as a connect may take
        return ConnectionMultiplexer.ConnectAsync(options);
    }
}
