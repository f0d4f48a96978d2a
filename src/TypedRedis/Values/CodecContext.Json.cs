using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    /// <summary>Writes a value as JSON. (System.Text.Json writes U+FFFD for half of a surrogate pair.)</summary>
    /// <exception cref="RedisEncodeException">The value is null or cannot be serialized.</exception>
    /// <exception cref="NotSupportedException">No serializer context or options know the type.</exception>
    public void WriteJson<T>(Span<RedisValue> values, int field, T value, JsonSerializerContext? json = null)
        => values[field] = ToJson(field, value, json);

    /// <summary>Reads a value from JSON.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    /// <exception cref="NotSupportedException">No serializer context or options know the type.</exception>
    public T ReadJson<T>(ReadOnlySpan<RedisValue> values, int field, JsonSerializerContext? json = null)
        => FromJson<T>(values, field, json);

    /// <summary>A whole value as JSON. (System.Text.Json writes U+FFFD for half of a surrogate pair.)</summary>
    /// <exception cref="RedisEncodeException">The value is null or cannot be serialized.</exception>
    /// <exception cref="NotSupportedException">No serializer context or options know the type.</exception>
    public RedisValue ToJson<T>(T value, JsonSerializerContext? json = null) => ToJson(0, value, json);

    /// <summary>Reads a whole value from JSON.</summary>
    /// <exception cref="RedisDecodeException">The value is missing or is something else.</exception>
    /// <exception cref="NotSupportedException">No serializer context or options know the type.</exception>
    public T FromJson<T>(RedisValue value, JsonSerializerContext? json = null) => FromJson<T>([value], 0, json);

    /// <summary>Writes a whole value as JSON. (System.Text.Json writes U+FFFD for half of a surrogate pair.)</summary>
    /// <exception cref="RedisEncodeException">The value is null or cannot be serialized.</exception>
    /// <exception cref="NotSupportedException">No serializer context or options know the type.</exception>
    public void WriteJson<T>(T value, IBufferWriter<byte> output, JsonSerializerContext? json = null)
    {
        if (value is null)
        {
            throw NullMember(0);
        }

        JsonTypeInfo<T> type = TypeInfo<T>(0, json);
        try
        {
            using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true });
            JsonSerializer.Serialize(writer, value, type);
        }
        catch (Exception error) when (IsConversionError(0, error))
        {
            throw Unencodable(0, "it cannot be serialized as JSON", $": {error.Message}", error);
        }
    }

    /// <summary>Reads a whole value from JSON.</summary>
    /// <exception cref="RedisDecodeException">The value is something else.</exception>
    /// <exception cref="NotSupportedException">No serializer context or options know the type.</exception>
    public T ReadJson<T>(ReadOnlySpan<byte> utf8, JsonSerializerContext? json = null)
    {
        JsonTypeInfo<T> type = TypeInfo<T>(0, json);
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(utf8, type);
        }
        catch (Exception error) when (IsConversionError(0, error))
        {
            throw Undecodable([utf8.ToArray()], 0, $"JSON of {TypeName(typeof(T))}", error, quote: true);
        }

        return value is not null ? value : throw Undecodable([utf8.ToArray()], 0, $"a JSON value of {TypeName(typeof(T))} other than null");
    }

    private RedisValue ToJson<T>(int field, T value, JsonSerializerContext? json)
    {
        if (value is null)
        {
            throw NullMember(field);
        }

        JsonTypeInfo<T> type = TypeInfo<T>(field, json);
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(value, type);
        }
        catch (Exception error) when (IsConversionError(field, error))
        {
            throw Unencodable(field, "it cannot be serialized as JSON", $": {error.Message}", error);
        }
    }

    private T FromJson<T>(ReadOnlySpan<RedisValue> values, int field, JsonSerializerContext? json)
    {
        byte[] text = (byte[]?)values[field] ?? throw Missing(field);
        JsonTypeInfo<T> type = TypeInfo<T>(field, json);
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(text.AsSpan(), type);
        }
        catch (Exception error) when (IsConversionError(field, error))
        {
            throw Undecodable(values, field, $"JSON of {TypeName(typeof(T))}", error, quote: true);
        }

        return value is not null || Nullable.GetUnderlyingType(typeof(T)) is not null
            ? value!
            : throw Undecodable(values, field, $"a JSON value of {TypeName(typeof(T))} other than null");
    }

    private JsonTypeInfo<T> TypeInfo<T>(int field, JsonSerializerContext? json)
    {
        if (json is not null)
        {
            return (JsonTypeInfo<T>?)json.GetTypeInfo(typeof(T))
                ?? throw NoMetadata<T>(field, $"{json.GetType().Name} does not know the type. Add [JsonSerializable(typeof(…))] for it to that context");
        }

        JsonSerializerOptions? options = _redis.Options.JsonSerializerOptions;
        if (options?.TypeInfoResolver is null && JsonSerializer.IsReflectionEnabledByDefault)
        {
            options = WithReflection(options);
        }

        if (options is null)
        {
            throw NoMetadata<T>(field, "the application does not allow reflection, and no JsonSerializerContext is named. Name one in [RedisJson(typeof(…))], in [assembly: RedisDefaults], or set RedisContextOptions.JsonSerializerOptions");
        }

        return options.TypeInfoResolver is not null && options.TryGetTypeInfo(typeof(T), out JsonTypeInfo? type)
            ? (JsonTypeInfo<T>)type
            : throw NoMetadata<T>(field, "RedisContextOptions.JsonSerializerOptions does not know the type. Add a JsonSerializerContext that knows it to TypeInfoResolverChain, or name one in [RedisJson(typeof(…))]");
    }

    /// <summary>The options with the reflection-based resolver, which they get where they have none, as everywhere in System.Text.Json.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Called only where the application allows reflection-based serialization; a trimmed one does not, unless its author chose to.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called only where the application allows reflection-based serialization; a native one does not, unless its author chose to.")]
    private static JsonSerializerOptions WithReflection(JsonSerializerOptions? options)
    {
        if (options is null)
        {
            return JsonSerializerOptions.Default;
        }

        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
