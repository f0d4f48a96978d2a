using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TypedRedis;
using TypedRedis.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers TypedRedis.</summary>
public static class TypedRedisHostingServiceCollectionExtensions
{
    // Told from the application's own by its reference.
    private static readonly Func<IServiceProvider, object> OwnConnection = static services => services.GetRequiredService<RedisConnection>().Open();

    /// <summary>
    /// Registers a connection and a <see cref="RedisContext"/> over it, as singletons; the stores of the application are registered by the emitted <c>AddTypedRedisStores</c>.
    /// The host opens the connection when it starts, before its other services, and fails if no server answers, unless the connection string says <c>abortConnect=false</c>.
    /// Outside of a host, whoever first asks for the context opens it, and waits. The connection is closed with the services.
    /// Where this is called again, what is set later counts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">A configuration string of StackExchange.Redis, such as <c>localhost:6379</c>.</param>
    /// <exception cref="ArgumentException">The connection string is empty. What else is wrong with it is reported when the host starts.</exception>
    public static ITypedRedisBuilder AddTypedRedis(this IServiceCollection services, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return services.AddTypedRedis(options =>
        {
            options.ConnectionString = connectionString;
            options.Connection = null;
        });
    }

    /// <inheritdoc cref="AddTypedRedis(IServiceCollection, string)"/>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options: at least <see cref="TypedRedisOptions.ConnectionString"/> or <see cref="TypedRedisOptions.Connection"/>.</param>
    public static ITypedRedisBuilder AddTypedRedis(this IServiceCollection services, Action<TypedRedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure<TypedRedisOptions>(options =>
        {
            options.UsesRegisteredConnection = false;
            configure(options);
        });
        services.TryAdd(ServiceDescriptor.Singleton(typeof(IConnectionMultiplexer), OwnConnection));
        return AddContext(services);
    }

    /// <inheritdoc cref="AddTypedRedis(IServiceCollection, string)"/>
    /// <param name="services">The services.</param>
    /// <param name="section">
    /// A section with <c>ConnectionString</c> and perhaps <c>Password</c>, <c>ConnectTimeout</c>, <c>Prefix</c>, <c>Database</c>, <c>OperationTimeout</c>, <c>CacheTimeout</c>. Another key in it, or a value that cannot be read,
    /// is an error when the host starts. It is not read again when it changes.
    /// </param>
    public static ITypedRedisBuilder AddTypedRedis(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return services.AddTypedRedis(options => TypedRedisSection.Read(section, options));
    }

    /// <summary>
    /// Registers a <see cref="RedisContext"/> over the <see cref="IConnectionMultiplexer"/> that the application registers, which stays the application's to dispose. Set the options with
    /// <c>services.Configure&lt;TypedRedisOptions&gt;(…)</c>.
    /// </summary>
    /// <param name="services">The services.</param>
    public static ITypedRedisBuilder AddTypedRedis(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.Configure<TypedRedisOptions>(static options => options.UsesRegisteredConnection = true);
        for (int i = services.Count - 1; i >= 0; i--)
        {
            if (!services[i].IsKeyedService && ReferenceEquals(services[i].ImplementationFactory, OwnConnection))
            {
                services.RemoveAt(i);
            }
        }

        return AddContext(services);
    }

    /// <summary>
    /// Makes <see cref="RedisContext"/> a scoped service: a view of the root context, such as that of the tenant of a request. Stores take the view of their scope; a singleton that takes
    /// a <see cref="RedisContext"/> or a store is then an error of the service provider where it validates scopes. The root context stays available under <see cref="TypedRedisServices.RootContext"/>.
    /// Workers and sources run in scopes of their own, where there is no request.
    /// </summary>
    /// <param name="builder">What <c>AddTypedRedis</c> returned.</param>
    /// <param name="tenant">Takes the services of the scope and the root context, and returns a view of it, or the root context itself.</param>
    public static ITypedRedisBuilder UseTenant(this ITypedRedisBuilder builder, Func<IServiceProvider, RedisContext, RedisContext> tenant)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tenant);
        builder.Services.RemoveAll<RedisContext>();
        builder.Services.AddScoped(services => tenant(services, Root(services))
            ?? throw new InvalidOperationException("The function that was given to UseTenant returned null. Return the root context for a scope without a tenant, or throw an exception that says that there must be one."));
        return builder;
    }

    /// <summary>
    /// Runs the background work of a store while the host runs: in a scope of its own, anew when it fails, after 1 second and then twice as long each time, up to a minute.
    /// When the host stops, it waits for the store to end what it has begun, as long as <c>HostOptions.ShutdownTimeout</c> allows.
    /// Any number of processes may run the same worker. Called twice for a store, it runs once.
    /// </summary>
    /// <typeparam name="TStore">The store, which is registered, such as by <c>AddTypedRedisStores</c>. The host does not start where it is not.</typeparam>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddRedisWorker<TStore>(this IServiceCollection services)
        where TStore : class, IBackgroundStore
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(static service => service.ServiceType == typeof(RedisWorker<TStore>)))
        {
            services.AddSingleton<RedisWorker<TStore>>();
            services.AddSingleton(new WorkerRegistration(typeof(TStore).Name));
            services.AddSingleton<IHostedService>(static provider => provider.GetRequiredService<RedisWorker<TStore>>());
        }

        return services;
    }

    private static TypedRedisBuilder AddContext(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(RedisConnection)))
        {
            return new TypedRedisBuilder(services);
        }

        services.AddOptions<TypedRedisOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TypedRedisOptions>, TypedRedisOptionsValidator>());
        services.AddSingleton<RedisConnection>();
        services.AddHostedService<ConnectionOpener>();
        services.AddKeyedSingleton(TypedRedisServices.RootContext, static (provider, _) => MakeRoot(provider));
        services.AddSingleton<RedisContext>(Root);
        return new TypedRedisBuilder(services);
    }

    private static RedisContext Root(IServiceProvider services) => services.GetRequiredKeyedService<RedisContext>(TypedRedisServices.RootContext);

    // Over a connection that is not its own: disposing it, as a scope does with what it was given, closes nothing.
    private static RedisContext MakeRoot(IServiceProvider services)
    {
        TypedRedisOptions options = services.GetRequiredService<IOptions<TypedRedisOptions>>().Value;
        return new RedisContext(services.GetRequiredService<RedisConnection>().Open(), new RedisContextOptions
        {
            Prefix = options.Prefix,
            Database = options.Database,
            OperationTimeout = options.OperationTimeout,
            CacheTimeout = options.CacheTimeout,
            TimeProvider = options.TimeProvider ?? services.GetService<TimeProvider>() ?? TimeProvider.System,
            KeyRing = options.KeyRing,
            JsonSerializerOptions = options.JsonSerializerOptions,
            LoggerFactory = options.LoggerFactory ?? services.GetService<ILoggerFactory>(),
            CacheInvalidationHandler = options.CacheInvalidationHandler ?? services.GetService<ICacheInvalidationHandler>(),
            CacheSources = options.CacheSources ?? new ScopedCacheSources(services.GetRequiredService<IServiceScopeFactory>()),
        });
    }
}
