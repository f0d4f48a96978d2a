using System.Buffers;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A cleared place per field, for a mapper to write to. Rented, and given back without the values.</summary>
internal readonly ref struct ValueBuffer
{
    private readonly RedisValue[] _rented;

    public ValueBuffer(int count)
    {
        _rented = ArrayPool<RedisValue>.Shared.Rent(count);
        Values = _rented.AsSpan(0, count);
        Values.Clear();
    }

    public Span<RedisValue> Values { get; }

    public void Dispose()
    {
        Values.Clear();
        ArrayPool<RedisValue>.Shared.Return(_rented);
    }
}
