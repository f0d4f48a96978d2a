using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>One load per key, whoever asks for it, in several processes.</summary>
public sealed class OneLoadTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Callers = 500;
    private readonly string _prefix = ServerFixture.NewPrefix();

    private Database Source => new(fixture.Connection.GetDatabase(), _prefix + "db:");

    // The source's keys are the same for all: the prefix of the cache, too, for it is another name.
    private Task<CacheProcess> StartAsync(string kind = nameof(Shared)) => CacheProcess.StartAsync(kind, fixture.Server.ConnectionString, fixture.Server.ConnectionString, _prefix + "db:");

    [Fact]
    public async Task A_cold_key_is_loaded_once()
    {
        CacheProcess[] processes = await Task.WhenAll(StartAsync(), StartAsync(nameof(Near)), StartAsync());
        await using CacheProcess first = processes[0], second = processes[1], third = processes[2];
        for (int id = 1; id <= 3; id++)
        {
            await Source.BehaveAsync("hold");
            Task<string[]> answers = Task.WhenAll(processes.Select(process => process.AskAsync($"get {id} {Callers}")));
            await Bounded.BecomesTrueAsync(async () => await Source.LoadsAsync(id) > 0);
            await Source.BehaveAsync("go");
            Assert.All(await answers.EndsAsync(), answer => Assert.Equal($"revision0*{Callers}", answer));
            Assert.Equal(1, await Source.LoadsAsync(id));
        }

        // Sets of keys that overlap.
        string[] counts = await Task.WhenAll(processes.Select((process, i) => process.AskAsync($"many {100 + (50 * i)} 200"))).EndsAsync();
        Assert.All(counts, static count => Assert.Equal("200", count));
        Assert.Equal(3 + 300, await Source.LoadsAsync());

        // A source that fails is left alone for a moment.
        await Source.BehaveAsync("throw");
        string[] failures = await Task.WhenAll(processes.Select(process => process.AskAsync($"get 7 {Callers}"))).EndsAsync();
        await Source.BehaveAsync("go");
        Assert.Equal(1, await Source.LoadsAsync(7));
        Assert.All(failures, static failure => Assert.Matches(@"^((InvalidOperationException|RedisCacheSourceException)\*\d+ ?)+$", failure));
        Assert.Contains(failures, static failure => failure.Contains("InvalidOperationException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_dies_during_its_load_is_followed_by_another()
    {
        CacheProcess[] processes = await Task.WhenAll(StartAsync(nameof(Brief)), StartAsync(nameof(Brief)));
        await using CacheProcess first = processes[0], second = processes[1];
        await Source.BehaveAsync("hold");
        Task<string> lost = first.AskAsync("get 1 10");
        await Bounded.BecomesTrueAsync(async () => await Source.LoadsAsync(1) == 1);
        Task<string> waiting = second.AskAsync("get 1 10");
        first.Kill();
        await Assert.ThrowsAsync<InvalidOperationException>(() => lost);
        await Bounded.BecomesTrueAsync(async () => await Source.LoadsAsync(1) == 2);
        await Source.BehaveAsync("go");
        Assert.Equal("revision0*10", await waiting.EndsAsync());
    }

    [Fact]
    public async Task A_caller_that_gives_up_takes_nobody_along()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Shared> cache = await bench.NewAsync<Shared>();
        bench.Source.Put(1);
        bench.Source.Put(2);
        foreach (bool many in (bool[])[false, true])
        {
            var gate = new Gate();
            bench.Source.Hold = gate.All;
            using var source = new CancellationTokenSource();
            Task first = many ? cache.GetManyAsync([2, 3], source.Token) : cache.GetAsync(1, source.Token).AsTask();
            await gate.ReachedAsync();
            Task<Thing?> second = cache.GetAsync(many ? 2 : 1).AsTask();
            Task<Thing?[]> third = cache.GetManyAsync([many ? 2 : 1]);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.EndsAsync());
            gate.Open();
            Assert.NotNull(await second.EndsAsync());
            Assert.NotNull(Assert.Single(await third.EndsAsync()));
        }

        Assert.Equal(3, bench.Source.Loads);
    }
}
