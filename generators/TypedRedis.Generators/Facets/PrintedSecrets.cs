using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary>Finds what the compiler's <c>ToString</c> of a record shows although it is encrypted in Redis.</summary>
internal static class PrintedSecrets
{
    private const string Remedy = "override ToString or PrintMembers, or make it a class";

    /// <summary>Reports an encrypted member of a record that shows it.</summary>
    /// <param name="type">The model or the projection.</param>
    /// <param name="property">Its member.</param>
    /// <param name="context">Who is told.</param>
    public static void CheckMember(INamedTypeSymbol type, IPropertySymbol property, ParseContext context)
    {
        if (Prints(type, property))
        {
            context.Report(
                Rules.PrintedSecret, property.SourceLocation() ?? type.SourceLocation(), type.Name, $"the member '{property.Name}', which is [Encrypted]", Remedy);
        }
    }

    /// <summary>Reports a record that is encrypted as a whole and shows any of its members.</summary>
    public static void CheckValue(INamedTypeSymbol type, AttributeData encrypted, ParseContext context)
    {
        if (ModelProperties.Of(type).Any(property => Prints(type, property)))
            context.Report(Rules.PrintedSecret, LiteralLocation.Of(encrypted, context.CancellationToken), type.Name, "its members, although it is [Encrypted]", Remedy);
    }

    // ToString calls PrintMembers, and that of a derived record calls that of its base, which prints what the base declares.
    private static bool Prints(INamedTypeSymbol type, IPropertySymbol property)
    {
        while (property.OverriddenProperty is { } overridden)
            property = overridden;
        if (!type.IsRecord || property.DeclaredAccessibility != Accessibility.Public || !IsCompilers(type, "ToString"))
            return false;

        foreach (var current in type.SelfAndBases())
        {
            if (!IsCompilers(current, "PrintMembers", declaredHere: true))
                return false;
            if (SymbolEqualityComparer.Default.Equals(current, property.ContainingType))
                return true;
        }

        return false;
    }

    // Of a method without parameters, or with a StringBuilder: the compiler's own in source, or in the metadata of another assembly.
    private static bool IsCompilers(INamedTypeSymbol type, string name, bool declaredHere = false)
    {
        foreach (var current in type.SelfAndBases())
        {
            foreach (var member in current.GetMembers(name))
            {
                if (member is IMethodSymbol { IsStatic: false, Arity: 0 } method && (method.Parameters.Length == 0) == (name == "ToString") && method.Parameters.Length < 2)
                    return method.IsImplicitlyDeclared || method.GetAttributes().Any(static attribute => attribute.AttributeClass.Is("System.Runtime.CompilerServices", "CompilerGeneratedAttribute"));
            }

            if (declaredHere)
                break;
        }

        return false;
    }
}
