using StackExchange.Redis;

namespace TypedRedis.Integration.Tests;

/// <summary>What calls end with while a server is away.</summary>
internal static class Outage
{
    /// <summary>Whether an error says that the server is away. Driver 1.2.6 looks twice at the last error of a connection, which may be gone by then: see docs/versions.md.</summary>
    public static bool IsOutage(this Exception? error)
        => error is RedisConnectionException or RedisOperationTimeoutException or NullReferenceException { Source: "StackExchange.Redis" };
}
