using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>A server that takes calls and answers none: every call ends all the same, and the answers that come later reach nobody.</summary>
[Collection(FaultCollection.Name)]
public sealed class StalledServerTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _patient = fixture.NewContext();

    [Fact]
    public async Task Every_call_ends_within_the_timeout_and_names_model_and_key()
    {
        var impatient = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = TimeSpan.FromMilliseconds(500) });
        for (int round = 0; round < 3; round++)
        {
            await fixture.Server.PauseAsync();
            foreach (var (call, error) in await AllAsync(CallsOf(impatient), default))
            {
                var timeout = Assert.IsType<RedisOperationTimeoutException>(error);
                Assert.True(timeout.Model.StartsWith("TypedRedis.Integration.Tests.Models.", StringComparison.Ordinal), $"{call}: {timeout.Message}");
                Assert.True(timeout.Key!.StartsWith(impatient.Prefix, StringComparison.Ordinal) && timeout.Key.Length > impatient.Prefix.Length, $"{call}: {timeout.Message}");
                Assert.Contains(timeout.Model, timeout.Message, StringComparison.Ordinal);
                Assert.Contains(timeout.Key, timeout.Message, StringComparison.Ordinal);
                Assert.Contains("500 ms", timeout.Message, StringComparison.Ordinal);
            }

            await fixture.Server.ResumeAsync();
            await MixedLoad.CheckAsync(_patient, firstWorker: 1 + 4 * round);
        }
    }

    [Fact]
    public async Task A_walk_names_the_pattern_that_it_looks_for()
    {
        var impatient = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = TimeSpan.FromMilliseconds(500) });
        await fixture.Server.PauseAsync();
        var timeout = await Assert.ThrowsAsync<RedisOperationTimeoutException>(async () => await new ProductRepository(impatient).ScanKeysAsync().GetAsyncEnumerator().MoveNextAsync());
        await fixture.Server.ResumeAsync();
        Assert.Equal($"{impatient.Prefix}{ProductKey.Pattern}", timeout.Key);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(49)]
    public async Task A_timeout_shorter_than_timers_keep_ends_calls_too(int milliseconds)
    {
        var hasty = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = TimeSpan.FromMilliseconds(milliseconds) });
        var products = new ProductRepository(hasty);
        await fixture.Server.PauseAsync();
        for (int i = 0; i < 5; i++)
            await Assert.ThrowsAsync<RedisOperationTimeoutException>(() => products.GetAsync(1).EndsAsync());

        await fixture.Server.ResumeAsync();
        Assert.Null(await new ProductRepository(_patient).GetAsync(2));
    }

    [Fact]
    public async Task A_cancelled_wait_ends_at_once()
    {
        var endless = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = Timeout.InfiniteTimeSpan });
        for (int round = 0; round < 3; round++)
        {
            await fixture.Server.PauseAsync();
            using var source = new CancellationTokenSource();
            var ending = AllAsync([.. CallsOf(_patient), .. CallsOf(endless)], source.Token);
            await source.CancelAsync();
            foreach (var (call, error) in await ending)
                Assert.True(error is OperationCanceledException cancelled && cancelled.CancellationToken == source.Token, $"{call}: {error}");

            await fixture.Server.ResumeAsync();
            await MixedLoad.CheckAsync(_patient, firstWorker: 21 + 4 * round);
        }
    }

    [Fact]
    public async Task What_was_in_time_before_the_stall_is_unharmed()
    {
        var impatient = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = TimeSpan.FromMilliseconds(500) });
        int answered = 0;
        int timedOut = 0;
        using var done = new CancellationTokenSource();
        var loads = Enumerable.Range(41, 4).Select(worker => Task.Run(async () =>
        {
            var load = new MixedLoad(impatient, worker);
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                try
                {
                    await load.StepAsync(i).EndsAsync();
                    Interlocked.Increment(ref answered);
                }
                catch (RedisOperationTimeoutException)
                {
                    Interlocked.Increment(ref timedOut);
                }
            }
        })).ToArray();

        for (int round = 1; round <= 4; round++)
        {
            int before = Volatile.Read(ref answered);
            await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= before + 20 || loads.Any(load => load.IsFaulted)));
            before = Volatile.Read(ref timedOut);
            await fixture.Server.PauseAsync();
            await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref timedOut) >= before + 4 || loads.Any(load => load.IsFaulted)));
            await fixture.Server.ResumeAsync();
        }

        await done.CancelAsync();
        await Task.WhenAll(loads).EndsAsync();
        await MixedLoad.CheckAsync(_patient, firstWorker: 51);
    }

    /// <summary>Answers and timeouts that meet: whichever is first, nobody gets another's.</summary>
    [Fact]
    public async Task Timeouts_that_race_with_answers_mix_nothing_up()
    {
        var hasty = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = TimeSpan.FromMilliseconds(3) });
        var products = new ProductRepository(_patient);
        var tallies = new TallyRepository(_patient);
        await products.UpsertManyAsync(Enumerable.Range(0, 500).Select(Some.Product));
        await tallies.InsertManyAsync(Enumerable.Range(0, 500).Select(id => Some.Tally($"{id}") with { Total = id }));
        int answered = 0;
        int timedOut = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int round = 0; round < 20; round++)
            {
                await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
                {
                    int id = random.Next(500);
                    try
                    {
                        Assert.Equal(Some.Product(id), await new ProductRepository(hasty).GetAsync(id));
                        Assert.Equal(id, await new TallyRepository(hasty).IncrementTotalAsync($"{id}", 0));
                        Interlocked.Increment(ref answered);
                    }
                    catch (RedisOperationTimeoutException)
                    {
                        Interlocked.Increment(ref timedOut);
                    }
                })).EndsAsync();
            }
        })));

        Assert.Equal(4 * 20 * 200, answered + timedOut);
        await MixedLoad.CheckAsync(_patient, firstWorker: 61);
    }

    [Fact]
    public async Task Cancellations_that_race_with_answers_mix_nothing_up()
    {
        var products = new ProductRepository(_patient);
        var tallies = new TallyRepository(_patient);
        await products.UpsertManyAsync(Enumerable.Range(0, 500).Select(Some.Product));
        await tallies.InsertManyAsync(Enumerable.Range(0, 500).Select(id => Some.Tally($"{id}") with { Total = id }));
        int answered = 0;
        int cancelled = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int round = 0; round < 40; round++)
            {
                using var source = new CancellationTokenSource();
                int cancelAt = random.Next(100);
                await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
                {
                    int id = random.Next(500);
                    try
                    {
                        if (i % 2 == 0)
                            Assert.Equal(Some.Product(id), await products.GetAsync(id, source.Token));
                        else
                            Assert.Equal(id, await tallies.IncrementTotalAsync($"{id}", 0, source.Token));
                        if (Interlocked.Increment(ref answered) % 100 == cancelAt)
                            await source.CancelAsync();
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                })).EndsAsync();
            }
        })));

        Assert.Equal(4 * 40 * 100, answered + cancelled);
        Assert.True(cancelled > 0);
        await MixedLoad.CheckAsync(_patient, firstWorker: 71);
    }

    [Fact]
    public async Task Disposing_a_context_ends_what_waits()
    {
        RedisContext own = await RedisContext.ConnectAsync(fixture.Server.ConnectionString, _patient.Options);
        await fixture.Server.PauseAsync();
        try
        {
            var ending = AllAsync(CallsOf(own), default);
            await own.DisposeAsync().AsTask().EndsAsync();
            foreach (var (call, error) in await ending)
                Assert.True(error is RedisException or ObjectDisposedException or OperationCanceledException, $"{call}: {error}");
        }
        finally
        {
            await fixture.Server.ResumeAsync();
        }
    }

    /// <summary>The timer sleeps while nothing is under way. The first call after that wakes it.</summary>
    [Fact]
    public async Task The_timeout_counts_again_after_a_rest()
    {
        var time = new ManualTime();
        var redis = new RedisContext(fixture.Connection, _patient.Options with { OperationTimeout = TimeSpan.FromSeconds(5), TimeProvider = time });
        var products = new ProductRepository(redis);
        for (int round = 0; round < 3; round++)
        {
            await fixture.Server.PauseAsync();
            Task<Product?> stalled = products.GetAsync(1);
            Assert.Equal(TimeSpan.FromMilliseconds(100), time.Period);
            time.Tick(48);
            Assert.False(stalled.IsCompleted);
            time.Tick(2);
            await Assert.ThrowsAsync<RedisOperationTimeoutException>(() => stalled.EndsAsync());
            await fixture.Server.ResumeAsync();

            Assert.Null(await products.GetAsync(2));
            time.Tick(60);
            Assert.Equal(Timeout.InfiniteTimeSpan, time.Period);
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private TimerCallback? _callback;
        private object? _state;

        /// <summary>The period of the only timer.</summary>
        public TimeSpan Period { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Null(_callback);
            (_callback, _state, Period) = (callback, state, period);
            return new Timer(this);
        }

        public void Tick(int times)
        {
            for (int i = 0; i < times && Period != Timeout.InfiniteTimeSpan; i++)
                _callback!(_state);
        }

        private sealed class Timer(ManualTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                time.Period = period;
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }

    private static Call[] CallsOf(RedisContext redis) =>
    [
        .. Call.Of(new DocumentRepository(redis), Some.RichDocument()),
        .. Call.Of(new ProductRepository(redis), Some.Product()),
        .. Call.Of(new SessionRepository(redis), Some.Session()),
        .. Call.Of(new SettingRepository(redis), Some.Setting()),
    ];

    /// <summary>Makes all calls at once and waits for the end of each.</summary>
    private static Task<(Call Call, Exception? Error)[]> AllAsync(Call[] calls, CancellationToken cancellationToken)
        => Task.WhenAll(calls.Select(async call => (call, (Exception?)await Record.ExceptionAsync(() => call.RunAsync(cancellationToken).EndsAsync()))));
}
