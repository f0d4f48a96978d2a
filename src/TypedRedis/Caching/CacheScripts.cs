namespace TypedRedis;

/// <summary>The scripts of caches.</summary>
internal static partial class CacheScripts
{
    [LuaScript(File = "cache_claim.lua")]
    public static partial RedisScript Claim { get; }

    [LuaScript(File = "cache_fill.lua")]
    public static partial RedisScript Fill { get; }

    [LuaScript(File = "cache_defer.lua")]
    public static partial RedisScript Defer { get; }

    [LuaScript(File = "cache_invalidate.lua")]
    public static partial RedisScript Invalidate { get; }

    [LuaScript(File = "cache_set.lua")]
    public static partial RedisScript Set { get; }

    [LuaScript(File = "cache_mark.lua")]
    public static partial RedisScript Mark { get; }

    [LuaScript(File = "cache_lock.lua")]
    public static partial RedisScript Lock { get; }

    [LuaScript(File = "cache_commit.lua")]
    public static partial RedisScript Commit { get; }

    [LuaScript(File = "cache_beat.lua")]
    public static partial RedisScript Beat { get; }

    [LuaScript(File = "cache_tags.lua")]
    public static partial RedisScript Tags { get; }

    [LuaScript(File = "cache_tag_invalidate.lua")]
    public static partial RedisScript InvalidateTag { get; }

    [LuaScript(File = "cache_tag_add.lua")]
    public static partial RedisScript AddToTag { get; }

    [LuaScript(File = "cache_sweep.lua")]
    public static partial RedisScript Sweep { get; }
}
