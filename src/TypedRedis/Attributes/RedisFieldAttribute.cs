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

    /// <summary>
    /// The names that the field had before, the latest first. An entity without the field is read from the first of them that it has; the first change of it moves the value to the
    /// present name and removes the former ones. Remove a name here only when no entity has it any more: see <c>UpgradeAllAsync</c> of the repository.
    /// </summary>
    public string[] FormerNames { get; set; } = [];
}

/// <summary>How an enum is written.</summary>
public enum EnumFormat
{
    /// <summary>By the names of its constants; flags are separated by commas. A name that the enum does not have is an error when read.</summary>
    Name,

    /// <summary>As its number.</summary>
    Number,
}
