using TypedRedis;

/// <summary>Its lines are JSON, and no serializer context is named, which a trimmed application needs.</summary>
[RedisHash("basket:{Id}"), Expires("1d")]
public sealed record Basket(long Id, string[] Lines);
