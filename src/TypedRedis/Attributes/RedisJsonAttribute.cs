namespace TypedRedis;

/// <summary>Writes a member as JSON in one field. Members of object and collection types are written so without it; the attribute names the serializer context.</summary>
/// <param name="context">
/// The source-generated <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> that knows the member's type. Without it the assembly's default
/// (<see cref="RedisDefaultsAttribute.JsonContext"/>) or <see cref="RedisContextOptions.JsonSerializerOptions"/> is used.
/// </param>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class RedisJsonAttribute(Type? context = null) : Attribute
{
    /// <summary>The serializer context, or null for the default.</summary>
    public Type? Context { get; } = context;
}
