using Microsoft.Extensions.Diagnostics.HealthChecks;
using TypedRedis;
using TypedRedis.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of TypedRedis.</summary>
public static class TypedRedisHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the connection that <c>AddTypedRedis</c> registers, or else of that of the registered <see cref="RedisContext"/>. It sends PING to every node that the driver knows, and to every
    /// primary INFO, in a script: two round trips, three on a cluster.
    /// Unhealthy where no node answers, or a slot of a cluster has no primary that does. Degraded with a text that says what to do: memory that is nearly full under <c>noeviction</c>, fragmentation,
    /// clients near <c>maxclients</c> or rejected, an eviction policy that may take work of registered workers, snapshots or an append-only file that cannot be written, replicas that are down or apart, a server that loads.
    /// A user without the right to INFO gets a healthy check with a note. The result has the numbers of each node.
    /// </summary>
    /// <param name="builder">What <c>AddHealthChecks</c> returned.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What is reported instead of unhealthy.</param>
    /// <param name="tags">Tags, to choose checks by.</param>
    /// <param name="configure">Sets the options.</param>
    /// <exception cref="ArgumentOutOfRangeException">A timeout or a share is not more than zero.</exception>
    public static IHealthChecksBuilder AddTypedRedis(
        this IHealthChecksBuilder builder, string name = "redis", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, Action<RedisHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var options = new RedisHealthOptions();
        configure?.Invoke(options);
        options.Validate();
        var history = new HealthHistory();
        return builder.Add(new HealthCheckRegistration(
            name,
            services => new RedisHealthCheck(
                cancellationToken => OpenAsync(services, cancellationToken),
                options,
                history,
                [.. services.GetServices<WorkerRegistration>().Select(static worker => worker.Store)]),
            failureStatus,
            tags));
    }

    private static async ValueTask<RedisContext> OpenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetService<RedisConnection>() is not { } connection)
        {
            return services.GetService<RedisContext>()
                ?? throw new InvalidOperationException("The health check has nothing to check: call services.AddTypedRedis(…), or register a RedisContext.");
        }

        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return services.GetRequiredKeyedService<RedisContext>(TypedRedisServices.RootContext);
    }
}
