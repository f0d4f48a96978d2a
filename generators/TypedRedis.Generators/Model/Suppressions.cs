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
        foreach (var current in type.SelfAndBases())
        {
            Add(current, ref ids);
            foreach (var member in current.GetMembers())
            {
                if (member is IPropertySymbol property)
                {
                    Add(property, ref ids);
                    Add(property.Type, ref ids);
                }
            }
        }

        return ids is null ? default : ids.ToEquatableArray();
    }

    /// <summary>The ids for mentions of types alone.</summary>
    public static EquatableArray<string> OfTypes(IEnumerable<ITypeSymbol> types)
    {
        SortedSet<string>? ids = null;
        foreach (var type in types)
        {
            Add(type, ref ids);
            foreach (var argument in type is INamedTypeSymbol named ? named.TypeArguments : ImmutableArray<ITypeSymbol>.Empty)
                Add(argument, ref ids);
        }

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
