using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary><c>[RedisJson]</c>, and which serializer context writes what is written as JSON.</summary>
internal static class JsonFacet
{
    public const string Attribute = "RedisJsonAttribute";

    /// <summary>The context of a member: the attribute's, the assembly's, or null.</summary>
    public static string? ContextOfMember(AttributeData? facet, IPropertySymbol property, string model, AssemblyDefaults defaults, ParseContext context)
    {
        string owner = $"{model}.{property.Name}";
        return facet?.Argument(0) is ITypeSymbol own
            ? Reference(own, owner, () => LiteralLocation.OfArgument(facet, 0, context.CancellationToken), context)
            : ContextOfAssembly(owner, "[RedisJson(typeof(…))]", property.SourceLocation(), defaults, context);
    }

    /// <summary>The context of a model that is JSON as a whole: its attribute's <c>JsonContext</c>, the assembly's, or null.</summary>
    public static string? ContextOfModel(AttributeData kind, INamedTypeSymbol model, AssemblyDefaults defaults, ParseContext context)
        => kind.NamedArgument("JsonContext") is ITypeSymbol own
            ? Reference(own, model.Name, () => LiteralLocation.OfNamedArgument(kind, "JsonContext", context.CancellationToken), context)
            : ContextOfAssembly(model.Name, $"[{kind.AttributeClass!.Name.Replace("Attribute", "")}(…, JsonContext = typeof(…))]", model.SourceLocation(), defaults, context);

    private static string? ContextOfAssembly(string owner, string remedy, Location? location, AssemblyDefaults defaults, ParseContext context)
    {
        if (defaults.JsonContext is { } shared)
            return Reference(shared, owner, () => LiteralLocation.OfNamedArgument(defaults.Attribute, "JsonContext", context.CancellationToken), context);

        context.Report(Rules.JsonWithoutContext, location, owner, remedy);
        return null;
    }

    private static string? Reference(ITypeSymbol type, string owner, Func<Location> location, ParseContext context)
    {
        if (type.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return null;
        }

        string? reason =
            type is not INamedTypeSymbol named || !named.SelfAndBases().Skip(1).Any(static current => current.Is("System.Text.Json.Serialization", "JsonSerializerContext"))
                ? "it does not derive from System.Text.Json.Serialization.JsonSerializerContext"
            : named.IsUnboundGenericType || named.IsAbstract ? "it is generic or abstract, so that it has no Default instance"
            : named.IsFileLocal || !context.IsAccessible(named) ? "generated code cannot name it; make it internal or public"
            : null;
        if (reason is not null)
        {
            context.Report(Rules.JsonContext, location(), owner, TypeNames.ForPeople(type), reason);
            return null;
        }

        return type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat) + ".Default";
    }
}
