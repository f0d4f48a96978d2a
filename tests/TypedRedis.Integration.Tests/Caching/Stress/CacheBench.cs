using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>Several processes, as far as caches are concerned: contexts of one prefix over connections of their own, which share nothing.</summary>
internal sealed class CacheBench : IAsyncDisposable
{
    private readonly List<ConnectionMultiplexer> _connections = [];
    private readonly List<TcpProxy> _proxies = [];
    private readonly string _prefix = ServerFixture.NewPrefix();

    public CacheBench(RedisServer server) => Server = server;

    public RedisServer Server { get; }

    public ThingSource Source { get; } = new();

    public string Prefix => _prefix;

    public string KeyOf(long id) => $"{_prefix}thing:{id}";

    /// <summary>Another process.</summary>
    public async Task<ThingCache<TKind>> NewAsync<TKind>(TimeProvider? time = null, TimeSpan? timeout = null)
        where TKind : IThingCacheKind
        => new(await ContextAsync(Server.ConnectionString, time, timeout), Source);

    /// <summary>Another process that is connected by a link of its own.</summary>
    public async Task<(ThingCache<TKind> Cache, TcpProxy Proxy)> NewBehindProxyAsync<TKind>(TimeProvider? time = null)
        where TKind : IThingCacheKind
    {
        var proxy = new TcpProxy(Server.Port);
        _proxies.Add(proxy);
        return (new(await ContextAsync(proxy.ConnectionString, time, null), Source), proxy);
    }

    public async Task<RedisContext> ContextAsync(string configuration, TimeProvider? time, TimeSpan? timeout)
    {
        ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(configuration);
        _connections.Add(connection);
        return new RedisContext(connection, new()
        {
            Prefix = _prefix,
            CacheTimeout = timeout ?? TimeSpan.FromSeconds(60),
            TimeProvider = time ?? TimeProvider.System,
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ConnectionMultiplexer connection in _connections)
            connection.Dispose();
        foreach (TcpProxy proxy in _proxies)
            await proxy.DisposeAsync();
    }
}

internal static class CacheWaits
{
    /// <summary>Uses a cache until its level in the process is trusted.</summary>
    public static Task TrustedAsync<TKind>(this ThingCache<TKind> cache)
        where TKind : IThingCacheKind
        => Bounded.BecomesTrueAsync(async () =>
        {
            await cache.TryGetAsync(-1);
            return cache.Statistics.IsLocalTrusted;
        });

    public static Task UntrustedAsync<TKind>(this ThingCache<TKind> cache)
        where TKind : IThingCacheKind
        => Bounded.BecomesTrueAsync(() => Task.FromResult(!cache.Statistics.IsLocalTrusted));

    public static async Task<long> RevisionAsync<TKind>(this ThingCache<TKind> cache, long id)
        where TKind : IThingCacheKind
        => (await cache.GetAsync(id).AsTask().EndsAsync())!.Revision;

    /// <summary>Has an entry in the level in the process.</summary>
    public static async Task KeepAsync<TKind>(this ThingCache<TKind> cache, long id)
        where TKind : IThingCacheKind
    {
        await cache.TrustedAsync();
        await Bounded.BecomesTrueAsync(async () =>
        {
            long before = cache.Statistics.LocalHits;
            await cache.GetAsync(id);
            return cache.Statistics.LocalHits > before;
        });
    }
}
