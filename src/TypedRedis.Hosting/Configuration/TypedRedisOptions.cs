using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TypedRedis.Hosting;

/// <summary>
/// The settings of <c>AddTypedRedis</c>. They are read once, when the host starts or the context is first asked for; what is wrong with them is then an
/// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that names every setting and what to do, and never quotes the connection string.
/// </summary>
public sealed class TypedRedisOptions
{
    /// <summary>A configuration string of StackExchange.Redis, such as <c>localhost:6379</c>. Either this or <see cref="Connection"/> is needed. In configuration: <c>ConnectionString</c>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The same as an object, for what a string cannot say, such as certificates. It is copied, not changed. Not in configuration.</summary>
    public ConfigurationOptions? Connection { get; set; }

    /// <summary>The password, where it does not stand in the connection string: from a secret store, or because it has a comma in it. In configuration: <c>Password</c>.</summary>
    public string? Password { get; set; }

    /// <summary>How long a connect may take. Null as in the connection string; the driver's default is 5 seconds. In configuration: <c>ConnectTimeout</c>, such as <c>00:00:05</c>.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <inheritdoc cref="RedisContextOptions.Prefix"/>
    public string Prefix { get; set; } = "";

    /// <inheritdoc cref="RedisContextOptions.Database"/>
    public int Database { get; set; } = -1;

    /// <inheritdoc cref="RedisContextOptions.OperationTimeout"/>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc cref="RedisContextOptions.CacheTimeout"/>
    public TimeSpan CacheTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock and the timers. Default: the <see cref="System.TimeProvider"/> that is registered, or else <see cref="TimeProvider.System"/>. Not in configuration.</summary>
    public TimeProvider? TimeProvider { get; set; }

    /// <inheritdoc cref="RedisContextOptions.KeyRing"/>
    public EncryptionKeyRing? KeyRing { get; set; }

    /// <inheritdoc cref="RedisContextOptions.JsonSerializerOptions"/>
    public JsonSerializerOptions? JsonSerializerOptions { get; set; }

    /// <summary>Where caches write what an operator should know. Default: the <see cref="ILoggerFactory"/> that is registered. Not in configuration.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Hears what caches invalidate. Default: the <see cref="ICacheInvalidationHandler"/> that is registered as a singleton, or none. Not in configuration.</summary>
    public ICacheInvalidationHandler? CacheInvalidationHandler { get; set; }

    /// <summary>Where caches that were made without a source get theirs. Default: the services, in a scope of its own for each load. Not in configuration.</summary>
    public ICacheSourceProvider? CacheSources { get; set; }

    /// <summary>Whether the connection is the <see cref="IConnectionMultiplexer"/> that the application has registered.</summary>
    internal bool UsesRegisteredConnection { get; set; }

    /// <summary>What could not be read of the configuration.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>The path of the section, or null where the settings do not come from one.</summary>
    internal string? Section { get; set; }

    /// <summary>What somebody who has to change a setting calls it.</summary>
    internal string NameOf(string setting) => Section switch
    {
        null => $"{nameof(TypedRedisOptions)}.{setting}",
        "" => setting,
        _ => $"{Section}:{setting}",
    };
}
