namespace TypedRedis;

/// <summary>
/// Ranks members by a score, of all time and by calendar periods. The model's key parts stand in the template, the member is its <see cref="MemberAttribute"/> and the score
/// its <see cref="ScoreAttribute"/>. The generator emits <c>{Model}LeaderboardKey</c>, <c>{Model}LeaderboardMapper</c> and the store, <c>{Model}Leaderboard</c>, in the
/// model's namespace. All windows of a board share a cluster slot: where the template has no <c>{#Part}</c>, the whole key is its hash tag. <see cref="ExpiresAttribute"/>
/// gives the window of all time a time to live; with <c>Sliding</c> each submission starts it anew.
/// </summary>
/// <param name="template">The key template, such as <c>leaderboard:{Mode}</c>. See the page on keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LeaderboardAttribute(string template) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>
    /// The windows, each a ranking of its own: <c>PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week</c>. A submission changes all of them in one atomic step.
    /// Default: <see cref="PeriodUnits.AllTime"/>.
    /// </summary>
    public PeriodUnits Windows { get; set; } = PeriodUnits.AllTime;

    /// <summary>What becomes of a member's score when it is submitted again. Default: <see cref="LeaderboardMode.Best"/>.</summary>
    public LeaderboardMode Mode { get; set; }

    /// <summary>Who comes first of members with the same score. Default: <see cref="LeaderboardTies.Lexicographic"/>.</summary>
    public LeaderboardTies Ties { get; set; }

    /// <summary>The time zone whose midnight ends a day, such as <c>Europe/Berlin</c>. Minutes and hours are those of UTC in any case. Default: UTC.</summary>
    public string? TimeZone { get; set; }

    /// <summary>
    /// How long a window can be read after its period has ended: a duration such as <c>35d</c>, or <c>never</c> for windows that stay. Default: as long again as the period.
    /// </summary>
    public string? Retention { get; set; }

    /// <summary>How many of a member's last submissions <c>HistoryAsync</c> knows, from 0 to 10,000. Default: 0, none.</summary>
    public int History { get; set; }

    /// <summary>How long after its last submission a member's history stays: a duration, or <c>never</c>. Default: 90 days.</summary>
    public string HistoryRetention { get; set; } = "90d";

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }
}
