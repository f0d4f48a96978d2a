using System.Globalization;
using TypedRedis.Integration.Tests.ModelBased;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>Random operations on some boards and on <see cref="LeaderboardTruth"/>, whose answers must be the same, while time goes on from boundary to boundary.</summary>
internal sealed class LeaderboardRun<TBoard>
    where TBoard : IBoard
{
    private static readonly string[] Players = ["", "a", "b", "a:b", "{x}", "ü", "\u00ff", "10", "9", "\uffee", "𝄞", "*", "z"];

    // Berlin: the week 53 of 2020 and the year's end; a leap day; the clocks forward and back.
    private static readonly DateTimeOffset[] Starts =
    [
        Utc(2020, 12, 27, 22), Utc(2020, 12, 31, 22), Utc(2021, 1, 3, 22), Utc(2024, 2, 28, 22), Utc(2021, 3, 27, 22), Utc(2021, 10, 30, 21), Utc(2026, 11, 21, 14),
    ];

    private readonly LeaderboardSchema _schema = TBoard.Schema;
    private readonly HandClock _clock;
    private readonly Random _random;
    private readonly int _seed;
    private readonly Board<TBoard> _store;
    private readonly (PlayLeaderboardKey Key, LeaderboardTruth Truth)[] _boards;
    private readonly Queue<string> _log = new();
    private PlayLeaderboardKey _key;
    private LeaderboardTruth _truth = null!;

    public LeaderboardRun(RedisContext redis, int worker)
    {
        _seed = Seeds.Of(worker);
        _random = new Random(_seed);
        _clock = new HandClock(Starts[_random.Next(Starts.Length)]);
        _store = new Board<TBoard>(new RedisContext(redis.Connection, redis.Options with { TimeProvider = _clock }));
        _boards = [.. Enumerable.Range(0, 3).Select(i => (new PlayLeaderboardKey($"{worker}:{i}"), new LeaderboardTruth(_schema, () => _clock.Now)))];
    }

    public async Task RunAsync(int operations)
    {
        (int Weight, Func<Task> Step)[] steps =
        [
            (8, PassAsync), (20, SubmitAsync), (8, SubmitByKeyAsync), (8, SubmitAndRankAsync), (8, SubmitManyAsync), (4, RemoveAsync), (1, DeleteWindowAsync), (1, DeleteAsync), (3, MergeAsync),
            (8, PageAsync), (6, RankAsync), (4, RankManyAsync), (8, AroundAsync), (8, RangeAsync), (4, PercentileAsync), (4, ScoreAtAsync), (_schema.History > 0 ? 5 : 0, HistoryAsync),
        ];
        int total = steps.Sum(step => step.Weight);
        try
        {
            for (int i = 0; i < operations; i++)
            {
                (_key, _truth) = _boards[_random.Next(_boards.Length)];
                int choice = _random.Next(total);
                Func<Task> step = steps.First(one => (choice -= one.Weight) < 0).Step;
                Log(string.Create(CultureInfo.InvariantCulture, $"{i}. {step.Method.Name} of {_key} at {_clock.Now:o}"));
                await step().EndsAsync();
            }

            foreach (var (key, truth) in _boards)
            {
                foreach (Period period in truth.Kept())
                    Assert.Equal(truth.Ranking(period), await _store.TopAsync(key, 1000, period).EndsAsync());
            }
        }
        catch (Exception error)
        {
            throw new XunitException($"{typeof(TBoard)}, set {Seeds.Variable}={Seeds.Base} to repeat: {error}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    private static DateTimeOffset Utc(int year, int month, int day, int hour) => new(year, month, day, hour, 0, 0, TimeSpan.Zero);

    private Task PassAsync()
    {
        DateTime local = LeaderboardTruth.LocalOf(_clock.Now);
        DateTimeOffset midnight = _clock.Now + (local.Date.AddDays(1) - local);     // where clocks change that day, an hour beside it
        _clock.Now = _random.Next(6) switch
        {
            0 => _clock.Now + TimeSpan.FromMilliseconds(1),
            1 => _clock.Now + TimeSpan.FromHours(1),
            2 => midnight - TimeSpan.FromMilliseconds(1),
            3 => midnight,
            4 => _clock.Now + TimeSpan.FromDays(_random.Next(1, 9)),
            _ => midnight + TimeSpan.FromMinutes(30),
        };
        return Task.CompletedTask;
    }

    private async Task SubmitAsync()
    {
        var (player, points, at) = (NextPlayer(), NextPoints(), NextTime());
        bool changed = _truth.Submit([(player, points)], at, out _);
        Assert.Equal(changed, await _store.SubmitAsync(new Play(_key.Game, player, points), at));
    }

    private async Task SubmitByKeyAsync()
    {
        var (player, points) = (NextPlayer(), NextPoints());
        bool changed = _truth.Submit([(player, points)], null, out _);
        Assert.Equal(changed, await _store.SubmitAsync(_key, player, points));
    }

    private async Task SubmitAndRankAsync()
    {
        var (player, points, at) = (NextPlayer(), NextPoints(), NextTime());
        _truth.Submit([(player, points)], at, out _);
        var (period, until) = Pick([.. _truth.PeriodsOf(at ?? _clock.Now)]);
        LeaderboardEntry<string, long>? expected = until > _clock.Now ? _truth.Ranking(period).Single(one => one.Member == player) : null;
        Assert.Equal(expected, await _store.SubmitAndRankAsync(new Play(_key.Game, player, points), period.Unit, at));
    }

    private async Task SubmitManyAsync()
    {
        DateTimeOffset? at = NextTime();
        Play[] plays = [.. Enumerable.Range(0, _random.Next(25)).Select(_ => new Play(Pick(_boards).Key.Game, NextPlayer(), NextPoints()))];
        int expected = 0;
        foreach (var (key, truth) in _boards)
        {
            truth.Submit(plays.Where(play => play.Game == key.Game).Select(play => (play.Player, play.Points)), at, out int changed);
            expected += changed;
        }

        Assert.Equal(expected, await _store.SubmitManyAsync(plays, at));
    }

    private async Task RemoveAsync()
    {
        string player = NextPlayer();
        bool removed = _truth.Remove(player);
        Assert.Equal(removed, await _store.RemoveAsync(_key, player));
    }

    private async Task DeleteWindowAsync()
    {
        Period period = NextPeriod();
        bool deleted = _truth.Delete(period);
        Assert.Equal(deleted, await _store.DeleteAsync(_key, period));
    }

    private async Task DeleteAsync()
    {
        bool deleted = _truth.Delete();
        Assert.Equal(deleted, await _store.DeleteAsync(_key));
    }

    private async Task MergeAsync()
    {
        // As with times, none that is about to expire; and no sums that merges of merges make too large.
        Period period = NextPeriod();
        if (_truth.UntilOf(period) <= _clock.Now + TimeSpan.FromHours(1) || _boards.Any(board => board.Truth.Ranking(period).Any(one => Math.Abs(one.Score) > 1L << 50)))
            return;
        var sources = Enumerable.Range(0, _random.Next(4)).Select(_ => Pick(_boards)).ToArray();
        long count = _truth.Merge(sources.Select(source => source.Truth), period);
        Assert.Equal(count, await _store.MergeAsync(sources.Select(source => source.Key), _key, period));
    }

    private async Task PageAsync()
    {
        Period period = NextPeriod();
        var (skip, count) = (_random.Next(15), _random.Next(8));
        var ranking = _truth.Ranking(period);
        Assert.Equal(ranking.Skip(skip).Take(count), await _store.PageAsync(_key, skip, count, period));
        Assert.Equal(ranking.Take(count), await _store.TopAsync(_key, count, period));
        Assert.Equal(ranking.Length, await _store.CountAsync(_key, period));
    }

    private async Task RankAsync()
    {
        Period period = NextPeriod();
        string player = NextPlayer();
        Assert.Equal(Find(period, player), await _store.RankAsync(_key, player, period));
    }

    private async Task RankManyAsync()
    {
        Period period = NextPeriod();
        string[] players = [.. Enumerable.Range(0, _random.Next(6)).Select(_ => NextPlayer())];
        Assert.Equal(players.Select(player => Find(period, player)), await _store.RankManyAsync(_key, players, period));
    }

    private async Task AroundAsync()
    {
        Period period = NextPeriod();
        var (player, radius) = (NextPlayer(), _random.Next(6));
        var expected = Find(period, player) is { } found ? _truth.Ranking(period).Where(one => Math.Abs(one.Rank - found.Rank) <= radius) : [];
        Assert.Equal(expected, await _store.AroundAsync(_key, player, radius, period));
    }

    private async Task RangeAsync()
    {
        Period period = NextPeriod();
        long? from = _random.Next(3) == 0 ? null : NextPoints(), to = _random.Next(3) == 0 ? null : NextPoints();
        var (skip, count) = (_random.Next(4), _random.Next(6));
        var inside = _truth.Ranking(period).Where(one => !(one.Score < from) && !(one.Score > to)).ToArray();
        Assert.Equal(inside.Length, await _store.CountByScoreAsync(_key, from, to, period));
        Assert.Equal(inside.Skip(skip).Take(count), await _store.RangeByScoreAsync(_key, from, to, count, skip, period));
    }

    private async Task PercentileAsync()
    {
        Period period = NextPeriod();
        string player = NextPlayer();
        var ranking = _truth.Ranking(period);
        double? expected = null;
        if (Find(period, player) is { } found)
        {
            int equal = ranking.Count(one => one.Score == found.Score);
            int worse = ranking.Count(one => _schema.Mode == LeaderboardMode.Lowest ? one.Score > found.Score : one.Score < found.Score);
            expected = 100 * (worse + (equal / 2.0)) / ranking.Length;
        }

        double? actual = await _store.PercentileAsync(_key, player, period);
        Assert.Equal(expected is null, actual is null);
        Assert.Equal(expected ?? 0, actual ?? 0, 1e-12);
    }

    private async Task ScoreAtAsync()
    {
        Period period = NextPeriod();
        decimal percentile = _random.Next(3) == 0 ? _random.Next(101) : _random.Next(10_000_001) / 100_000m;
        var ranking = _truth.Ranking(period);
        long? expected = ranking.Length == 0 ? null : ranking[^Math.Max(1, (int)Math.Ceiling(percentile * ranking.Length / 100))].Score;
        Assert.Equal(expected, await _store.ScoreAtPercentileAsync(_key, percentile, period));
    }

    private async Task HistoryAsync()
    {
        var (player, count) = (NextPlayer(), _random.Next(7));
        Assert.Equal(_truth.History(player).Take(count), await _store.HistoryAsync(_key, player, count));
    }

    private LeaderboardEntry<string, long>? Find(Period period, string player)
        => _truth.Ranking(period).Where(one => one.Member == player).Select(one => (LeaderboardEntry<string, long>?)one).SingleOrDefault();

    private string NextPlayer() => Pick(Players);

    private long NextPoints() => _random.Next(8) switch { 0 => (1L << 30) + 1, 1 => -(1L << 30), _ => _random.Next(-3, 6) };

    // None that is about to expire: the keys do so by the server's clock, which runs.
    private DateTimeOffset? NextTime()
    {
        for (int i = 0; i < 20 && _random.Next(3) == 0; i++)
        {
            DateTimeOffset at = _clock.Now - TimeSpan.FromMinutes(_random.Next(-5, 60 * 24 * 80));
            if (_truth.PeriodsOf(at).All(one => one.Until <= _clock.Now || one.Until > _clock.Now + TimeSpan.FromHours(1)))
                return at;
        }

        return null;
    }

    // One that is kept: a relative one of now, or one with members.
    private Period NextPeriod()
    {
        Period[] kept = [.. _truth.Kept(), .. _truth.PeriodsOf(_clock.Now).Select(one => one.Period)];
        Period period = Pick(kept);
        Log($"   {period}");
        return period;
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 60)
            _log.Dequeue();
    }
}
