namespace TypedRedis;

/// <summary>
/// Stores one value per key, in a Redis string, and gives it atomic operations: set if absent, get and set, compare and set, increments. The model's key parts stand in the
/// template; its one other property is the value. The generator emits <c>{Model}ValueKey</c>, <c>{Model}ValueMapper</c> and the store, <c>{Model}Value</c>, in the model's
/// namespace.
/// </summary>
/// <param name="template">The key template, such as <c>stock:{Sku}</c>. See the page on keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class AtomicValueAttribute(string template) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The least value that an <see cref="int"/> or <see cref="long"/> may have. With a bound, <c>IncrementAsync</c> throws and changes nothing where the sum leaves it, the
    /// store also gets <c>TryIncrementAsync</c>, which answers null there, and no other operation writes a value outside. Default: that of the type.
    /// </summary>
    public long Minimum { get; set; } = long.MinValue;

    /// <summary>The largest value that an <see cref="int"/> or <see cref="long"/> may have; see <see cref="Minimum"/>. Default: that of the type.</summary>
    public long Maximum { get; set; } = long.MaxValue;
}
