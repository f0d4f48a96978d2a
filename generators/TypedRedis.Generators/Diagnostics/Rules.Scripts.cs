using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>The rules of <c>[LuaScript]</c>.</summary>
internal static partial class Rules
{
    /// <summary>member, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaMember = Rule(
        "TR1040",
        "The member cannot run a script",
        "'{0}' cannot run a Lua script: {1}");

    /// <summary>member, parameter, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaParameter = Rule(
        "TR1041",
        "The parameter cannot be passed to a script",
        "The parameter '{1}' of '{0}' cannot be passed to its Lua script: {2}");

    /// <summary>member, type, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaResult = Rule(
        "TR1042",
        "A script's reply cannot be read as the type",
        "The reply of the Lua script of '{0}' cannot be read as '{1}': {2}");

    /// <summary>member, file, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaFile = Rule(
        "TR1043",
        "The script's file is not found",
        "The file '{1}' of the Lua script of '{0}' cannot be used: {2}");

    /// <summary>member, what is wrong.</summary>
    public static readonly DiagnosticDescriptor LuaSyntax = Rule(
        "TR1044",
        "The script is no Lua 5.1",
        "The Lua script of '{0}' is malformed: {1}");

    /// <summary>member, name, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaName = Rule(
        "TR1045",
        "The script uses a name that there is not",
        "The Lua script of '{0}' uses '{1}': {2}");

    /// <summary>member, command, why not and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaCommand = Rule(
        "TR1046",
        "The command cannot be called like this in a script",
        "The Lua script of '{0}' calls {1}: {2}");

    /// <summary>member, expression, why it is none and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaUndeclaredKey = Rule(
        "TR1047",
        "The script uses a key that is not declared",
        "The Lua script of '{0}' uses {1} as a key, which is not a declared key, so that a cluster cannot route the call: {2}");

    /// <summary>member, expression, what to do.</summary>
    public static readonly DiagnosticDescriptor LuaUnfollowedKey = Rule(
        "TR1048",
        "The script may use a key that is not declared",
        "The Lua script of '{0}' uses {1}, of which it cannot be seen that it is a declared key: {2}",
        DiagnosticSeverity.Warning);

    /// <summary>member, expression, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaPosition = Rule(
        "TR1049",
        "The script reads a key or an argument that is not passed",
        "The Lua script of '{0}' reads {1}: {2}");

    /// <summary>member, parameter.</summary>
    public static readonly DiagnosticDescriptor LuaUnusedParameter = Rule(
        "TR1050",
        "The script does not use the parameter",
        "The Lua script of '{0}' does not use the parameter '{1}': use it by its name, or remove it",
        DiagnosticSeverity.Warning);

    /// <summary>member, parameter, its key's template, why and what to do.</summary>
    public static readonly DiagnosticDescriptor LuaSlots = Rule(
        "TR1051",
        "The keys of a script cannot share a slot",
        "The key '{1}' of '{0}' ({2}) does not share a cluster slot with its other keys: {3}",
        DiagnosticSeverity.Warning);

    /// <summary>member, command, what to do.</summary>
    public static readonly DiagnosticDescriptor LuaUnknownCommand = Rule(
        "TR1052",
        "The script calls a command that is not known",
        "The Lua script of '{0}' calls '{1}', which is no command of Redis: {2}",
        DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor[] OfScripts =>
    [
        LuaMember, LuaParameter, LuaResult, LuaFile, LuaSyntax, LuaName, LuaCommand, LuaUndeclaredKey, LuaUnfollowedKey, LuaPosition, LuaUnusedParameter, LuaSlots,
        LuaUnknownCommand,
    ];
}
