using System.Diagnostics;
using System.Net.Http.Json;
using CachedCatalog;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using TypedRedis.Testing;

if (args is ["instance", .. string[] settings])
{
    WebApplication app = CatalogApp.Build(settings);
    _ = Task.Run(() =>
    {
        Console.In.ReadToEnd();     // until whoever started this process is gone, or wants it to end
        app.Lifetime.StopApplication();
    });
    await app.RunAsync();
    return;
}

Console.WriteLine("TypedRedis cached catalog: a web application over a SQL database, twice, on one Redis\n");

string? postgres = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build().GetConnectionString("Postgres");
DirectoryInfo folder = Directory.CreateTempSubdirectory("typedredis-catalog-");
string sqlite = $"Data Source={Path.Combine(folder.FullName, "catalog.db")}";
try
{
    await RunAsync();
}
finally
{
    folder.Delete(recursive: true);
}

async Task RunAsync()
{
    await using var database = new Database(postgres, sqlite);
    long start = Stopwatch.GetTimestamp();
    await database.CreateAsync();
    Console.WriteLine($"{(database.IsPostgres ? "PostgreSQL" : "SQLite, each query made 2 ms slower, as a network would,")} has {Database.Rows:N0} products after {Milliseconds(start)}.");

    await using RedisServer redis = await RedisServer.StartAsync();
    string[] settings = [$"--ConnectionStrings:Redis={redis.ConnectionString}", $"--ConnectionStrings:Sqlite={sqlite}", $"--ConnectionStrings:Postgres={postgres}"];
    Task<Instance> starting = Instance.StartAsync(settings);
    await using Instance a = await Instance.StartAsync(settings);
    await using Instance b = await starting;
    Console.WriteLine($"A private redis-server runs at {redis.ConnectionString}, instance A at {a.Http.BaseAddress}, B at {b.Http.BaseAddress}");

    Step("The same load without the cache and with it: 8 clients, some products wanted far more than others");
    Console.WriteLine(LoadResult.Header);
    await Load.RunAsync([a, b], "uncached/products", 500);      // so that the code is compiled
    Console.WriteLine((await Load.RunAsync([a, b], "uncached/products", 5_000)).Row("without the cache"));
    Console.WriteLine((await Load.RunAsync([a, b], "products", 5_000)).Row("with the cache, cold"));
    Console.WriteLine((await Load.RunAsync([a, b], "products", 5_000)).Row("with the cache, warm"));

    Step("All at once for a product that is not cached: one of them loads it, in both processes together");
    long queries = (await Load.StatsAsync(a, b)).Queries;
    await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? a : b).Http.GetAsync("products/99999")));
    Console.WriteLine($"  200 requests to A and B, queries: {(await Load.StatsAsync(a, b)).Queries - queries}");

    Step("Many in one request: one query for all that are missing, none where the other instance has read them");
    string page = "products?" + string.Join('&', Enumerable.Range(90_001, 200).Select(id => $"ids={id}"));
    foreach ((string name, Instance instance) in new[] { ("A", a), ("B", b) })
    {
        queries = (await instance.StatsAsync()).Queries;
        Product[]? products = await instance.Http.GetFromJsonAsync<Product[]>(page);
        Console.WriteLine($"  {products!.Length} products of {name}, queries: {(await instance.StatsAsync()).Queries - queries}");
    }

    Step("Change through A, read from B");
    Product one = (await b.Http.GetFromJsonAsync<Product>("products/1"))!;
    Console.WriteLine($"  B has it in its process:  {one}");
    string token = TokenOf(await a.Http.PutAsJsonAsync("products/1", new ProductDetails("New name", one.Category, one.Cents + 1)));
    Console.WriteLine($"  B, with the token of A's: {await (await ReadAsync(b, 1, token)).Content.ReadFromJsonAsync<Product>()}");
    token = TokenOf(await a.Http.PutAsJsonAsync($"products/{Database.Rows + 1}", new ProductDetails("For a moment", one.Category, 1)));
    Console.Write($"  A new one, made through A: B answers {(int)(await ReadAsync(b, Database.Rows + 1, token)).StatusCode}; ");
    token = TokenOf(await a.Http.DeleteAsync($"products/{Database.Rows + 1}"));
    Console.WriteLine($"deleted through A: B answers {(int)(await ReadAsync(b, Database.Rows + 1, token)).StatusCode}");

    Step("Invalidate a category: one step for all of its products, in all processes");
    string freed = await (await a.Http.PostAsync($"categories/{one.Category}/invalidate", content: null)).Content.ReadAsStringAsync();
    Console.WriteLine($"  {one.Category} had {freed} entries in Redis");

    Step("Redis stops");
    await redis.StopAsync();
    LoadResult without = await Load.RunAsync([a, b], "products", 500);
    Console.WriteLine(LoadResult.Header);
    Console.WriteLine(without.Row("while Redis is down"));
    Console.WriteLine($"  health: {await a.Http.GetStringAsync("health")}; a write is refused before it reaches the database: {(int)(await a.Http.PutAsJsonAsync("products/1", new ProductDetails("Lost", one.Category, 1))).StatusCode}");

    Step("Redis comes back, empty");
    await redis.RestartAsync();
    start = Stopwatch.GetTimestamp();
    while ((await Load.StatsAsync(a, b)).Cache.IsRedisBypassed)
    {
        if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
        {
            throw new TimeoutException("The instances do not find Redis again.");
        }

        await Load.RunAsync([a, b], "products", 10);
        await Task.Delay(50);
    }

    Console.WriteLine($"  in use again after {Milliseconds(start)}");
    Console.WriteLine(LoadResult.Header);
    await Load.RunAsync([a, b], "products", 3_000);
    Console.WriteLine((await Load.RunAsync([a, b], "products", 3_000)).Row("after a warm-up"));
    Console.WriteLine($"  product 1 is still {(await b.Http.GetFromJsonAsync<Product>("products/1"))!.Name}");
}

Console.WriteLine("\nDone: everything that was started stops with the program. The model is samples/CachedCatalog/Product.cs, its source ProductSource.cs, the application CatalogApp.cs.");

static string TokenOf(HttpResponseMessage written) => written.EnsureSuccessStatusCode().Headers.GetValues(CatalogApp.Token).Single();

static Task<HttpResponseMessage> ReadAsync(Instance instance, long id, string token)
    => instance.Http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"products/{id}") { Headers = { { CatalogApp.Token, token } } });

static void Step(string title) => Console.WriteLine($"\n{title}");

static string Milliseconds(long start) => $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms";
