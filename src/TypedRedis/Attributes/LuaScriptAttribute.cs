namespace TypedRedis;

/// <summary>
/// Makes a <c>static partial</c> method run a Lua script, with the method's parameters under their names in the script, or a <c>static partial</c> property of type
/// <see cref="RedisScript"/> hold one. The script is checked when the project is built.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property, Inherited = false)]
public sealed class LuaScriptAttribute : Attribute
{
    /// <summary>A script that stands in <see cref="File"/>.</summary>
    public LuaScriptAttribute()
    {
    }

    /// <summary>A script that stands here.</summary>
    /// <param name="script">Its text, in Lua 5.1.</param>
    public LuaScriptAttribute(string script) => Script = script;

    /// <summary>The script's text, where it does not stand in a file.</summary>
    public string? Script { get; }

    /// <summary>The path of a <c>.lua</c> file: from the folder of the source file that this stands in, or else from the project's.</summary>
    public string? File { get; set; }

    /// <summary>
    /// Whether the script may use keys that are not among its declared ones. Default: false. Such a script runs on a cluster only if these keys share the slot of the
    /// declared ones, which nothing checks.
    /// </summary>
    public bool AllowUndeclaredKeys { get; set; }
}
