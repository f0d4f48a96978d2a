using System.Reflection;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Ranking;

[Collection(FaultCollection.Name)]
public sealed class LeaderboardFaultTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly PlayLeaderboardKey Chess = new("chess");

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Forgotten_scripts_are_sent_again()
    {
        var board = new PlayLeaderboard(_redis);
        Func<Task>[] calls =
        [
            async () => Assert.True(await board.SubmitAsync(new Play("chess", "ann", 1))),
            async () => Assert.Equal(new(1, "ann", 2), await board.SubmitAndRankAsync(new Play("chess", "ann", 2))),
            async () => Assert.Equal(1500, await board.SubmitManyAsync(Enumerable.Range(0, 1500).Select(i => new Play("chess", $"{i}", -i)))),
            async () => Assert.Equal(1, (await board.RankAsync(Chess, "ann"))!.Value.Rank),
            async () => Assert.Equal(3, (await board.AroundAsync(Chess, "0", 1)).Length),
            async () => Assert.Equal(2, (await board.RangeByScoreAsync(Chess, 0, null)).Length),
            async () => Assert.NotNull(await board.PercentileAsync(Chess, "ann")),
            async () => Assert.Equal(2, await board.ScoreAtPercentileAsync(Chess, 100)),
            async () => Assert.Equal(1501, await board.MergeAsync([Chess], new("go"))),
            async () => Assert.True(await board.RemoveAsync(Chess, "ann")),
            async () => Assert.True(await board.DeleteAsync(Chess)),
        ];
        foreach (Func<Task> call in calls)
        {
            await fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
            await call().EndsAsync();
        }
    }

    /// <summary>Whatever was under way when the connection went: all windows say the same, and what was answered is there.</summary>
    [Fact]
    public async Task A_cut_connection_leaves_all_windows_alike()
    {
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
        var clock = new HandClock(new(2026, 11, 21, 14, 0, 0, TimeSpan.Zero));
        var redis = new RedisContext(connection, _redis.Options with { TimeProvider = clock, OperationTimeout = TimeSpan.FromSeconds(10) });
        var board = new Board<Everything<Sum, ByArrival>>(redis);
        long answered = 0, failed = 0, cuts = 0;
        connection.ConnectionFailed += (_, _) => Interlocked.Increment(ref cuts);
        using var done = new CancellationTokenSource();
        Task[] writers = [.. Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Exception? error = await Record.ExceptionAsync(() => writer % 2 == 0 ? board.SubmitAsync(Chess, "ann", 1) : board.SubmitManyAsync([new("chess", "ann", 1)]));
                Assert.True(error is null || error.IsOutage(), $"{error}");
                Interlocked.Increment(ref error is null ? ref answered : ref failed);
            }
        }))];
        await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= 50));
        await fixture.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal");
        await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref cuts) > 0));
        long then = Volatile.Read(ref answered);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= then + 50));
        await done.CancelAsync();
        await Task.WhenAll(writers).EndsAsync();

        long sum = (await board.RankAsync(Chess, "ann"))!.Value.Score;
        Assert.InRange(sum, answered, answered + failed);
        foreach (Period period in (Period[])[Period.Today, Period.ThisWeek, Period.ThisMonth])
            Assert.Equal([new(1, "ann", sum)], await board.TopAsync(Chess, 10, period));
    }

    [Fact]
    public async Task A_killed_server_has_what_it_answered_when_it_is_back()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, ServerFixture.Patient with { Prefix = "r:", OperationTimeout = TimeSpan.FromSeconds(5) });
        var board = new Board<Everything<Best, ByArrival>>(redis);
        await board.SubmitManyAsync([new("chess", "zoe", 7), new("chess", "ann", 7)]);
        await board.MergeAsync([Chess], new("go"), Period.Today);
        Period today = (await board.TopAsync(Chess, 1, Period.Today)).Length == 1 ? Period.Today : Period.Yesterday;
        Task<Exception> merging = Record.ExceptionAsync(() => MergeUntilItFailsAsync());
        await server.KillAsync();
        Assert.True((await merging.EndsAsync()).IsOutage());
        await server.RestartAsync();
        await Bounded.SucceedsAsync(() => board.CountAsync(Chess));
        foreach (PlayLeaderboardKey key in (PlayLeaderboardKey[])[Chess, new("go")])
            Assert.Equal([new(1, "zoe", 7), new(2, "ann", 7)], await board.TopAsync(key, 10, key == Chess ? Period.AllTime : today));
        Assert.Equal(new(3, "bob", 7), await board.SubmitAndRankAsync(new Play("chess", "bob", 7)));
        foreach (string key in await server.KeysAsync("r:"))
            Assert.True(await server.TimeToLiveAsync(key) > 0 || key.EndsWith('}') || key.EndsWith("}:a", StringComparison.Ordinal), key);

        async Task MergeUntilItFailsAsync()
        {
            while (true)
                await board.MergeAsync([Chess, Chess], new("go"), today);
        }
    }

    /// <summary>A process that is gone in the middle of a merge can tidy nothing up.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_merge_that_ends_in_the_middle_leaves_the_window_and_a_key_that_expires(bool isCancelled)
    {
        await fixture.Server.SeedAsync(_redis.Full(Chess), 3000, byArrival: true);
        await fixture.Server.SeedAsync(_redis.Full(new PlayLeaderboardKey("go")), 10, byArrival: true);
        var halted = new Halted(_redis, walks: 5);
        var board = new Board<Plain<Sum, ByArrival>>(halted.Redis);
        using var end = new CancellationTokenSource();
        Task<long> merging = board.MergeAsync([new("go"), Chess], new("go"), cancellationToken: end.Token);
        await halted.Reached.EndsAsync();

        // The one that is made, a copy of the second source, and their companions.
        string[] made = await fixture.Server.KeysAsync(_redis.Full(new PlayLeaderboardKey("go")) + ":merge:");
        Assert.Equal(4, made.Length);
        foreach (string key in made)
            Assert.InRange(await fixture.Server.TimeToLiveAsync(key), 1, 300_000);
        Assert.Equal(10, await board.CountAsync(new("go")));
        if (isCancelled)
        {
            await end.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => merging.EndsAsync());
            Assert.Empty(await fixture.Server.KeysAsync(_redis.Full(new PlayLeaderboardKey("go")) + ":merge:"));
        }

        halted.Fail();
        await Assert.ThrowsAnyAsync<Exception>(() => merging.EndsAsync());
        Assert.Equal(10, await board.CountAsync(new("go")));
        Assert.Equal(3000, await board.CountAsync(Chess));
    }

    /// <summary>A connection over which no walk over a sorted set goes further than some pages.</summary>
    private sealed class Halted
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<RedisResult> _page = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _walks;

        public Halted(RedisContext redis, int walks)
        {
            _walks = walks;
            var connection = DispatchProxy.Create<IConnectionMultiplexer, Proxy>();
            ((Proxy)(object)connection).Set(redis.Connection, this);
            Redis = new RedisContext(connection, redis.Options);
        }

        public RedisContext Redis { get; }

        public Task Reached => _reached.Task;

        public void Fail() => _page.TrySetException(new TimeoutException("gone"));

        private class Proxy : DispatchProxy
        {
            private object _inner = null!;
            private Halted _halted = null!;

            public void Set(object inner, Halted halted) => (_inner, _halted) = (inner, halted);

            protected override object? Invoke(MethodInfo? method, object?[]? arguments)
            {
                object? result = null;
                if (method!.Name == nameof(IDatabase.ExecuteAsync) && arguments![0] is "ZSCAN" && Interlocked.Decrement(ref _halted._walks) < 0)
                {
                    _halted._reached.TrySetResult();
                    return _halted._page.Task;
                }

                result = method.Invoke(_inner, arguments);
                if (method.Name != nameof(IConnectionMultiplexer.GetDatabase))
                    return result;
                var database = Create<IDatabase, Proxy>();
                ((Proxy)(object)database).Set(result!, _halted);
                return database;
            }
        }
    }
}
