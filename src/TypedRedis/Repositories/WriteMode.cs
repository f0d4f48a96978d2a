using StackExchange.Redis;

namespace TypedRedis;

/// <summary>When a whole entity is written.</summary>
internal enum WriteMode
{
    /// <summary>Only if there is none.</summary>
    Insert,

    /// <summary>Only if there is one.</summary>
    Update,

    /// <summary>Always.</summary>
    Upsert,
}

internal static class WriteModes
{
    private static readonly RedisValue[] Names = ["insert", "update", "upsert"];

    /// <summary>As the scripts take it.</summary>
    public static RedisValue Argument(this WriteMode mode) => Names[(int)mode];
}
