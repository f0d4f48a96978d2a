namespace TypedRedis;

/// <summary>What the store of an atomic value knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
public sealed class AtomicValueSchema(string model) : StringSchema(model)
{
    /// <summary>The least value that an integer may have.</summary>
    public long Minimum { get; init; } = long.MinValue;

    /// <summary>The largest value that an integer may have.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    internal bool IsBounded => Minimum != long.MinValue || Maximum != long.MaxValue;
}
