using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Kinds;
using TypedRedis.Generators.Kinds.CacheAside;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>The key of a model, and where it is declared.</summary>
/// <param name="Model">The model.</param>
/// <param name="Template">Its template.</param>
/// <param name="Location">The template's place, or none where the model comes from another assembly.</param>
/// <param name="IsOfCache">Whether it is the key of a cache, which has a name by its template.</param>
internal sealed record DeclaredKey(INamedTypeSymbol Model, KeyTemplate Template, Location Location, bool IsOfCache = false)
{
    private const string TemplateParameter = "template";

    /// <summary>The templates of the keys that the model's store has besides.</summary>
    public IReadOnlyCollection<KeyTemplate> Beside { get; init; } = [];

    /// <summary>The position of the parameter that takes an attribute's template, or -1.</summary>
    public static int TemplateIndex(AttributeData attribute)
    {
        var parameters = attribute.AttributeConstructor?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty;
        for (int i = 0; i < parameters.Length; i++)
        {
            if (parameters[i] is { Name: TemplateParameter, Type.SpecialType: SpecialType.System_String })
                return i;
        }

        return -1;
    }

    public static DeclaredKey Of(INamedTypeSymbol model, AttributeData attribute, KeyTemplate template, CancellationToken cancellationToken)
        => new(model, template, LiteralLocation.InArgument(attribute, TemplateIndex(attribute), 0, template.Text.Length, cancellationToken), IsCache(attribute)) { Beside = BesideOf(model, attribute, template) };

    /// <summary>The keys of the models of referenced assemblies, which list them in <c>[assembly: RedisModelSchema]</c>.</summary>
    public static IEnumerable<DeclaredKey> OfReferences(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static reference => reference.Name == SymbolExtensions.OwnNamespace)))
                continue;

            var models = assembly.GetAttributes()
                .Where(static attribute => IsOurs(attribute) && attribute.AttributeClass!.Name == "RedisModelSchemaAttribute" && attribute.ConstructorArguments.Length > 0)
                .Select(static attribute => attribute.ConstructorArguments[0].Value)
                .OfType<INamedTypeSymbol>()
                .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default);
            foreach (var model in models)
            {
                foreach (var attribute in model.GetAttributes())
                {
                    if (IsOurs(attribute) && TemplateIndex(attribute) is var index and >= 0
                        && KeyTemplateParser.Parse(model, attribute, index, report: null, cancellationToken) is { } template)
                    {
                        var inRedis = EntityKind.Of(attribute)?.TagsKeys == true ? template.Tagged() : template;
                        yield return new DeclaredKey(model, inRedis, Location.None, IsCache(attribute)) { Beside = BesideOf(model, attribute, inRedis) };
                    }
                }
            }
        }
    }

    private static IReadOnlyCollection<KeyTemplate> BesideOf(INamedTypeSymbol model, AttributeData attribute, KeyTemplate template)
        => EntityKind.Of(attribute)?.KeysBeside(model, attribute, template).ToList() ?? [];

    private static bool IsCache(AttributeData attribute) => attribute.AttributeClass?.Name == CacheAsideKind.Attribute;

    private static bool IsOurs(AttributeData attribute)
        => attribute.AttributeClass?.ContainingNamespace.Is(SymbolExtensions.OwnNamespace) == true;
}
