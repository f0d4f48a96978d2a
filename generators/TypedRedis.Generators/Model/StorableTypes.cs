using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Model;

/// <summary>Which types can be written as JSON and read back.</summary>
internal static class StorableTypes
{
    private const string Remedy = "; mark the member [RedisIgnore], or give it a [RedisConverter]";

    // Types that hold something of this process: a resource, code, a flow of control.
    private static readonly (string Namespace, string Name)[] OfThisProcess =
    [
        ("System", "Type"),
        ("System", "Exception"),
        ("System", "IServiceProvider"),
        ("System.IO", "Stream"),
        ("System.IO", "TextReader"),
        ("System.IO", "TextWriter"),
        ("System.Threading", "CancellationToken"),
        ("System.Threading.Tasks", "Task"),
        ("System.Threading.Tasks", "ValueTask"),
        ("System.Reflection", "MemberInfo"),
    ];

    // Attributes that tell the serializer which type to make for an interface or an abstract class.
    private static readonly string[] Polymorphism = ["JsonPolymorphicAttribute", "JsonDerivedTypeAttribute", "JsonConverterAttribute"];

    /// <summary>Why a type cannot be stored, or null where it can. With <c>[RedisJson]</c> on the member, the user vouches for what only seems unlikely to work.</summary>
    public static string? Refusal(ITypeSymbol type, bool isDeclaredJson)
    {
        if (type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer)
            return "a pointer means nothing outside this process" + Remedy;
        if (type.IsRefLikeType)
            return "a ref struct cannot be kept" + Remedy;
        if (type.TypeKind == TypeKind.Delegate)
            return "a delegate cannot be written" + Remedy;
        if (type.SpecialType == SpecialType.System_Object || type.TypeKind == TypeKind.Dynamic)
            return "what was written could not be read back as the type it had; give it a type" + Remedy;
        if (type is IArrayTypeSymbol { ElementType: var element })
            return Refusal(element, isDeclaredJson);

        foreach (var (@namespace, name) in OfThisProcess)
        {
            for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
            {
                if (current.Is(@namespace, name))
                    return "it belongs to this process and cannot be written" + Remedy;
            }
        }

        if (isDeclaredJson)
            return null;
        if (type.IsTupleType)
            return "JSON leaves the elements of a tuple out; make it a record, or mark the member [RedisJson] with a context whose options include fields";
        if ((type.TypeKind == TypeKind.Interface && !IsCollection(type)) || (type.IsAbstract && type.TypeKind == TypeKind.Class))
        {
            return IsPolymorphic(type) ? null
                : "no instance of it can be made when it is read; use a concrete type, tell the serializer the derived types with [JsonDerivedType], or mark the member [RedisJson] if your context knows what to make";
        }

        return null;
    }

    private static bool IsCollection(ITypeSymbol type)
        => type.ContainingNamespace.Is("System.Collections.Generic") || type.ContainingNamespace.Is("System.Collections.Immutable");

    private static bool IsPolymorphic(ITypeSymbol type)
        => type.ContainingNamespace.Is("System.Text.Json.Nodes")
            || type.GetAttributes().Any(static attribute =>
                attribute.AttributeClass is { } named && Array.IndexOf(Polymorphism, named.Name) >= 0 && named.ContainingNamespace.Is("System.Text.Json.Serialization"));
}
