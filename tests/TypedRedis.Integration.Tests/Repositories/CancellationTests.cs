using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>A call whose token is cancelled already sends nothing.</summary>
public sealed class CancellationTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_cancelled_call_sends_nothing()
    {
        RedisContext redis = fixture.NewContext();
        Call[] calls =
        [
            .. Call.Of(new DocumentRepository(redis), Some.RichDocument()),
            .. Call.Of(new ProductRepository(redis), Some.Product()),
            .. Call.Of(new SessionRepository(redis), Some.Session()),
            .. Call.Of(new SettingRepository(redis), Some.Setting()),
        ];
        await fixture.Server.ExecuteAsync("CONFIG", "RESETSTAT");
        var cancelled = new CancellationToken(canceled: true);

        foreach (Call call in calls)
        {
            var error = await Record.ExceptionAsync(() => call.RunAsync(cancelled).EndsAsync());
            Assert.True(error is OperationCanceledException e && e.CancellationToken == cancelled, $"{call}: {error}");
        }

        // What is behind them on the same connection is carried out, so they would have been, too.
        await redis.Database.ExecuteAsync("PING", "behind");
        string sent = (await fixture.Server.ExecuteAsync("INFO", "commandstats")).Text!;
        Assert.Contains("cmdstat_ping:", sent, StringComparison.Ordinal);
        Assert.All(
            (string[])["evalsha", "eval", "script", "hmget", "hset", "hmset", "hexists", "get", "mget", "strlen", "scan", "unlink"],
            command => Assert.False(sent.Contains($"cmdstat_{command}:", StringComparison.Ordinal) || sent.Contains($"cmdstat_{command}|", StringComparison.Ordinal), $"{command} was sent: {sent}"));
    }

    [Fact]
    public async Task A_batch_ends_where_it_is_cancelled()
    {
        RedisContext redis = fixture.NewContext();
        var products = new ProductRepository(redis);
        using var source = new CancellationTokenSource();

        Task batch = products.UpsertManyAsync(Enumerable.Range(0, 200_000).Select(Some.Product), cancellationToken: source.Token);
        while (!await products.ExistsAsync(new(1)))
            await Task.Yield();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batch.EndsAsync());
        Assert.Null(await products.GetAsync(199_999));
        Assert.Equal(Some.Product(1), await products.GetAsync(1));
    }

    [Fact]
    public async Task A_walk_ends_where_it_is_cancelled()
    {
        RedisContext redis = fixture.NewContext();
        var products = new ProductRepository(redis);
        await products.UpsertManyAsync(Enumerable.Range(0, 2000).Select(Some.Product));
        using var source = new CancellationTokenSource();
        int seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ProductKey _ in products.ScanKeysAsync(pageSize: 10, source.Token))
            {
                if (++seen == 100)
                    await source.CancelAsync();
            }
        });

        Assert.InRange(seen, 100, 1000);
    }
}
