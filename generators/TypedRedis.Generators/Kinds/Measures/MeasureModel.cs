using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>What models of all kinds that rank or count have.</summary>
/// <param name="Identity">The declared type.</param>
/// <param name="Key">The key.</param>
/// <param name="Names">The names of the emitted types.</param>
/// <param name="StoreModifier">The store's accessibility and a space; empty where the user's half of it says the accessibility.</param>
internal sealed record MeasureFacts(ModelIdentity Identity, KeyModel Key, MeasureNames Names, string StoreModifier);

/// <summary>A model that ranks or counts.</summary>
/// <param name="Facts">What all kinds have.</param>
/// <param name="Element">The member, for kinds that have one.</param>
internal abstract record MeasureModel(MeasureFacts Facts, ElementModel? Element)
    : EntityModel(Facts.Identity, Facts.Key, Facts.Names.Qualified(Facts.Identity), Facts.Identity.Globalize(Facts.Names.Store), Facts.StoreModifier);

/// <summary>The names of the types that are emitted, escaped.</summary>
internal sealed record MeasureNames(string Key, string Mapper, string Store)
{
    public static MeasureNames Of(string stem, string noun) => new($"{stem}{noun}Key", $"{stem}{noun}Mapper", stem + noun);

    public EquatableArray<string> Qualified(ModelIdentity identity) => new[] { Key, Mapper, Store }.Select(identity.Qualify).ToEquatableArray();
}
