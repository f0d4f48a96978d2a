using System.Text;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Emit;

/// <summary>
/// Writes types as emitted files name them: bare where they stand in the file's own namespace, behind an alias (<c>SYS::TimeSpan</c>) for the
/// namespaces that every file uses, and else in full. Nothing in the user's code can shadow such a name.
/// </summary>
internal static class TypeNames
{
    /// <summary>The aliases, longest namespace first. A file declares those that it uses.</summary>
    public static readonly (string Alias, string Namespace)[] Aliases =
    [
        ("GEN", "System.Collections.Generic"),
        ("SER", "StackExchange.Redis"),
        ("THR", "System.Threading"),
        ("DI", "Microsoft.Extensions.DependencyInjection"),
        ("TR", "TypedRedis"),
        ("SYS", "System"),
    ];

    private static readonly SymbolDisplayFormat Full = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat Readable = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat NamespaceName = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>The type as the emitted code of a namespace writes it. A <paramref name="home"/> of null never writes bare names.</summary>
    public static string Of(ITypeSymbol type, INamespaceSymbol? home)
    {
        // A T? of a generic base carries its mark along, but is no Nullable<T> where T is a value type.
        if (type.IsValueType)
            type = type.WithNullableAnnotation(NullableAnnotation.None);
        if (Keyword(type.SpecialType) is { } keyword)
            return type.NullableAnnotation == NullableAnnotation.Annotated ? keyword + "?" : keyword;

        var text = new StringBuilder();
        var parts = type.ToDisplayParts(Full);
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].ToString() != "global" || i + 1 == parts.Length || parts[i + 1].ToString() != "::")
            {
                text.Append(parts[i].ToString());
                continue;
            }

            // global::A.B.Type: from here to the last part of the namespace.
            INamespaceSymbol? @namespace = null;
            for (i += 2; parts[i].Kind == SymbolDisplayPartKind.NamespaceName; i += 2)
                @namespace = (INamespaceSymbol?)parts[i].Symbol;
            text.Append(Qualify(@namespace, home)).Append(parts[i].ToString());
        }

        return text.ToString();
    }

    /// <summary>A member as a documentation comment refers to it: by the type that declares it.</summary>
    public static string Cref(ISymbol member, INamespaceSymbol? home)
    {
        var definition = member.OriginalDefinition;
        return $"{Of(definition.ContainingType, home).Replace('<', '{').Replace('>', '}')}.{Identifiers.Escape(definition.Name)}";
    }

    /// <summary>The type as a person writes it, for messages, comments and the manifest.</summary>
    public static string ForPeople(ITypeSymbol type)
        => type.NullableAnnotation != NullableAnnotation.Annotated && Keyword(type.SpecialType) is { } keyword ? keyword : type.ToDisplayString(Readable);

    /// <summary>The namespace with keywords escaped, or an empty string for the global one.</summary>
    public static string Of(INamespaceSymbol @namespace) => @namespace.IsGlobalNamespace ? "" : @namespace.ToDisplayString(NamespaceName);

    /// <summary>What stands before the name of a type of a namespace.</summary>
    public static string Qualify(INamespaceSymbol? @namespace, INamespaceSymbol? home)
    {
        if (@namespace is null or { IsGlobalNamespace: true })
            return home is { IsGlobalNamespace: true } ? "" : "global::";

        string name = Of(@namespace);
        if (home is not null && name == Of(home))
            return "";

        foreach (var (alias, aliased) in Aliases)
        {
            if (name == aliased)
                return alias + "::";
            if (name.StartsWith(aliased, StringComparison.Ordinal) && name[aliased.Length] == '.')
                return $"{alias}::{name.Substring(aliased.Length + 1)}.";
        }

        return $"global::{name}.";
    }

    private static string? Keyword(SpecialType type) => type switch
    {
        SpecialType.System_String => "string",
        SpecialType.System_Boolean => "bool",
        SpecialType.System_Char => "char",
        SpecialType.System_SByte => "sbyte",
        SpecialType.System_Byte => "byte",
        SpecialType.System_Int16 => "short",
        SpecialType.System_UInt16 => "ushort",
        SpecialType.System_Int32 => "int",
        SpecialType.System_UInt32 => "uint",
        SpecialType.System_Int64 => "long",
        SpecialType.System_UInt64 => "ulong",
        SpecialType.System_Single => "float",
        SpecialType.System_Double => "double",
        SpecialType.System_Decimal => "decimal",
        _ => null,
    };
}
