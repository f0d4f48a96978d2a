using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>A server that goes and comes back: errors meanwhile, and then everything works again without anybody's doing.</summary>
[Collection(FaultCollection.Name)]
public sealed class RestartTests
{
    [Fact]
    public async Task Calls_fail_while_it_is_down_and_work_when_it_is_back()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
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
                Assert.True(error is RedisConnectionException or RedisOperationTimeoutException, $"{call}: {error?.ToString() ?? "no error"}");
            }

            await server.RestartAsync();
            await Bounded.SucceedsAsync(() => documents.ExistsAsync(key));

            Document document = (await documents.GetAsync(key))!;
            Assert.Equal((round, "a title"), (document.Views, document.Title));    // what was acknowledged, and nothing of what failed was made up for
            Assert.Equal(Some.Setting("kept"), await settings.GetAsync("kept"));
            await MixedLoad.CheckAsync(redis, firstWorker: 1 + 4 * round);
        }
    }
}
