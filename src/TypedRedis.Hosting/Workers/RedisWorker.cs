using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TypedRedis.Hosting;

/// <summary>Says that a store has a worker, whose work waits in Redis and nowhere else.</summary>
internal sealed record WorkerRegistration(string Store);

/// <summary>Runs a store's background work while the host runs.</summary>
internal sealed partial class RedisWorker<TStore>(IServiceScopeFactory scopes, IServiceProviderIsService registered, IServiceProvider services) : BackgroundService
    where TStore : class, IBackgroundStore
{
    internal static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private static readonly string Store = typeof(TStore).Name;

    private readonly ILogger _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("TypedRedis.Hosting.RedisWorker");
    private readonly TimeProvider _time = services.GetService<TimeProvider>() ?? TimeProvider.System;

    public override Task StartAsync(CancellationToken cancellationToken)
        => registered.IsService(typeof(TStore))
            ? base.StartAsync(cancellationToken)
            : throw new InvalidOperationException($"AddRedisWorker<{Store}>: {Store} is not registered. Call AddTypedRedisStores() of the project that declares it.");

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (ExecuteTask is { IsCompleted: false })
        {
            LogNotDrained(_logger, Store);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            long started = _time.GetTimestamp();
            try
            {
                AsyncServiceScope scope = scopes.CreateAsyncScope();
                await using (scope.ConfigureAwait(false))
                {
                    await scope.ServiceProvider.GetRequiredService<TStore>().RunAsync(stoppingToken).ConfigureAwait(false);
                }

                if (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (stoppingToken.IsCancellationRequested)
            {
                LogFailedAtEnd(_logger, e, Store);
                return;
            }
            catch (Exception e)
            {
                pause = PauseAfter(started, pause);
                LogFailed(_logger, e, Store, pause.TotalSeconds);
                await PauseAsync(pause, stoppingToken).ConfigureAwait(false);
                pause = Longer(pause);
                continue;
            }

            pause = PauseAfter(started, pause);
            LogEnded(_logger, Store, pause.TotalSeconds);
            await PauseAsync(pause, stoppingToken).ConfigureAwait(false);
            pause = Longer(pause);
        }
    }

    // A run that went well for a while ends the row of failures.
    private TimeSpan PauseAfter(long started, TimeSpan pause) => _time.GetElapsedTime(started) >= LongestPause ? FirstPause : pause;

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken)
        => await Task.Delay(pause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(10, LogLevel.Error, "The worker of {Store} failed. It is started again in {Seconds} s.")]
    private static partial void LogFailed(ILogger logger, Exception error, string store, double seconds);

    [LoggerMessage(11, LogLevel.Warning, "The worker of {Store} ended although the host runs. It is started again in {Seconds} s.")]
    private static partial void LogEnded(ILogger logger, string store, double seconds);

    [LoggerMessage(12, LogLevel.Error, "The worker of {Store} failed while the host stopped. What it had begun is done by the next worker.")]
    private static partial void LogFailedAtEnd(ILogger logger, Exception error, string store);

    [LoggerMessage(13, LogLevel.Warning, "The worker of {Store} did not end within the host's shutdown timeout (HostOptions.ShutdownTimeout). What it had begun is done by the next worker.")]
    private static partial void LogNotDrained(ILogger logger, string store);
}
