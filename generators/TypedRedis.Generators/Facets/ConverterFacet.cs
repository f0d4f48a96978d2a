using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary><c>[RedisConverter(typeof(C))]</c>: a member that a type of the user's writes and reads.</summary>
internal static class ConverterFacet
{
    public const string Attribute = "RedisConverterAttribute";

    /// <summary>The converter's type, or null where it does not fit.</summary>
    public static INamedTypeSymbol? Parse(AttributeData facet, IPropertySymbol property, ITypeSymbol type, string model, ParseContext context)
    {
        if (facet.Argument(0) is not ITypeSymbol { TypeKind: not TypeKind.Error } converter)
        {
            // typeof(null) or an unknown type: the compiler says so.
            context.Fail();
            return null;
        }

        string wanted = $"IRedisConverter<{TypeNames.ForPeople(type)}>";
        string? reason =
            converter is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsRefLikeType: false } named ? $"it must be a class or a struct that implements {wanted}"
            : named.IsUnboundGenericType ? "it is an open generic type; give its type arguments"
            : !named.AllInterfaces.Any(candidate => candidate.Is(SymbolExtensions.OwnNamespace, "IRedisConverter") && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type))
                ? $"it does not implement {wanted}"
            : named.IsFileLocal || !context.IsAccessible(named) ? "generated code cannot name it; make it internal or public"
            : null;
        if (reason is null)
            return (INamedTypeSymbol)converter;

        context.Report(Rules.ConverterFit, LiteralLocation.OfArgument(facet, 0, context.CancellationToken), model, property.Name, TypeNames.ForPeople(converter), reason);
        return null;
    }
}
