using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.AtomicValue;

/// <summary>A model of one value per key.</summary>
/// <param name="Names">The names of the emitted types.</param>
/// <param name="Value">The member that is the value.</param>
/// <param name="Expires">The declared expiry.</param>
internal sealed record AtomicValueModel(
    ModelIdentity Identity,
    KeyModel ValueKey,
    AtomicValueNames Names,
    MemberModel Value,
    Expiry? Expires,
    string StoreModifier)
    : EntityModel(Identity, ValueKey, Names.Qualified(Identity), Identity.Globalize(Names.Store), StoreModifier);

/// <summary>The names of the types that are emitted for a model of one value, escaped.</summary>
internal sealed record AtomicValueNames(string Mapper, string Store, string Key)
{
    public static AtomicValueNames Of(string stem) => new($"{stem}ValueMapper", $"{stem}Value", $"{stem}ValueKey");

    public EquatableArray<string> Qualified(ModelIdentity identity) => new[] { Key, Mapper, Store }.Select(identity.Qualify).ToEquatableArray();
}
