using System.Buffers;
using System.Text;
using StackExchange.Redis;
using StackExchange.Redis.KeyspaceIsolation;

namespace TypedRedis;

/// <summary>
/// A connection, a database and a key prefix: what every store is made with. Thread-safe, and meant to live as long as the application;
/// <see cref="WithPrefix"/> and <see cref="WithTenant"/> make cheap views for a request.
/// </summary>
public sealed class RedisContext : IAsyncDisposable, IDisposable
{
    private static readonly SearchValues<char> ForbiddenInPrefix =
        SearchValues.Create("{}\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f");

    private readonly bool _ownsConnection;

    /// <summary>Makes a context over a connection of yours, which it never disposes.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or the prefix has a brace or a control character in it.</exception>
    public RedisContext(IConnectionMultiplexer connection, RedisContextOptions? options = null)
        : this(connection, Check(options ?? new RedisContextOptions()), timer: null, ownsConnection: false)
    {
    }

    private RedisContext(IConnectionMultiplexer connection, RedisContextOptions options, OperationTimer? timer, bool ownsConnection, ServerClock? clock = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Connection = connection;
        Options = options;
        Timer = timer ?? new OperationTimer(options.OperationTimeout, options.TimeProvider);
        Clock = clock ?? new ServerClock(options.TimeProvider);
        _ownsConnection = ownsConnection;
        IDatabase database = connection.GetDatabase(options.Database);
        Database = options.Prefix.Length == 0 ? database : database.WithKeyPrefix(Encoding.UTF8.GetBytes(options.Prefix));
    }

    /// <summary>The connection.</summary>
    public IConnectionMultiplexer Connection { get; }

    /// <summary>The database, for commands that TypedRedis does not cover. It puts <see cref="Prefix"/> before every key.</summary>
    public IDatabase Database { get; }

    /// <summary>The options.</summary>
    public RedisContextOptions Options { get; }

    /// <summary>What stands before every key: empty, or text that ends with <c>:</c>.</summary>
    public string Prefix => Options.Prefix;

    /// <summary>Compares the models of a program with those that were recorded in the database.</summary>
    public RedisSchemas Schemas => field ??= new RedisSchemas(this);

    /// <summary>
    /// The queues of write-behind caches that this process has written to over this connection, of any prefix, and whose writes have been due for more than a minute without being taken: no worker runs over their prefix, or
    /// they do not keep up. One round trip for each of the queues that were not empty when they were looked at last.
    /// </summary>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task<IReadOnlyList<OverdueWrites>> FindOverdueWritesAsync(CancellationToken cancellationToken = default) => WriteBehindWatch.FindAsync(Connection, cancellationToken);

    internal OperationTimer Timer { get; }

    internal ServerClock Clock { get; }

    /// <summary>Opens a connection, which disposing the context closes.</summary>
    /// <param name="configuration">A configuration string of StackExchange.Redis, such as <c>localhost:6379</c>.</param>
    /// <param name="options">The options, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops the wait; a connection that comes up later is closed again.</param>
    /// <exception cref="RedisConnectionException">No server answers, and the configuration does not say <c>abortConnect=false</c>.</exception>
    public static async Task<RedisContext> ConnectAsync(string configuration, RedisContextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        options = Check(options ?? new RedisContextOptions());
        Task<ConnectionMultiplexer> connecting = ConnectionMultiplexer.ConnectAsync(configuration);
        try
        {
            ConnectionMultiplexer connection = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new RedisContext(connection, options, timer: null, ownsConnection: true);
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(
                static late =>
                {
                    if (late.IsCompletedSuccessfully)
                    {
                        late.Result.Dispose();
                    }
                    else
                    {
                        _ = late.Exception;
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>
    /// A view of this context whose keys begin with its prefix followed by <paramref name="prefix"/>. It shares the connection, costs no round trip and owns
    /// nothing. The text is taken literally, so it must be yours; for a name that a caller chooses, use <see cref="WithTenant"/>.
    /// </summary>
    /// <param name="prefix">Text such as <c>shop:</c>. A missing <c>:</c> at its end is added.</param>
    /// <exception cref="ArgumentException">The prefix is empty, or has a brace (it would move keys to another cluster slot) or a control character in it.</exception>
    public RedisContext WithPrefix(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return View(Prefix + CheckPrefix(prefix));
    }

    /// <summary>
    /// A view of this context for one tenant: its keys begin with this context's prefix followed by the tenant's name, escaped like a key part, and <c>:</c>.
    /// Whatever the names, no key of one tenant of this context is a key of another. To keep them apart from the context's own keys too, give all of them a
    /// prefix: <c>redis.WithPrefix("tenant").WithTenant(name)</c>. Costs no round trip.
    /// </summary>
    /// <param name="tenant">The tenant's name or id.</param>
    /// <exception cref="ArgumentException">The name is empty or is not valid UTF-16.</exception>
    public RedisContext WithTenant(string tenant)
    {
        ArgumentException.ThrowIfNullOrEmpty(tenant);
        var escaped = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        escaped.Part(tenant, nameof(tenant));
        escaped.Literal(":"u8);
        return View(Prefix + (string?)escaped.ToRedisKey());
    }

    /// <summary>Closes the connection if <see cref="ConnectAsync"/> opened it; does nothing on views and on contexts over a connection of yours.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_ownsConnection)
        {
            return ValueTask.CompletedTask;
        }

        Timer.Dispose();
        return new ValueTask(Task.Run(((IDisposable)Connection).Dispose));
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        if (_ownsConnection)
        {
            Timer.Dispose();
            ((IDisposable)Connection).Dispose();
        }
    }

    /// <summary>The key with the prefix, as text, for error messages.</summary>
    internal string FullKey(RedisKey key) => Prefix + (string?)key;

    /// <summary>The same, or null where there is no key.</summary>
    internal string? FullKeyIfAny(RedisKey key) => key.Equals(default(RedisKey)) ? null : FullKey(key);

    /// <summary>A view whose calls end after <see cref="RedisContextOptions.CacheTimeout"/>.</summary>
    internal RedisContext ForCaches() => new(Connection, Options with { OperationTimeout = Options.CacheTimeout }, timer: null, ownsConnection: false);

    private RedisContext View(string prefix) => new(Connection, Options with { Prefix = prefix }, Timer, ownsConnection: false, Clock);

    internal static RedisContextOptions Check(RedisContextOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Database, -1, nameof(RedisContextOptions.Database));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(RedisContextOptions.TimeProvider));
        if (options.OperationTimeout != Timeout.InfiniteTimeSpan && (options.OperationTimeout <= TimeSpan.Zero || options.OperationTimeout > TimeSpan.FromDays(1)))
        {
            throw new ArgumentOutOfRangeException(nameof(RedisContextOptions.OperationTimeout), options.OperationTimeout, "The operation timeout must be more than zero and at most a day, or Timeout.InfiniteTimeSpan.");
        }

        if (options.CacheTimeout <= TimeSpan.Zero || options.CacheTimeout > TimeSpan.FromDays(1))
        {
            throw new ArgumentOutOfRangeException(nameof(RedisContextOptions.CacheTimeout), options.CacheTimeout, "The timeout of caches must be more than zero and at most a day.");
        }

        return string.IsNullOrEmpty(options.Prefix) ? options with { Prefix = "" } : options with { Prefix = CheckPrefix(options.Prefix) };
    }

    private static string CheckPrefix(string prefix)
    {
        int bad = prefix.AsSpan().IndexOfAny(ForbiddenInPrefix);
        if (bad >= 0)
        {
            throw new ArgumentException($"The prefix \"{prefix}\" has a {(prefix[bad] is '{' or '}' ? "brace" : "control character")} at position {bad}. A brace would move every key to another cluster slot; use plain text such as \"prod:shop:\".", nameof(prefix));
        }

        try
        {
            _ = Strict.GetByteCount(prefix);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException($"The prefix has an unpaired surrogate at position {e.Index} and cannot be written as UTF-8.", nameof(prefix), e);
        }

        return prefix.EndsWith(':') ? prefix : prefix + ":";
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
