using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>How an index is asked. The names are those of the runtime's enum.</summary>
internal enum IndexKind
{
    Exact,
    Unique,
    Sorted,
}

/// <summary>The indexes of a model.</summary>
/// <param name="Indexes">In the order of the schema.</param>
/// <param name="Parts">The parts of the key that are members of indexes, in the order of the template.</param>
internal sealed record IndexSet(EquatableArray<IndexModel> Indexes, EquatableArray<IndexMember> Parts);

/// <summary>An index.</summary>
/// <param name="Handle">The repository's property, escaped.</param>
/// <param name="Name">Its name in keys.</param>
/// <param name="Kind">How it is asked.</param>
/// <param name="Members">Its members in the declared order.</param>
/// <param name="Sort">What the last member of a sorted index is, by the runtime's name.</param>
/// <param name="IsCollection">Whether its member is a collection, with an entry per element.</param>
/// <param name="HashTag">The field of the member that is the key's hash tag, so that the index stands in the slot of its entities; or -1.</param>
internal sealed record IndexModel(string Handle, string Name, IndexKind Kind, EquatableArray<IndexMember> Members, string? Sort, bool IsCollection, int HashTag)
{
    public bool SharesSlot => HashTag >= 0;

    /// <summary>The members that are compared for equality.</summary>
    public IReadOnlyList<IndexMember> Equality => [.. Members.Take(Members.Count - (Kind == IndexKind.Sorted ? 1 : 0))];
}

/// <summary>A member of an index, or an element of it where it is a collection.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Property">The same, escaped.</param>
/// <param name="Field">The index of its field; parts of the key are counted behind the fields.</param>
/// <param name="Type">The type of what is looked for, as emitted code writes it, without null.</param>
/// <param name="TupleElement">The name of its element of a tuple of several members, or null where C# refuses the name.</param>
/// <param name="Cref">The property in documentation comments.</param>
/// <param name="Encoding">How a value stands in the index.</param>
/// <param name="Format">The format of a part of the key whose text holds less than the value: what is looked for is cut to it. Else null.</param>
internal sealed record IndexMember(string Name, string Property, int Field, string Type, string? TupleElement, string Cref, MemberEncoding Encoding, string? Format = null);
