namespace TypedRedis;

/// <summary>Writes what a trend ranks and reads it back. Implemented by the emitted <c>{Model}TrendMapper</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">Its key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
public interface ITrendMapper<TEntity, TKey, TMember> : IMemberMapper<TEntity, TKey, TMember>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
{
    /// <summary>What the store knows of the model.</summary>
    static abstract TrendSchema Schema { get; }

    /// <summary>How much an instance counts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind of interaction is not declared.</exception>
    static abstract double WeightOf(TEntity entity);
}

/// <summary>What the store of a trend knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
public sealed class TrendSchema(string model) : ModelSchema(model)
{
    /// <summary>After how long an interaction counts half.</summary>
    public required TimeSpan HalfLife { get; init; }

    /// <summary>The score below which a member is negligible.</summary>
    public double Negligible { get; init; } = 0.001;

    internal override string RedisType => "zset";

    internal override string FieldName(int field) => "(score)";

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;
}
