namespace TypedRedis;

/// <summary>Leaves a member out of the hash.</summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class RedisIgnoreAttribute : Attribute;
