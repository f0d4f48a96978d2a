using TypedRedis;

/// <summary>Its template names no property.</summary>
[RedisHash("account:{Idd}"), Expires("1d")]
public sealed record Account(long Id, string Name);
