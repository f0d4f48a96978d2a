using Microsoft.Extensions.Hosting;

namespace TypedRedis.Hosting;

/// <summary>Opens the connection before any other hosted service starts, so that a wrong address ends the start.</summary>
internal sealed class ConnectionOpener(RedisConnection connection) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken) => await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
