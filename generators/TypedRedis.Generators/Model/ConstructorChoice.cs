using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;

namespace TypedRedis.Generators.Model;

/// <summary>How a property can be set.</summary>
internal enum PropertyAccess
{
    /// <summary>Nothing sets it: it is computed, and stored only where the constructor takes it.</summary>
    Computed,

    /// <summary>Only the constructor can set it: it is get-only, or its setter is out of reach.</summary>
    ConstructorOnly,

    /// <summary>It has a setter that emitted code can call.</summary>
    Settable,
}

/// <summary>The constructor that makes instances, and which property each of its parameters sets. Parameters and properties meet by name and type.</summary>
internal sealed class ConstructorChoice
{
    private ConstructorChoice(IMethodSymbol constructor, IPropertySymbol?[] properties)
    {
        Constructor = constructor;
        Properties = properties;
    }

    public IMethodSymbol Constructor { get; }

    /// <summary>The property of each parameter; null where the parameter is left to its default value.</summary>
    public IPropertySymbol?[] Properties { get; }

    /// <summary>Whether the constructor promises to set all <c>required</c> members.</summary>
    public bool SetsRequiredMembers => Constructor.GetAttributes().Any(static attribute => attribute.AttributeClass.Is("System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute"));

    /// <summary>Whether the constructor is that of a positional record or of a class with parameters behind its name: it has no body of its own.</summary>
    public bool IsPrimary => IsPrimaryConstructor(Constructor);

    public bool Feeds(IPropertySymbol property) => Array.Exists(Properties, candidate => SymbolEqualityComparer.Default.Equals(candidate, property));

    /// <summary>
    /// Chooses among the constructors that emitted code can call: the one that leaves no get-only property unset; among those the primary one, then the one
    /// with the fewest parameters.
    /// </summary>
    /// <param name="within">The type that the emitted code stands in, where it is not at the top level.</param>
    public static ConstructorChoice? Choose(INamedTypeSymbol type, IReadOnlyList<IPropertySymbol> properties, INamedTypeSymbol? within, ParseContext context)
    {
        ConstructorChoice? best = null;
        (int Unset, int Secondary, int Parameters) bestRank = default;
        string? refusal = null;
        var onlyByConstructor = properties.Where(property => AccessOf(property, within, context) == PropertyAccess.ConstructorOnly).ToArray();

        foreach (var constructor in type.InstanceConstructors)
        {
            if (IsCopyConstructor(constructor, type))
                continue;
            if (!context.IsAccessible(constructor, within))
            {
                refusal ??= "its constructor is out of reach of generated code; make it internal or public";
                continue;
            }

            if (Match(constructor, properties, out string? unmatched) is not { } matched)
            {
                refusal = $"the constructor's parameter '{unmatched}' is no stored member of the same name and type, and has no default value; add such a property, or a constructor without the parameter";
                continue;
            }

            var choice = new ConstructorChoice(constructor, matched);
            var rank = (onlyByConstructor.Count(property => !choice.Feeds(property)), choice.IsPrimary ? 0 : 1, constructor.Parameters.Length);
            if (best is null || rank.CompareTo(bestRank) < 0)
                (best, bestRank) = (choice, rank);
        }

        if (best is null)
            context.Report(Rules.NoConstructor, type.SourceLocation(), type.Name, refusal ?? "it has no constructor");
        return best;
    }

    public static PropertyAccess AccessOf(IPropertySymbol property, INamedTypeSymbol? within, ParseContext context)
    {
        if (property.FindSetter() is { } setter)
            return context.IsAccessible(setter, within) ? PropertyAccess.Settable : PropertyAccess.ConstructorOnly;

        return property.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(context.CancellationToken) is PropertyDeclarationSyntax declaration && IsAuto(declaration))
            ? PropertyAccess.ConstructorOnly
            : PropertyAccess.Computed;
    }

    /// <summary>Whether the property is <c>{ get; … }</c> without code of its own.</summary>
    public static bool IsAuto(PropertyDeclarationSyntax declaration)
        => declaration is { ExpressionBody: null, AccessorList: { } accessors }
            && !declaration.Modifiers.Any(SyntaxKind.PartialKeyword)
            && !declaration.Modifiers.Any(SyntaxKind.AbstractKeyword)
            && accessors.Accessors.All(static accessor => accessor is { Body: null, ExpressionBody: null });

    public static bool IsPrimaryConstructor(IMethodSymbol constructor)
        => constructor.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax() is TypeDeclarationSyntax);

    // A property that the parameter sets, in the order of the parameters, or null where a parameter must have a value and nothing gives it one.
    private static IPropertySymbol?[]? Match(IMethodSymbol constructor, IReadOnlyList<IPropertySymbol> properties, out string? unmatched)
    {
        var matched = new IPropertySymbol?[constructor.Parameters.Length];
        for (int i = 0; i < matched.Length; i++)
        {
            var parameter = constructor.Parameters[i];
            matched[i] = Find(parameter, properties, StringComparison.Ordinal) ?? Find(parameter, properties, StringComparison.OrdinalIgnoreCase);
            if (matched[i] is null && !parameter.IsOptional && !parameter.IsParams)
            {
                unmatched = parameter.Name;
                return null;
            }
        }

        unmatched = null;
        return matched;
    }

    private static IPropertySymbol? Find(IParameterSymbol parameter, IReadOnlyList<IPropertySymbol> properties, StringComparison comparison)
        => parameter.RefKind is RefKind.Ref or RefKind.Out
            ? null
            : properties.FirstOrDefault(property => property.Name.Equals(parameter.Name, comparison) && SymbolEqualityComparer.Default.Equals(property.Type, parameter.Type));

    private static bool IsCopyConstructor(IMethodSymbol constructor, INamedTypeSymbol type)
        => type.IsRecord && constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, type);
}
