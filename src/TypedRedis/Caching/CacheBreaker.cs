using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// A circuit breaker over a connection: where calls fail in a row, reads of caches go to the source at once for a while, and then one call tries whether Redis is back.
/// Thread-safe.
/// </summary>
internal sealed class CacheBreaker
{
    private const int Failures = 5;
    private const double ShortestPause = 500;
    private const double LongestPause = 5_000;
    private const string EndedScript = "ERR Error running script";

    private static readonly ConditionalWeakTable<IConnectionMultiplexer, CacheBreaker> Breakers = [];

    private readonly Lock _gate = new();
    private int _failures;
    private double _pause;
    private long _closedAgain;      // monotonic ms
    private bool _isOpen;

    /// <summary>The breaker of a connection, which all caches over it share.</summary>
    public static CacheBreaker Of(IConnectionMultiplexer connection) => Breakers.GetValue(connection, static _ => new CacheBreaker());

    /// <summary>Whether reads go past Redis.</summary>
    public bool IsOpen => Volatile.Read(ref _isOpen);

    /// <summary>Whether a call may be made: always while the breaker is closed; once per pause while it is open.</summary>
    public bool TryEnter(long now)
    {
        if (!IsOpen)
        {
            return true;
        }

        lock (_gate)
        {
            if (_isOpen && now < _closedAgain)
            {
                return false;
            }

            Pause(now);     // For the others, until this call tells.
            return true;
        }
    }

    /// <summary>A call was answered.</summary>
    public void Succeed()
    {
        if (Volatile.Read(ref _failures) == 0)
        {
            return;
        }

        lock (_gate)
        {
            _failures = 0;
            _pause = 0;
            Volatile.Write(ref _isOpen, false);
        }
    }

    /// <summary>A call was not answered.</summary>
    /// <returns>Whether it is the first one in a row.</returns>
    public bool Fail(long now)
    {
        lock (_gate)
        {
            if (++_failures >= Failures && (!_isOpen || now >= _closedAgain))
            {
                Pause(now);
                Volatile.Write(ref _isOpen, true);
            }

            return _failures == 1;
        }
    }

    /// <summary>Whether an error says that Redis cannot be used now, rather than that the call is wrong.</summary>
    public static bool IsOutage(Exception error) => error switch
    {
        RedisConnectionException or TimeoutException => true,

        // While a connection breaks, driver 1.2.6 can fail over the error that it puts together to say so.
        NullReferenceException { Source: "StackExchange.Redis" } => true,
        RedisServerException server => IsOutage(server.Message),
        _ => false,
    };

    // By the code that an error begins with. Before Redis 7, one that ended a script stands behind the place where it did; where a node of a cluster cannot be reached, the driver says it in words.
    internal static bool IsOutage(string message)
    {
        ReadOnlySpan<char> error = message;
        if (error.StartsWith(EndedScript, StringComparison.Ordinal) && error.IndexOf(": -", StringComparison.Ordinal) is var inner and >= 0)
        {
            error = error[(inner + 3)..];
        }

        int space = error.IndexOf(' ');
        return error[..(space < 0 ? error.Length : space)] switch
        {
            "LOADING" or "CLUSTERDOWN" or "MASTERDOWN" or "READONLY" or "OOM" or "BUSY" or "TRYAGAIN" or "MISCONF" or "NOREPLICAS" or "UNKILLABLE" or "MOVED" or "ASK" => true,
            "Endpoint" => error.Contains(" is not reachable ", StringComparison.Ordinal),
            _ => false,
        };
    }

    // At random, so that many processes do not come back at once.
    private void Pause(long now)
    {
        _pause = Math.Clamp(_pause * 2, ShortestPause, LongestPause);
        _closedAgain = now + (long)(_pause * (0.75 + (Random.Shared.NextDouble() / 2)));
    }
}
