using System.Globalization;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Model;

/// <summary>
/// The names of emitted files: the type's full name. The compiler tells files apart without regard to case, and refuses the whole run where two are alike; so a
/// type with a sibling that differs in case alone has a number of its own behind its name.
/// </summary>
internal static class FileNames
{
    public static string Of(INamedTypeSymbol type, string fullName) => HasTwin(type) ? $"{fullName}-{Hash(fullName).ToString("x8", CultureInfo.InvariantCulture)}" : fullName;

    // The twin may be the type's own, its containing type's, or its namespace's.
    private static bool HasTwin(INamedTypeSymbol type)
    {
        for (INamespaceOrTypeSymbol current = type; current.ContainingSymbol is INamespaceOrTypeSymbol container; current = container)
        {
            foreach (var sibling in container.GetMembers())
            {
                if (sibling is INamespaceOrTypeSymbol && sibling.Name.Equals(current.Name, StringComparison.OrdinalIgnoreCase) && sibling.Name != current.Name)
                    return true;
            }
        }

        return false;
    }

    // FNV-1a: the same in every run and on every machine.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = unchecked((hash ^ c) * 16777619);
        return hash;
    }
}
