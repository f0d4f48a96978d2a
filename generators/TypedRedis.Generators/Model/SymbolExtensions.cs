using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Model;

internal static class SymbolExtensions
{
    public const string OwnNamespace = "TypedRedis";

    /// <summary>Whether the type stands in a namespace (written with dots) under a name. Its type arguments do not count.</summary>
    public static bool Is(this ITypeSymbol? type, string @namespace, string name)
        => type is INamedTypeSymbol { ContainingType: null } named && named.Name == name && named.ContainingNamespace.Is(@namespace);

    public static bool Is(this INamespaceSymbol? symbol, string @namespace)
    {
        int end = @namespace.Length;
        while (symbol is { IsGlobalNamespace: false })
        {
            int start = end - symbol.Name.Length;
            if (start < 0 || string.CompareOrdinal(@namespace, start, symbol.Name, 0, symbol.Name.Length) != 0)
                return false;
            if (start == 0)
                return symbol.ContainingNamespace.IsGlobalNamespace;
            if (@namespace[start - 1] != '.')
                return false;
            end = start - 1;
            symbol = symbol.ContainingNamespace;
        }

        return false;
    }

    /// <summary>One of our attributes, or null.</summary>
    public static AttributeData? FindAttribute(this ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass.Is(OwnNamespace, name))
                return attribute;
        }

        return null;
    }

    /// <summary>One of our attributes on a property or, as the attributes say of themselves, on the property that it overrides.</summary>
    public static AttributeData? FindInheritedAttribute(this IPropertySymbol property, string name)
    {
        for (IPropertySymbol? current = property; current is not null; current = current.OverriddenProperty)
        {
            if (current.FindAttribute(name) is { } attribute)
                return attribute;
        }

        return null;
    }

    /// <summary>All of our attributes of a name on a property and on those that it overrides, the nearest first.</summary>
    public static IEnumerable<AttributeData> FindInheritedAttributes(this IPropertySymbol property, string name)
    {
        for (IPropertySymbol? current = property; current is not null; current = current.OverriddenProperty)
        {
            foreach (var attribute in current.FindAttributes(name))
                yield return attribute;
        }
    }

    /// <summary>All of our attributes of a name.</summary>
    public static IEnumerable<AttributeData> FindAttributes(this ISymbol symbol, string name)
        => symbol.GetAttributes().Where(attribute => attribute.AttributeClass.Is(OwnNamespace, name));

    public static object? NamedArgument(this AttributeData attribute, string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
                return argument.Value.Kind == TypedConstantKind.Array ? null : argument.Value.Value;
        }

        return null;
    }

    public static object? Argument(this AttributeData attribute, int index)
        => attribute.ConstructorArguments.Length > index && attribute.ConstructorArguments[index] is { Kind: not TypedConstantKind.Array } argument ? argument.Value : null;

    /// <summary>The type itself, then its bases up to, without, <see cref="object"/>.</summary>
    public static IEnumerable<INamedTypeSymbol> SelfAndBases(this INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is { SpecialType: not SpecialType.System_Object }; current = current.BaseType)
            yield return current;
    }

    /// <summary>The accessor that sets the property: its own, or the one that an override of the getter alone leaves in place.</summary>
    public static IMethodSymbol? FindSetter(this IPropertySymbol property)
    {
        for (IPropertySymbol? current = property; current is not null; current = current.OverriddenProperty)
        {
            if (current.SetMethod is { } setter)
                return setter;
        }

        return null;
    }

    public static IMethodSymbol? FindGetter(this IPropertySymbol property)
    {
        for (IPropertySymbol? current = property; current is not null; current = current.OverriddenProperty)
        {
            if (current.GetMethod is { } getter)
                return getter;
        }

        return null;
    }

    /// <summary>The place of a symbol in source, or null where it comes from another assembly.</summary>
    public static Location? SourceLocation(this ISymbol symbol) => symbol.Locations.FirstOrDefault(static location => location.IsInSource);

    /// <summary>The type without <c>?</c>, be it a nullable value or an annotated reference.</summary>
    public static ITypeSymbol WithoutNull(this ITypeSymbol type)
        => type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type.WithNullableAnnotation(NullableAnnotation.NotAnnotated);

    /// <summary>Whether a value of the member's type can be null: <c>T?</c>, and references of code without nullable annotations.</summary>
    public static bool CanBeNull(this ITypeSymbol type)
        => type.IsValueType
            ? type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            : type.NullableAnnotation != NullableAnnotation.NotAnnotated;
}
