using System.Runtime.ExceptionServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Carries pending writes to the source. A write is leased, written, and then taken out of the queue by its version, so that a worker that dies or is slow loses nothing and takes nothing newer away.
/// Writes of many queues are put together into one call; what was refused is written one by one.
/// </summary>
internal sealed partial class WriteBehindWorker<TEntity, TKey, TMapper>(RedisContext redis, CacheCore<TEntity, TKey, TMapper> core, CacheLoader<TKey, TEntity> loader)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, ICacheMapper<TEntity, TKey>
{
    // Calls of the source under way at once: of batches, and of single writes.
    private const int BatchSlots = 4;
    private const int SingleSlots = 8;

    // The most that is leased of a queue in one step.
    private const int LeaseLimit = 1_000;
    private const int RushLimit = 1_000;

    // What a lease lasts beyond the deadline of the source, in ms: the way there and back.
    private const long LeaseMargin = 5_000;

    private const int ShortestBackoff = 1_000;
    private const int LongestBackoff = 300_000;
    private const int ReasonLength = 500;

    // How often the queues are counted where somebody measures them, in ms.
    private const long CountEvery = 10_000;

    // How often somebody looks who hears nothing, and how often it is said that messages are wanted, in ms.
    private const long PollEvery = 1_000;
    private const long ListenEvery = 300_000;
    private const long LongestPause = 10_000;
    private const int SettlePause = 20;
    private const long Never = long.MaxValue;

    private static readonly WriteBehindQueue[] Queues = CacheCore<TEntity, TKey, TMapper>.Queues;

    private readonly Lock _gate = new();
    private readonly Turn[] _turns = [.. Queues.Select(static _ => new Turn())];
    private readonly HashSet<Task> _running = [];
    private int _batches;
    private int _singles;
    private int _first;
    private long _wakeAt = Never;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CacheSchema Schema => TMapper.Schema;

    private static long Lease => (long)Schema.WriteTimeout.TotalMilliseconds + LeaseMargin;

    /// <summary>Works until it is cancelled, and then ends what it has begun.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await CheckSourceAsync().ConfigureAwait(false);
        await core.CheckEvictionAsync(CancellationToken.None).ConfigureAwait(false);
        core.QueueChanged += OnChanged;
        using CancellationTokenRegistration cancelled = cancellationToken.Register(Wake);
        try
        {
            long listenAt = 0, pollAt = 0, countAt = 0, pause = 0;
            while (!cancellationToken.IsCancellationRequested)
            {
                Task woken = Begin();
                Volatile.Read(ref _failure)?.Throw();
                try
                {
                    if (core.Now >= listenAt)
                    {
                        await core.ListenAsync().ConfigureAwait(false);
                        await core.CheckEvictionAsync(CancellationToken.None).ConfigureAwait(false);
                        listenAt = core.Now + ListenEvery;
                    }

                    if (core.Now >= pollAt)
                    {
                        await PeekAsync().ConfigureAwait(false);
                        pollAt = core.Now + (long)(PollEvery * (0.75 + (Random.Shared.NextDouble() / 2)));      // not all processes at once
                    }

                    if (core.Now >= countAt && CacheTelemetry.MeasuresQueues)
                    {
                        await core.CountQueuesAsync(CancellationToken.None).ConfigureAwait(false);
                        countAt = core.Now + CountEvery;
                    }

                    await LeaseAndStartAsync(cancellationToken).ConfigureAwait(false);
                    pause = 0;
                }
                catch (Exception error) when (CacheBreaker.IsOutage(error))
                {
                    OnOutage(error);
                    pause = Math.Clamp(2 * pause, PollEvery / 2, LongestPause);
                    pollAt = core.Now + pause;
                    Postpone(pollAt);
                }

                await WaitAsync(woken, pollAt).ConfigureAwait(false);
            }
        }
        finally
        {
            core.QueueChanged -= OnChanged;
            await Task.WhenAll(Running()).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is pending now.</summary>
    /// <returns>How many of these writes the source has refused.</returns>
    public async Task<long> FlushAsync(CancellationToken cancellationToken)
    {
        await CheckSourceAsync().ConfigureAwait(false);
        var began = new long[Queues.Length];
        int[] left = [.. Enumerable.Range(0, Queues.Length)];
        while (left.Length > 0)
        {
            int[] rushed = left;
            var more = new List<int>();
            await Pipeline.RunScriptAsync(
                redis,
                Schema,
                WriteBehindScripts.Rush,
                rushed.Length,
                i => ([Queues[rushed[i]].Schedule], [RushLimit]),
                (i, _, reply) =>
                {
                    var parts = (RedisResult[])reply!;
                    began[rushed[i]] = began[rushed[i]] == 0 ? (long)parts[0] : began[rushed[i]];
                    if ((long)parts[1] > 0)
                    {
                        more.Add(rushed[i]);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            left = [.. more];
        }

        var refused = new long[Queues.Length];
        left = [.. Enumerable.Range(0, Queues.Length)];
        while (left.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Leased[] together, single;
            (together, single) = await LeaseAsync(left, BatchSlots * Schema.BatchSize, SingleSlots).ConfigureAwait(false);
            if (together.Length + single.Length > 0)
            {
                await Task.WhenAll(together.Chunk(Schema.BatchSize).Concat(single.Select(static write => new[] { write })).Select(WriteAsync)).ConfigureAwait(false);
                continue;
            }

            // Nothing to be taken. What others have is waited for.
            int[] asked = left;
            var busy = new List<int>();
            await Pipeline.RunScriptAsync(
                redis,
                Schema,
                WriteBehindScripts.Settled,
                asked.Length,
                i => ([Queues[asked[i]].Schedule, Queues[asked[i]].Since], [began[asked[i]]]),
                (i, _, reply) =>
                {
                    refused[asked[i]] = (long)reply;
                    if (refused[asked[i]] < 0)
                    {
                        busy.Add(asked[i]);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            left = [.. busy];
            if (left.Length > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(SettlePause), redis.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }

        return refused.Sum();
    }
}
