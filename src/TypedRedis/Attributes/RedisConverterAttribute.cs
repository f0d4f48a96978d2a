namespace TypedRedis;

/// <summary>Names the converter that writes and reads a member.</summary>
/// <param name="converterType">A type that implements <see cref="IRedisConverter{T}"/> for the member's type.</param>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class RedisConverterAttribute(Type converterType) : Attribute
{
    /// <summary>The converter's type.</summary>
    public Type ConverterType { get; } = converterType;
}
