using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.Counting;

/// <summary>Counters answer as a dictionary would, in any order, over midnights, ISO week 53, changes of the clocks and a leap day.</summary>
public sealed class PeriodCounterModelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task On_a_server()
    {
        RedisContext redis = fixture.NewContext();
        await PeriodCounterRun.RunAllAsync(redis, workers: 4, IndexLoad.Operations(3000));
        Assert.All(await Leftovers.OfAsync(fixture.Server, redis.Prefix), key => Assert.Matches(@"\{views:[^}]*\}$", key));
    }
}

/// <summary>The same on a cluster.</summary>
public sealed class PeriodCounterClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task On_a_cluster()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        await PeriodCounterRun.RunAllAsync(redis, workers: 3, IndexLoad.Operations(1000));
        Assert.All(await Leftovers.OfAsync(cluster.Cluster, redis.Prefix), key => Assert.Matches(@"\{views:[^}]*\}$", key));
    }

    [Fact]
    public async Task Many_counters_over_all_slots()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var views = new PageViewsCounter(redis);
        PageViewsCounterKey[] keys = [.. Enumerable.Range(0, 1500).Select(i => new PageViewsCounterKey($"p{i}"))];
        Assert.All(await views.IncrementManyAsync(keys.Select(key => (key, 2L))), count => Assert.Equal(2, count));
        Assert.All(await views.GetManyAsync(keys, Period.Today), count => Assert.Equal(2, count));
        Assert.Equal(2, await views.SumAsync(keys[7], PeriodRange.OfLast(250, PeriodUnits.Day)));
    }

    [Fact]
    public async Task Calls_wait_until_the_periods_of_a_counter_whose_slot_moves_are_together()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var views = new PageViewsCounter(redis);
        PeriodRange days = PeriodRange.OfLast(2, PeriodUnits.Day);
        await views.IncrementAsync("moving");
        await views.IncrementAsync("moving", at: DateTimeOffset.UtcNow.AddDays(-1));
        long expected = 2;
        for (int moved = 0; moved <= 8; moved++)
        {
            // A store that has come to ask by MGET.
            var gapless = new PageViewsCounter(redis);
            for (int i = 0; i < 9; i++)
                await gapless.RangeAsync("moving", days);

            // Eight periods or more, any number of which are on the other node; and a counter that there is not, whose periods each of the two could be asked for.
            string fresh = $"fresh{moved}";
            int slot = RedisCluster.HashSlot($"{redis.Prefix}{{views:moving}}"), other = RedisCluster.HashSlot($"{redis.Prefix}{{views:{fresh}}}");
            RedisClusterNode source = await cluster.Cluster.PrimaryOfAsync(slot), otherSource = await cluster.Cluster.PrimaryOfAsync(other);
            RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, await AnotherPrimaryAsync(source));
            RedisSlotMigration second = await cluster.Cluster.BeginMigrateSlotAsync(other, await AnotherPrimaryAsync(otherSource));
            await migration.MoveKeysAsync(moved);
            Task<long> one = views.IncrementAsync("moving"), first = views.IncrementAsync(fresh);
            Task<long[]> many = views.IncrementManyAsync([("moving", 2), ("still", 1)]);
            Task<PeriodCount[]> range = views.RangeAsync("moving", PeriodRange.OfLast(2, PeriodUnits.Year)), recent = gapless.RangeAsync("moving", days);
            await migration.CompleteAsync();
            await second.CompleteAsync();
            await Task.WhenAll(one, first, many, range, recent).EndsAsync();
            Assert.InRange((await recent).Sum(static day => day.Count), 1, expected + 3);
            expected += 3;
            Assert.Equal(1, await first);
            Assert.Equal((expected, expected), (await views.GetAsync("moving", Period.AllTime), await views.SumAsync("moving", PeriodRange.OfLast(2, PeriodUnits.Year))));
        }
    }

    [Fact]
    public async Task A_slot_whose_move_does_not_end_is_a_timeout()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection), impatient = new(cluster.Connection, redis.Options with { OperationTimeout = TimeSpan.FromSeconds(1) });
        await new PageViewsCounter(redis).IncrementAsync("stuck");
        int slot = RedisCluster.HashSlot($"{redis.Prefix}{{views:stuck}}");
        RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, await AnotherPrimaryAsync(await cluster.Cluster.PrimaryOfAsync(slot)));
        await migration.MoveKeysAsync(3);
        var views = new PageViewsCounter(impatient);
        await Assert.ThrowsAsync<RedisOperationTimeoutException>(() => views.IncrementAsync("stuck").EndsAsync());
        await Assert.ThrowsAsync<RedisOperationTimeoutException>(() => views.IncrementManyAsync([("stuck", 1)]).EndsAsync());
        await migration.CompleteAsync();
        Assert.Equal(1, await views.GetAsync("stuck", Period.AllTime));
    }

    private async Task<RedisClusterNode> AnotherPrimaryAsync(RedisClusterNode than)
    {
        foreach (RedisClusterNode node in cluster.Cluster.Nodes)
        {
            if (node != than && await node.GetRoleAsync() == RedisClusterRole.Primary)
                return node;
        }

        throw new InvalidOperationException("The cluster has one primary.");
    }
}

/// <summary>Random operations on counters and on dictionaries, whose answers must be the same. A run has counters and a clock of its own.</summary>
internal sealed class PeriodCounterRun
{
    private static readonly PeriodUnits[] Units = [PeriodUnits.Hour, PeriodUnits.Day, PeriodUnits.Week, PeriodUnits.Month, PeriodUnits.Year, PeriodUnits.AllTime];
    private static readonly TimeSpan Retention = TimeSpan.FromDays(400);
    private static readonly long[] Steps = [1, 1, 1, 2, -1, 0, 1000, -1000, 1L << 53, long.MaxValue, long.MinValue, long.MaxValue / 2];

    private readonly Random _random;
    private readonly HandClock _clock;
    private readonly RedisContext _redis;
    private readonly PageViewsCounter _views;
    private readonly ApiCallsCounter _calls;
    private readonly string[] _names;
    private readonly Dictionary<(string, Period), long> _viewCounts = [];
    private readonly Dictionary<(string, Period), long> _callCounts = [];
    private readonly Queue<string> _log = new();

    private PeriodCounterRun(RedisContext redis, int worker)
    {
        _random = new(Seeds.Of(worker));
        _clock = new(Berlin.At(Berlin.Turns[worker % Berlin.Turns.Length]));
        _redis = redis.With(_clock);
        _views = new(_redis);
        _calls = new(_redis);
        _names = [$"{worker}:a", $"{worker}{{b}}", $"{worker} %"];
    }

    public static Task RunAllAsync(RedisContext redis, int workers, int operations)
        => Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(() => new PeriodCounterRun(redis, worker).RunAsync(operations / workers))));

    private async Task RunAsync(int operations)
    {
        Func<Task>[] steps = [IncrementAsync, IncrementAsync, IncrementAsync, CallAsync, CallAsync, ManyAsync, GetAsync, GetAsync, GetManyAsync, RangeAsync, RangeAsync, GaplessAsync, TopAsync, DeleteAsync, AdvanceAsync];
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
            throw new XunitException($"set {Seeds.Variable}={Seeds.Base} to repeat: {error.Message}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    private async Task IncrementAsync()
    {
        var (name, by, at) = (Name(), Steps[_random.Next(Steps.Length)], Berlin.Moment(_clock.Now, _random));
        Log($"   {name} by {by} at {at:u}");
        bool fits = Add(_viewCounts, name, by, at, Units, long.MinValue, long.MaxValue, out long expected);
        if (_random.Next(2) == 0)
            Assert.Equal(fits ? expected : null, await _views.TryIncrementAsync(name, by, at));
        else if (fits)
            Assert.Equal(expected, await _views.IncrementAsync(name, by, at));
        else
            await Assert.ThrowsAsync<OverflowException>(() => _views.IncrementAsync(name, by, at));
    }

    private async Task CallAsync()
    {
        var (name, by, at) = (Name(), _random.Next(4) == 0 ? Steps[_random.Next(Steps.Length)] : _random.Next(-4, 400), Berlin.Moment(_clock.Now, _random));
        Log($"   {name} by {by} at {at:u}");
        bool fits = Add(_callCounts, name, by, at, [PeriodUnits.Hour], -5, 1000, out long expected);
        if (_random.Next(2) == 0)
            Assert.Equal(fits ? expected : null, await _calls.TryIncrementAsync(name, by, at));
        else if (fits)
            Assert.Equal(expected, await _calls.IncrementAsync(name, by, at));
        else
            await Assert.ThrowsAsync<OverflowException>(() => _calls.IncrementAsync(name, by, at));
    }

    private async Task ManyAsync()
    {
        (string Name, long By)[] items = [.. Enumerable.Range(0, _random.Next(6)).Select(_ => (Name(), (long)_random.Next(-3, 9)))];
        DateTimeOffset? at = Berlin.Moment(_clock.Now, _random);
        var after = new Dictionary<string, long>();
        bool fits = true;
        foreach (var group in items.GroupBy(item => item.Name))
        {
            fits &= Add(_viewCounts, group.Key, group.Sum(item => item.By), at, Units, long.MinValue, long.MaxValue, out long expected);
            after[group.Key] = expected;
        }

        Task<long[]> call = _views.IncrementManyAsync(items.Select(item => ((PageViewsCounterKey)item.Name, item.By)), at);
        if (fits)
            Assert.Equal(items.Select(item => after[item.Name]), await call);
        else
            await Assert.ThrowsAsync<OverflowException>(() => call);
    }

    private async Task GetAsync()
    {
        var (name, period) = (Name(), SomePeriod());
        if (IsKept(period))
            Assert.Equal(_viewCounts.GetValueOrDefault((name, period)), await _views.GetAsync(name, period));
        PeriodUnits unit = Units[_random.Next(Units.Length)];
        Assert.Equal(_viewCounts.GetValueOrDefault((name, Berlin.Of(unit, _clock.Now))), await _views.GetAsync(name, Period.Current(unit)));
        Assert.Equal(_callCounts.GetValueOrDefault((name, Berlin.Of(PeriodUnits.Hour, _clock.Now))), await _calls.GetAsync(name, Period.Current(PeriodUnits.Hour)));
    }

    private async Task GetManyAsync()
    {
        string[] some = [.. Enumerable.Range(0, _random.Next(5)).Select(_ => Name())];
        Assert.Equal(some.Select(name => _viewCounts.GetValueOrDefault((name, Berlin.Of(PeriodUnits.Day, _clock.Now)))), await _views.GetManyAsync(some.Select(name => (PageViewsCounterKey)name), Period.Today));
    }

    private async Task RangeAsync()
    {
        string name = Name();
        PeriodUnits unit = Units[_random.Next(4)];
        int count = _random.Next(1, unit == PeriodUnits.Hour ? 150 : 20);
        PeriodCount[] expected = [.. Enumerable.Range(0, count).Select(i => Berlin.Of(unit, _clock.Now).Add(i - count + 1)).Select(period => new PeriodCount(period, _viewCounts.GetValueOrDefault((name, period))))];
        if (!IsKept(expected[0].Period))
            return;
        Assert.Equal(expected, await _views.RangeAsync(name, PeriodRange.OfLast(count, unit)));
        Int128 sum = 0;
        foreach (PeriodCount one in expected)
            sum += one.Count;
        if (sum >= long.MinValue && sum <= long.MaxValue)
            Assert.Equal((long)sum, await _views.SumAsync(name, new(expected[0].Period, expected[^1].Period)));
        else
            await Assert.ThrowsAsync<OverflowException>(() => _views.SumAsync(name, PeriodRange.OfLast(count, unit)));
    }

    // So often that the store asks by MGET; then a count is missing.
    private async Task GaplessAsync()
    {
        var views = new PageViewsCounter(_redis);
        string name = Name();
        for (int day = 0; day < 3; day++)
        {
            DateTimeOffset at = _clock.Now.AddDays(-day);
            if (Add(_viewCounts, name, 1, at, Units, long.MinValue, long.MaxValue, out long count))
                Assert.Equal(count, await _views.IncrementAsync(name, 1, at));
        }

        for (int i = 0; i < 12; i++)
            await IsRightAsync();
        Period yesterday = Berlin.Of(PeriodUnits.Day, _clock.Now).Add(-1);
        Assert.Equal(_viewCounts.Remove((name, yesterday)), await _views.DeleteAsync(name, yesterday));
        await IsRightAsync();

        async Task IsRightAsync()
        {
            Period today = Berlin.Of(PeriodUnits.Day, _clock.Now);
            PeriodCount[] expected = [.. Enumerable.Range(-2, 3).Select(i => new PeriodCount(today.Add(i), _viewCounts.GetValueOrDefault((name, today.Add(i)))))];
            Assert.Equal(expected, await views.RangeAsync(name, PeriodRange.OfLast(3, PeriodUnits.Day)));
        }
    }

    private async Task TopAsync()
    {
        var (name, count) = (Name(), _random.Next(1, 8));
        PeriodRange range = PeriodRange.OfLast(30, PeriodUnits.Day);
        Period today = Berlin.Of(PeriodUnits.Day, _clock.Now);
        IEnumerable<PeriodCount> all = Enumerable.Range(0, 30).Select(i => today.Add(i - 29)).Select(period => new PeriodCount(period, _viewCounts.GetValueOrDefault((name, period))));
        Assert.Equal(all.OrderByDescending(one => one.Count).ThenBy(one => one.Period.Start).Take(count), await _views.TopAsync(name, range, count));
    }

    private async Task DeleteAsync()
    {
        string name = Name();
        if (_random.Next(4) == 0)
        {
            var gone = _viewCounts.Keys.Where(key => key.Item1 == name && IsKept(key.Item2)).ToList();
            Assert.Equal(gone.Count, await _views.DeleteAsync(name));
            gone.ForEach(key => _viewCounts.Remove(key));
            return;
        }

        Period period = SomePeriod();
        if (IsKept(period))
            Assert.Equal(_viewCounts.Remove((name, period)), await _views.DeleteAsync(name, period));
    }

    private Task AdvanceAsync()
    {
        _clock.Now = Berlin.Later(_clock.Now, _random);
        return Task.CompletedTask;
    }

    // What the store does, if all of it fits.
    private bool Add(Dictionary<(string, Period), long> counts, string name, long by, DateTimeOffset? at, PeriodUnits[] units, long minimum, long maximum, out long first)
    {
        Period[] periods = [.. units.Select(unit => Berlin.Of(unit, at ?? _clock.Now)).Where(IsKept)];
        first = 0;
        foreach (Period period in periods)
        {
            Int128 sum = (Int128)counts.GetValueOrDefault((name, period)) + by;
            if (sum < minimum || sum > maximum)
                return false;
        }

        foreach (Period period in periods)
            counts[(name, period)] = counts.GetValueOrDefault((name, period)) + by;
        first = counts.GetValueOrDefault((name, Berlin.Of(units[0], at ?? _clock.Now)));
        if (!IsKept(Berlin.Of(units[0], at ?? _clock.Now)))
            first = 0;
        return true;
    }

    private bool IsKept(Period period) => Berlin.Until(period, Retention) > _clock.Now;

    private string Name() => _names[_random.Next(_names.Length)];

    private Period SomePeriod() => Berlin.Of(Units[_random.Next(Units.Length)], _clock.Now.AddHours(-_random.Next(40 * 24)));

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 40)
            _log.Dequeue();
    }
}
