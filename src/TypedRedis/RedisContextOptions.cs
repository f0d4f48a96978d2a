using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace TypedRedis;

/// <summary>Options of a <see cref="RedisContext"/>.</summary>
public sealed record RedisContextOptions
{
    /// <summary>Stands before every key, channel and pattern of the context, such as <c>prod:shop:</c>. A missing <c>:</c> at its end is added. Default: none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The number of the database, or -1 for the connection's own. Default: -1. A cluster has only database 0.</summary>
    public int Database { get; init; } = -1;

    /// <summary>
    /// The longest time that a call waits for the server. A call that waits longer ends with <see cref="RedisOperationTimeoutException"/>; whether the server
    /// carried it out is then unknown. Default: 5 seconds. <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.
    /// </summary>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest time that a call of a cache waits for the server. A read that waits longer goes to the source. Default: 1 second.
    /// </summary>
    public TimeSpan CacheTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock and the timers. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The keys of what is declared with <see cref="EncryptedAttribute"/>; views of the context share them. Default: none; then a repository of such a model cannot be made.</summary>
    public EncryptionKeyRing? KeyRing { get; init; }

    /// <summary>
    /// The serializer options of JSON members and values that name no <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>. Default: none;
    /// then <see cref="JsonSerializerOptions.Default"/> is used where the application allows reflection, and elsewhere such a member is an error.
    /// </summary>
    public JsonSerializerOptions? JsonSerializerOptions { get; init; }

    /// <summary>Where caches write what an operator should know: a link that is lost, a source that fails, an entry that cannot be read. No keys and no values, except in the messages of exceptions. Default: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Hears what this process invalidates through caches, to pass it on. Default: none.</summary>
    public ICacheInvalidationHandler? CacheInvalidationHandler { get; init; }

    /// <summary>Where caches that were made without a source get theirs. Default: none. <c>AddTypedRedis</c> of TypedRedis.Hosting sets it.</summary>
    public ICacheSourceProvider? CacheSources { get; init; }

    /// <summary>Checks the options, as a <see cref="RedisContext"/> does that is made with them.</summary>
    /// <exception cref="ArgumentException">An option is out of its range, or the prefix has a brace or a control character in it.</exception>
    public void Validate() => RedisContext.Check(this);
}
