namespace TypedRedis.Testing;

/// <summary>There is no redis-server or valkey-server on this machine. The message says which package to install.</summary>
/// <param name="message">What was looked for, and what to install.</param>
public sealed class RedisServerNotFoundException(string message) : Exception(message);
