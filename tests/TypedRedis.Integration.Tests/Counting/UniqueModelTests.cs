using System.Globalization;
using System.Text.RegularExpressions;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Repositories;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>
/// Every operation on unique counts answers as sketches of sets of the members would, at times that the calendar makes hard. Which period a time is in
/// is computed here by the wall clock of Berlin alone.
/// </summary>
public sealed class UniqueModelTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    /// <summary>In Berlin: midnights of a year and of ISO week 53, of a leap day, of the days on which clocks go forward and back, of a month.</summary>
    private static readonly string[] Begins = ["2020-12-31T22:59:50Z", "2024-02-28T22:59:50Z", "2024-03-31T00:59:50Z", "2024-10-27T00:59:50Z", "2026-12-31T22:59:50Z", "2024-12-29T22:59:50Z"];

    [Fact]
    public async Task On_one_server()
    {
        RedisContext redis = fixture.NewContext();
        await RunAsync(redis);
        foreach (string key in await fixture.Server.KeysAsync(redis.Prefix))
            Assert.Equal(AllTime().IsMatch(key), await fixture.Server.TimeToLiveAsync(key) < 0);     // the one period that stays for ever
    }

    [Fact]
    public Task On_a_cluster() => RunAsync(ServerFixture.NewContext(cluster.Connection));

    private static Regex AllTime() => new(@"visits:\{w\d\}:\d$");

    private static Task RunAsync(RedisContext redis)
        => Task.WhenAll(Begins.Select((begin, worker) => Task.Run(() => new UniqueRun(redis, worker, DateTimeOffset.Parse(begin, CultureInfo.InvariantCulture)).RunAsync(IndexLoad.Operations(3000) / Begins.Length))));
}

internal sealed class UniqueRun
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly PeriodUnits[] Units = [PeriodUnits.Minute, PeriodUnits.Hour, PeriodUnits.Day, PeriodUnits.Week, PeriodUnits.Month, PeriodUnits.Year, PeriodUnits.AllTime];

    private readonly HandClock _clock;
    private readonly VisitCounter<EveryUnit>[] _counters;
    private readonly VisitKey[] _keys;
    private readonly Random _random;
    private readonly Dictionary<(VisitKey, string), HashSet<string>> _model = [];
    private readonly Queue<string> _log = new();
    private readonly IDatabase _database;
    private readonly RedisKey _sketch;
    private VisitKey _key;

    public UniqueRun(RedisContext redis, int worker, DateTimeOffset begin)
    {
        _clock = new(begin);
        _random = new(Seeds.Of(9700 + worker));
        (_database, _sketch) = (redis.Database, $"sketch:{worker}");
        _keys = [$"w{worker}/1", $"w{worker}/2", $"w{worker}/3"];
        _counters = [.. Enumerable.Range(0, 2).Select(_ => new VisitCounter<EveryUnit>(new(redis.Connection, redis.Options with { TimeProvider = _clock })))];
    }

    private VisitCounter<EveryUnit> Counter => _counters[_random.Next(_counters.Length)];

    public async Task RunAsync(int operations)
    {
        Func<Task>[] steps = [AddAsync, AddAsync, AddAsync, AddManyAsync, AddManyToOneAsync, CountAsync, CountAsync, CountRangeAsync, CountRangeAsync, RangeAsync, CountAcrossAsync, DeleteAsync, AdvanceAsync, AdvanceAsync];
        try
        {
            for (int i = 0; i < operations; i++)
            {
                _key = _keys[_random.Next(_keys.Length)];
                Func<Task> step = steps[_random.Next(steps.Length)];
                Log($"{i}. {step.Method.Name} of {_key} at {_clock.Now:O}");
                await step().EndsAsync();
            }
        }
        catch (Exception error)
        {
            throw new XunitException($"set {Seeds.Variable}={Seeds.Base} to repeat: {error.Message}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    // What the wall clock shows; a day that has an hour twice is one day all the same.
    private static Period PeriodOf(PeriodUnits unit, DateTimeOffset at)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Berlin).DateTime);
        return unit switch
        {
            PeriodUnits.Minute => Period.MinuteOf(at),
            PeriodUnits.Hour => Period.HourOf(at),
            PeriodUnits.Day => date,
            PeriodUnits.Week => Period.Week(ISOWeek.GetYear(date.ToDateTime(default)), ISOWeek.GetWeekOfYear(date.ToDateTime(default))),
            PeriodUnits.Month => Period.Month(date.Year, date.Month),
            PeriodUnits.Year => Period.Year(date.Year),
            _ => Period.AllTime,
        };
    }

    private HashSet<string> Set(VisitKey key, Period period) => _model.TryGetValue((key, $"{period}"), out var set) ? set : _model[(key, $"{period}")] = [];

    private void Add(VisitKey key, string visitor, DateTimeOffset at)
    {
        foreach (PeriodUnits unit in Units)
            Set(key, PeriodOf(unit, at)).Add(visitor);
    }

    private string Visitor() => string.Create(CultureInfo.InvariantCulture, $"ü:{_random.Next(400)}");

    private DateTimeOffset? At() => _random.Next(3) == 0 ? _clock.Now - TimeSpan.FromSeconds(_random.Next(_random.Next(2) == 0 ? 100 : 200_000)) : null;

    private async Task AddAsync()
    {
        var (visitor, at) = (Visitor(), At());
        bool isNew = Units.Any(unit => !Set(_key, PeriodOf(unit, at ?? _clock.Now)).Contains(visitor));
        Add(_key, visitor, at ?? _clock.Now);
        bool changed = await (_random.Next(2) == 0 ? Counter.AddAsync(new Visit(_key.Site, visitor), at) : Counter.AddAsync(_key, visitor, at));
        Assert.False(changed && !isNew);
    }

    private async Task AddManyAsync()
    {
        Visit[] visits = [.. Enumerable.Range(0, _random.Next(20)).Select(_ => new Visit(_keys[_random.Next(_keys.Length)].Site, Visitor()))];
        DateTimeOffset? at = At();
        foreach (Visit visit in visits)
            Add(visit.Site, visit.Visitor, at ?? _clock.Now);
        await Counter.AddManyAsync(visits, at);
    }

    private async Task AddManyToOneAsync()
    {
        string[] visitors = [.. Enumerable.Range(0, _random.Next(20) == 0 ? 300 : 3).Select(_ => Visitor())];
        DateTimeOffset? at = At();
        foreach (string visitor in visitors)
            Add(_key, visitor, at ?? _clock.Now);
        await Counter.AddManyAsync(_key, visitors, at);
    }

    private async Task CountAsync()
    {
        PeriodUnits unit = Units[_random.Next(Units.Length)];
        bool isRelative = unit != PeriodUnits.AllTime && _random.Next(2) == 0;
        Period now = PeriodOf(unit, _clock.Now);
        int ago = unit == PeriodUnits.AllTime ? 0 : _random.Next(3);
        await IsSketchOfAsync(Set(_key, ago == 0 ? now : now.Add(-ago)), await Counter.CountAsync(_key, isRelative ? Period.Ago(ago, unit) : ago == 0 ? now : now.Add(-ago)));
    }

    private (PeriodRange Range, Period[] Periods) Range()
    {
        PeriodUnits unit = Units[_random.Next(Units.Length - 1)];
        int count = _random.Next(1, unit == PeriodUnits.Minute ? 150 : 5);
        Period last = PeriodOf(unit, _clock.Now);
        Period[] periods = [.. Enumerable.Range(0, count).Select(i => last.Add(i + 1 - count))];
        return (_random.Next(2) == 0 ? PeriodRange.OfLast(count, unit) : new(periods[0], periods[^1]), periods);
    }

    private async Task CountRangeAsync()
    {
        var (range, periods) = Range();
        await IsSketchOfAsync([.. periods.SelectMany(period => Set(_key, period))], await Counter.CountAsync(_key, range));
    }

    private async Task RangeAsync()
    {
        var (range, periods) = Range();
        var counts = await Counter.RangeAsync(_key, range);
        Assert.Equal(periods, counts.Select(count => count.Period));
        foreach (PeriodCount count in counts)
            await IsSketchOfAsync(Set(_key, count.Period), count.Count);
    }

    private async Task CountAcrossAsync()
    {
        var (range, periods) = Range();
        VisitKey[] keys = [.. _keys.Take(_random.Next(4)), .. _keys.Take(1)];
        await IsSketchOfAsync([.. keys.SelectMany(key => periods.SelectMany(period => Set(key, period)))], await Counter.CountAcrossAsync(keys, range));
    }

    private async Task DeleteAsync()
    {
        Period period = PeriodOf(Units[_random.Next(Units.Length)], _clock.Now);
        bool isThere = Set(_key, period).Count > 0;
        Set(_key, period).Clear();
        Assert.Equal(isThere, await Counter.DeleteAsync(_key, period));
    }

    private Task AdvanceAsync()
    {
        _clock.Advance(TimeSpan.FromSeconds(_random.Next(10) == 0 ? _random.Next(30_000) : _random.Next(20)));
        return Task.CompletedTask;
    }

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 30)
            _log.Dequeue();
    }

    // A sketch depends on its members alone, not on how they came: one of the same members says the same, and is about right.
    private async Task IsSketchOfAsync(HashSet<string> expected, long actual)
    {
        long count = 0;
        if (expected.Count > 0)
        {
            await _database.HyperLogLogAddAsync(_sketch, [.. expected.Select(static visitor => (RedisValue)visitor)]);
            count = await _database.HyperLogLogLengthAsync(_sketch);
            await _database.KeyDeleteAsync(_sketch);
        }

        Assert.Equal(count, actual);
        Assert.InRange(count, (expected.Count * 0.95) - 3, (expected.Count * 1.05) + 3);
    }
}
