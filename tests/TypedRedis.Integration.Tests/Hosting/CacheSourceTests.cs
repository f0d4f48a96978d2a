using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Hosting;

/// <summary>Where the caches of a host get their sources.</summary>
public sealed class CacheSourceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Each_load_has_a_scope_that_ends_with_it()
    {
        using IHost host = await StartAsync(services => services.AddScoped<ICacheSource<ProductKey, Product>, ProductSource>());
        await LoadsAsync(host);
    }

    [Fact]
    public async Task A_source_that_is_registered_to_be_written_to_is_found_too()
    {
        using IHost host = await StartAsync(services => services.AddScoped<IWritableCacheSource<ProductKey, Product>, ProductSource>());
        await LoadsAsync(host);
    }

    [Fact]
    public async Task Views_of_the_context_have_the_sources_too()
    {
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddScoped<Rows>();
            services.AddScoped<ICacheSource<ProductKey, Product>, ProductSource>();
            services.AddTypedRedis(fixture.Server.ConnectionString).UseTenant((_, root) => root.WithTenant("acme"));
        });
        await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
        await using var found = await scope.ServiceProvider.GetRequiredService<RedisContext>().Options.CacheSources!.CreateScopeAsync<ProductKey, Product>();
        Assert.NotNull(found);
    }

    [Fact]
    public async Task Where_there_is_none_there_is_none()
    {
        using IHost host = await StartAsync(_ => { });
        Assert.Null(await Sources(host).CreateScopeAsync<ProductKey, Product>());
    }

    [Fact]
    public async Task What_a_source_that_cannot_be_made_has_taken_is_given_back()
    {
        var rows = new List<Rows>();
        using IHost host = await StartAsync(services => services.AddScoped<ICacheSource<ProductKey, Product>>(provider =>
        {
            rows.Add(provider.GetRequiredService<Rows>());
            throw new InvalidDataException("no table");
        }));
        await Assert.ThrowsAsync<InvalidDataException>(async () => await Sources(host).CreateScopeAsync<ProductKey, Product>());
        Assert.True(Assert.Single(rows).IsDisposed);
    }

    private static async Task LoadsAsync(IHost host)
    {
        ICacheSourceProvider sources = Sources(host);
        ProductSource source;
        await using (CacheSourceScope<ProductKey, Product> scope = (await sources.CreateScopeAsync<ProductKey, Product>())!)
        {
            source = Assert.IsType<ProductSource>(scope.Source);
            Assert.Equal(7, (await source.LoadAsync(7, new CacheLoad(), default))!.Id);
            Assert.False(source.Rows.IsDisposed);
        }

        Assert.True(source.Rows.IsDisposed);
        await using CacheSourceScope<ProductKey, Product> next = (await sources.CreateScopeAsync<ProductKey, Product>())!;
        Assert.NotSame(source, next.Source);
        Assert.False(((ProductSource)next.Source).Rows.IsDisposed);
    }

    private static ICacheSourceProvider Sources(IHost host) => host.Services.GetRequiredService<RedisContext>().Options.CacheSources!;

    private Task<IHost> StartAsync(Action<IServiceCollection> register) => Hosted.StartAsync(services =>
    {
        services.AddScoped<Rows>();
        register(services);
        services.AddTypedRedis(fixture.Server.ConnectionString);
    });

    /// <summary>Like a DbContext: of a scope, and disposed asynchronously alone.</summary>
    private sealed class Rows : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            IsDisposed = true;
        }
    }

    private sealed class ProductSource(Rows rows) : IWritableCacheSource<ProductKey, Product>
    {
        public Rows Rows { get; } = rows;

        public ValueTask<Product?> LoadAsync(ProductKey key, CacheLoad load, CancellationToken cancellationToken) => new(Some.Product() with { Id = key.Id });

        public ValueTask WriteAsync(CacheWrite<ProductKey, Product> write, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
