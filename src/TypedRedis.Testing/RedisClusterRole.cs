namespace TypedRedis.Testing;

/// <summary>What a node of a cluster is at the moment. A failover changes it.</summary>
public enum RedisClusterRole
{
    /// <summary>It serves slots, or could.</summary>
    Primary,

    /// <summary>It copies a primary, and can take its place.</summary>
    Replica,
}
