using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TypedRedis.Testing.Processes;
using TypedRedis.Testing.Protocol;

namespace TypedRedis.Testing;

/// <summary>A real redis-server (or valkey-server) of a test's own: on a free loopback port, in a private directory, gone when it is disposed or when this process ends, however that ends.</summary>
/// <remarks>
/// <code>
/// await using var server = await RedisServer.StartAsync();
/// var redis = await RedisContext.ConnectAsync(server.ConnectionString);
/// </code>
/// <para>Starting one takes some tens of milliseconds; any number can run side by side. Every member may be called from several threads;
/// what changes the server's state (stop, kill, pause, …) is done one after the other.</para>
/// <para>Linux and macOS. There is no Redis for Windows: run the tests in WSL there.</para>
/// </remarks>
public sealed class RedisServer : IAsyncDisposable, IDisposable
{
    internal const string PathVariable = "REDIS_SERVER_PATH";

    private const int PortAttempts = 20;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan RebindInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(30);

    private readonly string _executable;
    private readonly string _configurationFile;
    private readonly string _logFile;
    private readonly string? _password;
    private readonly TimeSpan _startTimeout;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _disposing = new();
    private GuardedProcess? _process;
    private string? _finalLog;

    private RedisServer(string executable, RedisServerOptions options, int port)
    {
        _executable = executable;
        _startTimeout = options.StartTimeout;
        _password = options.Configuration.LastOrDefault(directive => directive.Key.Equals("requirepass", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        WorkingDirectory = Directory.CreateTempSubdirectory("typedredis-").FullName;
        _configurationFile = Path.Combine(WorkingDirectory, "redis.conf");
        _logFile = Path.Combine(WorkingDirectory, "server.log");
        File.WriteAllText(_configurationFile, ConfigurationText(options));
    }

    /// <summary>The address the server listens on, always <c>127.0.0.1</c>.</summary>
    public string Host => EndPoint.Address.ToString();

    /// <summary>The port the server listens on; it stays the same over restarts.</summary>
    public int Port => EndPoint.Port;

    /// <summary><see cref="Host"/> and <see cref="Port"/> together.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary><c>127.0.0.1:port</c>, as StackExchange.Redis takes it.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>The process id of the server, or of the last run when it is not running. A restart changes it.</summary>
    public int ProcessId => _process!.ProcessId;

    internal int GuardProcessId => _process!.GuardProcessId;

    /// <summary>What <c>requirepass</c> says; null where there is none.</summary>
    internal string? Password => string.IsNullOrEmpty(_password) ? null : _password;

    /// <summary>The private directory: redis.conf, the log, and the data where <see cref="RedisServerOptions.Persistence"/> asks for it. Deleted on dispose.</summary>
    public string WorkingDirectory { get; }

    /// <summary>What the server has logged so far, over all its runs; still there after dispose.</summary>
    public string Log => Volatile.Read(ref _finalLog) ?? ReadLog();

    /// <summary>Whether the process is there. A paused server is running, too.</summary>
    public bool IsRunning => _process is { Exited.IsCompleted: false };

    /// <summary>Starts a server and returns when it answers PING.</summary>
    /// <param name="options">Persistence and configuration; by default neither.</param>
    /// <param name="cancellationToken">Cancels the start; nothing is left behind.</param>
    /// <returns>The running server. Dispose it.</returns>
    /// <exception cref="RedisServerNotFoundException">Neither <c>REDIS_SERVER_PATH</c> nor PATH leads to a server; the message says what to install.</exception>
    /// <exception cref="RedisServerStartException">The server ended or did not answer; the message has the end of its log.</exception>
    /// <exception cref="PlatformNotSupportedException">On Windows.</exception>
    public static Task<RedisServer> StartAsync(RedisServerOptions? options = null, CancellationToken cancellationToken = default)
        => StartOnAsync(FreePorts.Next, options ?? new(), cancellationToken);

    internal static async Task<RedisServer> StartOnAsync(Func<int> choosePort, RedisServerOptions options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("There is no redis-server for Windows. Run the tests in WSL (wsl --install, then apt-get install redis-server in it).");

        var executable = Executables.FindServer(Environment.GetEnvironmentVariable);
        for (var attempt = 1; ; attempt++)
        {
            // A port that was free a moment ago may be another test host's by now. Then the server says so and ends.
            var server = new RedisServer(executable, options, choosePort());
            try
            {
                await server.LaunchAsync(cancellationToken).ConfigureAwait(false);
                return server;
            }
            catch (RedisServerStartException e) when (e.IsPortTaken && attempt < PortAttempts)
            {
                server.Dispose();
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }
    }

    /// <summary>Stops the server gracefully if it runs, and starts it again on the same port and directory. Also brings back one that was killed or stopped.</summary>
    /// <param name="cancellationToken">Cancels the wait; the server may then be down.</param>
    /// <returns>A task that ends when the server answers PING.</returns>
    /// <exception cref="RedisServerStartException">The server ended or did not answer; the message has the end of its log.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) => ExclusivelyAsync(async token =>
    {
        await ShutDownAsync(token).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await LaunchAsync(token).ConfigureAwait(false);
                return;
            }
            catch (RedisServerStartException e) when (e.IsPortTaken && attempt < PortAttempts)
            {
                // It must be this port. A server that was killed from outside may still be giving it back.
                await Task.Delay(RebindInterval, token).ConfigureAwait(false);
            }
        }
    }, cancellationToken);

    /// <summary>Stops the server gracefully (SIGTERM): with <see cref="RedisPersistence.Snapshot"/> it saves first. Nothing happens if it is not running.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the stop.</param>
    /// <returns>A task that ends when the process is gone.</returns>
    public Task StopAsync(CancellationToken cancellationToken = default) => ExclusivelyAsync(ShutDownAsync, cancellationToken);

    /// <summary>Kills the server (SIGKILL), as a crash of its machine would. Nothing happens if it is not running.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the kill.</param>
    /// <returns>A task that ends when the process is gone.</returns>
    public Task KillAsync(CancellationToken cancellationToken = default) => ExclusivelyAsync(async token =>
    {
        _process!.Signal(PosixSignal.Kill);
        await _process.Exited.WaitAsync(token).ConfigureAwait(false);
    }, cancellationToken);

    /// <summary>Freezes the server (SIGSTOP): connections stay open and new ones are accepted by the kernel, but nothing is answered, as on a stalled machine.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the pause.</param>
    /// <returns>A task that ends when the kernel has stopped every thread of the process.</returns>
    /// <exception cref="InvalidOperationException">The server is not running.</exception>
    public Task PauseAsync(CancellationToken cancellationToken = default) => ExclusivelyAsync(async token =>
    {
        if (!await _process!.SuspendAsync(token).ConfigureAwait(false))
            throw NotRunning("pause");
    }, cancellationToken);

    /// <summary>Lets a paused server go on (SIGCONT). It then answers what has arrived in the meantime. Nothing happens if it was not paused.</summary>
    /// <param name="cancellationToken">Cancels waiting for another call on this server.</param>
    /// <returns>A task that ends when the signal was sent.</returns>
    /// <exception cref="InvalidOperationException">The server is not running.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken = default)
        => ExclusivelyAsync(_ => _process!.Signal(PosixSignal.Continue) ? Task.CompletedTask : throw NotRunning("resume"), cancellationToken);

    /// <summary>Sends one command on a connection of its own and returns the answer. Meant for looking at what is in Redis; state of a connection (SELECT, MULTI) does not outlive the call.</summary>
    /// <param name="command">The command and its arguments, such as <c>"HGETALL", "user:42"</c>.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="RedisReplyException">The server refused the command.</exception>
    /// <exception cref="TimeoutException">No answer within 30 seconds, for example because the server is paused.</exception>
    public async Task<RedisReply> ExecuteAsync(params string[] command)
    {
        using var timeout = new CancellationTokenSource(CommandTimeout);
        try
        {
            return await ExecuteAsync(command, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"The server at {ConnectionString} did not answer {command[0]} within {CommandTimeout.TotalSeconds:0} seconds. Is it paused?", e);
        }
    }

    /// <summary>Sends one command on a connection of its own and returns the answer, waiting for it as long as the token allows.</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="RedisReplyException">The server refused the command.</exception>
    public async Task<RedisReply> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.Count == 0)
            throw new ArgumentException("There is no command.", nameof(command));

        using var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        var reply = await connection.ExecuteAsync(command, cancellationToken).ConfigureAwait(false);
        return reply.Kind == RedisReplyKind.Error ? throw new RedisReplyException(reply.Text!) : reply;
    }

    /// <summary>Removes every key of every database (FLUSHALL), so that tests can share one server.</summary>
    /// <returns>A task that ends when the server is empty.</returns>
    public async Task FlushAllAsync() => await ExecuteAsync("FLUSHALL").ConfigureAwait(false);

    /// <summary>Ends the server, whatever state it is in, and deletes its directory.</summary>
    /// <returns>A task that ends when both are gone.</returns>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync().ConfigureAwait(false); // Ends what waits for the server, and so frees the gate.
        await _gate.WaitAsync().ConfigureAwait(false);
        EndAndRelease();
    }

    /// <summary>Ends the server, whatever state it is in, and deletes its directory.</summary>
    public void Dispose()
    {
        _disposing.Cancel();
        _gate.Wait();
        EndAndRelease();
    }

    private void EndAndRelease()
    {
        try
        {
            if (_finalLog is not null)
                return;

            Volatile.Write(ref _finalLog, ReadLog());
            _process?.Dispose();
            if (Directory.Exists(WorkingDirectory))
                Directory.Delete(WorkingDirectory, recursive: true);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task ExclusivelyAsync(Func<CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            await _gate.WaitAsync(linked.Token).ConfigureAwait(false);
            try
            {
                await change(linked.Token).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (OperationCanceledException) when (_disposing.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(RedisServer));
        }
    }

    private async Task ShutDownAsync(CancellationToken cancellationToken)
    {
        var process = _process!;
        process.Signal(PosixSignal.Terminate);
        process.Signal(PosixSignal.Continue); // A paused process would never see it.
        try
        {
            await process.Exited.WaitAsync(_startTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The server at {ConnectionString} did not stop within {_startTimeout}. Its Log says why; KillAsync ends it in any case.", e);
        }
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var logStart = File.Exists(_logFile) ? new FileInfo(_logFile).Length : 0;
        var process = await GuardedProcess.StartAsync(WorkingDirectory, _logFile, [_executable, _configurationFile]).ConfigureAwait(false);

        // From here on the new guard looks after the directory.
        var previous = _process;
        _process = process;
        previous?.Release();

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_startTimeout);
        var ready = WaitForPongAsync(process.ProcessId, timeout.Token);
        if (await Task.WhenAny(ready, process.Exited).ConfigureAwait(false) == process.Exited)
        {
            await timeout.CancelAsync().ConfigureAwait(false);
            await ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var exitCode = await process.Exited.ConfigureAwait(false);
            throw new RedisServerStartException($"{_executable} ended with exit code {exitCode} before it answered PING.", ReadLog(logStart));
        }

        try
        {
            await ready.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Signal(PosixSignal.Kill);
            await process.Exited.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new RedisServerStartException($"{_executable} did not answer PING on {ConnectionString} within {_startTimeout}.", ReadLog(logStart));
        }
    }

    private async Task WaitForPongAsync(int processId, CancellationToken cancellationToken)
    {
        while (!await AnswersAsync(processId, cancellationToken).ConfigureAwait(false))
            await Task.Delay(PollInterval, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether it is our server, not the one of somebody who was faster to take the port, that answers PING.</summary>
    private async Task<bool> AnswersAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            var pong = await connection.ExecuteAsync(["PING"], cancellationToken).ConfigureAwait(false);
            if (pong.Text != "PONG")
                return IsAccessRule(pong);

            var info = await connection.ExecuteAsync(["INFO", "server"], cancellationToken).ConfigureAwait(false);
            return IsAccessRule(info) || info.Text!.Contains($"process_id:{processId}\r\n", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or InvalidDataException or RedisReplyException)
        {
            return false;
        }

        // The test has set up users of its own: the server is up, and says no more to us.
        static bool IsAccessRule(RedisReply reply)
            => reply.Kind == RedisReplyKind.Error && (reply.Text!.StartsWith("NOAUTH", StringComparison.Ordinal) || reply.Text.StartsWith("NOPERM", StringComparison.Ordinal));
    }

    /// <summary>A new connection, authenticated where the server has a password.</summary>
    internal async Task<RespConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        var connection = await RespConnection.ConnectAsync(EndPoint, cancellationToken).ConfigureAwait(false);
        try
        {
            if (Password is { } password && await connection.ExecuteAsync(["AUTH", password], cancellationToken).ConfigureAwait(false) is { Kind: RedisReplyKind.Error } refused)
                throw new RedisReplyException(refused.Text!);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string ConfigurationText(RedisServerOptions options)
    {
        var text = new StringBuilder()
            .Append(RedisConfiguration.Line("bind", Host))
            .Append(RedisConfiguration.Line("port", Port.ToString(CultureInfo.InvariantCulture)))
            .Append(RedisConfiguration.Line("dir", WorkingDirectory))
            .Append(RedisConfiguration.Line("daemonize", "no"))
            .Append(RedisConfiguration.Line("logfile", ""))
            .Append(RedisConfiguration.Line("appendonly", options.Persistence == RedisPersistence.AppendOnly ? "yes" : "no"))
            .Append(RedisConfiguration.Line("save", ""));
        if (options.Persistence == RedisPersistence.Snapshot)
            text.Append(RedisConfiguration.Line("save", "3600", "1")); // A save point is what makes a graceful stop save.
        foreach (var (name, arguments) in options.Configuration)
            text.Append(RedisConfiguration.Line(name, arguments));
        return text.ToString();
    }

    private string ReadLog(long from = 0)
    {
        try
        {
            using var file = new FileStream(_logFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = from;
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Volatile.Read(ref _finalLog) ?? "";
        }
    }

    private InvalidOperationException NotRunning(string verb)
        => new($"The server at {ConnectionString} is not running: there is nothing to {verb}. RestartAsync brings it back.");
}
