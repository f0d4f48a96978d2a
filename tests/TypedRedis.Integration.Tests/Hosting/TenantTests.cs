using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TypedRedis.Hosting;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Hosting;

/// <summary>A context for each scope.</summary>
public sealed class TenantTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Each_scope_works_on_the_keys_of_its_tenant_and_leaves_the_connection_open()
    {
        string prefix = ServerFixture.NewPrefix();
        using IHost host = await StartAsync(prefix, (services, root) => services.GetRequiredService<Request>().Tenant is { } tenant ? root.WithTenant(tenant) : root);
        foreach (string? tenant in new[] { "acme", "globex", null })
        {
            await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<Request>().Tenant = tenant;
            await scope.ServiceProvider.GetRequiredService<ProductRepository>().UpsertAsync(Some.Product() with { Id = 5 });
            Assert.Same(scope.ServiceProvider.GetRequiredService<RedisContext>(), scope.ServiceProvider.GetRequiredService<RedisContext>());
        }

        Assert.Equal([prefix + "acme:product:5", prefix + "globex:product:5", prefix + "product:5"], await fixture.Server.KeysAsync(prefix));
        RedisContext root = host.Services.GetRequiredKeyedService<RedisContext>(TypedRedisServices.RootContext);
        Assert.Equal(prefix, root.Prefix);
        await root.Database.PingAsync();
    }

    [Fact]
    public async Task A_singleton_cannot_take_the_context_of_a_tenant_but_the_root()
    {
        using IHost host = await StartAsync("", (_, root) => root.WithTenant("acme"));
        Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<RedisContext>());
        var error = Assert.Throws<AggregateException>(() => Hosted.Build(services =>
        {
            services.AddTypedRedis(fixture.Server.ConnectionString).UseTenant((_, root) => root.WithTenant("acme"));
            services.AddSingleton<Holder>();
        }));
        Assert.Contains("Cannot consume scoped service 'TypedRedis.RedisContext' from singleton", error.Message, StringComparison.Ordinal);

        using IHost keyed = await Hosted.StartAsync(services =>
        {
            services.AddTypedRedis(fixture.Server.ConnectionString).UseTenant((_, root) => root.WithTenant("acme"));
            services.AddSingleton<RootHolder>();
        });
        Assert.Equal("", keyed.Services.GetRequiredService<RootHolder>().Redis.Prefix);
    }

    [Fact]
    public async Task A_later_call_keeps_the_tenants()
    {
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddTypedRedis("no.such.server:1").UseTenant((_, root) => root.WithTenant("acme"));
            services.AddTypedRedis(fixture.Server.ConnectionString);
        });
        await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
        Assert.Equal("acme:", Assert.Single(scope.ServiceProvider.GetServices<RedisContext>()).Prefix);
    }

    [Fact]
    public async Task A_function_that_returns_nothing_is_told()
    {
        using IHost host = await StartAsync("", (_, _) => null!);
        await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
        var error = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<RedisContext>());
        Assert.Contains("UseTenant returned null. Return the root context", error.Message, StringComparison.Ordinal);
    }

    private Task<IHost> StartAsync(string prefix, Func<IServiceProvider, RedisContext, RedisContext> tenant) => Hosted.StartAsync(services =>
    {
        services.AddScoped<Request>();
        services.AddTypedRedis(options =>
        {
            options.ConnectionString = fixture.Server.ConnectionString;
            options.Prefix = prefix;
        }).UseTenant(tenant);
        services.AddTypedRedisStores();
    });

    private sealed class Request
    {
        public string? Tenant { get; set; }
    }

    private sealed class Holder(RedisContext redis)
    {
        public RedisContext Redis { get; } = redis;
    }

    private sealed class RootHolder([FromKeyedServices(TypedRedisServices.RootContext)] RedisContext redis)
    {
        public RedisContext Redis { get; } = redis;
    }
}
