using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>Kept in the process only where it is read often.</summary>
[CacheAside("quote:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off, HotTtl = "1m", HotReads = 1)]
public sealed record Quote(long Id, decimal Price);

/// <summary>What the instruments count by, so that no other test is in the way.</summary>
[CacheAside("measured:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off)]
public sealed record Measured(long Id);

/// <summary>Written later.</summary>
[CacheAside("counted:{Id}", Ttl = "10m", LocalTtl = CacheAsideAttribute.Off), WriteBehind]
public sealed record Counted(long Id);

/// <summary>What an operator and other systems see of a cache.</summary>
public sealed class CacheOperationsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Hot_keys_are_found_and_kept_in_the_process()
    {
        var cache = new QuoteCache(_redis);
        await cache.SetManyAsync(Enumerable.Range(0, 100).Select(id => new Quote(id, 1)));
        Assert.Empty(cache.GetHotKeys());
        await Bounded.BecomesTrueAsync(async () =>
        {
            for (int i = 0; i < 256; i++)
                await cache.GetAsync(7);
            for (int i = 0; i < 100; i++)
                await cache.GetAsync(i);
            return cache.Statistics.LocalHits > 0;
        });

        Assert.Equal(7, cache.GetHotKeys(1)[0].Key.Id);
        Assert.True(cache.GetHotKeys(1)[0].ReadsPerSecond > 1);
        Assert.InRange(cache.Statistics.LocalEntries, 1, 99);

        await cache.SetAsync(new Quote(7, 2));
        Assert.Equal(2, (await cache.GetAsync(7))!.Price);
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.GetHotKeys(0));
    }

    [Fact]
    public async Task What_is_invalidated_is_told_to_the_handler_and_can_be_applied_elsewhere()
    {
        var told = new ConcurrentQueue<CacheInvalidation>();
        var handler = new Handler(told.Enqueue);
        var here = new QuoteCache(new RedisContext(fixture.Connection, _redis.Options with { CacheInvalidationHandler = handler }));
        var there = new QuoteCache(fixture.NewContext());
        await there.SetManyAsync([new Quote(1, 1), new Quote(2, 1), new Quote(3, 1)]);

        await here.InvalidateManyAsync([]);     // no keys are told of, which would mean all
        await here.SetManyAsync([]);
        await here.InvalidateAsync(1);
        await here.InvalidateManyAsync([2, 2]);
        Assert.Equal(["quote:1"], Take().Keys);
        CacheInvalidation two = Take();
        Assert.Equal(["quote:2"], two.Keys);
        Assert.Equal(("quote:{}", _redis.Prefix), (two.Cache, two.Prefix));

        await there.ApplyAsync(two);
        Assert.Equal((bool[])[true, false, true], await FoundAsync());
        Assert.Empty(told);

        await here.SetAsync(new Quote(3, 2));
        Assert.Equal(["quote:3"], Take().Keys);
        await here.InvalidateTagAsync(CacheTag.Of("a:b"));
        CacheInvalidation tag = Take();
        Assert.Equal(("a%3Ab", false), (tag.Tag, tag.IsAll));
        await there.ApplyAsync(tag);
        Assert.Equal((bool[])[true, false, true], await FoundAsync());
        await here.ClearAsync();
        CacheInvalidation all = Take();
        Assert.True(all.IsAll);
        await there.ApplyAsync(all);
        Assert.Equal(new bool[3], await FoundAsync());

        Assert.Contains("'quote:{}'", (await Assert.ThrowsAsync<ArgumentException>(() => there.ApplyAsync(all with { Cache = "other:{}" }))).Message, StringComparison.Ordinal);
        Assert.Contains("'quote:x'", (await Assert.ThrowsAsync<ArgumentException>(() => there.ApplyAsync(two with { Keys = ["quote:x"] }))).Message, StringComparison.Ordinal);

        handler.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => here.InvalidateAsync(1));

        CacheInvalidation Take() => told.TryDequeue(out CacheInvalidation? one) ? one : throw new InvalidOperationException("Nothing was told.");

        async Task<bool[]> FoundAsync() => [(await there.TryGetAsync(1)).IsFound, (await there.TryGetAsync(2)).IsFound, (await there.TryGetAsync(3)).IsFound];
    }

    [Fact]
    public async Task Instruments_and_activities_tell_what_happens_and_no_key()
    {
        var cache = new MeasuredCache(_redis);
        var values = new ConcurrentDictionary<string, double>();
        var activities = new ConcurrentQueue<Activity>();
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "TypedRedis")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        meters.Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "TypedRedis",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        await cache.GetAsync(4711, static (key, _) => new ValueTask<Measured?>(new Measured(key.Id)));
        await cache.GetAsync(4711, static (_, _) => throw new InvalidOperationException());
        await Assert.ThrowsAsync<FormatException>(() => cache.GetAsync(4712, static (_, _) => throw new FormatException("secret")).AsTask());
        meters.RecordObservableInstruments();

        Assert.Equal(1, values["typedredis.cache.reads redis_hit"]);
        Assert.Equal(2, values["typedredis.cache.reads miss"]);
        Assert.Equal(2, values["typedredis.cache.events load"]);
        Assert.Equal(1, values["typedredis.cache.events load_failure"]);
        Assert.True(values.ContainsKey("typedredis.cache.load.duration "));
        Assert.True(values.ContainsKey("db.client.operation.duration GET"));
        Activity[] own = [.. activities.Where(activity => activity.TagObjects.Any(tag => "measured:{}".Equals(tag.Value)))];
        Assert.Contains(own, activity => activity.OperationName == "GET" && activity.Kind == ActivityKind.Client);
        Assert.Contains(own, activity => activity.OperationName == "TypedRedis.CacheScripts.Claim" && "EVALSHA".Equals(activity.GetTagItem("db.operation.name")));
        Assert.Contains(own, activity => activity.DisplayName == "load measured:{}" && activity.Status == ActivityStatusCode.Error && "System.FormatException".Equals(activity.GetTagItem("error.type")));
        Assert.DoesNotContain(own, activity => activity.TagObjects.Any(tag => $"{tag.Value}".Contains("4711", StringComparison.Ordinal) || $"{tag.Value}".Contains("secret", StringComparison.Ordinal)));

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string detail = "";
            bool isOwn = false;
            foreach ((string name, object? tag) in tags)
            {
                isOwn |= "measured:{}".Equals(tag);
                if (name is "typedredis.cache.result" or "typedredis.cache.event" or "db.operation.name")
                    detail = (string)tag!;
            }

            if (isOwn)
                values[$"{instrument.Name} {detail}"] = value;
        }
    }

    [Fact]
    public async Task A_prefix_of_channels_in_the_connection_string_is_heard()
    {
        using StackExchange.Redis.ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server.ConnectionString + ",channelPrefix=app:");
        var cache = new ArticleCache(new RedisContext(connection, _redis.Options));
        await cache.TryGetAsync(1);
        await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics.IsLocalTrusted));
    }

    [Fact]
    public async Task A_subscription_that_was_lost_is_made_again()
    {
        using StackExchange.Redis.ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
        var cache = new ArticleCache(new RedisContext(connection, _redis.Options));
        await TrustAsync(true);
        await connection.GetSubscriber().UnsubscribeAllAsync();
        await TrustAsync(false);
        await TrustAsync(true);

        Task TrustAsync(bool isTrusted) => Bounded.BecomesTrueAsync(async () =>
        {
            await cache.TryGetAsync(1);
            return cache.Statistics.IsLocalTrusted == isTrusted;
        });
    }

    [Fact]
    public async Task The_queues_of_a_write_behind_cache_are_measured_while_a_worker_runs()
    {
        var written = new TaskCompletionSource();
        var source = new VersionedSource<CountedCacheKey, Counted> { BeforeWrite = _ => written.Task };
        var cache = new CountedCache(_redis, source);
        var values = new ConcurrentDictionary<string, double>();
        using var meters = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("typedredis.cache.queue.", StringComparison.Ordinal))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        meters.Start();
        await cache.SetAsync(new Counted(1));
        using var stop = new CancellationTokenSource();
        Task worker = cache.RunAsync(stop.Token);
        await Bounded.BecomesTrueAsync(() =>
        {
            meters.RecordObservableInstruments();
            return Task.FromResult(values.ContainsKey("typedredis.cache.queue.depth"));
        });

        Assert.Equal((1, 0), (values["typedredis.cache.queue.depth"], values["typedredis.cache.queue.dead_letters"]));
        Assert.True(values["typedredis.cache.queue.lag"] >= 0);
        written.SetResult();
        await stop.CancelAsync();
        await worker;

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach ((_, object? tag) in tags)
            {
                if ("counted:{}".Equals(tag))
                    values[instrument.Name] = value;
            }
        }
    }

    [Fact]
    public async Task The_log_tells_of_a_source_that_fails_and_no_key()
    {
        var log = new Recorder();
        var cache = new QuoteCache(new RedisContext(fixture.Connection, _redis.Options with { LoggerFactory = log }));
        await Assert.ThrowsAsync<FormatException>(() => cache.GetAsync(4713, static (_, _) => throw new FormatException()).AsTask());
        (LogLevel Level, string Text) entry = Assert.Single(log.Entries, entry => entry.Text.Contains("source failed", StringComparison.Ordinal));
        Assert.Equal((LogLevel.Warning, "quote:{}: the source failed."), entry);
        Assert.DoesNotContain(log.Entries, entry => entry.Text.Contains("4713", StringComparison.Ordinal));
    }

    private sealed class Handler(Action<CacheInvalidation> told) : ICacheInvalidationHandler
    {
        public bool Fails { get; set; }

        public ValueTask OnInvalidatedAsync(CacheInvalidation invalidation, CancellationToken cancellationToken)
        {
            if (Fails)
                throw new InvalidOperationException();
            told(invalidation);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Recorder : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Entries.Enqueue((logLevel, formatter(state, exception)));
    }
}
