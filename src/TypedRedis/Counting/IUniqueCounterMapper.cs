namespace TypedRedis;

/// <summary>Writes what is counted. Implemented by the emitted <c>{Model}UniqueCounterMapper</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">Its key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
public interface IUniqueCounterMapper<TEntity, TKey, TMember> : IMemberMapper<TEntity, TKey, TMember>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
{
    /// <summary>What the store knows of the model.</summary>
    static abstract UniqueCounterSchema Schema { get; }
}

/// <summary>What the store of unique counts knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
public sealed class UniqueCounterSchema(string model) : PeriodSchema(model)
{
    internal override string RedisType => "string";

    internal override string FieldName(int field) => "(sketch)";
}
