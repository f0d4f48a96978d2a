using TypedRedis.Generators.Facets;

namespace TypedRedis.Generators.Model;

internal enum CounterType
{
    None,
    Int32,
    Int64,
}

/// <summary>A stored member: one field.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Property">The same, escaped.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Type">The property's type as emitted code writes it, with <c>?</c> where the value can be null.</param>
/// <param name="ReadableType">The type without <c>?</c>, for people and tools.</param>
/// <param name="Cref">The property in documentation comments.</param>
/// <param name="Local">Its local where it is written, if it can be null.</param>
/// <param name="IsNullable">Whether the value can be null, so that the field can be absent.</param>
/// <param name="IsReference">Whether the type is a reference type.</param>
/// <param name="Encoding">What stands in the field.</param>
/// <param name="Counter">Whether Redis counts it.</param>
internal sealed record MemberModel(
    string Name,
    string Property,
    string Field,
    string Type,
    string ReadableType,
    string Cref,
    string Local,
    bool IsNullable,
    bool IsReference,
    MemberEncoding Encoding,
    CounterType Counter)
{
    /// <summary>What an increment may lead to, where that is less than the type holds.</summary>
    public CounterBounds? Bounds { get; init; }

    /// <summary>Whether it is the version of its entity.</summary>
    public TokenType Token { get; init; }

    /// <summary>The names that its field had before, the latest first.</summary>
    public EquatableArray<string> FormerNames { get; init; }

    /// <summary>Whether the repository has atomic operations on it.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>What is done to the encoded value, if anything is.</summary>
    public Protection? Protection { get; init; }
}
