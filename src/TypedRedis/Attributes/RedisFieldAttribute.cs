namespace TypedRedis;

/// <summary>Says how a member stands in its hash.</summary>
/// <param name="name">The field's name. Default: the member's name by the assembly's <see cref="RedisDefaultsAttribute.FieldNaming"/> (<c>snake_case</c>).</param>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class RedisFieldAttribute(string? name = null) : Attribute
{
    /// <summary>The field's name, or null for the default.</summary>
    public string? Name { get; } = name;

    /// <summary>How an enum member is written. Default: <see cref="EnumFormat.Name"/>.</summary>
    public EnumFormat EnumFormat { get; set; }
}

/// <summary>How an enum is written.</summary>
public enum EnumFormat
{
    /// <summary>By the names of its constants; flags are separated by commas. A name that the enum does not have is an error when read.</summary>
    Name,

    /// <summary>As its number.</summary>
    Number,
}
