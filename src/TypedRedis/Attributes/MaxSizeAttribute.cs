namespace TypedRedis;

/// <summary>
/// Refuses larger values of a member of a <see cref="RedisHashAttribute"/> model, or larger <see cref="RedisStringAttribute"/> models: writing one is a
/// <see cref="RedisEncodeException"/>, and nothing is sent. The size is that of the encoded value, before compression and encryption.
/// </summary>
/// <param name="size">The largest size: a whole number with the unit <c>B</c>, <c>KB</c> or <c>MB</c> (1 KB is 1024 bytes), at most <c>512MB</c>.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, Inherited = true)]
public sealed class MaxSizeAttribute(string size) : Attribute
{
    /// <summary>The largest size.</summary>
    public string Size { get; } = size;
}
