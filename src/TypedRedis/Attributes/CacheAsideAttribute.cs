namespace TypedRedis;

/// <summary>
/// Caches the model in Redis, whole, as JSON, over a source that it is loaded from, with a level in the process in front. The generator emits <c>{Model}CacheKey</c>,
/// <c>{Model}CacheMapper</c>, <c>{Model}Cache</c> and, where there are <see cref="Tags"/>, <c>{Model}Tag</c> in the model's namespace.
/// </summary>
/// <remarks>
/// Durations are texts such as <c>10m</c>, <c>1h30m</c> or <c>500ms</c> (units <c>w d h m s ms</c>, largest first), or <see cref="Off"/> where that is said.
/// </remarks>
/// <param name="template">The key template, such as <c>product:{Id}</c>. See the page on keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class CacheAsideAttribute(string template) : Attribute
{
    /// <summary>Switches something off.</summary>
    public const string Off = "off";

    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>How long an entry is fresh. Required.</summary>
    public string? Ttl { get; set; }

    /// <summary>The share of <see cref="Ttl"/>, from 0 to 0.9, by which entries live shorter, each by a random part of it, so that those stored together do not end together. Default: 0.1.</summary>
    public double Jitter { get; set; } = 0.1;

    /// <summary>How long it is remembered that the source has no such entity, or <see cref="Off"/>. Default: 30 seconds, or <see cref="Ttl"/> where that is shorter.</summary>
    public string? NegativeTtl { get; set; }

    /// <summary>The share of an entry's life, from 0.1 to 0.95, after which the next read has it loaded anew in the background, by one process; 0 for never. Default: 0.8.</summary>
    public double RefreshAhead { get; set; } = 0.8;

    /// <summary>
    /// How long beyond its life an entry may be served where the source fails or is slower than <see cref="SoftTimeout"/>, or <see cref="Off"/>. Never after it was invalidated.
    /// Default: <see cref="Off"/>.
    /// </summary>
    public string FailSafe { get; set; } = Off;

    /// <summary>How long a caller waits for the source where an entry within <see cref="FailSafe"/> could be served, or <see cref="Off"/> for until the load ends. Default: 100 ms.</summary>
    public string? SoftTimeout { get; set; }

    /// <summary>How long a load may take: it is cancelled then, and its callers get a <see cref="TimeoutException"/>. Default: 5 seconds. A process that dies while it loads holds others up for this long and a second.</summary>
    public string LoadTimeout { get; set; } = "5s";

    /// <summary>How long an entry stays in the process, or <see cref="Off"/> for no level in the process. Default: 10 seconds.</summary>
    public string LocalTtl { get; set; } = "10s";

    /// <summary>What the level in the process holds at most: a number of entries, such as <c>10000</c>, or a size of their JSON with the unit <c>KB</c>, <c>MB</c> or <c>GB</c>. Default: 10,000 entries.</summary>
    public string LocalSize { get; set; } = "10000";

    /// <summary>
    /// How long an entry that is read often stays in the process, where <see cref="LocalTtl"/> is <see cref="Off"/>: so that one hot key is not too much for the server that has it. Default: <see cref="Off"/>.
    /// </summary>
    public string HotTtl { get; set; } = Off;

    /// <summary>How often in a second a process has to read an entry for <see cref="HotTtl"/>. Default: 100.</summary>
    public int HotReads { get; set; } = 100;

    /// <summary>
    /// How many copies of an entry that is read often stand in other slots of a cluster, from 2 to 64: reads of it are spread over them and the entry, and the process holds no value, for <see cref="HotTtl"/>, which is needed. For values that
    /// are too large to be held in every process. Outside of a cluster none are made, and nothing is held. Default: 0, none; the process holds the value.
    /// </summary>
    public int HotCopies { get; set; }

    /// <summary>
    /// Whether all readers in a process get one instance although the model can be changed, because none of them does. Default: false; then one is shared only where the compiler
    /// can see that it is immutable, and elsewhere each reader gets a copy.
    /// </summary>
    public bool ShareInstances { get; set; }

    /// <summary>Templates of tags, such as <c>category:{Category}</c>: all entries with a tag can be invalidated at once. Each gives a method of <c>{Model}Tag</c>.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>The number of the model's shape. Raise it where the meaning of a member changes and its name and type do not, which are compared anyway. An entry of another shape is a miss. Default: 1.</summary>
    public int Version { get; set; } = 1;

    /// <summary>Replaces the model's name in the names of the emitted types.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The source-generated <see cref="System.Text.Json.Serialization.JsonSerializerContext"/> that knows the model. Without it the assembly's default
    /// (<see cref="RedisDefaultsAttribute.JsonContext"/>) or <see cref="RedisContextOptions.JsonSerializerOptions"/> is used.
    /// </summary>
    public Type? JsonContext { get; set; }
}
