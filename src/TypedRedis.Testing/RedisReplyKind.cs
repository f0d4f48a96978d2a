namespace TypedRedis.Testing;

/// <summary>The kinds of answers a server gives.</summary>
public enum RedisReplyKind
{
    /// <summary>Nothing there.</summary>
    Null,

    /// <summary>A word about the outcome, such as <c>OK</c>.</summary>
    Status,

    /// <summary>A failed command inside an array, for example of EXEC. A failed command by itself is a <see cref="RedisReplyException"/>.</summary>
    Error,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A string of bytes.</summary>
    String,

    /// <summary>Several replies.</summary>
    Array,
}
