using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching;

/// <summary>A worker carries the writes of its prefix alone. What others wait for does not go unnoticed.</summary>
public sealed class WriteBehindTenantTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Writes_of_a_tenant_without_a_worker_are_noticed()
    {
        var log = new Warnings();
        RedisContext redis = new(fixture.Connection, fixture.NewContext().Options with { LoggerFactory = LoggerFactory.Create(builder => builder.AddProvider(log)) });
        RedisContext tenant = redis.WithTenant("acme");
        var source = new ParcelSource();
        var own = new ParcelCache(redis, source);
        var theirs = new ParcelCache(tenant, source);

        await own.SetAsync(new Parcel(1, "a", 1));
        await theirs.SetAsync(new Parcel(2, "a", 1));
        Assert.DoesNotContain(await redis.FindOverdueWritesAsync(), overdue => overdue.Prefix.StartsWith(redis.Prefix, StringComparison.Ordinal));
        Assert.Empty(log.Texts);

        await AgeAsync(redis, TimeSpan.FromMinutes(10));
        await AgeAsync(tenant, TimeSpan.FromMinutes(10));
        Assert.Equal(0, await own.FlushAsync());      // as the worker of the application does
        OverdueWrites found = Assert.Single(await redis.FindOverdueWritesAsync(), overdue => overdue.Prefix.StartsWith(redis.Prefix, StringComparison.Ordinal));
        Assert.Equal((tenant.Prefix, "parcel:{}", 1), (found.Prefix, found.Cache, found.Status.Pending));
        Assert.InRange(found.Status.Overdue, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(20));
        Assert.Equal(TimeSpan.Zero, (await own.GetPendingAsync()).Overdue);

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(redis);
        services.AddHealthChecks().AddTypedRedis("redis");
        await using ServiceProvider provider = services.BuildServiceProvider();
        HealthReportEntry report = (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["redis"];
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Contains($"1 writes of parcel:{{}} under the prefix '{tenant.Prefix}' wait", report.Description, StringComparison.Ordinal);

        // Who writes there says it too, once.
        await theirs.SetAsync(new Parcel(2, "a", 2));
        await theirs.SetManyAsync([new Parcel(2, "a", 3)]);
        Assert.Contains($"over the prefix '{tenant.Prefix}'", Assert.Single(log.Texts), StringComparison.Ordinal);

        await theirs.FlushAsync();
        Assert.DoesNotContain(await redis.FindOverdueWritesAsync(), overdue => overdue.Prefix.StartsWith(redis.Prefix, StringComparison.Ordinal));
    }

    // As if the schedules had been written so long ago.
    private static async Task AgeAsync(RedisContext redis, TimeSpan age)
    {
        foreach (WriteBehindQueue queue in WriteBehindKeys.QueuesOf(ParcelCacheMapper.Schema))
        {
            foreach (SortedSetEntry entry in await redis.Database.SortedSetRangeByRankWithScoresAsync(queue.Schedule))
                await redis.Database.SortedSetAddAsync(queue.Schedule, entry.Element, entry.Score - (ParcelCacheMapper.Schema.FlushEvery + age).TotalMilliseconds);
        }
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public List<string> Texts { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == 24)
                Texts.Add(formatter(state, exception));
        }
    }
}
