namespace TypedRedis;

/// <summary>
/// Records exactly which members were active in calendar periods, a bit for each, and answers how many were active in a period, in any or in all of several, and how many
/// came back. The model's key parts stand in the template, the member is its <see cref="MemberAttribute"/>: an integer from 0 to <see cref="MaxId"/>, which is the number of
/// its bit, or anything else, which the store numbers in the order of arrival. The generator emits <c>{Model}BitmapKey</c>, <c>{Model}BitmapMapper</c> and the store,
/// <c>{Model}Bitmap</c>, in the model's namespace. All periods share a cluster slot: where the template has no <c>{#Part}</c>, the whole key is its hash tag.
/// </summary>
/// <param name="template">The key template, such as <c>active:{App}</c>. See the page on keys.</param>
/// <param name="units">The periods, one or several. Each mark changes all of them in one atomic step.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityBitmapAttribute(string template, PeriodUnits units) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>The periods.</summary>
    public PeriodUnits Units { get; } = units;

    /// <summary>The largest id, from 0 to 4,294,967,294, or where ids are given by the store, one less than how many members there can be. A larger one is refused. Required.</summary>
    public long MaxId { get; set; } = -1;

    /// <summary>Whether integers, too, are numbered by the store, because they are not dense. Anything but an integer always is. Default: false.</summary>
    public bool MapIds { get; set; }

    /// <summary>How long a period can be read after it has ended: a duration such as <c>400d</c>, or <c>never</c> for bitmaps that stay. Required, unless all that is recorded is <see cref="PeriodUnits.AllTime"/>.</summary>
    public string? Retention { get; set; }

    /// <summary>The time zone whose midnight ends a day, such as <c>Europe/Berlin</c>. Minutes and hours are those of UTC in any case. Default: UTC.</summary>
    public string? TimeZone { get; set; }

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }
}
