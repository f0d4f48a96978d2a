using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Shop;
using Shop.Data;
using TypedRedis;
using TypedRedis.Testing;

// Checks itself: it prints OK, or ends with an exception.
await using RedisServer server = await RedisServer.StartAsync();
HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
builder.Configuration["Redis:ConnectionString"] = server.ConnectionString;
builder.Configuration["Redis:Prefix"] = "shop";
builder.Configuration["Redis:OperationTimeout"] = "00:01:00";
builder.Services.AddTypedRedis(builder.Configuration.GetSection("Redis"));
builder.Services.AddShopDataRedisStores().AddTypedRedisStores();
builder.Services.AddScoped<Restock>().AddRedisWorker<Restock>();
builder.Services.AddHealthChecks().AddTypedRedis(configure: options => options.Timeout = TimeSpan.FromMinutes(1));
using IHost host = builder.Build();
await host.StartAsync();
await using AsyncServiceScope scope = host.Services.CreateAsyncScope();
var redis = scope.ServiceProvider.GetRequiredService<RedisContext>();
var users = scope.ServiceProvider.GetRequiredService<UserRepository>();
var sessions = scope.ServiceProvider.GetRequiredService<SessionRepository>();
var orders = scope.ServiceProvider.GetRequiredService<OrderRepository>();

// A hash: every kind of member there and back.
var id = Guid.NewGuid();
var ada = new User { Id = id, Name = "Ada", Nick = "a", Plan = Plan.Team, Addresses = [new("Main Street", "London")], CreatedAt = DateTimeOffset.UtcNow };
Check.Equal(true, await users.InsertAsync(ada));
User read = Check.NotNull(await users.GetAsync(id));
Check.Equal(ada, read with { Addresses = ada.Addresses });
Check.Equal(ada.Addresses[0], read.Addresses[0]);
Check.Equal("Team", (await server.ExecuteAsync("HGET", $"shop:user:{id}", "plan")).ToString().Trim('"'));

// Some of its fields.
Check.Equal(new UserCard(id, "Ada", Plan.Team), await users.GetAsync<UserCard>(id));

// A patch, a counter, a batch, an expiry.
Check.Equal(true, await users.PatchAsync(id, new UserPatch { Nick = null, Plan = Plan.Free }));
Check.Equal(5, await users.IncrementLoginsAsync(id, 5));
User?[] many = await users.GetManyAsync([Guid.NewGuid(), id]);
Check.Equal(null, many[0]);
Check.Equal((null, Plan.Free, 5), (many[1]!.Nick, many[1]!.Plan, many[1]!.Logins));
Check.Equal(true, await users.GetTimeToLiveAsync(id) is { TotalDays: > 29 and <= 30 });

// A string.
await sessions.UpsertAsync(new Session("t:1", id, ["admin", "audit"]));
Check.Equal("admin,audit", string.Join(',', Check.NotNull(await sessions.GetAsync("t:1")).Roles));

// The model of a project that has the package through another one.
await orders.InsertManyAsync([new Order(id, 1, 9.99m), new Order(id, 2, 20m)]);
var numbers = new SortedSet<int>();
await foreach (OrderKey key in orders.ScanKeysAsync())
    numbers.Add(key.Number);
Check.Equal("1,2", string.Join(',', numbers));
Check.Equal(true, OrderKey.TryParse(new OrderKey(id, 2).ToString(), out OrderKey parsed) && parsed == (id, 2));

// A script in a file.
await redis.Database.StringSetAsync("stock", 5);
Check.Equal((Reservation.Done, 2), await redis.ReserveAsync("stock", 3));
await server.ExecuteAsync("SCRIPT", "FLUSH");
Check.Equal((Reservation.TooFew, 2), await redis.ReserveAsync("stock", 3));

// A worker, and the health of the server.
await Restock.Running.Task;
HealthReport health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
Check.Equal(HealthStatus.Healthy, health.Status);
Check.Equal("master", (string)health.Entries["redis"].Data[$"{server.ConnectionString}/role"]);

Check.Equal(true, await users.DeleteAsync(id));
Check.Equal(null, await users.GetAsync(id));
Check.Equal(null, Canary.Find("Shop.Nothing"));
await host.StopAsync();
Check.Equal(true, Restock.Drained);
Console.WriteLine("OK");
