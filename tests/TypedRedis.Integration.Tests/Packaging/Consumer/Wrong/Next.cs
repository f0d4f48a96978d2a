using System.Threading.Tasks;
using TypedRedis;

/// <summary>Its script, in a file, has errors.</summary>
public static partial class Counter
{
    [LuaScript(File = "next.lua")]
    public static partial Task<long> NextAsync(RedisContext redis, [LuaKey] string counter);
}
