using TypedRedis.Generators.Lua;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.LuaScript;

/// <summary>A member with a script: all that its emitted file depends on.</summary>
/// <param name="Namespace">The namespace, escaped.</param>
/// <param name="Usings">The using directives that the names of unresolved types need.</param>
/// <param name="Declarations">The partial declarations around the member, outermost first.</param>
/// <param name="FileName">What the name of the emitted file begins with.</param>
/// <param name="FullName">The member for people: <c>Shop.Counters.AddAsync</c>.</param>
/// <param name="Name">The member's name, not escaped.</param>
/// <param name="Head">The member's declaration without a body.</param>
/// <param name="Script">The script as the attribute has it.</param>
/// <param name="Method">What the method does; null for a property.</param>
/// <param name="IsBroken">Whether the declaration has an error: then the member only throws, so that the compiler comes to the analyzer that says what is wrong.</param>
/// <param name="Suppressed">Ids of the warnings that the member's own types raise.</param>
internal sealed record LuaScriptModel(
    string Namespace,
    EquatableArray<string> Usings,
    EquatableArray<string> Declarations,
    string FileName,
    string FullName,
    string Name,
    string Head,
    ScriptReference Script,
    ScriptMethod? Method,
    bool IsBroken,
    EquatableArray<string> Suppressed)
{
    /// <summary>What the server gets; null where the script's file is not found.</summary>
    public string? Shipped { get; init; }
}

/// <summary>Where a script stands.</summary>
/// <param name="Text">Its text, or null where it stands in a file.</param>
/// <param name="File">The file's path, from the folder of the source file or the project.</param>
/// <param name="SourceFile">The source file.</param>
internal sealed record ScriptReference(string? Text, string? File, string SourceFile);

/// <summary>What a method passes to its script and reads of the reply.</summary>
/// <param name="Redis">The parameter with the context, escaped.</param>
/// <param name="CancellationToken">The one with the token, or <c>default</c>.</param>
/// <param name="Parameters">The others, in their order.</param>
/// <param name="Result">The expression that reads the variable <c>reply</c>; null where there is no result.</param>
internal sealed record ScriptMethod(string Redis, string CancellationToken, EquatableArray<ScriptParameter> Parameters, string? Result)
{
    public IEnumerable<ScriptParameter> Keys => Parameters.Where(static parameter => parameter.Lua.IsKey);

    public IEnumerable<ScriptParameter> Arguments => Parameters.Where(static parameter => !parameter.Lua.IsKey);
}

/// <summary>A key or an argument.</summary>
/// <param name="Lua">The parameter as the script sees it.</param>
/// <param name="Name">Its name in C#, escaped.</param>
/// <param name="Key">The expression that makes a <c>RedisKey</c> of a single key.</param>
/// <param name="Writer">The method of <c>CodecContext</c> that writes an argument; empty for one that is taken as it is.</param>
/// <param name="IsNullable">Whether an argument can be null.</param>
/// <param name="NullableValue">What stands behind the name of an argument that is not null: <c>.Value</c>, or nothing.</param>
internal sealed record ScriptParameter(LuaParameter Lua, string Name, string Key, string Writer, bool IsNullable, string NullableValue);
