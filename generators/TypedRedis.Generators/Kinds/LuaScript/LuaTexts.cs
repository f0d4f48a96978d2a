using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Lua;

namespace TypedRedis.Generators.Kinds.LuaScript;

/// <summary>The scripts in files of one compilation, which the analyzer reads once for all members.</summary>
internal sealed class LuaTexts(ImmutableArray<AdditionalText> additionalFiles)
{
    private IReadOnlyList<LuaFile>? _files;

    /// <summary>As the compiler has them.</summary>
    public IReadOnlyList<AdditionalText> All { get; } = [.. additionalFiles.Where(static file => LuaScriptKind.IsLua(file.Path))];

    /// <summary>Read. Two threads that ask at the same time read the same twice.</summary>
    public IReadOnlyList<LuaFile> Files(CancellationToken cancellationToken)
        => _files ??= [.. All.Select(file => new LuaFile(file.Path, file.GetText(cancellationToken)?.ToString() ?? ""))];
}
