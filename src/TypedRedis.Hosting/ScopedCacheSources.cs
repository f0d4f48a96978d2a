using Microsoft.Extensions.DependencyInjection;

namespace TypedRedis.Hosting;

/// <summary>Sources from the services, each in a scope of its own.</summary>
internal sealed class ScopedCacheSources(IServiceScopeFactory scopes) : ICacheSourceProvider
{
    public async ValueTask<CacheSourceScope<TKey, TEntity>?> CreateScopeAsync<TKey, TEntity>()
        where TKey : struct, IRedisKey<TKey>
        where TEntity : class
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        ICacheSource<TKey, TEntity>? source = null;
        try
        {
            source = scope.ServiceProvider.GetService<ICacheSource<TKey, TEntity>>() ?? scope.ServiceProvider.GetService<IWritableCacheSource<TKey, TEntity>>();
            return source is null ? null : new CacheSourceScope<TKey, TEntity>(source, scope);
        }
        finally
        {
            if (source is null)
            {
                await scope.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
