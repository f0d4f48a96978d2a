using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Lua;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.LuaScript;

/// <summary><c>[LuaScript]</c> on a method or a property: not a model, but a member of a type.</summary>
internal static class LuaScriptKind
{
    public const string Attribute = "LuaScriptAttribute";

    /// <summary>The name under which tests find the declarations among the generator's steps.</summary>
    public const string DeclarationsStep = "LuaScriptDeclarations";

    /// <summary>The name of the step that brings declarations and files together.</summary>
    public const string ScriptsStep = "LuaScripts";

    /// <summary>Has a file emitted for every member with a script.</summary>
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        var declarations = context.SyntaxProvider
            .ForAttributeWithMetadataName($"{SymbolExtensions.OwnNamespace}.{Attribute}", static (node, _) => node is MethodDeclarationSyntax or PropertyDeclarationSyntax, Parse)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!)
            .WithTrackingName(DeclarationsStep);
        var files = context.AdditionalTextsProvider
            .Where(static file => IsLua(file.Path))
            .Select(static (file, cancellationToken) => new LuaFile(file.Path, file.GetText(cancellationToken)?.ToString() ?? ""))
            .Collect();
        var folder = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => ProjectFolder(options.GlobalOptions));
        var scripts = declarations
            .Combine(files.Combine(folder))
            .Select(static (pair, _) => Ship(pair.Left, pair.Right.Left, pair.Right.Right))
            .WithTrackingName(ScriptsStep);
        context.RegisterSourceOutput(scripts, static (output, model) => output.AddSource($"{model.FileName}-lua.g.cs", LuaScriptEmitter.Emit(model)));
    }

    /// <summary>Reports what is wrong with a member and its script.</summary>
    public static void Analyze(ISymbol member, AttributeData attribute, LuaTexts texts, string projectFolder, ParseContext context)
    {
        if (member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken) is not MemberDeclarationSyntax syntax)
            return;

        var shape = LuaScriptShape.Parse(member, syntax, attribute, context);
        new LuaScriptCheck(member, attribute, shape, texts, projectFolder, context).Run();
    }

    public static bool IsLua(string path) => path.EndsWith(".lua", StringComparison.OrdinalIgnoreCase);

    public static string ProjectFolder(Microsoft.CodeAnalysis.Diagnostics.AnalyzerConfigOptions options)
        => options.TryGetValue("build_property.ProjectDir", out string? folder) ? folder.TrimEnd('/', '\\') : "";

    private static LuaScriptModel? Parse(GeneratorAttributeSyntaxContext syntax, CancellationToken cancellationToken)
    {
        var member = syntax.TargetSymbol;
        var declaration = (MemberDeclarationSyntax)syntax.TargetNode;
        if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword) || HasBody(declaration) || member.ContainingType is not { } type
            || HierarchyInfo.FindClosed(type, cancellationToken) is not null || HasFileLocal(type))
        {
            // The compiler asks for no other half, or accepts none.
            return null;
        }

        var context = new ParseContext(syntax.SemanticModel.Compilation, report: null, cancellationToken);
        var shape = LuaScriptShape.Parse(member, declaration, syntax.Attributes[0], context);
        bool isBroken = context.HasErrors || shape is null;
        var method = isBroken ? null : shape!.Method;
        bool needsUsings = isBroken || shape!.HasUnresolvedTypes;
        return new LuaScriptModel(
            TypeNames.Of(type.ContainingNamespace),
            needsUsings ? Usings(declaration) : default,
            HierarchyInfo.Of(type),
            FileName(member),
            $"{TypeNames.ForPeople(type)}.{member.Name}",
            member.Name,
            needsUsings ? HeadAsWritten(declaration, isAsync: method is not null) : Head(member, declaration, isAsync: method is not null),
            shape?.Script ?? new ScriptReference("", null, declaration.SyntaxTree.FilePath),
            method,
            isBroken,
            Suppressions.OfTypes(TypesOf(member)));
    }

    private static IEnumerable<ITypeSymbol> TypesOf(ISymbol member) => member is IMethodSymbol method
        ? method.Parameters.Select(static parameter => parameter.Type).Concat([method.ReturnType, method.ContainingType])
        : [member.ContainingType];

    private static LuaScriptModel Ship(LuaScriptModel model, ImmutableArray<LuaFile> files, string projectFolder)
    {
        var (text, file, sourceFile) = (model.Script.Text, model.Script.File, model.Script.SourceFile);
        var source = model.IsBroken ? null
            : file is null ? LuaSource.OfLiteral(text ?? "", sourceFile, files, projectFolder)
            : LuaSource.OfFile(file, sourceFile, files, projectFolder);
        if (source is null)
            return model;

        var parameters = model.Method?.Parameters ?? default;
        return model with
        {
            Shipped = LuaShipping.Ship(
                source.Text,
                parameters.Select(static parameter => parameter.Lua).ToList(),
                parameters.Where(static parameter => parameter.IsNullable).Select(static parameter => parameter.Lua.Name).ToList()),
        };
    }

    internal static bool HasBody(MemberDeclarationSyntax declaration) => declaration switch
    {
        MethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        PropertyDeclarationSyntax property => property.ExpressionBody is not null || property.AccessorList?.Accessors.Any(static accessor => accessor.Body is not null || accessor.ExpressionBody is not null) == true,
        _ => true,
    };

    internal static bool HasFileLocal(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsFileLocal)
                return true;
        }

        return false;
    }

    // Overloads differ in their parameters.
    private static string FileName(ISymbol member)
    {
        string type = FileNames.Of(member.ContainingType, Regex.Replace(TypeNames.ForPeople(member.ContainingType), "[<>, ?]+", "_"));
        var twins = member.ContainingType.GetMembers().Where(other => other.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase) && other.FindAttribute(Attribute) is not null).ToList();
        int index = twins.FindIndex(other => SymbolEqualityComparer.Default.Equals(other, member));
        return $"{type}.{member.Name}{(index > 0 ? $"-{index + 1}" : "")}";
    }

    private static EquatableArray<string> Usings(SyntaxNode declaration)
        => declaration.AncestorsAndSelf()
            .SelectMany(static node => node switch
            {
                CompilationUnitSyntax unit => unit.Usings,
                BaseNamespaceDeclarationSyntax @namespace => @namespace.Usings,
                _ => default,
            })
            .Where(static directive => !directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))
            .Select(static directive => directive.WithoutTrivia().ToString())
            .Distinct()
            .ToEquatableArray();

    private static string Modifiers(MemberDeclarationSyntax declaration, bool isAsync)
        => string.Concat(declaration.Modifiers.Where(static modifier => !modifier.IsKind(SyntaxKind.PartialKeyword)).Select(static modifier => modifier.Text + " "))
            + (isAsync ? "async partial" : "partial");

    // With the types as the source names them: some of them are emitted, so that the generator does not see them.
    private static string HeadAsWritten(MemberDeclarationSyntax declaration, bool isAsync) => declaration switch
    {
        MethodDeclarationSyntax method => $"{Modifiers(method, isAsync)} {Written(method.ReturnType)} {method.Identifier.Text}{method.TypeParameterList?.ToString().Trim()}"
            + $"({string.Join(", ", method.ParameterList.Parameters.Select(static parameter => $"{string.Concat(parameter.Modifiers.Select(static modifier => modifier.Text + " "))}{Written(parameter.Type!)} {parameter.Identifier.Text}"))})"
            + string.Concat(method.ConstraintClauses.Select(static clause => $" {clause.WithoutTrivia()}")),
        PropertyDeclarationSyntax property => $"{Modifiers(property, isAsync: false)} {Written(property.Type)} {property.Identifier.Text}",
        _ => "",
    };

    private static string Written(TypeSyntax type) => type.WithoutTrivia().ToString();

    private static string Head(ISymbol member, MemberDeclarationSyntax declaration, bool isAsync)
    {
        string modifiers = Modifiers(declaration, isAsync);
        if (member is not IMethodSymbol method)
            return $"{modifiers} TR::RedisScript {Identifiers.Escape(member.Name)}";

        var syntax = ((MethodDeclarationSyntax)declaration).ParameterList.Parameters;
        var parameters = method.Parameters.Select((parameter, i)
            => $"{string.Concat(syntax[i].Modifiers.Select(static modifier => modifier.Text + " "))}{TypeNames.Of(parameter.Type, home: null)} {Identifiers.Escape(parameter.Name)}");
        return $"{modifiers} {TypeNames.Of(method.ReturnType, home: null)} {Identifiers.Escape(method.Name)}({string.Join(", ", parameters)})";
    }
}
