using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Every verb is one atomic step, whoever else is at work on the same key.</summary>
public sealed class ConcurrencyTests(ServerFixture fixture) : IClassFixture<ServerFixture>, IAsyncLifetime
{
    private static readonly DocumentKey Key = new("ann", "notes");

    private readonly RedisContext _redis = fixture.NewContext();
    private ConnectionMultiplexer _other = null!;
    private RedisContext[] _contexts = null!;

    public async Task InitializeAsync()
    {
        _other = await ServerFixture.ConnectAsync(fixture.Server);
        _contexts = [_redis, new(fixture.Connection, _redis.Options), new(_other, _redis.Options)];
    }

    public Task DisposeAsync()
    {
        _other.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task No_increment_is_lost_and_each_has_an_answer_of_its_own()
    {
        await new TallyRepository(_redis).InsertAsync(Some.Tally());

        long[] totals = await AtOnceAsync(16, 100, tallies => tallies.IncrementTotalAsync("t"));
        int[] recents = await AtOnceAsync(16, 100, tallies => tallies.IncrementRecentAsync("t", -1));

        Assert.Equal(Enumerable.Range(1, 1600).Select(i => (long)i), totals.Order());
        Assert.Equal(Enumerable.Range(-1600, 1600), recents.Order());
    }

    [Theory]
    [InlineData(long.MaxValue - 150, int.MaxValue - 150, 1)]
    [InlineData(long.MinValue + 150, int.MinValue + 150, -1)]
    public async Task Counters_stop_at_their_limits(long total, int recent, int by)
    {
        var tallies = new TallyRepository(_redis);
        await tallies.InsertAsync(Some.Tally() with { Total = total, Recent = recent });

        bool[] totals = await AtOnceAsync(8, 50, repository => IsCountedAsync(() => repository.IncrementTotalAsync("t", by)));
        bool[] recents = await AtOnceAsync(8, 50, repository => IsCountedAsync(() => repository.IncrementRecentAsync("t", by)));

        Assert.Equal((150, 150), (totals.Count(true.Equals), recents.Count(true.Equals)));
        Tally tally = (await tallies.GetAsync("t"))!;
        Assert.Equal(by > 0 ? (long.MaxValue, int.MaxValue) : (long.MinValue, int.MinValue), (tally.Total, tally.Recent));

        static async Task<bool> IsCountedAsync(Func<Task> increment) => await Record.ExceptionAsync(increment) switch
        {
            null => true,
            OverflowException => false,
            var error => throw error,
        };
    }

    [Fact]
    public async Task Whole_writes_and_patches_never_undo_an_increment()
    {
        var documents = _contexts.Select(context => new DocumentRepository(context)).ToArray();
        await documents[0].InsertAsync(Some.Document());
        var increments = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await documents[i % 3].IncrementViewsAsync(Key);
                await documents[i % 3].IncrementLikesAsync(Key, 2);
            }
        })));
        var writes = Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; !increments.IsCompleted; i++)
            {
                Document entity = (i % 2 == 0 ? Some.RichDocument() : Some.Document()) with { Views = -5, Likes = 99 };
                await (worker switch
                {
                    0 => (Task)documents[i % 3].UpsertAsync(entity),
                    1 => documents[i % 3].UpdateAsync(entity),
                    2 => documents[i % 3].UpsertManyAsync([entity]),
                    _ => documents[i % 3].PatchAsync(Key, new DocumentPatch { Title = null }),
                });
            }
        })));

        await Task.WhenAll(increments, writes).EndsAsync();

        Document document = (await documents[0].GetAsync(Key))!;
        Assert.Equal((800, 1600), (document.Views, document.Likes));
    }

    [Fact]
    public async Task Of_many_inserts_of_a_key_one_is_true_and_its_entity_stands()
    {
        for (int round = 0; round < 30; round++)
        {
            string name = $"n{round}";
            bool[] inserted = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
            {
                var documents = new DocumentRepository(_contexts[i % 3]);
                Document entity = (i % 2 == 0 ? Some.RichDocument(name: name) : Some.Document(name: name)) with { Views = i };
                return i % 5 == 0 ? (await documents.InsertManyAsync([entity]))[0] : await documents.InsertAsync(entity);
            })));

            int winner = Array.IndexOf(inserted, true);
            Assert.Equal(1, inserted.Count(true.Equals));
            Document document = (await new DocumentRepository(_redis).GetAsync(("ann", name)))!;
            Assert.Equal((winner, winner % 2 == 0 ? "a title" : null), (document.Views, document.Title));
        }
    }

    [Fact]
    public async Task Of_many_inserts_of_a_string_one_is_true_and_its_entity_stands()
    {
        for (int round = 0; round < 30; round++)
        {
            bool[] inserted = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(async () =>
            {
                var settings = new SettingRepository(_contexts[i % 3]);
                var entity = new Setting($"n{round}", null, i);
                return i % 5 == 0 ? (await settings.InsertManyAsync([entity]))[0] : await settings.InsertAsync(entity);
            })));

            Assert.Equal(1, inserted.Count(true.Equals));
            Assert.Equal(Array.IndexOf(inserted, true), (await new SettingRepository(_redis).GetAsync($"n{round}"))!.Level);
        }
    }

    /// <summary>Whatever runs beside a delete of the only entity, nothing that needs one makes one.</summary>
    [Fact]
    public async Task Nothing_resurrects_what_is_deleted()
    {
        for (int round = 0; round < 200; round++)
        {
            await new DocumentRepository(_redis).InsertAsync(Some.RichDocument());
            await new SettingRepository(_redis).InsertAsync(Some.Setting());
            int deleter = round % 8;

            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                var documents = new DocumentRepository(_contexts[i % 3]);
                var settings = new SettingRepository(_contexts[i % 3]);
                if (i == deleter)
                {
                    Assert.True(await documents.DeleteAsync(Key));
                    Assert.True(await settings.DeleteAsync("colour"));
                    return;
                }

                await (i switch
                {
                    0 => (Task)documents.UpdateAsync(Some.RichDocument()),
                    1 => documents.UpdateManyAsync([Some.Document()]),
                    2 => documents.PatchAsync(Key, new DocumentPatch { Title = "t", Pages = null }),
                    3 => documents.PatchManyAsync([(Key, new DocumentPatch { Body = "b" })]),
                    4 => Record.ExceptionAsync(() => documents.IncrementViewsAsync(Key)),
                    5 => documents.GetAsync(Key),
                    6 => documents.ExpireAsync(Key, TimeSpan.FromHours(1)),
                    _ => documents.GetManyAsync([Key]),
                });
                await (i % 2 == 0 ? (Task)settings.UpdateAsync(Some.Setting()) : settings.UpdateManyAsync([Some.Setting()]));
            })));

            Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
        }
    }

    [Fact]
    public async Task A_read_never_sees_half_a_write()
    {
        Document[] versions = [Some.Document() with { Labels = ["0"] }, Some.RichDocument() with { Body = "rich", Labels = ["1"], Stage = Stage.Published }];
        string[] shown = [.. versions.Select(ModelBased.Shown.Of)];
        await new DocumentRepository(_redis).InsertAsync(versions[0]);
        var writes = Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
                await new DocumentRepository(_contexts[i % 3]).UpsertAsync(versions[i % 2]);
        });
        var documents = new DocumentRepository(_contexts[2]);
        while (!writes.IsCompleted)
        {
            Assert.Contains(ModelBased.Shown.Of(await documents.GetAsync(Key)), shown);
            Assert.Contains(ModelBased.Shown.Of((await documents.GetManyAsync([Key]))[0]), shown);
        }

        await writes;
    }

    [Fact]
    public async Task Processes_count_and_insert_together()
    {
        await new TallyRepository(_redis).InsertAsync(Some.Tally());
        var starting = Enumerable.Range(0, 3).Select(_ => WorkerProcess.StartAsync(fixture.Server.ConnectionString, _redis.Prefix)).ToArray();
        WorkerProcess[] workers = await Task.WhenAll(starting);
        try
        {
            WorkerProcess.Done[] done = await Task.WhenAll(workers.Select(worker => worker.RunAsync()));

            long increments = workers.Length * WorkerProcess.Increments;
            Assert.Equal(increments, done.Sum(worker => worker.Increments));
            Assert.Equal(increments * (increments + 1) / 2, done.Sum(worker => worker.Sum));
            Assert.Equal(increments, (await new TallyRepository(_redis).GetAsync("t"))!.Total);
            Assert.Equal(3 * WorkerProcess.Inserts, done.Sum(worker => worker.Inserted));
            Assert.Equal(2 * WorkerProcess.Inserts, await new ProductRepository(_redis).ScanKeysAsync().CountAsync());
        }
        finally
        {
            foreach (WorkerProcess worker in workers)
                worker.Dispose();
        }
    }

    private async Task<T[]> AtOnceAsync<T>(int tasks, int each, Func<TallyRepository, Task<T>> call)
    {
        T[][] answers = await Task.WhenAll(Enumerable.Range(0, tasks).Select(worker => Task.Run(async () =>
        {
            var tallies = new TallyRepository(_contexts[worker % 3]);
            var own = new T[each];
            for (int i = 0; i < each; i++)
                own[i] = await call(tallies);
            return own;
        })));
        return [.. answers.SelectMany(own => own)];
    }
}
