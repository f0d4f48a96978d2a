using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Model;

/// <summary>Whether the names of the types that are to be emitted are free.</summary>
internal static class EmittedNames
{
    /// <summary>Reports names that the user's own types have. A user may declare the other half of a type that is <c>partial</c>.</summary>
    public static void Check(INamedTypeSymbol model, ModelIdentity identity, AttributeData attribute, ParseContext context, params (string Name, bool IsPartial)[] names)
    {
        foreach (var (name, isPartial) in names)
        {
            foreach (var other in model.ContainingNamespace.GetTypeMembers(name, arity: 0))
            {
                if (IsEmitted(other) || other.IsFileLocal || (isPartial && IsOtherHalf(other, context.CancellationToken)))
                    continue;

                context.Report(
                    Rules.EmittedName,
                    attribute.NamedArgument("Name") is null ? model.SourceLocation() : LiteralLocation.OfNamedArgument(attribute, "Name", context.CancellationToken),
                    model.Name,
                    identity.Qualify(name),
                    isPartial && other.TypeKind == TypeKind.Class
                        ? "a class of that name exists; make it partial to add to the generated one, or give the attribute another Name"
                        : "a type of that name exists; give the attribute another Name");
            }
        }
    }

    /// <summary>Whether a type can be declared for a broken model: the user has none of that name, or a half of it.</summary>
    public static bool IsFree(INamedTypeSymbol model, Shell shell, CancellationToken cancellationToken)
        => model.ContainingNamespace.GetTypeMembers(shell.Name, arity: 0).All(other => other.IsFileLocal || (shell.IsPartial && IsOtherHalf(other, cancellationToken)));

    /// <summary>The accessibility to write at a type of which the user may have declared the other half: none where that half says it.</summary>
    public static string Modifier(INamedTypeSymbol model, ModelIdentity identity, string name, CancellationToken cancellationToken)
    {
        bool isSaid = OtherHalf.Of(model, name, cancellationToken).Any(static half => half.Modifiers.Any(SyntaxKind.PublicKeyword) || half.Modifiers.Any(SyntaxKind.InternalKeyword));
        return isSaid ? "" : identity.Modifier + " ";
    }

    // The analyzer sees the compilation with the emitted types in it.
    private static bool IsEmitted(INamedTypeSymbol type)
        => type.GetAttributes().Any(static attribute =>
            attribute.AttributeClass.Is("System.CodeDom.Compiler", "GeneratedCodeAttribute") && attribute.Argument(0) as string == SourceFile.ToolName);

    private static bool IsOtherHalf(INamedTypeSymbol type, CancellationToken cancellationToken)
        => type.TypeKind == TypeKind.Class
            && type.DeclaringSyntaxReferences.All(reference =>
                reference.GetSyntax(cancellationToken) is ClassDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));
}
