namespace TypedRedis.Hosting;

/// <summary>Options of the health check. Each share is of 1.</summary>
public sealed class RedisHealthOptions
{
    /// <summary>How long all of the check may take; what has not answered by then is reported as such. Default: 2 seconds. More than zero.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether INFO is read besides PING, for warnings and numbers. Default: true.</summary>
    public bool ReadsInfo { get; set; } = true;

    /// <summary>The share of <c>maxmemory</c> from which on there is a warning, where the server evicts nothing to make room. Default: 0.9.</summary>
    public double MemoryShare { get; set; } = 0.9;

    /// <summary>The share of <c>maxclients</c> from which on there is a warning. Default: 0.9.</summary>
    public double ClientShare { get; set; } = 0.9;

    /// <summary>The <c>mem_fragmentation_ratio</c> above which there is a warning, where more than 100 MB are in use. Default: 1.5.</summary>
    public double Fragmentation { get; set; } = 1.5;

    /// <summary>
    /// Whether the server holds data that is nowhere else, so that a policy that may evict it is a warning. Default: null, which is true where the application has called <c>AddRedisWorker</c>:
    /// the work of such stores waits in Redis.
    /// </summary>
    public bool? HoldsDurableData { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Timeout, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MemoryShare);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ClientShare);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Fragmentation);
    }
}
