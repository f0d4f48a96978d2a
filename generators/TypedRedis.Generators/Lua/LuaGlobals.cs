namespace TypedRedis.Generators.Lua;

/// <summary>What a script finds besides its own names. Redis has no other globals, lets none be made, and stops a script that reads one.</summary>
internal static class LuaGlobals
{
    private static readonly Dictionary<string, string[]> Libraries = new(StringComparer.Ordinal)
    {
        ["redis"] = Words("call pcall error_reply status_reply sha1hex log LOG_DEBUG LOG_VERBOSE LOG_NOTICE LOG_WARNING setresp set_repl replicate_commands REPL_ALL REPL_AOF REPL_REPLICA REPL_SLAVE REPL_NONE breakpoint debug acl_check_cmd REDIS_VERSION REDIS_VERSION_NUM"),
        ["string"] = Words("byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper"),
        ["table"] = Words("concat foreach foreachi getn insert maxn remove setn sort"),
        ["math"] = Words("abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi pow rad random randomseed sin sinh sqrt tan tanh"),
        ["cjson"] = Words("decode decode_array_with_array_mt decode_invalid_numbers decode_max_depth encode encode_invalid_numbers encode_keep_buffer encode_max_depth encode_number_precision encode_sparse_array new null _NAME _VERSION"),
        ["cmsgpack"] = Words("pack unpack unpack_limit unpack_one _NAME _VERSION _COPYRIGHT _DESCRIPTION"),
        ["bit"] = Words("arshift band bnot bor bswap bxor lshift rol ror rshift tobit tohex"),
        ["struct"] = Words("pack size unpack"),
        ["coroutine"] = Words("create resume running status wrap yield"),
    };

    private static readonly HashSet<string> Functions = new(
        Words("assert collectgarbage error gcinfo getmetatable ipairs load loadstring next pairs pcall rawequal rawget rawset select setmetatable tonumber tostring type unpack xpcall _G _VERSION"),
        StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Absent = new(StringComparer.Ordinal)
    {
        ["print"] = "call redis.log(redis.LOG_NOTICE, …), or return the value",
        ["os"] = "for the time, call redis.call('TIME')",
        ["io"] = "a script sees no files",
        ["require"] = "put the other file's lines here with --#include \"other.lua\"",
        ["dofile"] = "put the other file's lines here with --#include \"other.lua\"",
        ["math.tointeger"] = "use math.floor",
        ["table.unpack"] = "in Lua 5.1 it is the function unpack",
        ["table.pack"] = "write { … }",
        ["string.split"] = "use string.gmatch",
        ["null"] = "write nil, or cjson.null",
        ["undefined"] = "write nil",
    };

    /// <summary>The names of a script's world, for suggestions.</summary>
    public static IEnumerable<string> Names => Libraries.Keys.Concat(Functions).Concat(["KEYS", "ARGV"]);

    public static bool Exists(string name) => name is "KEYS" or "ARGV" || Libraries.ContainsKey(name) || Functions.Contains(name);

    /// <summary>The members of a library, or null where the name is none.</summary>
    public static string[]? MembersOf(string library) => Libraries.TryGetValue(library, out var members) ? members : null;

    /// <summary>What to do instead of using something that other Luas have, or null.</summary>
    public static string? Remedy(string name) => Absent.TryGetValue(name, out string? remedy) ? remedy : null;

    private static string[] Words(string text) => text.Split(' ');
}
