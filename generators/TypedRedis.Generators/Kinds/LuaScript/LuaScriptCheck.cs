using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Lua;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.LuaScript;

/// <summary>Checks the script of a member, and its keys, and reports at the very characters, be they in an attribute or in a file.</summary>
internal sealed class LuaScriptCheck(ISymbol member, AttributeData attribute, LuaScriptShape? shape, LuaTexts texts, string projectFolder, ParseContext context)
{
    private static readonly Regex ManifestKey = new("\"key\":\"([^\"]*)\".*?\"keyType\":\"([^\"]*)\"", RegexOptions.CultureInvariant);

    private readonly string _name = $"{member.ContainingType.Name}.{member.Name}";

    public void Run()
    {
        if (shape is null)
            return;

        if (shape.Method is not null)
            CheckSlots(((IMethodSymbol)member).Parameters);

        var files = texts.Files(context.CancellationToken);
        var reference = shape.Script;
        var source = reference.File is null
            ? LuaSource.OfLiteral(reference.Text!, reference.SourceFile, files, projectFolder)
            : LuaSource.OfFile(reference.File, reference.SourceFile, files, projectFolder);
        if (source is null)
        {
            context.Report(
                Rules.LuaFile,
                LiteralLocation.OfNamedArgument(attribute, "File", context.CancellationToken),
                _name,
                reference.File!,
                LuaSource.WhyAbsent(reference.File!, LuaSource.FolderOf(reference.SourceFile), files));
            return;
        }

        foreach (var finding in source.Findings)
            Report(source, finding);
        if (source.Findings.Count > 0)
            return;

        Check(source);
    }

    private void Check(LuaSource source)
    {
        var parameters = shape!.Method?.Parameters.Select(static parameter => parameter.Lua).ToList();
        LuaBlock script;
        try
        {
            script = LuaParser.Parse(source.Text, parameters?.Count ?? 0);
        }
        catch (LuaSyntaxException error)
        {
            Report(source, new LuaFinding(Rules.LuaSyntax, error.Start, error.End, error.Message));
            return;
        }

        var (findings, unused) = LuaChecker.Check(source.Text, script, parameters, checksKeys: !shape.AllowsUndeclaredKeys);
        foreach (var finding in findings)
            Report(source, finding);
        foreach (var parameter in member is IMethodSymbol method ? method.Parameters : ImmutableArray<IParameterSymbol>.Empty)
        {
            if (unused.Contains(parameter.Name))
                context.Report(Rules.LuaUnusedParameter, parameter.SourceLocation(), _name, parameter.Name);
        }
    }

    private void Report(LuaSource source, LuaFinding finding)
    {
        var (path, start, end) = source.Locate(finding.Start, finding.End);
        Location location;
        if (path is null)
        {
            location = LiteralLocation.InArgument(attribute, 0, start, end - start, context.CancellationToken);
        }
        else
        {
            var text = texts.All.First(file => file.Path == path).GetText(context.CancellationToken)!;
            var span = TextSpan.FromBounds(Math.Min(start, text.Length), Math.Min(end, text.Length));
            location = Location.Create(path, span, text.Lines.GetLinePositionSpan(span));
        }

        context.Report(finding.Rule, location, [_name, .. finding.Arguments]);
    }

    // ---- slots

    // Of a key whose template has no hash tag, every entity stands in a slot of its own.
    private void CheckSlots(IReadOnlyList<IParameterSymbol> parameters)
    {
        var declared = shape!.Method!.Keys.ToList();
        if (declared.Count == 0 || (declared.Count == 1 && !declared[0].Lua.IsMany))
            return;

        var keys = new List<(IParameterSymbol Parameter, bool IsMany, string? Template)>();
        foreach (var key in declared)
        {
            var parameter = parameters.First(parameter => parameter.Name == key.Lua.Name);
            keys.Add((parameter, key.Lua.IsMany, TemplateOf(parameter.Type)));
        }

        foreach (var (parameter, isMany, template) in keys)
        {
            if (template is null || template.Contains("{#"))
                continue;

            var other = keys.FirstOrDefault(key => !ReferenceEquals(key.Parameter, parameter));
            string others = other.Parameter is null || isMany
                ? "each has a slot of its own"
                : $"'{other.Parameter.Name}'{(other.Template is null ? "" : $" ({other.Template})")} has another";
            context.Report(
                Rules.LuaSlots,
                parameter.SourceLocation(),
                _name,
                parameter.Name,
                template,
                $"{others}; give the templates a common part as their hash tag, such as {{#Id}}, or call once per key");
        }
    }

    // The template of a typed key, as the manifests of this compilation and of its references tell it.
    private string? TemplateOf(ITypeSymbol type)
    {
        var candidates = new[] { type, (type as IArrayTypeSymbol)?.ElementType }
            .Concat(type is INamedTypeSymbol named ? named.TypeArguments : ImmutableArray<ITypeSymbol>.Empty)
            .Where(static candidate => candidate is not null && ScriptMethodParser.IsTypedKey(candidate));
        if (candidates.FirstOrDefault() is not { } key)
            return null;

        foreach (var declared in key.ContainingAssembly.GetAttributes())
        {
            if (declared.AttributeClass.Is(SymbolExtensions.OwnNamespace, "RedisModelSchemaAttribute") && declared.Argument(1) is string manifest
                && ManifestKey.Match(manifest) is { Success: true } match && match.Groups[2].Value == key.ToDisplayString())
                return match.Groups[1].Value;
        }

        return null;
    }
}
