using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>
/// A worker that uses every way in which calls are sent (single commands, single scripts, batches of both) and checks every answer. Each step works on keys that
/// none has worked on before, so that whatever became of a call that failed, the answers to the others are known.
/// </summary>
internal sealed class MixedLoad(RedisContext redis, int worker)
{
    private readonly ProductRepository _products = new(redis);
    private readonly DocumentRepository _documents = new(redis);
    private readonly SettingRepository _settings = new(redis);
    private readonly SessionRepository _sessions = new(redis);
    private readonly TallyRepository _tallies = new(redis);
    private int _next = worker * 10_000_000;

    /// <summary>What a step does when it is let: its calls, of which each may be disturbed, and what must be true of the answers.</summary>
    private static readonly Func<MixedLoad, int, Task>[] Steps =
    [
        static async (load, id) =>
        {
            Assert.True(await load._products.UpsertAsync(Some.Product(id)));
            Assert.Equal(Some.Product(id), await load._products.GetAsync(id));
            Assert.True(await load._products.ExistsAsync(new(id)));
            Assert.False(await load._products.InsertAsync(Some.Product(id)));
        },
        static async (load, id) =>
        {
            DocumentKey key = new($"o{id}", "n");
            Assert.True(await load._documents.InsertAsync(Some.Document(key.Owner, key.Name)));
            Assert.Equal(3, await load._documents.IncrementViewsAsync(key, 3));
            Assert.True(await load._documents.PatchAsync(key, new DocumentPatch { Pages = id }));
            Assert.False(await load._documents.UpsertAsync(Some.Document(key.Owner, key.Name)));
            Assert.Equal((3, (int?)null), await load._documents.GetAsync(key) is { } document ? (document.Views, document.Pages) : default);
            Assert.True(await load._documents.DeleteAsync(key));
            Assert.Null(await load._documents.GetAsync(key));
        },
        static async (load, id) =>
        {
            int[] ids = [.. Enumerable.Range(id, 40)];
            Assert.All(await load._documents.InsertManyAsync(ids.Select(one => Some.Document($"o{one}", "b"))), Assert.True);
            Assert.All(await load._documents.PatchManyAsync(ids.Select(one => (new DocumentKey($"o{one}", "b"), new DocumentPatch { Pages = one }))), Assert.True);
            Assert.Equal(ids, (await load._documents.GetManyAsync(ids.Select(one => ($"o{one}", "b")))).Select(document => document!.Pages!.Value));
            Assert.All(await load._documents.DeleteManyAsync(ids.Select(one => ($"o{one}", "b"))), Assert.True);
        },
        static async (load, id) =>
        {
            int[] ids = [.. Enumerable.Range(id, 40)];
            await load._products.UpsertManyAsync(ids.Select(Some.Product));
            Assert.Equal(ids.Select(Some.Product), await load._products.GetManyAsync(ids));
            Assert.Equal(ids.Select(_ => true), await load._products.DeleteManyAsync(ids));
        },
        static async (load, id) =>
        {
            int[] ids = [.. Enumerable.Range(id, 40)];
            Assert.All(await load._settings.InsertManyAsync(ids.Select(one => Some.Setting($"{one}"))), Assert.True);
            Assert.Equal(ids.Select(one => Some.Setting($"{one}")), await load._settings.GetManyAsync(ids.Select(one => $"{one}")));
            Assert.Equal(Some.Setting($"{id}"), await load._settings.GetAsync($"{id}"));
        },
        static async (load, id) =>
        {
            Assert.True(await load._sessions.InsertAsync(Some.Session(id)));
            Assert.Equal("phone", (await load._sessions.GetAsync((id, "s1")))!.Device);
            Assert.True(await load._sessions.UpdateAsync(Some.Session(id)));
            Assert.NotNull(await load._sessions.GetTimeToLiveAsync((id, "s1")));
            Assert.True(await load._sessions.DeleteAsync((id, "s1")));
            Assert.False(await load._sessions.ExistsAsync((id, "s1")));
        },
        static async (load, id) =>
        {
            Assert.True(await load._tallies.InsertAsync(Some.Tally($"{id}")));
            Assert.Equal(Enumerable.Range(1, 30).Select(i => (long)i), (await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => load._tallies.IncrementTotalAsync($"{id}")))).Order());
        },
    ];

    public static int StepCount => Steps.Length;

    /// <summary>Does one step. Its answers were right unless it throws what xunit throws.</summary>
    public Task StepAsync(int i)
    {
        int id = _next;
        _next += 100;
        return Steps[i % Steps.Length](this, id);
    }

    /// <summary>Thousands of calls by several workers at once, all of which must be answered, and rightly.</summary>
    public static Task CheckAsync(RedisContext redis, int firstWorker)
        => Task.WhenAll(Enumerable.Range(firstWorker, 4).Select(worker => Task.Run(async () =>
        {
            var load = new MixedLoad(redis, worker);
            for (int i = 0; i < 8 * StepCount; i++)
                await load.StepAsync(i).EndsAsync();
        })));
}
