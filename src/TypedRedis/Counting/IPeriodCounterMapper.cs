namespace TypedRedis;

/// <summary>What a counter by periods is declared as. Implemented by the emitted <c>{Model}CounterMapper</c> structs.</summary>
public interface IPeriodCounterMapper
{
    /// <summary>What the store knows of the model.</summary>
    static abstract PeriodCounterSchema Schema { get; }
}

/// <summary>What the store of a counter by periods knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
public sealed class PeriodCounterSchema(string model) : PeriodSchema(model)
{
    /// <summary>The least count of a period.</summary>
    public long Minimum { get; init; } = long.MinValue;

    /// <summary>The largest count of a period.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    internal override string RedisType => "string";

    internal override string FieldName(int field) => "(count)";
}
