using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TypedRedis;

/// <summary>
/// What caches tell OpenTelemetry: the meter and the activity source <c>TypedRedis</c>. Names of calls to Redis follow its conventions for databases. No keys and no values are told.
/// </summary>
internal static class CacheTelemetry
{
    private const string Name = "TypedRedis";

    private static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly List<(WeakReference<ICacheMeasured> Cache, string Name, CacheCounters Counters)> Caches = [];

    // What caches have counted that are gone: sums never fall.
    private static readonly Dictionary<(string Cache, CacheEvent What), long> Past = [];

    private static readonly Histogram<double> LoadDuration = Meter.CreateHistogram<double>("typedredis.cache.load.duration", "s", "How long calls of the source take.");
    private static readonly Histogram<double> WaitDuration = Meter.CreateHistogram<double>("typedredis.cache.wait.duration", "s", "How long a process waits for a load of another one.");
    private static readonly Histogram<double> CallDuration = Meter.CreateHistogram<double>("db.client.operation.duration", "s", "How long calls to Redis take.");

    private static readonly ObservableGauge<long> QueueDepth
        = Meter.CreateObservableGauge("typedredis.cache.queue.depth", () => ObserveQueues(static status => status.Pending), "{write}", "Writes that wait for the source, in all queues of the cache.");

    private static readonly ObservableGauge<double> QueueLag
        = Meter.CreateObservableGauge("typedredis.cache.queue.lag", () => ObserveQueues(static status => status.Lag.TotalSeconds), "s", "How long the oldest of them waits.");

    private static readonly ObservableGauge<long> QueueDead
        = Meter.CreateObservableGauge("typedredis.cache.queue.dead_letters", () => ObserveQueues(static status => status.DeadLetters), "{write}", "Writes that were given up.");

    private static readonly (CacheEvent What, string Result)[] Reads =
    [
        (CacheEvent.LocalHit, "local_hit"), (CacheEvent.RedisHit, "redis_hit"), (CacheEvent.NegativeHit, "negative_hit"), (CacheEvent.StaleHit, "stale_hit"), (CacheEvent.Miss, "miss"),
    ];

    private static readonly (CacheEvent What, string Name)[] Others =
    [
        (CacheEvent.Load, "load"), (CacheEvent.LoadFailure, "load_failure"), (CacheEvent.Refresh, "refresh"), (CacheEvent.Wait, "wait"), (CacheEvent.Store, "store"),
        (CacheEvent.RefusedStore, "refused_store"), (CacheEvent.Invalidation, "invalidation"), (CacheEvent.Bypass, "bypass"), (CacheEvent.RedisFailure, "redis_failure"),
        (CacheEvent.Undecodable, "undecodable_entry"), (CacheEvent.QueuedWrite, "queued_write"), (CacheEvent.QueuedWriteFailure, "queued_write_failure"), (CacheEvent.DeadLetter, "dead_letter"), (CacheEvent.CopyHit, "copy_hit"), (CacheEvent.LostLog, "lost_tag_log"), (CacheEvent.Reset, "local_reset"),
    ];

    static CacheTelemetry()
    {
        Meter.CreateObservableCounter("typedredis.cache.reads", () => Observe(Reads, "typedredis.cache.result"), "{read}", "Reads, by what answered them.");
        Meter.CreateObservableCounter("typedredis.cache.events", () => Observe(Others, "typedredis.cache.event"), "{event}", "What else happens in caches.");
        Meter.CreateObservableUpDownCounter("typedredis.cache.local.entries", () => Observe(static cache => cache.LocalCount), "{entry}", "Entries in the process's own level.");
        Meter.CreateObservableUpDownCounter("typedredis.cache.local.size", () => Observe(static cache => cache.LocalBytes), "By", "The values in the process's own level, as they are in Redis.");
        Meter.CreateObservableCounter("typedredis.cache.local.evictions", () => Observe(static cache => cache.LocalEvictions), "{entry}", "Entries of the process's own level that gave way to others.");
    }

    /// <summary>Whether anybody looks at the queues of write-behind caches.</summary>
    public static bool MeasuresQueues => QueueDepth.Enabled || QueueLag.Enabled || QueueDead.Enabled;

    /// <summary>Has a cache measured for as long as it lives.</summary>
    public static void Add(ICacheMeasured cache)
    {
        lock (Caches)
        {
            foreach ((_, string name, CacheCounters counters) in Caches.Where(static known => !known.Cache.TryGetTarget(out _)))
            {
                foreach (CacheEvent what in Enum.GetValues<CacheEvent>())
                {
                    Past[(name, what)] = Past.GetValueOrDefault((name, what)) + counters[what];
                }
            }

            Caches.RemoveAll(static known => !known.Cache.TryGetTarget(out _));
            Caches.Add((new WeakReference<ICacheMeasured>(cache), cache.CacheName, cache.Counters));
        }
    }

    /// <summary>Begins a call of the source.</summary>
    public static Activity? StartLoad(CacheSchema schema, int keys)
    {
        Activity? activity = Activities.StartActivity(keys == 1 ? "load" : "load_many");
        if (activity is not null)
        {
            activity.DisplayName = $"{activity.OperationName} {schema.Name}";
            activity.SetTag("typedredis.cache.name", schema.Name);
            activity.SetTag("typedredis.cache.keys", keys);
        }

        return activity;
    }

    /// <summary>Begins a call to Redis.</summary>
    public static Activity? StartCall(CacheSchema schema, string operation, string? script = null)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        Activity? activity = Activities.StartActivity(script ?? operation, ActivityKind.Client);
        activity?.SetTag("db.system.name", "redis");
        activity?.SetTag("db.operation.name", operation);
        activity?.SetTag("db.collection.name", schema.Name);
        if (script is not null)
        {
            activity?.SetTag("db.stored_procedure.name", script);
        }

        return activity;
    }

    /// <summary>The moment at which something begins that is measured; 0 where nobody listens.</summary>
    public static long Begin() => CallDuration.Enabled || LoadDuration.Enabled || WaitDuration.Enabled ? Stopwatch.GetTimestamp() : 0;

    public static void EndLoad(long begun, CacheSchema schema, Activity? activity, Exception? error) => End(LoadDuration, begun, schema, activity, error);

    public static void EndWait(long begun, CacheSchema schema) => End(WaitDuration, begun, schema, activity: null, error: null);

    public static void EndCall(long begun, CacheSchema schema, string operation, Activity? activity, Exception? error)
    {
        if (error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag("error.type", error.GetType().FullName);
        }

        activity?.Dispose();
        if (begun != 0 && CallDuration.Enabled)
        {
            var tags = new TagList { { "db.system.name", "redis" }, { "db.operation.name", operation }, { "db.collection.name", schema.Name } };
            if (error is not null)
            {
                tags.Add("error.type", error.GetType().FullName);
            }

            CallDuration.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }

    private static void End(Histogram<double> histogram, long begun, CacheSchema schema, Activity? activity, Exception? error)
    {
        if (error is not null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            activity?.SetTag("error.type", error.GetType().FullName);
        }

        activity?.Dispose();
        if (begun != 0 && histogram.Enabled)
        {
            var tags = new TagList { { "typedredis.cache.name", schema.Name } };
            if (error is not null)
            {
                tags.Add("error.type", error.GetType().FullName);
            }

            histogram.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, tags);
        }
    }

    private static ICacheMeasured[] Living()
    {
        lock (Caches)
        {
            return [.. Caches.Select(static known => known.Cache.TryGetTarget(out ICacheMeasured? cache) ? cache : null).OfType<ICacheMeasured>()];
        }
    }

    // Caches of several connections or prefixes can have one name: a series is their sum.
    private static List<Measurement<long>> Observe((CacheEvent What, string Name)[] events, string tag)
    {
        lock (Caches)
        {
            return
            [
                .. Caches
                    .GroupBy(static known => known.Name)
                    .SelectMany(group => events.Select(pair => new Measurement<long>(
                        group.Sum(known => known.Counters[pair.What]) + Past.GetValueOrDefault((group.Key, pair.What)),
                        new("typedredis.cache.name", group.Key),
                        new(tag, pair.Name)))),
            ];
        }
    }

    // The queues are in Redis: each process that has a worker sees the same ones.
    private static IEnumerable<Measurement<T>> ObserveQueues<T>(Func<WriteBehindStatus, T> value)
        where T : struct
        => Living()
            .Where(static cache => cache.QueueStatus is not null)
            .GroupBy(static cache => cache.CacheName)
            .Select(group => new Measurement<T>(group.Select(cache => value(cache.QueueStatus!)).Max(), new KeyValuePair<string, object?>("typedredis.cache.name", group.Key)));

    private static IEnumerable<Measurement<long>> Observe(Func<ICacheMeasured, long> value)
        => Living()
            .GroupBy(static cache => cache.CacheName)
            .Select(group => new Measurement<long>(group.Sum(value), new KeyValuePair<string, object?>("typedredis.cache.name", group.Key)));
}

/// <summary>A cache as the meter sees it.</summary>
internal interface ICacheMeasured
{
    string CacheName { get; }

    CacheCounters Counters { get; }

    int LocalCount { get; }

    long LocalBytes { get; }

    long LocalEvictions { get; }

    WriteBehindStatus? QueueStatus { get; }
}
