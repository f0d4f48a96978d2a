using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;

namespace TypedRedis.Generators.Model;

/// <summary>Chooses the encoding of a member by its facets and its type.</summary>
internal static class EncodingParser
{
    /// <summary>The encoding, or null where the type cannot be stored.</summary>
    public static MemberEncoding? Parse(IPropertySymbol property, MemberFacets facets, string model, INamespaceSymbol? home, AssemblyDefaults defaults, ParseContext context)
    {
        var type = property.Type.WithoutNull();
        if (type.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return null;
        }

        if (facets.Converter is { } facet)
        {
            if (ConverterFacet.Parse(facet, property, type, model, context) is not { } converter)
                return null;
            string arguments = $"<{TypeNames.Of(converter, home)}, {TypeNames.Of(type, home)}>";
            return new MemberEncoding(EncodingKind.Converter, "WriteConverted" + arguments, "ReadConverted" + arguments);
        }

        if (facets.Json is null && OfScalar(type, FieldFacet.EnumAsNumber(facets.Field), home) is { } scalar)
            return scalar;

        if (facets.Json is null && ParsesItself(type))
            return new MemberEncoding(EncodingKind.Parsable, "WriteParsable", $"ReadParsable<{TypeNames.Of(type, home)}>");

        if (StorableTypes.Refusal(type, facets.Json is not null) is { } reason)
        {
            context.Report(Rules.MemberType, TypeLocation(property, context), model, property.Name, TypeNames.ForPeople(property.Type), reason);
            return null;
        }

        string? json = JsonFacet.ContextOfMember(facets.Json, property, model, defaults, context);
        return new MemberEncoding(EncodingKind.Json, "WriteJson", $"ReadJson<{TypeNames.Of(type, home)}>", json);
    }

    /// <summary>The encoding of a type that has one without JSON and without attributes, or null.</summary>
    public static MemberEncoding? OfType(ITypeSymbol type, INamespaceSymbol? home)
        => OfScalar(type, enumAsNumber: false, home)
            ?? (ParsesItself(type) ? new MemberEncoding(EncodingKind.Parsable, "WriteParsable", $"ReadParsable<{TypeNames.Of(type, home)}>") : null);

    /// <summary>The encoding of a type that needs no facet and says nothing of itself, or null.</summary>
    public static MemberEncoding? OfScalar(ITypeSymbol type, bool enumAsNumber, INamespaceSymbol? home)
    {
        if (type.TypeKind != TypeKind.Enum)
            return BuiltIn(type);

        string method = enumAsNumber ? "EnumNumber" : "Enum";
        return new MemberEncoding(enumAsNumber ? EncodingKind.EnumNumber : EncodingKind.EnumName, "Write" + method, $"Read{method}<{TypeNames.Of(type, home)}>");
    }

    private static MemberEncoding? BuiltIn(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return new MemberEncoding(EncodingKind.Bytes, "Write", "ReadBytes");
        if (type.Is("System", "ReadOnlyMemory") && ((INamedTypeSymbol)type).TypeArguments[0].SpecialType == SpecialType.System_Byte)
            return new MemberEncoding(EncodingKind.Bytes, "Write", "ReadMemory");
        if (type.Is("System.Numerics", "BigInteger"))
            return new MemberEncoding(EncodingKind.Number, "Write", "ReadBigInteger");
        if (type is not INamedTypeSymbol { IsGenericType: false, ContainingType: null } || !type.ContainingNamespace.Is("System"))
            return null;

        EncodingKind? kind = type.Name switch
        {
            "String" or "Char" => EncodingKind.Text,
            "Boolean" => EncodingKind.Boolean,
            "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64" or "Int128" or "UInt128"
                or "Half" or "Single" or "Double" or "Decimal" => EncodingKind.Number,
            "Guid" or "DateOnly" or "TimeOnly" or "DateTime" or "DateTimeOffset" or "TimeSpan" or "Version" or "Uri" => EncodingKind.RoundTrip,
            _ => null,
        };
        return kind is { } found ? new MemberEncoding(found, "Write", "Read" + type.Name) : null;
    }

    // ISpanFormattable and ISpanParsable of itself.
    private static bool ParsesItself(ITypeSymbol type)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct) || type.IsRefLikeType)
            return false;

        bool formats = false, parses = false;
        foreach (var candidate in type.AllInterfaces)
        {
            formats |= candidate.Is("System", "ISpanFormattable");
            parses |= candidate.Is("System", "ISpanParsable") && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type);
        }

        return formats && parses;
    }

    private static Location? TypeLocation(IPropertySymbol property, ParseContext context)
    {
        foreach (var reference in property.DeclaringSyntaxReferences)
        {
            switch (reference.GetSyntax(context.CancellationToken))
            {
                case Microsoft.CodeAnalysis.CSharp.Syntax.PropertyDeclarationSyntax declaration:
                    return declaration.Type.GetLocation();
                case Microsoft.CodeAnalysis.CSharp.Syntax.ParameterSyntax { Type: { } type }:
                    return type.GetLocation();
            }
        }

        return property.SourceLocation();
    }
}
