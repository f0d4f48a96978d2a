using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Scripting;

/// <summary>Servers that forget scripts, and servers that go: nobody notices the first.</summary>
[Collection(FaultCollection.Name)]
public sealed class LuaScriptFaultTests
{
    [Fact]
    public async Task Scripts_that_are_flushed_under_load_are_carried_out_once()
    {
        await using var server = await RedisServer.StartAsync();
        using var connection = await ServerFixture.ConnectAsync(server);
        var redis = ServerFixture.NewContext(connection);
        using var done = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            int flushes = 0;
            for (; !done.IsCancellationRequested; flushes++)
                await server.ExecuteAsync("SCRIPT", "FLUSH");
            return flushes;
        });

        const int Workers = 4, Calls = 500;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Calls; i++)
            {
                await Scripts.AddAsync(redis, "c", 1);
                Assert.Equal(["a"], await Scripts.TextsAsync(redis, "return { 'a' }"));
                Assert.Equal(1, (long)await Scripts.Fill.EvaluateAsync(redis, ["l"], ["x"]));
            }
        }))).EndsAsync();

        await done.CancelAsync();
        Assert.True(await flushing.EndsAsync() > 10);
        Assert.Equal(Workers * Calls, await Scripts.AddAsync(redis, "c", 0));
    }

    [Fact]
    public async Task A_restarted_server_and_a_promoted_replica_get_the_script_again()
    {
        await using var cluster = await RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(1) });
        using var connection = await ServerFixture.ConnectAsync(cluster.ConnectionString);
        var redis = ServerFixture.NewContext(connection);
        string key = redis.Prefix + "c";
        for (int i = 1; i <= 20; i++)
            Assert.Equal(i, await Scripts.AddAsync(redis, "c", 1));

        // A planned change of roles: the replica has never seen the script by its SHA.
        var primary = await cluster.PrimaryOfAsync(key);
        var replica = Assert.Single(await cluster.ReplicasOfAsync(primary));
        await Bounded.BecomesTrueAsync(async () => (await replica.ExecuteAsync("KEYS", key)).Items.Count == 1);
        var surfaced = new List<Exception>();
        using var done = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                try
                {
                    await Scripts.AddAsync(redis, "c", 0);
                }
                catch (Exception error)
                {
                    surfaced.Add(error);
                }
            }
        });
        await cluster.FailoverAsync(replica);
        await cluster.WaitUntilReadyAsync();
        await Bounded.SucceedsAsync(() => Scripts.AddAsync(redis, "c", 0));

        // And one that dies.
        await Bounded.BecomesTrueAsync(async () => (await primary.ExecuteAsync("KEYS", key)).Items.Count == 1);
        await replica.KillAsync();
        await cluster.WaitForFailoverAsync(replica);
        await Bounded.SucceedsAsync(() => Scripts.AddAsync(redis, "c", 0));
        await done.CancelAsync();
        await load.EndsAsync();

        // What a plain command would have met too: a node that is gone, or no longer the key's.
        Assert.DoesNotContain(surfaced, static error => error.ToString().Contains("NOSCRIPT", StringComparison.Ordinal));
        Assert.All(surfaced, static error => Assert.True(error is RedisConnectionException or RedisScriptException or RedisTimeoutException or TimeoutException, error.ToString()));
        Assert.Equal(20, await Scripts.AddAsync(redis, "c", 0));
    }

    [Fact]
    public async Task A_call_without_an_answer_ends_and_names_the_method()
    {
        await using var server = await RedisServer.StartAsync();
        using var connection = await ServerFixture.ConnectAsync(server);
        var redis = new RedisContext(connection, new() { OperationTimeout = TimeSpan.FromMilliseconds(200), Prefix = "p" });
        await server.PauseAsync();
        try
        {
            var error = await Assert.ThrowsAsync<RedisOperationTimeoutException>(() => Scripts.AddAsync(redis, "c", 1)).EndsAsync();
            Assert.StartsWith("TypedRedis.Integration.Tests.Scripting.Scripts.AddAsync: no answer for 'p:c' within 200 ms", error.Message);
            error = await Assert.ThrowsAsync<RedisOperationTimeoutException>(() => Scripts.Int64Async(redis, "return 1")).EndsAsync();
            Assert.StartsWith("TypedRedis.Integration.Tests.Scripting.Scripts.Int64Async: no answer within 200 ms", error.Message);
            Assert.Null(error.Key);
        }
        finally
        {
            await server.ResumeAsync();
        }
    }
}
