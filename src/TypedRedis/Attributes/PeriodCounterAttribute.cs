namespace TypedRedis;

/// <summary>
/// Counts by calendar periods: views per day, requests per minute. The model's properties are the parts of its key. The generator emits <c>{Model}CounterKey</c>,
/// <c>{Model}CounterMapper</c> and the store, <c>{Model}Counter</c>, in the model's namespace. All periods of a counter share a cluster slot: where the template has no
/// <c>{#Part}</c>, the whole key is its hash tag.
/// </summary>
/// <param name="template">The key template, such as <c>views:{Page}</c>. See the page on keys.</param>
/// <param name="units">The periods that are counted, one or several. Each increment changes all of them in one atomic step.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PeriodCounterAttribute(string template, PeriodUnits units) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>The periods.</summary>
    public PeriodUnits Units { get; } = units;

    /// <summary>How long a count can be read after its period has ended: a duration such as <c>90d</c>, or <c>never</c> for counts that stay. Required, unless all that is counted is <see cref="PeriodUnits.AllTime"/>.</summary>
    public string? Retention { get; set; }

    /// <summary>The time zone whose midnight ends a day, such as <c>Europe/Berlin</c>. Minutes and hours are those of UTC in any case. Default: UTC.</summary>
    public string? TimeZone { get; set; }

    /// <summary>
    /// The least count of a period. With a bound, <c>IncrementAsync</c> throws and changes nothing where the count leaves it, and <c>TryIncrementAsync</c> answers null there.
    /// For counters of one unit. Default: that of <see cref="long"/>.
    /// </summary>
    public long Minimum { get; set; } = long.MinValue;

    /// <summary>The largest count of a period; see <see cref="Minimum"/>. Default: that of <see cref="long"/>.</summary>
    public long Maximum { get; set; } = long.MaxValue;

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }
}
