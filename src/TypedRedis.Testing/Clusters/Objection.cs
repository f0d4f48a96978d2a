namespace TypedRedis.Testing.Clusters;

/// <summary>Why what is waited for is not so yet.</summary>
/// <param name="Node">The node it is about; null where it is about none in particular.</param>
/// <param name="Text">A sentence that names the node and has its own words.</param>
internal sealed record Objection(RedisClusterNode? Node, string Text);
