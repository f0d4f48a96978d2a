namespace TypedRedis;

/// <summary>
/// Makes a <see cref="CacheAsideAttribute"/> cache write to the source: <c>SetAsync</c> and <c>DeleteAsync</c> write there first and then to Redis, in steps that leave no
/// stale entry wherever the process dies. The emitted cache is a <see cref="WriteThroughCache{TEntity, TKey, TMapper}"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class WriteThroughAttribute : Attribute
{
    /// <summary>
    /// How long a write may take at the source; it is cancelled then. For this long and a second, readers go to the source where a writer died or the outcome of its write is unknown. Default: 5 seconds.
    /// </summary>
    public string WriteTimeout { get; set; } = "5s";
}
