namespace TypedRedis;

/// <summary>Defaults for the models of an assembly.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class RedisDefaultsAttribute : Attribute
{
    /// <summary>How members name their hash fields. Default: <see cref="FieldNaming.SnakeCase"/>.</summary>
    public FieldNaming FieldNaming { get; set; }

    /// <summary>The source-generated <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> of JSON members and JSON values that name none.</summary>
    public Type? JsonContext { get; set; }
}

/// <summary>How a member's name becomes a field's name.</summary>
public enum FieldNaming
{
    /// <summary><c>CreatedAt</c> is <c>created_at</c>.</summary>
    SnakeCase,

    /// <summary><c>CreatedAt</c> is <c>createdAt</c>.</summary>
    CamelCase,

    /// <summary><c>CreatedAt</c> is <c>CreatedAt</c>.</summary>
    AsDeclared,
}
