namespace TypedRedis;

/// <summary>The base of the errors that name a model and a key.</summary>
public abstract class RedisModelException : Exception
{
    private protected RedisModelException(string message, string model, string? key, Exception? inner = null)
        : base(message, inner)
    {
        Model = model;
        Key = key;
    }

    /// <summary>The model's name with its namespace.</summary>
    public string Model { get; }

    /// <summary>The full key, prefix included, or null where several keys or none are concerned.</summary>
    public string? Key { get; }
}

/// <summary>A value in Redis cannot be read as its member's type, or a field that the model requires is missing.</summary>
public sealed class RedisDecodeException : RedisModelException
{
    internal RedisDecodeException(string message, string model, string key, string field, string? value, Exception? inner = null)
        : base(message, model, key, inner)
    {
        Field = field;
        Value = value;
    }

    /// <summary>The field.</summary>
    public string Field { get; }

    /// <summary>The value, shortened and made printable; null where the field is missing or encrypted.</summary>
    public string? Value { get; }
}

/// <summary>
/// The value of an encrypted field cannot be decrypted: it was changed or moved, is not encrypted, or the key ring lacks its key. Neither the message nor an inner
/// exception quotes it.
/// </summary>
public sealed class RedisDecryptException : RedisModelException
{
    internal RedisDecryptException(string message, string model, string key, string field, string? keyId)
        : base(message, model, key)
    {
        Field = field;
        KeyId = keyId;
    }

    /// <summary>The field.</summary>
    public string Field { get; }

    /// <summary>The id of the key that encrypted the value, made printable; null where the value is not encrypted.</summary>
    public string? KeyId { get; }
}

/// <summary>A member's value cannot be written to Redis without loss, or exceeds <see cref="MaxSizeAttribute"/>, so nothing was written.</summary>
public sealed class RedisEncodeException : RedisModelException
{
    internal RedisEncodeException(string message, string model, string key, string field, Exception? inner = null)
        : base(message, model, key, inner)
        => Field = field;

    /// <summary>The field.</summary>
    public string Field { get; }
}

/// <summary>
/// The key holds something else than an entity of the model: another type of value, or a hash without the field that every entity of the model has. Nothing
/// was changed.
/// </summary>
public sealed class RedisWrongTypeException : RedisModelException
{
    internal RedisWrongTypeException(string model, string key, Exception? inner, string missingField)
        : base($"{model}: the key '{key}' holds a hash that is no entity: it has no field '{missingField}'. Another program or an older model wrote it; nothing was changed. Look at it with HGETALL, then delete or migrate it.", model, key, inner)
    {
    }

    internal RedisWrongTypeException(string model, string key, string expectedType, Exception? inner = null)
        : base($"{model}: the key '{key}' does not hold a {expectedType}. Another program or another model uses the same key; nothing was changed. Look at it with TYPE, then delete it or change one of the templates.", model, key, inner)
    {
    }
}

/// <summary>An entity was written by a newer program: its version is higher than the one that the model declares here. It was neither read nor changed.</summary>
public sealed class RedisSchemaVersionException : RedisModelException
{
    internal RedisSchemaVersionException(string model, string key, int storedVersion, int knownVersion)
        : base(FormattableString.Invariant($"{model}: '{key}' has version {storedVersion}, and this program knows versions up to {knownVersion}. A newer program wrote it; nothing was changed. Deploy the newer model here too, or write with it only when it is deployed everywhere."), model, key)
    {
        StoredVersion = storedVersion;
        KnownVersion = knownVersion;
    }

    /// <summary>The version of the entity.</summary>
    public int StoredVersion { get; }

    /// <summary>The version that the model declares here.</summary>
    public int KnownVersion { get; }
}

/// <summary>An operation that changes an existing entity found none.</summary>
public sealed class RedisEntityNotFoundException : RedisModelException
{
    internal RedisEntityNotFoundException(string model, string key, string operation)
        : base($"{model}: {operation} found no entity at '{key}'. Insert it first.", model, key)
    {
    }
}

/// <summary>An entity was not written because another one has the same value of a unique index. Nothing was changed.</summary>
public sealed class RedisUniqueIndexException : RedisModelException
{
    internal RedisUniqueIndexException(string model, string key, string index, string value, string holder)
        : base($"{model}: '{key}' was not written: the unique index '{index}' has '{value}' already, for '{holder}'. Choose another value, or change or delete that entity first.", model, key)
    {
        Index = index;
        Value = value;
        Holder = holder;
    }

    /// <summary>The index, as it stands in keys: <c>email</c>.</summary>
    public string Index { get; }

    /// <summary>The value; of several members, their values separated by <c>:</c>. Shortened and made printable.</summary>
    public string Value { get; }

    /// <summary>The full key of the entity that has the value.</summary>
    public string Holder { get; }
}

/// <summary>An entity was changed since it was read, so the write that was based on it was refused. Nothing was changed.</summary>
public sealed class RedisConcurrencyException : RedisModelException
{
    internal RedisConcurrencyException(string model, string key, string? field, string? expected, string? actual, string message)
        : base($"{model}: '{key}' was not written: {message}", model, key)
    {
        Field = field;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The field of the concurrency token, or of the first member that has changed; null where that is not known.</summary>
    public string? Field { get; }

    /// <summary>The version that the write was based on.</summary>
    public string? Expected { get; }

    /// <summary>The version that is stored; null where it is absent.</summary>
    public string? Actual { get; }
}

/// <summary>The source of a cache failed a moment ago, in this process or in another one; it is called again when that moment is over.</summary>
public sealed class RedisCacheSourceException : RedisModelException
{
    internal RedisCacheSourceException(string model, string key, string error)
        : base($"{model}: the source failed for '{key}' a moment ago with {error}, and is not called again at once. The process that called it has the exception.", model, key)
        => Error = error;

    /// <summary>The type of the exception that the source threw.</summary>
    public string Error { get; }
}

/// <summary>
/// The server answered a script with an error: one that the script made with <c>redis.error_reply</c>, one of a command that it called, or one of Lua. What the script
/// changed before that stays changed. The driver's error, with the server's text, is the inner exception.
/// </summary>
public sealed class RedisScriptException : RedisModelException
{
    internal RedisScriptException(string script, string? key, Exception inner)
        : base($"{script}: the script{(key is null ? "" : $" on '{key}'")} ended with an error: {inner.Message}", script, key, inner)
    {
        int end = inner.Message.IndexOf(' ');
        Code = end < 0 ? inner.Message : inner.Message[..end];
    }

    /// <summary>The first word of the server's text, which tells errors apart: <c>ERR</c>, <c>WRONGTYPE</c>, <c>OOM</c>, or a word of the script's own.</summary>
    public string Code { get; }
}

/// <summary>
/// A call got no answer within <see cref="RedisContextOptions.OperationTimeout"/>. Whether the server carried it out is unknown.
/// </summary>
public sealed class RedisOperationTimeoutException : TimeoutException
{
    internal RedisOperationTimeoutException(string model, string? key, TimeSpan timeout)
        : base($"{model}: no answer{(key is null ? "" : $" for '{key}'")} within {timeout.TotalMilliseconds:0} ms (RedisContextOptions.OperationTimeout). The server or the network is stalled, or the batch is too large; a write may or may not have been carried out.")
    {
        Model = model;
        Key = key;
    }

    /// <summary>The model's name with its namespace.</summary>
    public string Model { get; }

    /// <summary>The full key, prefix included; of a batch, one of its keys; null where there is none.</summary>
    public string? Key { get; }
}
