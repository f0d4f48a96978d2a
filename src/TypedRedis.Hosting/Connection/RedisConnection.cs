using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TypedRedis.Hosting;

/// <summary>
/// The connection of the application: opened when the host starts or when somebody first needs it, and closed with the services. One that the application has
/// registered itself is only passed on. A connect that failed is tried anew by the next who asks.
/// </summary>
internal sealed partial class RedisConnection(IServiceProvider services, IOptions<TypedRedisOptions> options) : IAsyncDisposable, IDisposable
{
    private readonly ILogger _logger = (services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger("TypedRedis.Hosting.Connection");
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _opening;
    private bool _disposed;

    /// <summary>The open connection.</summary>
    /// <param name="cancellationToken">Stops the wait, not the connect.</param>
    public async ValueTask<IConnectionMultiplexer> OpenAsync(CancellationToken cancellationToken)
    {
        TypedRedisOptions settings = options.Value;
        return settings.UsesRegisteredConnection
            ? Registered()
            : await Opening(settings).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same for constructors, which cannot wait otherwise. It blocks only if nobody has opened the connection before.</summary>
    public IConnectionMultiplexer Open()
    {
        TypedRedisOptions settings = options.Value;
        return settings.UsesRegisteredConnection ? Registered() : Opening(settings).GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (TakeForDisposal() is { } opening)
        {
            await Task.Run(() => CloseAsync(opening)).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (TakeForDisposal() is { } opening)
        {
            Task.Run(() => CloseAsync(opening)).GetAwaiter().GetResult();
        }
    }

    private IConnectionMultiplexer Registered()
        => services.GetService<IConnectionMultiplexer>()
            ?? throw new InvalidOperationException("AddTypedRedis() without an argument uses the IConnectionMultiplexer that is registered, and there is none. Register one, or pass a connection string to AddTypedRedis.");

    // On the thread pool, so that whoever blocks has no context that the connect would need.
    private Task<ConnectionMultiplexer> Opening(TypedRedisOptions settings)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(RedisContext));
            return _opening is { IsFaulted: false, IsCanceled: false } opening
                ? opening
                : _opening = Task.Run(() => ConnectAsync(settings));
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(TypedRedisOptions settings)
    {
        ConfigurationOptions configuration = settings.Connection?.Clone() ?? ConfigurationOptions.Parse(settings.ConnectionString!);
        if (settings.Password is { } password)
        {
            configuration.Password = password;
        }

        if (settings.ConnectTimeout is { } timeout)
        {
            configuration.ConnectTimeout = (int)Math.Ceiling(timeout.TotalMilliseconds);
        }

        string addresses = string.Join(", ", configuration.EndPoints.Select(ConnectionStrings.Text));
        ConnectionMultiplexer connection;
        try
        {
            connection = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
        }
        catch (Exception)
        {
            LogNotConnected(_logger, addresses);
            throw;
        }

        if (connection.IsConnected)
        {
            LogConnected(_logger, addresses);
        }
        else
        {
            LogNotConnectedYet(_logger, addresses);
        }

        connection.ConnectionFailed += (_, e) => LogLost(_logger, ConnectionStrings.Text(e.EndPoint), e.ConnectionType, e.FailureType);
        connection.ConnectionRestored += (_, e) => LogRestored(_logger, ConnectionStrings.Text(e.EndPoint), e.ConnectionType);
        return connection;
    }

    private Task<ConnectionMultiplexer>? TakeForDisposal()
    {
        lock (_gate)
        {
            _disposed = true;
            Task<ConnectionMultiplexer>? opening = _opening;
            _opening = null;
            return opening;
        }
    }

    // Waits for a connect that is under way: it ends within its timeout, and what it gives must be closed.
    private static async Task CloseAsync(Task<ConnectionMultiplexer> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
        {
            (await opening.ConfigureAwait(false)).Dispose();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Connected to Redis at {Addresses}.")]
    private static partial void LogConnected(ILogger logger, string addresses);

    [LoggerMessage(2, LogLevel.Warning, "No Redis server answers at {Addresses}. The application goes on without (abortConnect=false), and the driver keeps trying.")]
    private static partial void LogNotConnectedYet(ILogger logger, string addresses);

    [LoggerMessage(3, LogLevel.Error, "No connection to Redis at {Addresses}. Check the address, the password and that the server runs; with abortConnect=false in the connection string the application starts without.")]
    private static partial void LogNotConnected(ILogger logger, string addresses);

    [LoggerMessage(4, LogLevel.Warning, "The connection to Redis at {Address} ({Connection}) was lost: {Reason}. The driver reconnects by itself.")]
    private static partial void LogLost(ILogger logger, string address, ConnectionType connection, ConnectionFailureType reason);

    [LoggerMessage(5, LogLevel.Information, "The connection to Redis at {Address} ({Connection}) is back.")]
    private static partial void LogRestored(ILogger logger, string address, ConnectionType connection);
}
