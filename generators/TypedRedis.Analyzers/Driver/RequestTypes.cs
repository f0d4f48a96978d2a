using Microsoft.CodeAnalysis;

namespace TypedRedis.Analyzers.Driver;

/// <summary>Types that a web framework makes for a request: controllers, pages, hubs, components.</summary>
internal static class RequestTypes
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal) { "ControllerBase", "PageModel", "Hub", "ViewComponent", "IMiddleware", "ComponentBase" };

    public static bool Has(INamedTypeSymbol? type)
    {
        if (type is null)
            return false;

        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (IsOne(current))
                return true;
        }

        return type.AllInterfaces.Any(IsOne);
    }

    private static bool IsOne(INamedTypeSymbol type) => Names.Contains(type.Name) && type.ContainingNamespace?.ToDisplayString().StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) == true;
}
