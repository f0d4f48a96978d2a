namespace TypedRedis;

/// <summary>
/// Ends operations that get no answer in time. The driver's asynchronous calls have no timeout of their own in its older versions, and a timer per call
/// would cost more than the call. All operations of a context share one timeout, so those in flight stand in lists in the order of their deadlines and one
/// timer looks at the heads. Time is counted in ticks of that timer: the fast path reads no clock. Adding and removing are O(1).
/// </summary>
internal sealed class OperationTimer : IDisposable
{
    private const int MostTicksPerTimeout = 50;
    private const double ShortestPeriod = 10;   // milliseconds; timers count whole ones, and few systems keep less than this
    private const int IdleTicksBeforeStop = 50;

    // Several lists, chosen by processor, so that threads rarely wait for one another.
    private readonly Lane[] _lanes;
    private readonly TimeSpan _period;
    private readonly int _ticksPerTimeout;
    private readonly ITimer? _timer;
    private int _tick;
    private int _idleTicks;
    private int _running;

    public OperationTimer(TimeSpan timeout, TimeProvider timeProvider)
    {
        TimeoutSpan = timeout;
        int lanes = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 16));
        _lanes = new Lane[lanes];
        for (int i = 0; i < lanes; i++)
        {
            _lanes[i] = new Lane();
        }

        if (timeout != Timeout.InfiniteTimeSpan)
        {
            int ticks = (int)Math.Clamp(timeout.TotalMilliseconds / ShortestPeriod, 1, MostTicksPerTimeout);
            _period = TimeSpan.FromMilliseconds(Math.Ceiling(timeout.TotalMilliseconds / ticks));
            _ticksPerTimeout = Math.Max(ticks, 2);      // the first of them is under way already
            _timer = timeProvider.CreateTimer(static timer => ((OperationTimer)timer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>How long an operation may wait.</summary>
    public TimeSpan TimeoutSpan { get; }

    /// <summary>Starts the operation's time. It ends when the timeout is over, or up to a period (a fiftieth of it, at least 10 ms) earlier.</summary>
    public void Add(OperationEntry entry)
    {
        if (_timer is null)
        {
            return;
        }

        Lane lane = _lanes[Thread.GetCurrentProcessorId() & (_lanes.Length - 1)];
        lock (lane)
        {
            entry.Deadline = Volatile.Read(ref _tick) + _ticksPerTimeout;
            entry.Lane = lane;
            lane.Append(entry);
        }

        if (Volatile.Read(ref _running) == 0)
        {
            Start();
        }
    }

    /// <summary>
    /// Takes the operation off its list, where it still stands on one. After this the timer knows nothing of it. An entry that could not be expired any more
    /// because it had completed is still on its list until this is called.
    /// </summary>
    public static void Remove(OperationEntry entry)
    {
        if (entry.Lane is not { } lane)
        {
            return;
        }

        lock (lane)
        {
            lane.Remove(entry);
            entry.Lane = null;
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Start()
    {
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            _idleTicks = 0;
            _timer!.Change(_period, _period);
        }
    }

    private void Tick()
    {
        int tick = Interlocked.Increment(ref _tick);
        bool idle = true;
        foreach (Lane lane in _lanes)
        {
            OperationEntry? expired = null;
            lock (lane)
            {
                while (lane.Head is { } entry)
                {
                    idle = false;
                    if (entry.Deadline - tick > 0)
                    {
                        break;
                    }

                    // Claimed under the lock: whoever completes the entry takes the same lock before it is used again.
                    lane.Remove(entry);
                    if (entry.TryExpire())
                    {
                        entry.Lane = null;
                        entry.Next = expired;
                        expired = entry;
                    }
                }
            }

            while (expired is not null)
            {
                OperationEntry entry = expired;
                expired = entry.Next;
                entry.Next = null;
                ThreadPool.UnsafeQueueUserWorkItem(static entry => entry.OnExpired(), entry, preferLocal: false);
            }
        }

        StopWhenIdle(idle);
    }

    // The timer keeps a context alive while it runs, and costs a wake-up per period: it stops when nothing was in flight for a while.
    private void StopWhenIdle(bool idle)
    {
        if (!idle)
        {
            _idleTicks = 0;
            return;
        }

        if (++_idleTicks < IdleTicksBeforeStop)
        {
            return;
        }

        _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _running, 0);
        foreach (Lane lane in _lanes)
        {
            lock (lane)
            {
                idle &= lane.Head is null;
            }
        }

        if (!idle)
        {
            Start();
        }
    }

    /// <summary>A list of operations in the order of their deadlines.</summary>
    internal sealed class Lane
    {
        private OperationEntry? _tail;

        public OperationEntry? Head { get; private set; }

        public void Append(OperationEntry entry)
        {
            entry.Previous = _tail;
            entry.Next = null;
            if (_tail is null)
            {
                Head = entry;
            }
            else
            {
                _tail.Next = entry;
            }

            _tail = entry;
            entry.Linked = true;
        }

        public void Remove(OperationEntry entry)
        {
            if (!entry.Linked)
            {
                return;
            }

            if (entry.Previous is null)
            {
                Head = entry.Next;
            }
            else
            {
                entry.Previous.Next = entry.Next;
            }

            if (entry.Next is null)
            {
                _tail = entry.Previous;
            }
            else
            {
                entry.Next.Previous = entry.Previous;
            }

            entry.Previous = entry.Next = null;
            entry.Linked = false;
        }
    }
}

/// <summary>An operation that waits for the server.</summary>
internal abstract class OperationEntry
{
    internal OperationEntry? Next;
    internal OperationEntry? Previous;
    internal OperationTimer.Lane? Lane;
    internal bool Linked;
    internal int Deadline;

    /// <summary>Claims the operation for the timeout. False if it has completed.</summary>
    internal abstract bool TryExpire();

    /// <summary>Ends the operation with its timeout. Called once, after <see cref="TryExpire"/>.</summary>
    internal abstract void OnExpired();
}
