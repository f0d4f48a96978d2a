using System.ComponentModel;

namespace TypedRedis;

/// <summary>How readers in one process get the entities of its own level.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum LocalInstances
{
    /// <summary>All get one instance.</summary>
    Shared,

    /// <summary>Each gets a copy that the mapper makes.</summary>
    Cloned,

    /// <summary>Each gets one that is read from the value.</summary>
    Decoded,
}

/// <summary>What a cache knows of its model. One instance per model, made by emitted code.</summary>
/// <param name="model">The model's name with its namespace.</param>
/// <param name="name">The cache's name: the template with <c>{}</c> for each part.</param>
/// <param name="shape">Differs where the form of the value does.</param>
public class CacheSchema(string model, string name, uint shape) : ModelSchema(model)
{
    /// <summary>The cache's name, which its channel and the keys beside its entries have.</summary>
    public string Name { get; } = name;

    /// <summary>Differs where the form of the value does.</summary>
    public uint Shape { get; } = shape;

    /// <summary>The share of the time to live that is random.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>How long absence is remembered; zero for not at all.</summary>
    public TimeSpan NegativeTtl { get; init; }

    /// <summary>The share of an entry's life after which it is loaded anew; 0 for never.</summary>
    public double RefreshAhead { get; init; }

    /// <summary>How long beyond its life an entry may be served; zero for not at all.</summary>
    public TimeSpan FailSafe { get; init; }

    /// <summary>How long a caller waits where an older entry could be served; zero for until the load ends.</summary>
    public TimeSpan SoftTimeout { get; init; }

    /// <summary>How long a load may take.</summary>
    public TimeSpan LoadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an entry stays in the process; zero for no level there.</summary>
    public TimeSpan LocalTtl { get; init; }

    /// <summary>How long an entry that is read often stays in a process that keeps no others; zero where it keeps all, or none.</summary>
    public TimeSpan HotTtl { get; init; }

    /// <summary>How often an entry has to be read in a second for <see cref="HotTtl"/>.</summary>
    public int HotReads { get; init; } = 100;

    /// <summary>How many copies of an entry that is read often stand in other slots of a cluster, so that the process holds no value; 0 where it does.</summary>
    public int HotCopies { get; init; }

    /// <summary>How many entries the process holds; 0 where <see cref="LocalBytes"/> says it.</summary>
    public int LocalEntries { get; init; }

    /// <summary>How many bytes of values the process holds; 0 where <see cref="LocalEntries"/> says it.</summary>
    public long LocalBytes { get; init; }

    /// <summary>How readers get the entities of the process's own level.</summary>
    public LocalInstances Instances { get; init; }

    /// <summary>How long a write may take at the source of a write-through or write-behind cache.</summary>
    public TimeSpan WriteTimeout { get; init; }

    /// <summary>How many writes a worker of a write-behind cache takes at once.</summary>
    public int BatchSize { get; init; }

    /// <summary>How long a write of a write-behind cache waits for others.</summary>
    public TimeSpan FlushEvery { get; init; }

    /// <summary>How often a write of a write-behind cache is tried.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>How many queues a write-behind cache has; 0 for other caches.</summary>
    public int Partitions { get; init; }

    internal override string RedisType => "string";

    internal override string FieldName(int field) => "(value)";

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;
}
