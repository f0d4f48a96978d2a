using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Model;

/// <summary>
/// The warnings that any mention of a symbol raises because of an attribute on it: <c>[Obsolete]</c> and <c>[Experimental]</c>. Emitted code must mention
/// the model's members, and the user has said there already what there is to say.
/// </summary>
internal static class Suppressions
{
    public static EquatableArray<string> Of(INamedTypeSymbol type)
    {
        SortedSet<string>? ids = null;
        AddType(type, ref ids);
        AddTypesOf(type, ref ids);
        foreach (var constructor in type.InstanceConstructors)
            Add(constructor, ref ids);
        foreach (var current in type.SelfAndBases())
        {
            Add(current, ref ids);
            foreach (var member in current.GetMembers())
            {
                if (member is not IPropertySymbol property)
                    continue;

                Add(property, ref ids);
                AddTypesOf(property, ref ids);
                AddType(property.Type, ref ids);
                foreach (var accessor in new[] { property.GetMethod, property.SetMethod }.OfType<IMethodSymbol>())
                    Add(accessor, ref ids);
            }
        }

        return ids is null ? default : ids.ToEquatableArray();
    }

    /// <summary>The ids for mentions of types alone.</summary>
    public static EquatableArray<string> OfTypes(IEnumerable<ITypeSymbol> types)
    {
        SortedSet<string>? ids = null;
        foreach (var type in types)
            AddType(type, ref ids);
        return ids is null ? default : ids.ToEquatableArray();
    }

    /// <summary>The ids, and those for mentions of constants.</summary>
    public static EquatableArray<string> And(EquatableArray<string> others, IEnumerable<IFieldSymbol> constants)
    {
        SortedSet<string>? ids = null;
        foreach (var constant in constants)
            Add(constant, ref ids);
        return ids is null ? others : ids.Union(others).OrderBy(static id => id, StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>Whether any mention is an error, which nothing suppresses: <c>[Obsolete("…", error: true)]</c>.</summary>
    public static bool IsForbidden(ISymbol symbol)
        => symbol.GetAttributes().Any(static attribute => attribute.AttributeClass.Is("System", "ObsoleteAttribute") && attribute.ConstructorArguments.Length == 2 && attribute.Argument(1) is true);

    // A type is mentioned with those around it and those that it is made of. Constants of enums are, where they are the default of a parameter.
    private static void AddType(ITypeSymbol type, ref SortedSet<string>? ids)
    {
        if (type is IArrayTypeSymbol array)
        {
            AddType(array.ElementType, ref ids);
            return;
        }

        for (var current = type as INamedTypeSymbol; current is not null; current = current.ContainingType)
        {
            Add(current, ref ids);
            foreach (var argument in current.TypeArguments)
                AddType(argument, ref ids);
        }

        if (type.TypeKind == TypeKind.Enum)
        {
            foreach (var constant in type.GetMembers().OfType<IFieldSymbol>())
                Add(constant, ref ids);
        }
    }

    // Converters, serializer contexts, upgrades: what our attributes name.
    private static void AddTypesOf(ISymbol symbol, ref SortedSet<string>? ids)
    {
        foreach (var attribute in symbol.GetAttributes().Where(static attribute => attribute.AttributeClass?.ContainingNamespace.Is(SymbolExtensions.OwnNamespace) == true))
        {
            foreach (var argument in attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(static named => named.Value)))
            {
                if (argument is { Kind: TypedConstantKind.Type, Value: ITypeSymbol named })
                    AddType(named, ref ids);
            }
        }
    }

    private static void Add(ISymbol symbol, ref SortedSet<string>? ids)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass.Is("System", "ObsoleteAttribute"))
            {
                ids ??= new SortedSet<string>(StringComparer.Ordinal);
                if (attribute.NamedArgument("DiagnosticId") is string id)
                    ids.Add(id);
                else
                    ids.UnionWith(["CS0612", "CS0618"]);
            }
            else if (attribute.AttributeClass.Is("System.Diagnostics.CodeAnalysis", "ExperimentalAttribute") && attribute.Argument(0) is string id)
            {
                (ids ??= new SortedSet<string>(StringComparer.Ordinal)).Add(id);
            }
        }
    }
}
