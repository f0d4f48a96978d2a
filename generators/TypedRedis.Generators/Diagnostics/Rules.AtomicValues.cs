using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <content>Atomic values.</content>
internal static partial class Rules
{
    /// <summary>model, what it has instead and what to do.</summary>
    public static readonly DiagnosticDescriptor AtomicValueMembers = Rule(
        "TR1060",
        "An atomic value is one property",
        "'{0}' must have one property besides the parts of its key, which is the value, but {1}");

    /// <summary>model, member, type, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor AtomicValueType = Rule(
        "TR1061",
        "The member cannot be an atomic value",
        "'{0}.{1}' is of type '{2}', which cannot be an atomic value: {3}");

    /// <summary>model, the name of the bound, member, type.</summary>
    public static readonly DiagnosticDescriptor AtomicValueBound = Rule(
        "TR1062",
        "Only an int or a long has bounds",
        "'{0}' declares a {1}, but Redis counts in 64-bit integers and its value '{2}' is of type '{3}': make it an 'int' or a 'long', or remove {1}");

    private static DiagnosticDescriptor[] OfAtomicValues => [AtomicValueMembers, AtomicValueType, AtomicValueBound];
}
