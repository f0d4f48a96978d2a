using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>A server that goes and comes back: errors meanwhile, and then everything works again without anybody's doing.</summary>
[Collection(FaultCollection.Name)]
public sealed class RestartTests
{
    // Else, while an fsync takes its time, the server answers ahead of its file, and a killed one loses what it has answered.
    private static RedisServerOptions Durable => new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } };

    [Fact]
    public async Task Calls_fail_while_it_is_down_and_work_when_it_is_back()
    {
        await using RedisServer server = await RedisServer.StartAsync(Durable);
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        RedisContext redis = new(connection, ServerFixture.Patient with { Prefix = "r", OperationTimeout = TimeSpan.FromSeconds(5) });
        var documents = new DocumentRepository(redis);
        var settings = new SettingRepository(redis);
        DocumentKey key = new("ann", "notes");
        await documents.InsertAsync(Some.RichDocument());
        await settings.InsertAsync(Some.Setting("kept"));

        for (int round = 1; round <= 2; round++)
        {
            Assert.Equal(round, await documents.IncrementViewsAsync(key));
            await (round == 1 ? server.KillAsync() : server.StopAsync());
            foreach (Call call in (Call[])[
                .. Call.Of(documents, Some.Document()),
                .. Call.Of(new ProductRepository(redis), Some.Product()),
                .. Call.Of(new SessionRepository(redis), Some.Session()),
                .. Call.Of(settings, Some.Setting())])
            {
                var error = await Record.ExceptionAsync(() => call.RunAsync(default).EndsAsync());
                Assert.True(error.IsOutage(), $"{call}: {error?.ToString() ?? "no error"}");
            }

            await server.RestartAsync();
            await Bounded.SucceedsAsync(() => documents.ExistsAsync(key));

            Document document = (await documents.GetAsync(key))!;
            Assert.Equal((round, "a title"), (document.Views, document.Title));    // what was acknowledged, and nothing of what failed was made up for
            Assert.Equal(Some.Setting("kept"), await settings.GetAsync("kept"));
            await MixedLoad.CheckAsync(redis, firstWorker: 1 + 4 * round);
        }
    }

    /// <summary>A cursor of SCAN means nothing to another server: a walk that meets one starts anew.</summary>
    [Fact]
    public async Task A_walk_over_a_restart_sees_everything()
    {
        await using RedisServer server = await RedisServer.StartAsync(Durable);
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        RedisContext redis = new(connection, ServerFixture.Patient with { Prefix = "r" });
        var products = new ProductRepository(redis);
        await products.UpsertManyAsync(Enumerable.Range(0, 3000).Select(Some.Product));

        var seen = new HashSet<ProductKey>();
        bool restarted = false;
        await foreach (ProductKey key in products.ScanKeysAsync(pageSize: 100))
        {
            seen.Add(key);
            if (!restarted && seen.Count > 500)
            {
                restarted = true;
                await server.KillAsync();
                await server.RestartAsync();
                await Bounded.SucceedsAsync(() => products.ExistsAsync(1));
            }
        }

        Assert.True(restarted);
        Assert.Equal(3000, seen.Count);
    }

    /// <summary>A script is refused for want of memory only before its first write: that must not be the one that removes the entity.</summary>
    [Fact]
    public async Task A_full_memory_refuses_writes_and_loses_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Configuration = new() { ["maxmemory"] = "4mb", ["maxmemory-policy"] = "noeviction" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var documents = new DocumentRepository(new RedisContext(connection, ServerFixture.Patient with { Prefix = "r" }));
        string body = new('x', 50_000);
        int inserted = 0;
        Exception? refusal = null;
        while (refusal is null && inserted < 1000)
        {
            refusal = await Record.ExceptionAsync(() => documents.InsertAsync(Some.Document("ann", $"{inserted}") with { Body = body }));
            inserted += refusal is null ? 1 : 0;
        }

        Assert.Contains("OOM", Assert.IsType<RedisServerException>(refusal).Message, StringComparison.Ordinal);
        foreach (Func<Task> write in (Func<Task>[])[
            () => documents.UpsertAsync(Some.Document("ann", "0") with { Body = body + body }),
            () => documents.UpdateAsync(Some.Document("ann", "0") with { Body = body + body }),
            () => documents.PatchAsync(new DocumentKey("ann", "0"), new DocumentPatch { Title = body })])
        {
            Assert.Contains("OOM", (await Assert.ThrowsAsync<RedisServerException>(write)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(body, (await documents.GetAsync(("ann", "0")))?.Body);
    }
}
