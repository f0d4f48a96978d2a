namespace TypedRedis.Testing;

/// <summary>The server refused a command. <see cref="Exception.Message"/> is what it said, for example <c>WRONGTYPE Operation against a key …</c>.</summary>
/// <param name="message">What the server said.</param>
public sealed class RedisReplyException(string message) : Exception(message);
