using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// The channel of a cache: invalidations, and the beats that prove that they arrive. Each process that uses the cache has <c>cache_beat.lua</c> send a beat every 200 ms and notes when it asked. Once
/// that beat is received, all invalidations before that moment are; so the process's own level is trusted for <see cref="Bound"/> after it. A beat proves when it was asked for, not when it arrives:
/// a link that is dead or slow ends the trust. So do a beat that is missing in the count, a count that began anew, and any event of the link; the level is cleared then.
/// </summary>
internal sealed partial class CacheChannel
{
    /// <summary>How long after a proven moment the process's own level is trusted, in ms: the longest time for which it can show what another process has invalidated.</summary>
    public const long Bound = 800;

    /// <summary>How many tags of the log are read at once.</summary>
    public const int LogPage = 1_000;

    private const int Interval = 200;
    private const int LeastGap = 100;
    private const int MostAsked = 64;
    private const int MostDoubts = 25;
    private const long Never = long.MinValue;
    private const long IdleAfter = 10_000;
    private const long ForgottenAfter = 600_000;

    // How old what is read of the log may get where messages between nodes of a cluster can be lost unseen.
    private const long LogInterval = 10_000;
    private const long TopologyInterval = 2_000;
    private const int MostLooks = 2;

    private readonly RedisContext _redis;
    private readonly CacheSchema _schema;
    private readonly ICacheListener _listener;
    private readonly CacheClock _clock;
    private readonly CacheCounters _counters;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Node> _nodes = [];
    private readonly Action<RedisChannel, RedisValue> _handler;
    private readonly EventHandler<ConnectionFailedEventArgs> _linkHandler;
    private readonly RedisChannel _channel;
    private Task? _running;
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _subscribing;
    private bool _isSubscribed;
    private int _doubts;        // steps without trust in a row
    private long _trustedUntil = Never;
    private long _usedAt;
    private long _generation;       // counts the losses
    private long _heardGeneration = -1; // the one in which beats of all nodes have arrived: from then on, so does all else
    private long _logGeneration = -1;   // the one that the log was read in, after that
    private long _logReadAt = Never;
    private string? _topology;
    private long _topologyReadAt = Never;
    private int _looks;             // how often the driver is still to be asked to look at the cluster

    public CacheChannel(RedisContext redis, CacheSchema schema, ICacheListener listener, TagTable tags, CacheClock clock, CacheCounters counters, ILogger log)
    {
        _redis = redis;
        _schema = schema;
        _listener = listener;
        _clock = clock;
        _counters = counters;
        _log = log;
        Tags = tags;
        LogKey = schema.Name + ":~tags";

        // Channels are one space for all databases.
        int database = redis.Database.Database;
        string name = $"{redis.Prefix}{schema.Name}:~{(database == 0 ? "" : database.ToString(CultureInfo.InvariantCulture))}";
        Name = PrefixOf(redis.Connection) + name;
        _channel = new RedisChannel(name, RedisChannel.PatternMode.Literal);
        _handler = (_, message) => OnMessage(message);
        _linkHandler = (_, _) => Lose();    // Of the other connection too: by RESP3 it carries the messages.
    }

    /// <summary>The channel, with all prefixes, as scripts take it.</summary>
    public RedisValue Name { get; }

    /// <summary>The key of the log of tags.</summary>
    public RedisKey LogKey { get; }

    public TagTable Tags { get; }

    /// <summary>Whether what this process knows is at most <see cref="Bound"/> old.</summary>
    public bool IsTrusted(long now) => now <= Volatile.Read(ref _trustedUntil);

    /// <summary>For how long it is trusted if nothing more is heard, in ms; 0 or less where it is not.</summary>
    public long TrustLeft(long now) => Volatile.Read(ref _trustedUntil) is var until && until == Never ? 0 : until - now;

    /// <summary>The entry of a key was invalidated or written.</summary>
    public static RedisValue Changed(RedisKey key) => Message((byte)'I', key);

    /// <summary>The load of a key has ended.</summary>
    public static RedisValue Loaded(RedisKey key) => Message((byte)'L', key);

    /// <summary>Notes that the cache is used, and sees to it that it hears its messages. Completes when it does, or could not within the timeout.</summary>
    public ValueTask UseAsync()
    {
        long now = _clock.Now;
        Volatile.Write(ref _usedAt, now);
        if (IsTrusted(now) || (Volatile.Read(ref _running) is not null && _ready.Task.IsCompleted))
        {
            return ValueTask.CompletedTask;
        }

        lock (_gate)
        {
            if (_running is null)
            {
                _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using (ExecutionContext.SuppressFlow())     // The first caller's request ends long before this does.
                {
                    _running = Task.Run(RunAsync);
                }
            }

            return new ValueTask(_ready.Task);
        }
    }

    /// <summary>Notes that the cache is used.</summary>
    public void Touch(long now)
    {
        // Rarely: a write takes the cache line from the other processors.
        if (now - Volatile.Read(ref _usedAt) > 1_000)
        {
            Volatile.Write(ref _usedAt, now);
        }
    }

    /// <summary>Reads what the log says since the last time, a page at a time: mostly one. Where the table is not to be trusted, in the round trip of every read.</summary>
    public async ValueTask ReadLogAsync(CancellationToken cancellationToken)
    {
        // A log that was read before messages arrive may lack what was invalidated in between.
        long generation = Volatile.Read(ref _heardGeneration);
        long before = Tags.Floor;
        bool isMore;
        do
        {
            long sent = _clock.Precise;
            RedisResult reply = await ScriptWait.Evaluate(CacheScripts.Tags, _redis, _schema, [LogKey], [Tags.Complete, LogPage], cancellationToken).ConfigureAwait(false);
            var parts = (RedisResult[])reply!;
            _clock.Observe(sent, (long)parts[0]);
            isMore = Tags.Take(parts);
        }
        while (isMore);

        if (before != 0 && Tags.Floor > before)
        {
            _counters.Add(CacheEvent.LostLog);
            _log.LostTagLog(_schema.Name);
        }

        lock (_gate)
        {
            if (generation == _generation)
            {
                _logGeneration = generation;
                _logReadAt = _clock.Now;
                Trust();
            }
        }
    }

    // What the driver puts before each channel that is subscribed to by it, and not before one that a script publishes to.
    private static string PrefixOf(IConnectionMultiplexer connection)
        => string.IsNullOrEmpty(connection.Configuration) ? "" : (string?)ConfigurationOptions.Parse(connection.Configuration, ignoreUnknown: true).ChannelPrefix ?? "";

    private static RedisValue Message(byte kind, RedisKey key)
    {
        byte[] text = key!;
        var message = new byte[text.Length + 1];
        message[0] = kind;
        text.CopyTo(message, 1);
        return message;
    }

    // Until nobody has used the cache for ten minutes. The beats stop after ten seconds: what the level holds is not trusted then, and is cleared.
    private async Task RunAsync()
    {
        try
        {
            _redis.Connection.ConnectionFailed += _linkHandler;
            _redis.Connection.ConnectionRestored += _linkHandler;
            while (_clock.Now - Volatile.Read(ref _usedAt) < ForgottenAfter)
            {
                if (_clock.Now - Volatile.Read(ref _usedAt) < IdleAfter)
                {
                    await StepAsync().ConfigureAwait(false);
                }

                _ready.TrySetResult();
                _listener.OnTime(_clock.Now);
                await Task.Delay(TimeSpan.FromMilliseconds(Interval), _redis.Options.TimeProvider).ConfigureAwait(false);
            }
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed, and with it the cache.
        }
        finally
        {
            await StopAsync().ConfigureAwait(false);
        }
    }

    private async Task StepAsync()
    {
        try
        {
            _doubts = IsTrusted(_clock.Now) ? 0 : _doubts + 1;
            if (_doubts > MostDoubts)
            {
                await UnsubscribeAsync().ConfigureAwait(false);
            }

            await SubscribeAsync().ConfigureAwait(false);
            await RefreshNodesAsync().ConfigureAwait(false);
            await Task.WhenAll([.. Nodes().Select(BeatAsync), ReadLogIfDueAsync()]).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not ObjectDisposedException)
        {
            // Not proven, so the trust ends by itself. The next step tries again.
        }
    }

    // The driver keeps the handler from the first call on, whatever becomes of that call, and subscribes again by itself: with a second call it would hear everything twice.
    private async Task SubscribeAsync()
    {
        if (_isSubscribed)
        {
            return;
        }

        _subscribing ??= _redis.Connection.GetSubscriber().SubscribeAsync(_channel, _handler);
        try
        {
            await _subscribing.WaitAsync(_redis.Options.OperationTimeout).ConfigureAwait(false);
        }
        catch (Exception) when (_subscribing.IsFaulted)
        {
        }

        _isSubscribed = true;
        Lose();
    }

    // The driver subscribes again by itself where a link is lost. Where nothing is heard for long all the same, it is asked to.
    private async Task UnsubscribeAsync()
    {
        _doubts = 0;
        _subscribing = null;
        _isSubscribed = false;
        try
        {
            await _redis.Connection.GetSubscriber().UnsubscribeAsync(_channel, _handler).WaitAsync(_redis.Options.OperationTimeout).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The link is gone, and with it the subscription.
        }
    }

    private async Task ReadLogIfDueAsync()
    {
        if (Volatile.Read(ref _logGeneration) != Volatile.Read(ref _generation) || _clock.Now - Volatile.Read(ref _logReadAt) >= LogInterval)
        {
            await ReadLogAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task ReadLogNowAsync()
    {
        try
        {
            await ReadLogAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The next step tries again.
        }
    }

    // What is known is as old as the oldest proof of a node, and worth nothing until the log was read.
    private void Trust()
    {
        long proven = _nodes.Count == 0 ? Never : long.MaxValue;
        foreach (Node node in _nodes.Values)
        {
            proven = Math.Min(proven, node.ProvenAt);
        }

        if (proven != Never && _heardGeneration != _generation)
        {
            Volatile.Write(ref _heardGeneration, _generation);
            _ = Task.Run(ReadLogNowAsync);
        }

        Volatile.Write(ref _trustedUntil, proven == Never || _logGeneration != _generation ? Never : proven + Bound);
    }

    private void Lose()
    {
        lock (_gate)
        {
            LoseLocked();
        }
    }

    private void LoseLocked()
    {
        Volatile.Write(ref _trustedUntil, Never);
        Volatile.Write(ref _generation, _generation + 1);
        foreach (Node node in _nodes.Values)
        {
            node.ProvenAt = Never;
            node.Last = 0;
            node.Asked.Clear();
        }

        if (_logGeneration >= 0)    // else there was nothing to lose
        {
            _counters.Add(CacheEvent.Reset);
            _log.Lost(_schema.Name);
        }

        _listener.OnLost();
    }

    private async Task StopAsync()
    {
        _redis.Connection.ConnectionFailed -= _linkHandler;
        _redis.Connection.ConnectionRestored -= _linkHandler;
        await UnsubscribeAsync().ConfigureAwait(false);
        lock (_gate)
        {
            LoseLocked();
            _ready.TrySetResult();
            _running = null;
        }
    }
}
