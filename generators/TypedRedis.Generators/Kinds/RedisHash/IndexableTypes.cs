using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>Which members can be in an index, by their type and encoding.</summary>
internal static class IndexableTypes
{
    /// <summary>Why a member cannot be compared for equality and what to do, or null where it can.</summary>
    public static string? EqualityFault(ITypeSymbol type, EncodingKind encoding)
    {
        if (encoding is EncodingKind.Converter or EncodingKind.Parsable)
            return null;
        if (encoding == EncodingKind.Json)
            return "it is written as JSON, of which equal values have several texts; index a member that is written as plain text";
        if (encoding == EncodingKind.Bytes)
            return "it holds bytes; index a text of them, such as their hash in hexadecimal digits";
        if (type.Is("System", "Uri"))
            return "equal addresses have several texts; index a string";
        return SortOf(type, encoding) is "Double" or "Decimal" or "DateTime" or "DateTimeOffset"
            ? $"equal values of '{TypeNames.ForPeople(type)}' have several texts, so that it cannot be looked up by equality; make it the member that gives the order, with Sorted = true or as the last of a [RedisIndex]"
            : null;
    }

    /// <summary>Why a member cannot give the order and what to do, or null where it can.</summary>
    public static string? SortFault(ITypeSymbol type, EncodingKind encoding)
        => SortOf(type, encoding) is not null ? null
            : $"'{TypeNames.ForPeople(type)}' {(encoding is EncodingKind.Converter or EncodingKind.Json ? "in this encoding " : "")}has no order in an index; integers of at most 64 bits, floating-point numbers, decimals, dates and times have";

    /// <summary>The runtime's name of the order, or null where there is none.</summary>
    public static string? SortOf(ITypeSymbol type, EncodingKind encoding)
    {
        if (encoding is not (EncodingKind.Number or EncodingKind.RoundTrip) || !type.Is("System", type.Name))
            return null;

        return type.Name switch
        {
            "SByte" or "Byte" or "Int16" or "UInt16" or "Int32" or "UInt32" or "Int64" or "UInt64" => "Integer",
            "Half" or "Single" or "Double" => "Double",
            "Decimal" or "DateOnly" or "TimeOnly" or "TimeSpan" or "DateTime" or "DateTimeOffset" => type.Name,
            _ => null,
        };
    }

    /// <summary>The type of a collection's elements, without null; null where the type is no collection of one type.</summary>
    public static ITypeSymbol? ElementOf(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String)
            return null;
        if (type is IArrayTypeSymbol array)
            return array.Rank == 1 ? array.ElementType.WithoutNull() : null;

        var interfaces = type.AllInterfaces.Concat(type is INamedTypeSymbol { TypeKind: TypeKind.Interface } own ? [own] : []).ToArray();
        if (interfaces.Any(static candidate => candidate.Name is "IDictionary" or "IReadOnlyDictionary" && candidate.ContainingNamespace.Is("System.Collections.Generic")))
            return null;

        var enumerables = interfaces.Where(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T).ToArray();
        return enumerables.Length == 1 ? enumerables[0].TypeArguments[0].WithoutNull() : null;
    }

    /// <summary>Whether an element has one text in JSON, from which the index's own can be made.</summary>
    public static bool IsElement(ITypeSymbol type)
        => type.SpecialType == SpecialType.System_String || type.Is("System", "Guid") || type.Is("System", "DateOnly") || SortOf(type, EncodingKind.Number) == "Integer";
}
