using System.Globalization;
using System.Text.RegularExpressions;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>A server that forgets its scripts again and again: nobody notices, and nothing is done twice.</summary>
[Collection(FaultCollection.Name)]
public sealed class ScriptFlushTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Every_call_is_answered_and_carried_out_once()
    {
        var tallies = new TallyRepository(_redis);
        await tallies.InsertAsync(Some.Tally());
        await WhileFlushingAsync(async () =>
        {
            var increments = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                for (int i = 0; i < 20; i++)
                    await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => tallies.IncrementTotalAsync("t")));
            }));
            await Task.WhenAll([.. increments, MixedLoad.CheckAsync(_redis, firstWorker: 1)]);
        });

        Assert.Equal(3 * 20 * 25, (await tallies.GetAsync("t"))!.Total);
    }

    [Fact]
    public async Task Large_batches_are_carried_out_once()
    {
        var documents = new DocumentRepository(_redis);
        var settings = new SettingRepository(_redis);
        int[] ids = [.. Enumerable.Range(0, 1200)];
        await WhileFlushingAsync(async () =>
        {
            for (int round = 0; round < 3; round++)
            {
                Assert.All(await documents.InsertManyAsync(ids.Select(id => Some.Document($"o{id}", $"{round}"))).EndsAsync(), Assert.True);
                Assert.All(await settings.InsertManyAsync(ids.Select(id => Some.Setting($"{round}:{id}"))).EndsAsync(), Assert.True);
                Assert.All(await documents.PatchManyAsync(ids.Select(id => (new DocumentKey($"o{id}", $"{round}"), new DocumentPatch { Pages = id }))).EndsAsync(), Assert.True);
                Assert.Equal(ids, (await documents.GetManyAsync(ids.Select(id => ($"o{id}", $"{round}"))).EndsAsync()).Select(document => document!.Pages!.Value));
                Assert.All(await documents.DeleteManyAsync(ids.Select(id => ($"o{id}", $"{round}"))).EndsAsync(), Assert.True);
            }
        });

        Assert.Equal(3 * ids.Length, await settings.DeleteAllAsync());
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    private async Task WhileFlushingAsync(Func<Task> work)
    {
        await fixture.Server.ExecuteAsync("CONFIG", "RESETSTAT");
        using var done = new CancellationTokenSource();
        var flushing = Task.Run(async () =>
        {
            int flushes = 0;
            for (; !done.IsCancellationRequested; flushes++)
                await fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
            return flushes;
        });

        await work();

        await done.CancelAsync();
        Assert.True(await flushing.EndsAsync() > 10);

        // Each call that the server did not know was sent once more, and only those.
        long unknown = Number(@"errorstat_NOSCRIPT:count=(\d+)", await fixture.Server.ExecuteAsync("INFO", "errorstats"));
        Assert.True(unknown > 0);
        Assert.Equal(unknown, Number(@"cmdstat_eval:calls=(\d+)", await fixture.Server.ExecuteAsync("INFO", "commandstats")));
    }

    private static long Number(string pattern, RedisReply info) => long.Parse(Regex.Match(info.Text!, pattern).Groups[1].Value, CultureInfo.InvariantCulture);
}
