namespace TypedRedis.Testing;

/// <summary>How <see cref="RedisServer.StartAsync"/> sets up a server. What is changed afterwards has no effect on it.</summary>
public sealed class RedisServerOptions
{
    /// <summary>What survives a restart. Nothing, unless asked.</summary>
    public RedisPersistence Persistence { get; set; } = RedisPersistence.None;

    /// <summary>Further directives for <c>redis.conf</c>; they win over what <see cref="RedisServer"/> writes there by default.</summary>
    public RedisConfiguration Configuration { get; init; } = [];

    /// <summary>How long a start or restart may take until PING is answered. A server needs some tens of milliseconds; the default of 30 seconds is for machines under heavy load.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
