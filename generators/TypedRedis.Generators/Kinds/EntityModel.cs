using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds;

/// <summary>What a kind read from one declaration: all that its emitted file depends on, comparable by value, without a symbol or a place in it.</summary>
/// <param name="Identity">The declared type.</param>
/// <param name="Key">The key, for kinds that have one.</param>
/// <param name="EmittedTypes">The full names of the types that are emitted.</param>
/// <param name="Store">The store to register for dependency injection, from anywhere; or null.</param>
/// <param name="StoreModifier">The store's accessibility and a space; empty where the user's half of it says the accessibility, or there is no store.</param>
internal abstract record EntityModel(ModelIdentity Identity, KeyModel? Key, EquatableArray<string> EmittedTypes, string? Store, string StoreModifier)
{
    public string FullName => Identity.FullName;
}
