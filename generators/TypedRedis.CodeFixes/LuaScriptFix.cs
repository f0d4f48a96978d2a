using System.Composition;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Driver;
using TypedRedis.Analyzers.Rules.Operations;

namespace TypedRedis.CodeFixes;

/// <summary>
/// A script with values in its text → a <c>[LuaScript]</c> method with a parameter for each, where the call is made on the database of a context, and a property with the text otherwise. What it is
/// called is for people, and so it is done one by one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LuaScriptFix() : RuleFix(ScriptText.Concatenated, canFixAll: false)
{
    private static readonly Regex LuaName = new("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant);

    // Words of Lua that are none of C#, and what every script has.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "and", "elseif", "end", "function", "local", "nil", "not", "or", "repeat", "then", "until", "redis", "cjson", "cmsgpack", "bit", "struct", "math", "string", "table", "type", "next", "pairs", "ipairs",
        "select", "unpack", "tonumber", "tostring", "error", "assert", "pcall", "xpcall", "os", "context", "token",
    };

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.Compilation.GetTypeByMetadataName("TypedRedis.LuaScriptAttribute") is null
            || ScriptArgumentsFix.Call(node, model, cancellationToken) is not var (call, text) || call.Expression is not MemberAccessExpressionSyntax access
            || call.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } member || !CanBePartial(member)
            || ScriptSource.Read(text, model, cancellationToken) is not { } script || !script.HasNoOtherKeys())
            yield break;

        string name = member.Identifier.ValueText;
        name = (name.EndsWith("Async", StringComparison.Ordinal) && name.Length > 5 ? name.Substring(0, name.Length - 5) : name) + "Script";
        if (access.Name.Identifier.Text == "ScriptEvaluateAsync" && access.Expression.Context(model, cancellationToken) is { } context)
        {
            name += "Async";
            if (IsFree(name, member, model, cancellationToken) && Parameters(script, model, cancellationToken) is { } parameters)
            {
                var called = SyntaxFactory.ParseExpression($"{name}({string.Join(", ", parameters.Select(static parameter => parameter.Argument).Prepend(context.ToString()))})").WithTriviaFrom(call);
                string of = string.Concat(parameters.Select(static parameter => $", {parameter.Declaration}"));
                yield return Declare(
                    "Make it a [LuaScript] method", call, called, member,
                    script.Literal(value => parameters.First(parameter => parameter.Value == value).Name),
                    $"global::System.Threading.Tasks.Task<global::StackExchange.Redis.RedisResult> {name}(global::TypedRedis.RedisContext redis{of})", ";", " => throw null!;", root);
            }
        }
        else if (IsFree(name, member, model, cancellationToken))
        {
            var changed = ScriptArgumentsFix.With(call, SyntaxFactory.ParseExpression(name + ".Text"), script);
            yield return Declare(
                "Make it a [LuaScript] property", call, changed, member, script.Literal(ScriptArgumentsFix.Places(script)),
                $"global::TypedRedis.RedisScript {name}", " { get; }", " => throw null!;", root);
        }
    }

    // What generated code can stand beside.
    private static bool CanBePartial(MethodDeclarationSyntax member)
        => member.Parent is ClassDeclarationSyntax or RecordDeclarationSyntax or StructDeclarationSyntax
            && member.Ancestors().OfType<BaseTypeDeclarationSyntax>().All(static type => !type.Modifiers.Any(SyntaxKind.FileKeyword));

    private static bool IsFree(string name, MethodDeclarationSyntax member, SemanticModel model, CancellationToken cancellationToken)
        => model.GetDeclaredSymbol(member, cancellationToken)?.ContainingType is { } type && !type.MemberNames.Contains(name) && type.Name != name
            && model.LookupSymbols(member.SpanStart, name: name).IsEmpty;

    // ---- parameters

    // Keys come first, as they are passed.
    private static List<Parameter>? Parameters(ScriptSource script, SemanticModel model, CancellationToken cancellationToken)
    {
        var parameters = new List<Parameter>();
        foreach (var value in script.Values.OrderBy(static value => value.Kind == ScriptSource.ValueKind.Key ? 0 : 1))
        {
            var type = value.Only is { } only ? model.GetTypeInfo(only, cancellationToken) : default;
            bool isText = value.Only is null || type.Type?.SpecialType == SpecialType.System_String;

            // The text of a script has nothing where a null is; an argument has to be something.
            if (value.Only is not null && isText && type.Nullability.FlowState != NullableFlowState.NotNull)
                return null;

            var key = value.Kind == ScriptSource.ValueKind.Key ? Declared(value, model, cancellationToken) : null;
            string word = key?.Word ?? (value.Expressions.Count == 1 ? Names.Of(value.Expressions[0]) is { } called ? Names.Camel(called) : null : null) ?? (value.Kind == ScriptSource.ValueKind.Key ? "key" : "value");
            if (Name(word, script, parameters) is not { } name)
                return null;

            string written = value.Kind == ScriptSource.ValueKind.Key && !isText ? $"$\"{{{value.Source}}}\"" : value.Source;
            parameters.Add(key is var (_, keyType, made) ? new Parameter(value, name, $"{keyType} {name}", made)
                : value.Kind == ScriptSource.ValueKind.Key ? new Parameter(value, name, $"[global::TypedRedis.LuaKey] string {name}", written)
                : new Parameter(value, name, $"{(isText ? "string" : type.Type!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat))} {name}", written));
        }

        return parameters;
    }

    // One that is not in use, in Lua and in C#.
    private static string? Name(string word, ScriptSource script, List<Parameter> parameters)
    {
        for (int number = 1; number < 10; number++)
        {
            string name = number == 1 ? word : word + number;
            if (LuaName.IsMatch(name) && !Reserved.Contains(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
                && !script.Has(name) && !parameters.Exists(parameter => parameter.Name == name))
                return name;
        }

        return null;
    }

    // The typed key of a model, where the text is one.
    private static (string Word, string Type, string Made)? Declared(ScriptSource.Value value, SemanticModel model, CancellationToken cancellationToken)
    {
        var operations = value.Expressions.Select(expression => model.GetOperation(expression, cancellationToken)).ToList();
        if (operations.Contains(null))
            return null;

        var text = new KeyText(value.Pieces, operations!);
        return DeclaredKeyFix.Of(text, model.Compilation) is var (type, arguments)
            ? (Names.Camel(type.Name.EndsWith("Key", StringComparison.Ordinal) && type.Name.Length > 3 ? type.Name.Substring(0, type.Name.Length - 3) : type.Name),
                type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
                $"new {type.ToMinimalDisplayString(model, value.Expressions[0].SpanStart)}({string.Join(", ", arguments)})")
            : null;
    }

    private readonly record struct Parameter(ScriptSource.Value Value, string Name, string Declaration, string Argument);

    // ---- syntax

    // Behind the member, in types that are partial from then on.
    private static Change Declare(
        string title, InvocationExpressionSyntax call, ExpressionSyntax changed, MethodDeclarationSyntax member, string script, string signature, string end, string body, SyntaxNode root)
    {
        var mark = new SyntaxAnnotation();
        string lineEnd = root.LineEnd().ToString(), line = lineEnd + member.Indent();
        MemberDeclarationSyntax Member(string modifier, string end)
            => Syntax.Declaration($"{line}[global::TypedRedis.LuaScript({script})]{line}private static {modifier}{signature}{end}{lineEnd}").WithAdditionalAnnotations(mark);

        return new Change(
            title,
            () =>
            {
                TypeDeclarationSyntax[] types = [.. member.Ancestors().OfType<TypeDeclarationSyntax>()];
                var tracked = root.TrackNodes(types.Append<SyntaxNode>(call).Append(member));
                tracked = tracked.ReplaceNode(tracked.GetCurrentNode(call)!, changed);
                tracked = tracked.InsertNodesAfter(tracked.GetCurrentNode(member)!, [Member("partial ", end)]);
                foreach (var type in types)
                    tracked = tracked.ReplaceNode(tracked.GetCurrentNode(type)!, Partial(tracked.GetCurrentNode(type)!));
                return tracked;
            },
            changedRoot => changedRoot.ReplaceNode(changedRoot.GetAnnotatedNodes(mark).Single(), Member("", body)));
    }

    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        if (type.Modifiers.Any(SyntaxKind.PartialKeyword))
            return type;

        var partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        return type.Modifiers.Count > 0
            ? type.AddModifiers(partial)
            : type.WithKeyword(type.Keyword.WithLeadingTrivia()).AddModifiers(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia));
    }
}
