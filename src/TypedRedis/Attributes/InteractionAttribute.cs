namespace TypedRedis;

/// <summary>Marks the kind of an interaction of a <see cref="TrendingAttribute"/>: a property of an enum whose members all have a <see cref="WeightAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class InteractionAttribute : Attribute;

/// <summary>How much an interaction counts.</summary>
/// <param name="weight">A number above 0, at most 1,000,000,000,000.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class WeightAttribute(double weight) : Attribute
{
    /// <summary>How much it counts.</summary>
    public double Weight { get; } = weight;
}
