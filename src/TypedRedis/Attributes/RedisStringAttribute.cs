namespace TypedRedis;

/// <summary>
/// Stores the whole model as one JSON value in a Redis string. The generator emits <c>{Model}Key</c>, <c>{Model}String</c> (the mapper)
/// and <c>{Model}Repository</c> in the model's namespace. Batches are faster than those of a hash; single members cannot be read, patched or counted.
/// </summary>
/// <param name="template">The key template, such as <c>user:{Id}</c>. See the page on keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RedisStringAttribute(string template) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The source-generated <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> that knows the model. Without it the assembly's default
    /// (<see cref="RedisDefaultsAttribute.JsonContext"/>) or <see cref="RedisContextOptions.JsonSerializerOptions"/> is used.
    /// </summary>
    public Type? JsonContext { get; set; }
}
