using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TypedRedis;

namespace CachedCatalog;

/// <summary>The web application.</summary>
internal static class CatalogApp
{
    public const string Token = "X-Consistency-Token";

    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);

        builder.Services.AddTypedRedis(options =>
        {
            options.ConnectionString = builder.Configuration.GetConnectionString("Redis") ?? "localhost:6379";
            options.Prefix = "catalog:";
        });
        builder.Services.AddTypedRedisStores();
        builder.Services.AddSingleton(new Database(builder.Configuration.GetConnectionString("Postgres"), builder.Configuration.GetConnectionString("Sqlite")));
        builder.Services.AddScoped<ICacheSource<ProductCacheKey, Product>, ProductSource>();

        // Without Redis the application is slower, and cannot write: it is not down.
        builder.Services.AddHealthChecks().AddTypedRedis(failureStatus: HealthStatus.Degraded);
        builder.Services.AddProblemDetails();

        WebApplication app = builder.Build();
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = static error => error is RedisException or TimeoutException ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError,
        });
        app.MapHealthChecks("/health");
        Map(app);
        return app;
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/products/{id:long}", async (long id, ProductCache products, [FromHeader(Name = Token)] ConsistencyToken? token, CancellationToken cancellationToken) =>
            await products.GetAsync(id, token ?? default, cancellationToken) is { } product ? Results.Ok(product) : Results.NotFound());

        app.MapGet("/products", async (long[] ids, ProductCache products, CancellationToken cancellationToken) =>
            (await products.GetManyAsync(ids, cancellationToken)).OfType<Product>());

        // A client that sends the token back sees its own write, whatever instance it reads from.
        app.MapPut("/products/{id:long}", async (long id, ProductDetails details, ProductCache products, HttpResponse response) =>
        {
            ConsistencyToken token = await products.SetAsync(new Product { Id = id, Name = details.Name, Category = details.Category, Cents = details.Cents });
            response.Headers[Token] = token.ToString();
            return Results.NoContent();
        });

        app.MapDelete("/products/{id:long}", async (long id, ProductCache products, HttpResponse response) =>
        {
            ConsistencyToken token = await products.DeleteAsync(id);
            response.Headers[Token] = token.ToString();
            return Results.NoContent();
        });

        app.MapPost("/categories/{name}/invalidate", (string name, ProductCache products) => products.InvalidateTagAsync(ProductTag.Category(name)));

        app.MapGet("/stats", (Database database, ProductCache products) => new Stats(database.Queries, products.Statistics));

        // To compare with.
        app.MapGet("/uncached/products/{id:long}", async (long id, ICacheSource<ProductCacheKey, Product> source, CancellationToken cancellationToken) =>
            await source.LoadAsync(id, new CacheLoad(), cancellationToken) is { } product ? Results.Ok(product) : Results.NotFound());
    }
}

internal sealed record ProductDetails(string Name, string Category, long Cents);

internal sealed record Stats(long Queries, CacheStatistics Cache);
