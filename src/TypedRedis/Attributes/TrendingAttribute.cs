namespace TypedRedis;

/// <summary>
/// Ranks members by their interactions, of which each counts half as much after every <see cref="HalfLife"/>. The model's key parts stand in the template, the member is its
/// <see cref="MemberAttribute"/>; where it has an <see cref="InteractionAttribute"/>, interactions differ in weight. The generator emits <c>{Model}TrendKey</c>,
/// <c>{Model}TrendMapper</c> and the store, <c>{Model}Trend</c>, in the model's namespace.
/// </summary>
/// <param name="template">The key template, such as <c>trending:{Category}</c>. See the page on keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TrendingAttribute(string template) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>After how long an interaction counts half: a duration from <c>1s</c> to <c>3650d</c>. Required.</summary>
    public string? HalfLife { get; set; }

    /// <summary>Members whose score has fallen below this are negligible and are removed in the course of later interactions. More than 0, and at most the least weight. Default: 0.001.</summary>
    public double Negligible { get; set; } = 0.001;

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }
}
