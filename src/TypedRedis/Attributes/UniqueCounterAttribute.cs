namespace TypedRedis;

/// <summary>
/// Estimates how many different members were seen in calendar periods and in ranges of them, by HyperLogLog: at most 12 KB per period, standard error 0.81 %. The model's key
/// parts stand in the template, the member is its <see cref="MemberAttribute"/>. The generator emits <c>{Model}UniqueCounterKey</c>, <c>{Model}UniqueCounterMapper</c> and the
/// store, <c>{Model}UniqueCounter</c>, in the model's namespace. All periods of a counter share a cluster slot: where the template has no <c>{#Part}</c>, the whole key is its
/// hash tag.
/// </summary>
/// <param name="template">The key template, such as <c>visitors:{Site}</c>. See the page on keys.</param>
/// <param name="units">The periods, one or several. Each addition changes all of them in one atomic step.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class UniqueCounterAttribute(string template, PeriodUnits units) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>The periods.</summary>
    public PeriodUnits Units { get; } = units;

    /// <summary>How long a count can be read after its period has ended: a duration such as <c>400d</c>, or <c>never</c> for counts that stay. Required, unless all that is counted is <see cref="PeriodUnits.AllTime"/>.</summary>
    public string? Retention { get; set; }

    /// <summary>The time zone whose midnight ends a day, such as <c>Europe/Berlin</c>. Minutes and hours are those of UTC in any case. Default: UTC.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }
}
