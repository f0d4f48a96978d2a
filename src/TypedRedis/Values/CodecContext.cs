using System.ComponentModel;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Where a value stands: the model, the key, and the options of the <see cref="RedisContext"/>. It writes and reads the values of fields, and its errors
/// name model, key, field and value.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly partial struct CodecContext
{
    private readonly RedisContext _redis;
    private readonly ModelSchema _schema;
    private readonly RedisKey _key;

    internal CodecContext(RedisContext redis, ModelSchema schema, RedisKey key)
    {
        _redis = redis;
        _schema = schema;
        _key = key;
    }
}
