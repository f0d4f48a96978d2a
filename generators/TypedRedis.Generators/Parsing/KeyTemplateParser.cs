using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Parsing;

/// <summary>Reads key templates: <c>user:{Id}</c>, <c>cart:{#UserId}:items</c>, <c>board:{Mode}:{Day:yyyy-MM-dd}</c>.</summary>
internal static class KeyTemplateParser
{
    /// <summary>Reads the template that stands in an attribute's argument. Null where it cannot be used; <paramref name="report"/> is told why.</summary>
    public static KeyTemplate? Parse(
        INamedTypeSymbol model,
        AttributeData attribute,
        int argumentIndex,
        Action<Diagnostic>? report,
        CancellationToken cancellationToken) => null;
}
