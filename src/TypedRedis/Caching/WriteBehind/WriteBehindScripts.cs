namespace TypedRedis;

/// <summary>The scripts of the queues of write-behind caches.</summary>
internal static partial class WriteBehindScripts
{
    [LuaScript(File = "behind_set.lua")]
    public static partial RedisScript Set { get; }

    [LuaScript(File = "behind_lease.lua")]
    public static partial RedisScript Lease { get; }

    [LuaScript(File = "behind_peek.lua")]
    public static partial RedisScript Peek { get; }

    [LuaScript(File = "behind_ack.lua")]
    public static partial RedisScript Ack { get; }

    [LuaScript(File = "behind_fail.lua")]
    public static partial RedisScript Fail { get; }

    [LuaScript(File = "behind_return.lua")]
    public static partial RedisScript Return { get; }

    [LuaScript(File = "behind_rush.lua")]
    public static partial RedisScript Rush { get; }

    [LuaScript(File = "behind_settled.lua")]
    public static partial RedisScript Settled { get; }

    [LuaScript(File = "behind_status.lua")]
    public static partial RedisScript Status { get; }

    [LuaScript(File = "behind_replay.lua")]
    public static partial RedisScript Replay { get; }

    [LuaScript(File = "behind_discard.lua")]
    public static partial RedisScript Discard { get; }

    [LuaScript(File = "behind_memory.lua")]
    public static partial RedisScript Memory { get; }
}
