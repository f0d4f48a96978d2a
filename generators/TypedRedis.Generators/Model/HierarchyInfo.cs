using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Model;

/// <summary>The declarations that another half of a type has to repeat, outermost first: <c>partial class Outer</c>, <c>partial record UserCard</c>.</summary>
internal static class HierarchyInfo
{
    public static EquatableArray<string> Of(INamedTypeSymbol type)
    {
        var declarations = new List<string>();
        for (var current = type; current is not null; current = current.ContainingType)
            declarations.Insert(0, $"partial {Keyword(current)} {Identifiers.Escape(current.Name)}{TypeParameters(current)}");
        return declarations.ToEquatableArray();
    }

    /// <summary>The innermost of the type and its containing types that is not <c>partial</c>, or null.</summary>
    public static INamedTypeSymbol? FindClosed(INamedTypeSymbol type, CancellationToken cancellationToken)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            bool isPartial = current.DeclaringSyntaxReferences.Any(reference =>
                reference.GetSyntax(cancellationToken) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));
            if (!isPartial)
                return current;
        }

        return null;
    }

    private static string TypeParameters(INamedTypeSymbol type)
        => type.TypeParameters.IsEmpty ? "" : $"<{string.Join(", ", type.TypeParameters.Select(static parameter => Identifiers.Escape(parameter.Name)))}>";

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { IsValueType: true, IsRecord: true } => "record struct",
        { IsValueType: true } => "struct",
        { IsRecord: true } => "record",
        _ => "class",
    };
}
