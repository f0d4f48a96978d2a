using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Parsing;

/// <summary>Which types can stand in a key.</summary>
internal static class PartTypes
{
    private const string Allowed = "use a string, an integer, char, bool, Guid, an enum, DateOnly or TimeOnly, or a DateTime or DateTimeOffset with a format";

    /// <summary>What kind of part a property of a type is, or why it is none and what to use.</summary>
    public static PartKind? KindOf(ITypeSymbol type, INamedTypeSymbol model, out string fault)
    {
        fault = "";
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            fault = $"a key part is never null: make it '{Names.Of(nullable.TypeArguments[0])}'";
            return null;
        }

        if (type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated && type.SpecialType == SpecialType.System_String)
        {
            fault = "a key part is never null: make it 'string'";
            return null;
        }

        if (type.TypeKind == TypeKind.Enum)
        {
            if (IsVisible(type, IsPublic(model)))
                return PartKind.Enum;

            fault = IsPublic(model)
                ? "the key is public, as its model is, and could not show it: make the enum public"
                : "the key could not show it: make the enum internal or public, and move it out of the file or the private type it stands in";
            return null;
        }

        var kind = OfSpecial(type.SpecialType) ?? OfName(type);
        if (kind is null)
            fault = FaultOf(type);
        return kind;
    }

    public static bool IsInteger(this PartKind kind) => kind is >= PartKind.SByte and <= PartKind.UInt128;

    private static PartKind? OfSpecial(SpecialType type) => type switch
    {
        SpecialType.System_String => PartKind.String,
        SpecialType.System_SByte => PartKind.SByte,
        SpecialType.System_Byte => PartKind.Byte,
        SpecialType.System_Int16 => PartKind.Int16,
        SpecialType.System_UInt16 => PartKind.UInt16,
        SpecialType.System_Int32 => PartKind.Int32,
        SpecialType.System_UInt32 => PartKind.UInt32,
        SpecialType.System_Int64 => PartKind.Int64,
        SpecialType.System_UInt64 => PartKind.UInt64,
        SpecialType.System_Char => PartKind.Char,
        SpecialType.System_Boolean => PartKind.Boolean,
        SpecialType.System_DateTime => PartKind.DateTime,
        _ => null,
    };

    private static PartKind? OfName(ITypeSymbol type) => SystemName(type) switch
    {
        "Int128" => PartKind.Int128,
        "UInt128" => PartKind.UInt128,
        "Guid" => PartKind.Guid,
        "DateOnly" => PartKind.DateOnly,
        "TimeOnly" => PartKind.TimeOnly,
        "DateTimeOffset" => PartKind.DateTimeOffset,
        _ => null,
    };

    private static string FaultOf(ITypeSymbol type)
    {
        switch (type.SpecialType)
        {
            case SpecialType.System_Decimal:
                return "1.0 and 1.00 are equal but would be two keys: use a long of the smallest unit, or a string";
            case SpecialType.System_Single or SpecialType.System_Double:
                return "0.0 and -0.0 are equal but would be two keys: use an integer, or a string";
            case SpecialType.System_IntPtr or SpecialType.System_UIntPtr:
                return "its size depends on the process: use a long or a ulong";
        }

        return SystemName(type) switch
        {
            "Half" => "0.0 and -0.0 are equal but would be two keys: use an integer, or a string",
            "TimeSpan" => "there is no one text for it: use a long of its seconds, milliseconds or ticks",
            "Uri" => "equal addresses can have different texts: use a string",
            "Version" => "1.0 and 1.0.0 differ although most mean the same by them: use a string",
            _ => type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } ? "bytes are no text: use a string of their hexadecimal digits" : Allowed,
        };
    }

    private static string? SystemName(ITypeSymbol type)
        => type is INamedTypeSymbol { Arity: 0, ContainingType: null, ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } ? type.Name : null;

    private static bool IsPublic(INamedTypeSymbol type) => IsVisible(type, publicly: true);

    private static bool IsVisible(ITypeSymbol type, bool publicly)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            bool visible = current.DeclaredAccessibility == Accessibility.Public
                || (!publicly && current.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal);
            if (!visible || current is INamedTypeSymbol { IsFileLocal: true })
                return false;
        }

        return true;
    }
}
