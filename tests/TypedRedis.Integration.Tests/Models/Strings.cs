namespace TypedRedis.Integration.Tests.Models;

/// <summary>One JSON value without expiry, so that a write leaves the key's own.</summary>
[RedisString("setting:{Id}")]
public sealed record Setting(string Id, string? Text, int? Level);

/// <summary>One JSON value whose expiry slides.</summary>
[RedisString("session:{#User}:{Id}"), Expires("10d", Sliding = true)]
public sealed record Session(long User, string Id, string Device, List<string> Claims);

/// <summary>One JSON value with an expiry that does not slide.</summary>
[RedisString("ticket:{Id}"), Expires("10d")]
public sealed record Ticket(int Id, string Subject, Stage Stage);
