namespace TypedRedis;

/// <summary>
/// Makes a <see cref="CacheAsideAttribute"/> cache take writes at once, into Redis, and carry them to the source later: the entry and its place in a durable queue are written in
/// one atomic step. The emitted cache is a <see cref="WriteBehindCache{TEntity, TKey, TMapper}"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class WriteBehindAttribute : Attribute
{
    /// <summary>How many writes a worker carries to the source at once, from 1 to 1,000. Default: 100.</summary>
    public int BatchSize { get; set; } = 100;

    /// <summary>How long a write waits in the queue for others to join its batch, and for later ones of the same key to replace it. Default: 1 second.</summary>
    public string FlushEvery { get; set; } = "1s";

    /// <summary>How often a write is tried before it becomes a dead letter. Default: 10.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>How long the source may take for a batch; it is cancelled then. A batch whose worker died is taken up again after this and five seconds. Default: 30 seconds.</summary>
    public string WriteTimeout { get; set; } = "30s";

    /// <summary>Over how many queues, and on a cluster slots, the keys are spread, from 1 to 1024. It is part of the keys, so it must not change while writes are pending. Default: 32.</summary>
    public int Partitions { get; set; } = 32;
}
