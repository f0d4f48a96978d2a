using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>The number of the database and the prefix hold for every command, also where several databases share a connection.</summary>
public sealed class DatabaseTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Contexts_of_several_databases_share_a_connection()
    {
        RedisContext[] contexts = [.. ((int[])[0, 3, -1, 7]).Select((database, i) => new RedisContext(fixture.Connection, ServerFixture.Patient with { Database = database, Prefix = database < 0 ? "own" : "same" }))];

        // The same keys in each, at once.
        var documents = contexts.Select((context, i) => new ModelRun<Document, DocumentKey>(new DocumentScenario(context), worker: 0, alone: true, Seeds.Of(300 + i))).ToArray();
        var products = contexts.Select((context, i) => new ModelRun<Product, ProductKey>(new ProductScenario(context), worker: 0, alone: true, Seeds.Of(400 + i))).ToArray();
        var settings = contexts.Select((context, i) => new ModelRun<Setting, SettingKey>(new SettingScenario(context), worker: 0, alone: true, Seeds.Of(500 + i))).ToArray();
        await Task.WhenAll(
        [
            .. documents.Select(run => Task.Run(() => run.RunAsync(250))),
            .. products.Select(run => Task.Run(() => run.RunAsync(250))),
            .. settings.Select(run => Task.Run(() => run.RunAsync(250))),
        ]);

        string[] Expected(int i) => [.. documents[i].FullKeys, .. products[i].FullKeys, .. settings[i].FullKeys];
        Assert.Equal(((string[])[.. Expected(0), .. Expected(2)]).Order(StringComparer.Ordinal), await KeysAsync(0));
        Assert.Equal(Expected(1).Order(StringComparer.Ordinal), await KeysAsync(3));
        Assert.Equal(Expected(3).Order(StringComparer.Ordinal), await KeysAsync(7));
        for (int other = 1; other < 16; other++)
        {
            if (other is not (3 or 7))
                Assert.Empty(await KeysAsync(other));
        }
    }

    [Fact]
    public async Task ConnectAsync_opens_what_dispose_closes()
    {
        ConnectionMultiplexer connection;
        await using (RedisContext redis = await RedisContext.ConnectAsync(fixture.Server.ConnectionString, new() { Database = 5, Prefix = "a" }))
        {
            connection = (ConnectionMultiplexer)redis.Connection;
            var products = new ProductRepository(redis);
            await products.InsertAsync(Some.Product(1));
            Assert.Equal(["a:product:1"], await KeysAsync(5));

            await redis.WithTenant("t").DisposeAsync();
            Assert.True(await products.DeleteAsync(1));
        }

        await using (var view = new RedisContext(fixture.Connection))
            Assert.Null(await new ProductRepository(view).GetAsync(1));
        Assert.True(fixture.Connection.IsConnected);
        Assert.False(connection.IsConnected);
    }

    [Fact]
    public async Task ConnectAsync_says_that_nobody_answers_and_can_be_cancelled()
    {
        await Assert.ThrowsAsync<RedisConnectionException>(() => RedisContext.ConnectAsync("127.0.0.1:1,connectTimeout=200,connectRetry=1"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RedisContext.ConnectAsync(fixture.Server.ConnectionString, cancellationToken: new CancellationToken(canceled: true)));
        await Assert.ThrowsAsync<ArgumentException>(() => RedisContext.ConnectAsync(" "));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RedisContext.ConnectAsync(fixture.Server.ConnectionString, new() { OperationTimeout = TimeSpan.Zero }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => RedisContext.ConnectAsync(fixture.Server.ConnectionString, new() { Database = -2 }));
    }

    [Fact]
    public async Task The_contexts_own_database_puts_the_prefix_before_the_key()
    {
        RedisContext redis = fixture.NewContext();
        await redis.Database.StringSetAsync("plain", "x");
        Assert.Equal([redis.Prefix + "plain"], await fixture.Server.KeysAsync(redis.Prefix));
        await redis.Database.KeyDeleteAsync("plain");
    }

    private async Task<string[]> KeysAsync(int database)
    {
        using var connection = await TypedRedis.Testing.Protocol.RespConnection.ConnectAsync(fixture.Server.EndPoint, default);
        await connection.ExecuteAsync(["SELECT", $"{database}"], default);
        return [.. (await connection.ExecuteAsync(["KEYS", "*"], default)).Items.Select(item => item.Text!).Order(StringComparer.Ordinal)];
    }
}
