using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.Projection;

/// <summary>A projection of a model in a hash.</summary>
/// <param name="Declarations">The partial declarations around the emitted members, outermost first.</param>
/// <param name="EntityName">The model's full name.</param>
/// <param name="Entity">The model as emitted code writes it.</param>
/// <param name="EntityKey">Its key, likewise.</param>
/// <param name="EntityMapper">Its mapper, likewise.</param>
/// <param name="Fields">The indexes of the model's fields, in the order in which the projection reads them, with their members' names.</param>
/// <param name="Construction">How a projection is made.</param>
internal sealed record ProjectionModel(
    ModelIdentity Identity,
    EquatableArray<string> Declarations,
    string EntityName,
    string Entity,
    string EntityKey,
    string EntityMapper,
    EquatableArray<(int Index, string Member)> Fields,
    ConstructionModel Construction)
    : EntityModel(Identity, Key: null, EmittedTypes: default, Store: null, StoreModifier: "");
