namespace TypedRedis;

/// <summary>
/// The time: monotonic milliseconds of this process, and the server's clock as replies tell it. No process's wall clock matters. Thread-safe.
/// </summary>
internal sealed class CacheClock(TimeProvider time)
{
    // After this long an estimate gives way to a worse one: clocks drift, and a failover changes the server.
    private const long EstimateAge = 10_000;

    // How far a time may lie ahead that a message tells, in µs.
    private const long Tolerance = 10_000_000;

    private readonly bool _isSystem = ReferenceEquals(time, TimeProvider.System);
    private readonly Lock _gate = new();
    private long _offset;       // server - local, in µs
    private long _uncertainty = long.MaxValue;
    private long _estimatedAt;

    /// <summary>Milliseconds since some moment.</summary>
    public long Now => _isSystem ? Environment.TickCount64 : (long)time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>The server's clock in ms.</summary>
    public long ServerNow => (Precise + Volatile.Read(ref _offset)) / 1000;

    /// <summary>Microseconds since the same moment.</summary>
    public long Precise => (long)time.GetElapsedTime(0).TotalMicroseconds;

    /// <summary>Whether a time in µs may be one of the server's that has passed: with a tolerance for what nodes of a cluster differ by.</summary>
    public bool IsPast(long server) => Volatile.Read(ref _uncertainty) != long.MaxValue && server <= Precise + Volatile.Read(ref _offset) + Tolerance;

    /// <summary>What <see cref="Now"/> is when the server's clock shows a time in ms.</summary>
    public long LocalOf(long server) => Now + (server - ServerNow);

    /// <summary>Takes up the server's clock from a reply.</summary>
    /// <param name="sent"><see cref="Precise"/> when the command was sent.</param>
    /// <param name="server">The server's clock in µs.</param>
    public void Observe(long sent, long server)
    {
        long received = Precise;
        long uncertainty = received - sent;
        lock (_gate)
        {
            if (uncertainty <= _uncertainty || received - _estimatedAt > EstimateAge * 1000)
            {
                Volatile.Write(ref _offset, server - sent - (uncertainty / 2));
                _estimatedAt = received;
                _uncertainty = uncertainty;
            }
        }
    }
}
