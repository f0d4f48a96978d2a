namespace TypedRedis;

/// <summary>What the store of a string knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
public class StringSchema(string model) : ModelSchema(model)
{
    internal override string RedisType => "string";

    internal override string FieldName(int field) => "(value)";

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;
}
