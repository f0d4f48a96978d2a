namespace TypedRedis.Hosting;

/// <summary>The keys of services that <c>AddTypedRedis</c> registers.</summary>
public static class TypedRedisServices
{
    /// <summary>
    /// The key of the <see cref="RedisContext"/> that belongs to no tenant: a singleton, also where <c>UseTenant</c> makes the <see cref="RedisContext"/> without a key a scoped service.
    /// Inject it with <c>[FromKeyedServices(TypedRedisServices.RootContext)]</c>.
    /// </summary>
    public const string RootContext = "TypedRedis.RootContext";
}
