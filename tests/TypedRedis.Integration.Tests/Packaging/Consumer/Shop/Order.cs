using TypedRedis;

namespace Shop;

/// <summary>A model of the application.</summary>
[RedisHash("order:{#UserId}:{Number}"), Expires(ExpiresAttribute.Never)]
public sealed record Order(Guid UserId, int Number, decimal Total);
