using System.Globalization;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>A board in memory: what the store has to say, by other means.</summary>
internal sealed class LeaderboardTruth(LeaderboardSchema schema, Func<DateTimeOffset> now)
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private readonly Dictionary<Period, Window> _windows = [];
    private readonly Dictionary<string, List<LeaderboardScore<long>>> _histories = [];

    private sealed class Window
    {
        public Dictionary<string, (long Score, long Arrival)> Members { get; } = [];

        public long Arrivals { get; set; }
    }

    public static DateTime LocalOf(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Berlin).DateTime;

    /// <summary>The periods of a time, and until when they are kept.</summary>
    public IEnumerable<(Period Period, DateTimeOffset Until)> PeriodsOf(DateTimeOffset at)
    {
        DateTime local = LocalOf(at);
        DateTime month = new(local.Year, local.Month, 1), monday = ISOWeek.ToDateTime(ISOWeek.GetYear(local), ISOWeek.GetWeekOfYear(local), DayOfWeek.Monday);
        if (schema.Units.HasFlag(PeriodUnits.Day))
            yield return (Period.Day(local.Year, local.Month, local.Day), Kept(local.Date.AddDays(1)));
        if (schema.Units.HasFlag(PeriodUnits.Week))
            yield return (Period.Week(ISOWeek.GetYear(local), ISOWeek.GetWeekOfYear(local)), Kept(monday.AddDays(7)));
        if (schema.Units.HasFlag(PeriodUnits.Month))
            yield return (Period.Month(local.Year, local.Month), Kept(month.AddMonths(1)));
        yield return (Period.AllTime, DateTimeOffset.MaxValue);

        // Berlin's clocks never change at midnight.
        DateTimeOffset Kept(DateTime midnight) => new DateTimeOffset(midnight, Berlin.GetUtcOffset(midnight)) + schema.Retention!.Value;
    }

    public bool Submit(IEnumerable<(string Member, long Score)> scores, DateTimeOffset? at, out int changed)
    {
        // Those of one member are joined; of equal scores the one is first whose last submission that counted was.
        var all = scores.ToArray();
        var joined = new Dictionary<string, (long Score, int Decided)>();
        for (int i = 0; i < all.Length; i++)
        {
            var (member, score) = all[i];
            if (!joined.TryGetValue(member, out var before))
                joined[member] = (score, i);
            else if (Settle(before.Score, score) is { } after)
                joined[member] = (after, i);
            if (schema.History > 0)
            {
                if (!_histories.TryGetValue(member, out var history))
                    _histories.Add(member, history = []);
                history.Insert(0, new(score, DateTimeOffset.FromUnixTimeMilliseconds((at ?? now()).ToUnixTimeMilliseconds())));
                if (history.Count > schema.History)
                    history.RemoveAt(schema.History);
            }
        }

        var different = new HashSet<string>();
        foreach (var (period, until) in PeriodsOf(at ?? now()))
        {
            if (until <= now())
                continue;
            if (!_windows.TryGetValue(period, out Window? window))
                _windows.Add(period, window = new());
            foreach (var (member, (score, _)) in joined.OrderBy(one => one.Value.Decided))
            {
                if (Put(window, member, score, window.Arrivals + 1))
                {
                    window.Arrivals++;
                    different.Add(member);
                }
            }
        }

        changed = different.Count;
        return changed > 0;
    }

    public bool Remove(string member)
    {
        bool removed = false;
        foreach (Period period in Kept())
        {
            removed |= _windows[period].Members.Remove(member);
            if (_windows[period].Members.Count == 0)
                _windows.Remove(period);
        }

        _histories.Remove(member);
        return removed;
    }

    public bool Delete(Period period) => _windows.Remove(period);

    public bool Delete()
    {
        Period[] kept = [.. Kept()];
        bool deleted = kept.Length > 0 || _histories.Count > 0;
        foreach (Period period in kept)
            _windows.Remove(period);
        _histories.Clear();
        return deleted;
    }

    public long Merge(IEnumerable<LeaderboardTruth> sources, Period period)
    {
        var union = new Window();
        foreach (LeaderboardTruth source in sources)
        {
            if (!source._windows.TryGetValue(period, out Window? window))
                continue;
            foreach (var (member, (score, arrival)) in window.Members)
                Put(union, member, score, union.Arrivals + arrival);
            union.Arrivals += window.Arrivals;
        }

        _windows[period] = union;
        if (union.Members.Count == 0)
            _windows.Remove(period);
        return union.Members.Count;
    }

    /// <summary>The ranking, the first first.</summary>
    public LeaderboardEntry<string, long>[] Ranking(Period period)
    {
        if (!_windows.TryGetValue(period, out Window? window))
            return [];
        int sign = schema.Mode == LeaderboardMode.Lowest ? 1 : -1;
        var sorted = window.Members.ToList();
        sorted.Sort((left, right) =>
        {
            int order = sign * left.Value.Score.CompareTo(right.Value.Score);
            if (order != 0)
                return order;
            return schema.Ties == LeaderboardTies.FirstArrival ? left.Value.Arrival.CompareTo(right.Value.Arrival) : sign * BoardServer.Compare(left.Key, right.Key);
        });
        return [.. sorted.Select((one, i) => new LeaderboardEntry<string, long>(i + 1, one.Key, one.Value.Score))];
    }

    public IEnumerable<LeaderboardScore<long>> History(string member) => _histories.GetValueOrDefault(member) ?? [];

    /// <summary>The periods that are kept and have members.</summary>
    public IEnumerable<Period> Kept() => _windows.Keys.Where(IsKept).ToArray();

    /// <summary>Until when a period is kept.</summary>
    public DateTimeOffset UntilOf(Period period)
        => period == Period.AllTime ? DateTimeOffset.MaxValue : PeriodsOf(new DateTimeOffset(period.Start.AddHours(12), TimeSpan.Zero)).Single(one => one.Period == period).Until;

    private bool IsKept(Period period) => UntilOf(period) > now();

    private bool Put(Window window, string member, long score, long arrival)
    {
        long? after = window.Members.TryGetValue(member, out var before) ? Settle(before.Score, score) : score;
        if (after is not { } settled)
            return false;
        window.Members[member] = (settled, arrival);
        return true;
    }

    // The score after a submission, or null where it stays.
    private long? Settle(long before, long score) => schema.Mode switch
    {
        LeaderboardMode.Best => score > before ? score : null,
        LeaderboardMode.Lowest => score < before ? score : null,
        LeaderboardMode.Latest => score != before ? score : null,
        _ => score != 0 ? before + score : null,
    };
}
