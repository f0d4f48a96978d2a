using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.Trending;

/// <summary>A trend.</summary>
/// <param name="Item">What is ranked.</param>
/// <param name="HalfLife">After how long an interaction counts half.</param>
/// <param name="Negligible">The score below which a member is negligible.</param>
/// <param name="Interaction">The weights by the kind of interaction; null where all count alike.</param>
internal sealed record TrendModel(MeasureFacts Facts, ElementModel Item, Span HalfLife, double Negligible, InteractionModel? Interaction) : MeasureModel(Facts, Item);

/// <summary>The kind of interaction.</summary>
/// <param name="Property">Its property, escaped.</param>
/// <param name="Type">The enum as emitted code writes it.</param>
/// <param name="TypeName">The enum for people.</param>
/// <param name="Weights">The weight of each of its values.</param>
internal sealed record InteractionModel(string Property, string Type, string TypeName, EquatableArray<WeightModel> Weights);

/// <summary>The weight of a constant.</summary>
internal sealed record WeightModel(string Name, double Weight);
