namespace TypedRedis;

/// <summary>
/// Makes an <see cref="int"/> or <see cref="long"/> member a counter: the repository gets <c>Increment{Member}Async</c>, and whole writes set the member
/// only when they create the entity, so that they never undo a concurrent increment. A patch may set it.
/// </summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class CounterAttribute : Attribute
{
    /// <summary>
    /// The least value that an increment may lead to. With a bound, the repository also gets <c>TryIncrement{Member}Async</c>, which changes nothing and answers null where
    /// <c>Increment{Member}Async</c> throws. Whole writes and patches are not bound. Default: that of the member's type.
    /// </summary>
    public long Minimum { get; set; } = long.MinValue;

    /// <summary>The largest value that an increment may lead to; see <see cref="Minimum"/>. Default: that of the member's type.</summary>
    public long Maximum { get; set; } = long.MaxValue;
}
