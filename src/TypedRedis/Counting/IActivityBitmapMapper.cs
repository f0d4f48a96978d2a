namespace TypedRedis;

/// <summary>Writes whose activity is recorded and reads it back. Implemented by the emitted <c>{Model}BitmapMapper</c> structs.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">Its key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
public interface IActivityBitmapMapper<TEntity, TKey, TMember> : IMemberMapper<TEntity, TKey, TMember>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
{
    /// <summary>What the store knows of the model.</summary>
    static abstract ActivityBitmapSchema Schema { get; }
}

/// <summary>What the store of activity bitmaps knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
public sealed class ActivityBitmapSchema(string model) : PeriodSchema(model)
{
    /// <summary>The largest id.</summary>
    public required long MaxId { get; init; }

    /// <summary>Whether the store numbers the members, which are not ids themselves: else the written member is a number.</summary>
    public bool IsMapped { get; init; }

    internal override string RedisType => "string";

    internal override string FieldName(int field) => "(bit)";
}
