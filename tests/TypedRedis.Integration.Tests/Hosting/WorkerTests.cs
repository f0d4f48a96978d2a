using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TypedRedis.Integration.Tests.Hosting;

/// <summary>Stores whose work runs with the host.</summary>
public sealed class WorkerTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_worker_that_fails_is_started_again_after_pauses_that_grow_in_a_scope_of_its_own()
    {
        var time = new HastyTime();
        var log = new LogLines();
        var plan = new Plan();
        for (int i = 0; i < 8; i++)
            plan.Runs.Enqueue(i == 3 ? _ => Task.CompletedTask : _ => throw new InvalidDataException("no such stream"));
        using IHost host = await StartAsync(plan, time, log);
        await plan.Running.Task.EndsAsync();

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], time.Pauses.Select(pause => pause.TotalSeconds));
        Assert.Equal(9, plan.Stores.Distinct().Count());
        Assert.Equal(8, plan.Stores.Count(store => store.IsDisposed));
        Assert.Contains("Error TypedRedis.Hosting.RedisWorker: The worker of Counter failed. It is started again in 1 s. System.IO.InvalidDataException: no such stream", log.Text, StringComparison.Ordinal);
        Assert.Contains("Warning TypedRedis.Hosting.RedisWorker: The worker of Counter ended although the host runs. It is started again in 8 s.", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_run_that_lasted_the_pauses_begin_anew()
    {
        var time = new HastyTime();
        var plan = new Plan();
        for (int i = 0; i < 4; i++)
        {
            bool lasts = i == 2;
            plan.Runs.Enqueue(_ =>
            {
                if (lasts)
                    time.Advance(TimeSpan.FromMinutes(1));
                throw new InvalidDataException();
            });
        }

        using IHost host = await StartAsync(plan, time);
        await plan.Running.Task.EndsAsync();
        Assert.Equal([1, 2, 1, 2], time.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task The_host_waits_for_what_was_begun()
    {
        var finish = new TaskCompletionSource();
        var plan = new Plan();
        plan.Runs.Enqueue(async token =>
        {
            var stopping = new TaskCompletionSource();
            await using var _ = token.Register(stopping.SetResult);
            plan.Running.SetResult();
            await stopping.Task;
            await finish.Task;
        });
        var log = new LogLines();
        using IHost host = await StartAsync(plan, new HastyTime(), log);
        await plan.Running.Task.EndsAsync();

        Task stop = host.StopAsync();
        Assert.False(stop.IsCompleted);
        Assert.False(plan.Stores.Single().IsDisposed);
        finish.SetResult();
        await stop.EndsAsync();
        Assert.True(plan.Stores.Single().IsDisposed);
        Assert.Single(plan.Stores);
        Assert.DoesNotContain("worker", log.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_worker_that_does_not_end_in_time_is_told()
    {
        var never = new TaskCompletionSource();
        var plan = new Plan();
        plan.Runs.Enqueue(_ =>
        {
            plan.Running.SetResult();
            return never.Task;
        });
        var log = new LogLines();
        using IHost host = await StartAsync(plan, new HastyTime(), log);
        await plan.Running.Task.EndsAsync();
        using var limit = new CancellationTokenSource();
        Task stop = host.StopAsync(limit.Token);
        await limit.CancelAsync();
        await Record.ExceptionAsync(() => stop.EndsAsync());
        Assert.Contains("The worker of Counter did not end within the host's shutdown timeout", log.Text, StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task A_failure_while_the_host_stops_is_logged_and_not_repeated()
    {
        var plan = new Plan();
        plan.Runs.Enqueue(async token =>
        {
            plan.Running.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                throw new InvalidDataException("half a batch");
            }
        });
        var log = new LogLines();
        using IHost host = await StartAsync(plan, new HastyTime(), log);
        await plan.Running.Task.EndsAsync();
        await host.StopAsync().EndsAsync();
        Assert.Contains("The worker of Counter failed while the host stopped.", log.Text, StringComparison.Ordinal);
        Assert.Contains("half a batch", log.Text, StringComparison.Ordinal);
        Assert.Single(plan.Stores);
    }

    [Fact]
    public async Task A_store_that_is_not_registered_ends_the_start()
    {
        using IHost host = Hosted.Build(services => services.AddTypedRedis(fixture.Server.ConnectionString).Services.AddRedisWorker<Counter>());
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync().EndsAsync());
        Assert.Equal("AddRedisWorker<Counter>: Counter is not registered. Call AddTypedRedisStores() of the project that declares it.", error.Message);
    }

    [Fact]
    public async Task Registered_twice_it_runs_once()
    {
        var plan = new Plan();
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddSingleton(plan);
            services.AddTypedRedis(fixture.Server.ConnectionString);
            services.AddScoped<Counter>();
            services.AddRedisWorker<Counter>().AddRedisWorker<Counter>();
        });
        await plan.Running.Task.EndsAsync();
        await host.StopAsync().EndsAsync();
        Assert.Single(plan.Stores);
    }

    private Task<IHost> StartAsync(Plan plan, TimeProvider time, LogLines? log = null) => Hosted.StartAsync(
        services =>
        {
            services.AddSingleton(plan);
            services.AddSingleton(time);
            services.AddTypedRedis(options =>
            {
                options.ConnectionString = fixture.Server.ConnectionString;
                options.TimeProvider = TimeProvider.System;
            });
            services.AddScoped<Counter>();
            services.AddRedisWorker<Counter>();
        },
        log);

    /// <summary>What the runs do one after the other; the last one works until it is cancelled.</summary>
    private sealed class Plan
    {
        public ConcurrentQueue<Func<CancellationToken, Task>> Runs { get; } = new();

        public ConcurrentQueue<Counter> Stores { get; } = new();

        public TaskCompletionSource Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Counter(RedisContext redis, Plan plan) : IBackgroundStore, IDisposable
    {
        public bool IsDisposed { get; private set; }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            plan.Stores.Enqueue(this);
            await redis.Database.PingAsync();
            if (plan.Runs.TryDequeue(out var run))
            {
                await run(cancellationToken);
                return;
            }

            plan.Running.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        public void Dispose() => IsDisposed = true;
    }

    /// <summary>A clock that stands still but for what a test adds, and whose timers end at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private long _now;

        public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _now);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
                Pauses.Enqueue(dueTime);
            return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
        }
    }
}
