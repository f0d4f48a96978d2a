namespace TypedRedis.Testing;

/// <summary>A node of a cluster refused a command or did not answer it. The message names the node and has its own words.</summary>
public sealed class RedisClusterException : Exception
{
    internal RedisClusterException(RedisClusterNode? node, string message, Exception? innerException = null) : base(message, innerException) => Node = node;

    /// <summary>The node; null where it is about none in particular.</summary>
    public RedisClusterNode? Node { get; }
}
