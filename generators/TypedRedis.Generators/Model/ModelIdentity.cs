using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Model;

/// <summary>The declared type as emitted code sees it.</summary>
/// <param name="Namespace">Its namespace, escaped; an empty string for the global one. Emitted types stand there too.</param>
/// <param name="Reference">The type from inside its namespace: <c>User</c>, <c>Outer.User</c>, <c>@class</c>.</param>
/// <param name="FullName">The type for people and tools: <c>Shop.Outer.User</c>.</param>
/// <param name="FileName">What the name of the emitted file begins with.</param>
/// <param name="Stem">What the names of emitted types begin with: <c>OuterUser</c>, or the attribute's <c>Name</c>.</param>
/// <param name="IsPublic">Whether other assemblies see the type.</param>
/// <param name="Suppressed">Ids of the warnings that mentioning the type or its members raises.</param>
internal sealed record ModelIdentity(string Namespace, string Reference, string FullName, string FileName, string Stem, bool IsPublic, EquatableArray<string> Suppressed)
{
    public string Modifier => IsPublic ? "public" : "internal";

    /// <summary>The type from anywhere.</summary>
    public string GlobalReference => Globalize(Reference);

    /// <summary>A type that is emitted for this one, from anywhere.</summary>
    public string Globalize(string name) => Namespace.Length == 0 ? "global::" + name : $"global::{Namespace}.{name}";

    /// <summary>The full name of an emitted type for people and tools.</summary>
    public string Qualify(string name) => Namespace.Length == 0 ? name : $"{Namespace.Replace("@", "")}.{name}";

    /// <summary>Reads the identity of a type that is to have code emitted; refuses types that cannot.</summary>
    public static ModelIdentity? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (Refusal(type) is { } reason)
        {
            context.Report(Rules.ModelShape, type.SourceLocation(), type.Name, reason);
            return null;
        }

        string stem = StemOf(type);
        if (attribute.NamedArgument("Name") is string name)
        {
            if (!Identifiers.IsValid(name))
            {
                context.Report(
                    Rules.EmittedName,
                    LiteralLocation.OfNamedArgument(attribute, "Name", context.CancellationToken),
                    type.Name,
                    name,
                    "it is no C# identifier; give a name such as \"Account\"");
                return null;
            }

            stem = name;
        }

        return Of(type, stem, Suppressions.Of(type));
    }

    /// <summary>The identity of a type whose declaration has errors, as far as it has one.</summary>
    public static ModelIdentity OfBroken(INamedTypeSymbol type, AttributeData attribute)
        => Of(type, attribute.NamedArgument("Name") is string name && Identifiers.IsValid(name) ? name : StemOf(type), suppressed: new string[0].ToEquatableArray());

    private static ModelIdentity Of(INamedTypeSymbol type, string stem, EquatableArray<string> suppressed)
    {
        string reference = Identifiers.Escape(type.Name);
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            reference = $"{Identifiers.Escape(outer.Name)}.{reference}";
        string fullName = TypeNames.ForPeople(type);
        return new ModelIdentity(TypeNames.Of(type.ContainingNamespace), reference, fullName, FileNames.Of(type, fullName), stem, IsVisibleOutside(type), suppressed);
    }

    private static string StemOf(INamedTypeSymbol type) => type.ContainingType is { } outer ? StemOf(outer) + type.Name : type.Name;

    private static string? Refusal(INamedTypeSymbol type)
    {
        if (type.IsValueType)
            return "it is a struct, and a missing entity could not be told from a default one; make it a class or a record";
        if (type.TypeKind != TypeKind.Class)
            return "it is no class; make it a class or a record";
        if (type.IsStatic)
            return "it is static; make it a class that can be constructed";
        if (type.IsAbstract)
            return "it is abstract, so that no instance can be made when it is read; put the attribute on a class that derives from it";

        for (var current = type; current is not null; current = current.ContainingType)
        {
            string what = ReferenceEquals(current, type) ? "it" : $"its containing type '{current.Name}'";
            if (current.Arity > 0)
                return $"{what} is generic, and one key template cannot serve every type argument; derive a non-generic class from it";
            if (current.IsFileLocal)
                return $"{what} is file-local, so that generated code cannot name it; make it internal";
            if (current.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
                return $"{what} is {(current.DeclaredAccessibility == Accessibility.Private ? "private" : "protected")}, so that generated code cannot name it; make it internal or public";
        }

        return null;
    }

    private static bool IsVisibleOutside(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.DeclaredAccessibility != Accessibility.Public)
                return false;
        }

        return true;
    }
}
