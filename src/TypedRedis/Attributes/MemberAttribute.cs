namespace TypedRedis;

/// <summary>
/// Marks what a model of a <see cref="LeaderboardAttribute"/>, <see cref="TrendingAttribute"/>, <see cref="UniqueCounterAttribute"/> or
/// <see cref="ActivityBitmapAttribute"/> ranks or counts: a player, an article, a visitor. Several make a composite, a tuple in the order of their declaration. Types as
/// for parts of keys. Of the model's other properties, the store keeps none.
/// </summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class MemberAttribute : Attribute;
