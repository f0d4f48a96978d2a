using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisString;

/// <summary>A model in a string.</summary>
/// <param name="Names">The names of the emitted types.</param>
/// <param name="JsonContext">The serializer context's instance, where the user named one.</param>
/// <param name="Protection">What is done to the encoded value, if anything is.</param>
/// <param name="Expires">The declared expiry.</param>
internal sealed record StringModel(
    ModelIdentity Identity,
    KeyModel StringKey,
    StringNames Names,
    string? JsonContext,
    Protection? Protection,
    Expiry? Expires,
    string StoreModifier)
    : EntityModel(Identity, StringKey, Names.Qualified(Identity), Identity.Globalize(Names.Repository), StoreModifier);

/// <summary>The names of the types that are emitted for a model in a string, escaped.</summary>
internal sealed record StringNames(string Mapper, string Repository, string Key)
{
    public static StringNames Of(string stem) => new($"{stem}String", $"{stem}Repository", $"{stem}Key");

    public EquatableArray<string> Qualified(ModelIdentity identity) => new[] { Key, Mapper, Repository }.Select(identity.Qualify).ToEquatableArray();
}
