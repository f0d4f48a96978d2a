using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Repositories;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>Bitmaps answer as sets would, in any order, over midnights, ISO week 53, changes of the clocks and a leap day.</summary>
public sealed class ActivityBitmapModelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task On_a_server()
    {
        RedisContext redis = fixture.NewContext();
        await ActivityBitmapRuns.RunAllAsync(redis, workers: 4, IndexLoad.Operations(2000));
        Assert.Empty(await Leftovers.OfAsync(fixture.Server, redis.Prefix));
    }
}

/// <summary>The same on a cluster.</summary>
public sealed class ActivityBitmapClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task On_a_cluster()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        await ActivityBitmapRuns.RunAllAsync(redis, workers: 3, IndexLoad.Operations(600));
        Assert.Empty(await Leftovers.OfAsync(cluster.Cluster, redis.Prefix));
    }
}

internal static class ActivityBitmapRuns
{
    private static readonly long[] Ids = [0, 1, 7, 8, 63, 4095, 63_999, 64_000, 64_001, 511_999, 512_000, 512_001, 1_023_999, 1_400_000, 1_999_999, 2_000_000];
    private static readonly string[] Visitors = ["", "a", "ü:{*}", "next", ":a", "7", "a,b", "\0", "g", "h", "i", "j", "k", "l"];
    private static readonly PeriodUnits[] Three = [PeriodUnits.Day, PeriodUnits.Week, PeriodUnits.Month];

    public static Task RunAllAsync(RedisContext redis, int workers, int operations) => Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => (worker % 3) switch
    {
        0 => new ActivityBitmapRun<Active, ActiveBitmapKey, long, ActiveBitmapMapper>(
            redis, worker, static context => new ActiveBitmap(context), static name => new(name), static (name, user) => new(name, user), Three, Ids).RunAsync(operations / workers),
        1 => new ActivityBitmapRun<Seen, SeenBitmapKey, string, SeenBitmapMapper>(
            redis, worker, static context => new SeenBitmap(context), static name => new(name), static (name, visitor) => new(name, visitor), Three, Visitors).RunAsync(operations / workers),
        _ => new ActivityBitmapRun<SmallActive, SmallActiveBitmapKey, int, SmallActiveBitmapMapper>(
            redis, worker, static context => new SmallActiveBitmap(context), static name => new(name), static (name, user) => new(name, user), [PeriodUnits.Day, PeriodUnits.Month],
            [0, 1, 2, 3, 500, 998, 999]).RunAsync(operations / workers),
    })));
}

/// <summary>Random operations on bitmaps and on sets, whose answers must be the same. A run has bitmaps and a clock of its own.</summary>
internal sealed class ActivityBitmapRun<TEntity, TKey, TMember, TMapper>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, IActivityBitmapMapper<TEntity, TKey, TMember>
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(400);

    private readonly Random _random;
    private readonly HandClock _clock;
    private readonly ActivityBitmapStore<TEntity, TKey, TMember, TMapper> _store;
    private readonly Func<string, TKey> _key;
    private readonly Func<string, TMember, TEntity> _entity;
    private readonly PeriodUnits[] _units;
    private readonly TMember[] _members;
    private readonly string[] _names;
    private readonly Dictionary<(string, Period), HashSet<TMember>> _active = [];
    private readonly HashSet<(string, TMember)> _numbered = [];
    private readonly Queue<string> _log = new();

    public ActivityBitmapRun(
        RedisContext redis, int worker, Func<RedisContext, ActivityBitmapStore<TEntity, TKey, TMember, TMapper>> store, Func<string, TKey> key, Func<string, TMember, TEntity> entity, PeriodUnits[] units, TMember[] members)
    {
        _random = new(Seeds.Of(worker));
        _clock = new(Berlin.At(Berlin.Turns[worker % Berlin.Turns.Length]));
        _store = store(redis.With(_clock));
        (_key, _entity, _units, _members) = (key, entity, units, members);
        _names = [$"{worker}:a", $"{worker}b"];
    }

    public async Task RunAsync(int operations)
    {
        Func<Task>[] steps = [MarkAsync, MarkAsync, MarkAsync, MarkAsync, MarkManyAsync, MarkManyAsync, IsActiveAsync, CountAsync, RangeAsync, CombineAsync, CombineAsync, RetentionAsync, CohortsAsync, ActiveAsync, RemoveAsync, DeleteAsync, AdvanceAsync];
        try
        {
            for (int i = 0; i < operations; i++)
            {
                Func<Task> step = steps[_random.Next(steps.Length)];
                Log($"{i}. {step.Method.Name} at {_clock.Now:u}");
                await step().EndsAsync();
            }
        }
        catch (Exception error)
        {
            throw new XunitException($"{typeof(TEntity).Name}, set {Seeds.Variable}={Seeds.Base} to repeat: {error.Message}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    private async Task MarkAsync()
    {
        var (name, member, at) = (Name(), Member(), Berlin.Moment(_clock.Now, _random));
        Log($"   {name} {member} at {at:u}");
        bool fresh = Mark(name, member, at);
        Assert.Equal(fresh, _random.Next(2) == 0 ? await _store.MarkAsync(_entity(name, member), at) : await _store.MarkAsync(_key(name), member, at));
    }

    private async Task MarkManyAsync()
    {
        (string Name, TMember Member)[] items = [.. Enumerable.Range(0, _random.Next(12)).Select(_ => (Name(), Member()))];
        DateTimeOffset? at = Berlin.Moment(_clock.Now, _random);
        bool[] fresh = [.. items.Select(item => Mark(item.Name, item.Member, at))];
        Assert.Equal(fresh, await _store.MarkManyAsync(items.Select(item => _entity(item.Name, item.Member)), at));
    }

    private async Task IsActiveAsync()
    {
        var (name, member, period) = (Name(), Member(), SomePeriod());
        Assert.Equal(Of(name, period).Contains(member), await _store.IsActiveAsync(_key(name), member, period));
    }

    private async Task CountAsync()
    {
        var (name, unit) = (Name(), _units[_random.Next(_units.Length)]);
        Assert.Equal(Of(name, Berlin.Of(unit, _clock.Now)).Count, await _store.CountAsync(_key(name), Period.Current(unit)));
        Period period = SomePeriod();
        Assert.Equal(Of(name, period).Count, await _store.CountAsync(_key(name), period));
    }

    private async Task RangeAsync()
    {
        var (name, periods) = (Name(), SomePeriods(40));
        Assert.Equal(periods.Select(period => new PeriodCount(period, Of(name, period).Count)), await _store.RangeAsync(_key(name), new(periods[0], periods[^1])));
    }

    private async Task CombineAsync()
    {
        var (name, periods) = (Name(), SomePeriods(_random.Next(4) == 0 ? 45 : 4));
        HashSet<TMember> any = [.. periods.SelectMany(period => Of(name, period))];
        PeriodRange range = new(periods[0], periods[^1]);
        Assert.Equal(any.Count, await _store.CountAnyAsync(_key(name), range));
        Assert.Equal(any.Count(member => periods.All(period => Of(name, period).Contains(member))), await _store.CountAllAsync(_key(name), range));
    }

    private async Task RetentionAsync()
    {
        var (name, cohort, later) = (Name(), SomePeriod(), SomePeriods(60));
        Same(Cohort(name, cohort, later), await _store.RetentionAsync(_key(name), cohort, new(later[0], later[^1])));
    }

    private async Task CohortsAsync()
    {
        var (name, periods) = (Name(), SomePeriods(6));
        ActivityCohort[] table = await _store.CohortsAsync(_key(name), new(periods[0], periods[^1]));
        Assert.Equal(periods.Length, table.Length);
        for (int i = 0; i < table.Length; i++)
            Same(Cohort(name, periods[i], periods[(i + 1)..]), table[i]);
    }

    private async Task ActiveAsync()
    {
        var (name, period) = (Name(), SomePeriod());
        var found = new List<TMember>();
        await foreach (TMember member in _store.GetActiveAsync(_key(name), period))
            found.Add(member);
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.True(Of(name, period).SetEquals(found), $"{period}: {string.Join(", ", found)}");
        if (!TMapper.Schema.IsMapped)
            Assert.Equal(found.Order(), found);
    }

    private async Task RemoveAsync()
    {
        if (_random.Next(3) > 0)
            return;
        var (name, member) = (Name(), Member());
        Log($"   {name} {member}");
        bool was = false;
        foreach (var ((owner, period), members) in _active)
            was |= owner == name && IsKept(period) && members.Remove(member);
        bool hadNumber = _numbered.Remove((name, member));
        Assert.Equal(TMapper.Schema.IsMapped ? hadNumber : was, await _store.RemoveAsync(_key(name), member));
    }

    private async Task DeleteAsync()
    {
        string name = Name();
        if (_random.Next(5) > 0)
        {
            Period period = SomePeriod();
            bool was = await _store.DeleteAsync(_key(name), period);
            Assert.True(was || Of(name, period).Count == 0);
            _active.Remove((name, period));
            return;
        }

        Log($"   {name}");
        await _store.DeleteAsync(_key(name));
        foreach (var key in _active.Keys.Where(key => key.Item1 == name && IsKept(key.Item2)).ToList())
            _active.Remove(key);
        _numbered.RemoveWhere(one => one.Item1 == name);
    }

    private Task AdvanceAsync()
    {
        _clock.Now = Berlin.Later(_clock.Now, _random);
        return Task.CompletedTask;
    }

    private bool Mark(string name, TMember member, DateTimeOffset? at)
    {
        Period[] periods = [.. _units.Select(unit => Berlin.Of(unit, at ?? _clock.Now))];
        bool fresh = false;
        for (int i = 0; i < periods.Length; i++)
        {
            if (!IsKept(periods[i]))
                continue;
            if (!_active.TryGetValue((name, periods[i]), out var members))
                _active.Add((name, periods[i]), members = []);
            bool added = members.Add(member);
            fresh |= i == 0 && added;
            _numbered.Add((name, member));
        }

        return fresh;
    }

    private HashSet<TMember> Of(string name, Period period) => _active.GetValueOrDefault((name, period), []);

    private ActivityCohort Cohort(string name, Period cohort, Period[] later)
    {
        HashSet<TMember> members = Of(name, cohort);
        return new(cohort, members.Count, [.. later.Select(period =>
        {
            int count = members.Count(Of(name, period).Contains);
            return new CohortReturn(period, count, members.Count == 0 ? 0 : (double)count / members.Count);
        })]);
    }

    private static void Same(ActivityCohort expected, ActivityCohort actual)
    {
        Assert.Equal((expected.Period, expected.Size), (actual.Period, actual.Size));
        Assert.Equal(expected.Returns, actual.Returns);
    }

    private bool IsKept(Period period) => Berlin.Until(period, Retention) > _clock.Now;

    private string Name() => _names[_random.Next(_names.Length)];

    private TMember Member() => _members[_random.Next(_members.Length)];

    private Period SomePeriod() => Berlin.Of(_units[_random.Next(_units.Length)], _clock.Now.AddHours(-_random.Next(_random.Next(2) == 0 ? 10 : 20 * 24)));

    private Period[] SomePeriods(int most)
    {
        int count = _random.Next(1, most + 1);
        Period last = SomePeriod();
        if (last.Unit != PeriodUnits.Day)
            count = Math.Min(count, 5);
        return [.. Enumerable.Range(0, count).Select(i => last.Add(i - count + 1))];
    }

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 40)
            _log.Dequeue();
    }
}
