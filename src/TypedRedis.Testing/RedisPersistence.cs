namespace TypedRedis.Testing;

/// <summary>What a server writes to its directory, and so what survives <see cref="RedisServer.RestartAsync"/>.</summary>
public enum RedisPersistence
{
    /// <summary>Nothing: a restarted server is empty. The fastest, and what most tests want.</summary>
    None,

    /// <summary>Every write, to the append-only file. An acknowledged write survives <see cref="RedisServer.KillAsync"/>.</summary>
    AppendOnly,

    /// <summary>A snapshot when the server is stopped gracefully or is told to SAVE. What came after the last one is lost by <see cref="RedisServer.KillAsync"/>.</summary>
    Snapshot,
}
