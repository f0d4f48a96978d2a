using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Parsing;

/// <summary>Finds the place of an attribute, of one of its arguments, and of a part of a string that an argument holds.</summary>
internal static class LiteralLocation
{
    /// <summary>The whole attribute.</summary>
    public static Location Of(AttributeData attribute, CancellationToken cancellationToken) => Location.None;

    /// <summary>The argument of a constructor's parameter, or the attribute where the argument is not written.</summary>
    public static Location OfArgument(AttributeData attribute, int index, CancellationToken cancellationToken) => Location.None;

    /// <summary>The value that is assigned to a property of the attribute, or the attribute where none is.</summary>
    public static Location OfNamedArgument(AttributeData attribute, string name, CancellationToken cancellationToken) => Location.None;

    /// <summary>A part of the string that an argument holds: inside the literal where it is one, else the whole argument.</summary>
    public static Location InArgument(AttributeData attribute, int index, int start, int length, CancellationToken cancellationToken) => Location.None;
}
