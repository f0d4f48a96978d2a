namespace TypedRedis;

/// <summary>
/// Makes a <c>partial</c> class or record a projection of a <see cref="RedisHashAttribute"/> model: its members name members of the model (with the same
/// types), and <c>GetAsync&lt;TProjection&gt;</c> reads their fields alone.
/// </summary>
/// <typeparam name="TEntity">The model.</typeparam>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RedisProjectionAttribute<TEntity> : Attribute
    where TEntity : class;
