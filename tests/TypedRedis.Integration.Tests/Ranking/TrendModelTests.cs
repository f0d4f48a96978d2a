using TypedRedis.Integration.Tests.Indexes;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Repositories;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>Every operation on a trend answers as the closed form does, which sums up each interaction's weight halved by its age.</summary>
public sealed class TrendModelTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    [Fact]
    public async Task On_one_server()
    {
        RedisContext redis = fixture.NewContext();
        await RunAsync(redis);
        foreach (string key in await fixture.Server.KeysAsync(redis.Prefix))
            Assert.True(await fixture.Server.TimeToLiveAsync(key) > 0, key);
    }

    [Fact]
    public Task On_a_cluster() => RunAsync(ServerFixture.NewContext(cluster.Connection));

    // Each has trends of its own; its calls go by two contexts.
    private static Task RunAsync(RedisContext redis)
        => Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(() => new TrendRun(redis, worker).RunAsync(IndexLoad.Operations(3000) / 3))));
}

internal sealed class TrendRun
{
    private const double Negligible = 0.001;
    private static readonly double HalfLife = TimeSpan.FromHours(1).TotalMilliseconds;
    private static readonly string[] Articles = [.. Enumerable.Range(0, 40).Select(i => i % 5 == 0 ? $"ü:{{{i}}}%" : $"{i}"), ""];

    private readonly HandClock _clock;
    private readonly ClickTrend<EveryHour>[] _trends;
    private readonly ClickTrendKey[] _keys;
    private readonly Random _random;
    private readonly Dictionary<ClickTrendKey, Dictionary<string, List<(double Weight, long At)>>> _model = [];
    private readonly Queue<string> _log = new();
    private ClickTrendKey _key;

    public TrendRun(RedisContext redis, int worker)
    {
        _clock = new(new DateTimeOffset(2024, 2, 28, 23, 0, worker, TimeSpan.Zero));
        _random = new(Seeds.Of(9000 + worker));
        _keys = [$"{worker}a", $"{worker}:{{b}}", $"{worker}ü"];
        _trends = [.. Enumerable.Range(0, 2).Select(_ => new ClickTrend<EveryHour>(new(redis.Connection, redis.Options with { TimeProvider = _clock })))];
    }

    private ClickTrend<EveryHour> Trend => _trends[_random.Next(_trends.Length)];

    private long Now => _clock.Now.ToUnixTimeMilliseconds();

    public async Task RunAsync(int operations)
    {
        Func<Task>[] steps =
        [
            RecordAsync, RecordAsync, RecordAsync, RecordAsync, RecordLateAsync, RecordManyAsync, TopAsync, TopAsync, ScoreAsync, RankAsync, CountAsync, RemoveAsync, TrimAsync, DeleteAsync,
            AdvanceAsync, AdvanceAsync, AdvanceAsync,
        ];
        try
        {
            for (int i = 0; i < operations; i++)
            {
                _key = _keys[_random.Next(_keys.Length)];
                Func<Task> step = steps[_random.Next(steps.Length)];
                if (step.Method.Name == nameof(DeleteAsync) && _random.Next(10) > 0)
                    step = TopAsync;
                Log($"{i}. {step.Method.Name} of {_key} at {Now}");
                await step().EndsAsync();
            }

            foreach (ClickTrendKey key in _keys)
            {
                _key = key;
                await TopAsync().EndsAsync();
            }
        }
        catch (Exception error)
        {
            throw new XunitException($"set {Seeds.Variable}={Seeds.Base} to repeat: {error.Message}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    private static double ScoreOf(List<(double Weight, long At)> interactions, long now) => interactions.Sum(one => one.Weight * Math.Pow(2, (one.At - now) / HalfLife));

    private Dictionary<string, List<(double Weight, long At)>> Board() => _model.TryGetValue(_key, out var board) ? board : _model[_key] = [];

    private (string Article, double Score)[] Ranked()
        => [.. Board().Select(one => (one.Key, Score: ScoreOf(one.Value, Now))).Where(one => one.Score >= Negligible).OrderByDescending(one => one.Score)];

    private double? Score(string article) => Board().TryGetValue(article, out var interactions) && ScoreOf(interactions, Now) is >= Negligible and var score ? score : null;

    private double Add(string article, double weight, long at)
    {
        var board = Board();
        if (Score(article) is null)
            board.Remove(article);
        double score = (Score(article) ?? 0) + weight * Math.Pow(2, (at - Now) / HalfLife);
        if (score >= Negligible)
            (board.TryGetValue(article, out var interactions) ? interactions : board[article] = []).Add((weight, at));
        return score;
    }

    private string Article() => Articles[_random.Next(Articles.Length)];

    // From a tenth to a trillion; hardly two are alike, so that no two scores are.
    private double Weight() => _random.Next(20) == 0 ? 1e12 * (1 - _random.NextDouble() / 2) : Math.Pow(10, _random.NextDouble() * 4 - 1);

    private async Task RecordAsync()
    {
        var (article, weight) = (Article(), Weight());
        double expected = Add(article, weight, Now);
        Near(expected, await (_random.Next(2) == 0 ? Trend.RecordAsync(new Click(_key.Category, article, weight)) : Trend.RecordAsync(_key, article, weight)));
    }

    private async Task RecordLateAsync()
    {
        var (article, weight) = (Article(), Weight());
        DateTimeOffset at = _clock.Now - TimeSpan.FromMilliseconds(_random.NextInt64((long)(HalfLife * 20))) + (_random.Next(5) == 0 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
        double expected = Add(article, weight, Math.Min(Now, at.ToUnixTimeMilliseconds()));
        Near(expected, await Trend.RecordAsync(_key, article, weight, at));
    }

    private async Task RecordManyAsync()
    {
        Click[] clicks = [.. Enumerable.Range(0, _random.Next(150)).Select(_ => new Click(_keys[_random.Next(_keys.Length)].Category, Article(), Weight()))];
        foreach (var one in clicks.GroupBy(click => (click.Category, click.Article)))
        {
            _key = one.Key.Category;
            Add(one.Key.Article, one.Sum(click => click.Weight), Now);
        }

        await Trend.RecordManyAsync(clicks);
    }

    private async Task TopAsync()
    {
        var ranked = Ranked();
        var (count, skip) = (_random.Next(3) == 0 ? 1000 : _random.Next(1, 12), _random.Next(3) == 0 ? _random.Next(50) : 0);
        var top = await Trend.TopAsync(_key, count, skip);
        var expected = ranked.Skip(skip).Take(count).Select((one, i) => (Rank: skip + i + 1L, one.Article)).ToArray();
        Assert.Equal(expected, top.Select(entry => (entry.Rank, entry.Member)));
        foreach (var entry in top)
            Near(ranked[entry.Rank - 1].Score, entry.Score);
    }

    private async Task ScoreAsync()
    {
        string article = Article();
        double? score = await Trend.ScoreAsync(_key, article);
        if (Score(article) is { } expected)
            Near(expected, score!.Value);
        else
            Assert.Null(score);
    }

    private async Task RankAsync()
    {
        string article = Article();
        int index = Array.FindIndex(Ranked(), one => one.Article == article);
        Assert.Equal(index < 0 ? null : index + 1, await Trend.RankAsync(_key, article));
    }

    private async Task CountAsync() => Assert.Equal(Ranked().Length, await Trend.CountAsync(_key));

    private async Task RemoveAsync()
    {
        string article = Article();
        bool isThere = Score(article) is not null;
        Board().Remove(article);
        Assert.Equal(isThere, await Trend.RemoveAsync(_key, article));
    }

    private async Task TrimAsync()
    {
        await Trend.TrimAsync(_key);
        int left = Ranked().Length;
        Assert.Equal(left == 0 ? 0 : left + 1, await Trend.Redis.Database.SortedSetLengthAsync(_key.ToRedisKey()));
    }

    private async Task DeleteAsync()
    {
        await Trend.DeleteAsync(_key);
        _model.Remove(_key);
    }

    private Task AdvanceAsync()
    {
        _clock.Advance(_random.Next(12) switch
        {
            0 => TimeSpan.FromHours(_random.Next(1, 30)),
            1 when _random.Next(20) == 0 => TimeSpan.FromHours(_random.Next(3000)),
            _ => TimeSpan.FromMilliseconds(_random.Next(1_000_000)),
        });
        return Task.CompletedTask;
    }

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 30)
            _log.Dequeue();
    }

    private static void Near(double expected, double actual) => Assert.True(Math.Abs(expected - actual) <= 1e-9 * expected, $"expected {expected:R}, got {actual:R}");
}
