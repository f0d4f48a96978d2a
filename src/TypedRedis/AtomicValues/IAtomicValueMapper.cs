using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Writes the value of an atomic value's model and reads it back. Implemented by the emitted <c>{Model}ValueMapper</c> structs.</summary>
/// <typeparam name="TValue">The value's type.</typeparam>
/// <typeparam name="TNullable">The same with a place for null: <c>long?</c>, <c>string?</c>.</typeparam>
public interface IAtomicValueMapper<TValue, TNullable>
    where TValue : notnull
{
    /// <summary>What the store knows of the model.</summary>
    static abstract AtomicValueSchema Schema { get; }

    /// <summary>Writes a value to the first place of <paramref name="values"/>, which has one.</summary>
    static abstract void Write(TValue value, Span<RedisValue> values, in CodecContext context);

    /// <summary>Reads the value of the first place; null where there is none.</summary>
    static abstract TNullable Read(ReadOnlySpan<RedisValue> values, in CodecContext context);
}
