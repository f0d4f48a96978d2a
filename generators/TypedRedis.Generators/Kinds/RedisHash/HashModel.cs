using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>A model in a hash.</summary>
/// <param name="Names">The names of the emitted types.</param>
/// <param name="Members">The stored members, in the order of their fields.</param>
/// <param name="Construction">How an entity is made.</param>
/// <param name="Expires">The declared expiry.</param>
/// <param name="SeesInternals">Whether the assembly sees the runtime's internals, as its tests do: then an override of <c>protected internal</c> must say both words.</param>
/// <param name="Indexes">The indexes.</param>
/// <param name="Evolution">Its version.</param>
internal sealed record HashModel(
    ModelIdentity Identity,
    KeyModel HashKey,
    HashNames Names,
    EquatableArray<MemberModel> Members,
    ConstructionModel Construction,
    Expiry? Expires,
    string StoreModifier,
    bool SeesInternals,
    IndexSet Indexes,
    Evolution Evolution)
    : EntityModel(Identity, HashKey, Names.Qualified(Identity), Identity.Globalize(Names.Repository), StoreModifier)
{
    /// <summary>The index of the first member that every entity has, or -1.</summary>
    public int Presence { get; } = IndexOfFirst(Members, static member => !member.IsNullable);

    /// <summary>The index of the member that is the version, or -1.</summary>
    public int ConcurrencyToken { get; } = IndexOfFirst(Members, static member => member.Token != TokenType.None);

    public IEnumerable<int> Counters => IndexesOf(static member => member.Counter != CounterType.None);

    public IEnumerable<int> Nullable => IndexesOf(static member => member.IsNullable);

    private static int IndexOfFirst(EquatableArray<MemberModel> members, Func<MemberModel, bool> condition)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (condition(members[i]))
                return i;
        }

        return -1;
    }

    private IEnumerable<int> IndexesOf(Func<MemberModel, bool> condition)
        => Members.Select((member, index) => (member, index)).Where(item => condition(item.member)).Select(static item => item.index);
}

/// <summary>The names of the types that are emitted for a model in a hash, escaped.</summary>
internal sealed record HashNames(string Mapper, string Patch, string Repository, string Key)
{
    public static HashNames Of(string stem) => new($"{stem}Hash", $"{stem}Patch", $"{stem}Repository", $"{stem}Key");

    public EquatableArray<string> Qualified(ModelIdentity identity) => new[] { Key, Mapper, Patch, Repository }.Select(identity.Qualify).ToEquatableArray();
}
