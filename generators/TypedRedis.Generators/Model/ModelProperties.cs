using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Model;

/// <summary>The properties of a model: public ones of the instance that can be read, those of base classes first.</summary>
internal static class ModelProperties
{
    /// <summary>An overriding property stands where the overridden one stood; one that hides another stands for itself.</summary>
    public static List<IPropertySymbol> Of(INamedTypeSymbol type)
    {
        var properties = new List<IPropertySymbol>();
        foreach (var current in type.SelfAndBases().Reverse())
        {
            foreach (var member in current.GetMembers())
            {
                if (member is not IPropertySymbol property || !IsMember(property))
                    continue;

                int hidden = properties.FindIndex(other => other.Name == property.Name);
                if (hidden >= 0 && property.IsOverride)
                {
                    properties[hidden] = property;
                    continue;
                }

                if (hidden >= 0)
                    properties.RemoveAt(hidden);
                properties.Add(property);
            }
        }

        return properties;
    }

    public static IPropertySymbol? Find(INamedTypeSymbol type, string name)
    {
        foreach (var current in type.SelfAndBases())
        {
            foreach (var member in current.GetMembers(name))
            {
                if (member is IPropertySymbol property && IsMember(property))
                    return property;
            }
        }

        return null;
    }

    public static bool IsMember(IPropertySymbol property)
        => property is { DeclaredAccessibility: Accessibility.Public, IsStatic: false, IsIndexer: false, RefKind: RefKind.None }
            && property.FindGetter() is { DeclaredAccessibility: Accessibility.Public };
}
