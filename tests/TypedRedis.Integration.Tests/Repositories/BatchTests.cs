using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Batches of any size: order kept, gaps null, and the connection stays free for others.</summary>
public sealed class BatchTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Many = 100_000;

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task A_hundred_thousand_hashes()
    {
        var products = new ProductRepository(_redis);

        await AnswersMeanwhileAsync(products.UpsertManyAsync(Enumerable.Range(0, Many).Select(i => Some.Product(2 * i))));

        // Every second id has no entity.
        int[] ids = [.. Enumerable.Range(0, Many)];
        new Random(1).Shuffle(ids);
        Task<Product?[]> reading = products.GetManyAsync(ids);
        await AnswersMeanwhileAsync(reading);
        Product?[] read = await reading;
        Assert.Equal(Many, read.Length);
        for (int i = 0; i < Many; i++)
            Assert.Equal(ids[i] % 2 == 0 ? Some.Product(ids[i]) : null, read[i]);
    }

    [Fact]
    public async Task A_hundred_thousand_strings()
    {
        var settings = new SettingRepository(_redis);

        await AnswersMeanwhileAsync(settings.UpsertManyAsync(Enumerable.Range(0, Many).Select(i => Setting(2 * i))));

        Task<Setting?[]> reading = settings.GetManyAsync(Enumerable.Range(0, Many).Select(i => $"{Many - i}"));
        await AnswersMeanwhileAsync(reading);
        Setting?[] read = await reading;
        Assert.Equal(Many, read.Length);
        for (int i = 0; i < Many; i++)
            Assert.Equal((Many - i) % 2 == 0 ? Setting(Many - i) : null, read[i]);

        static Setting Setting(int id) => new($"{id}", "text", id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(1000)]
    [InlineData(2001)]
    public async Task Every_batch_verb_keeps_the_order_over_its_chunks(int count)
    {
        var documents = new DocumentRepository(_redis);
        var products = new ProductRepository(_redis);
        var sessions = new SessionRepository(_redis);
        int[] ids = [.. Enumerable.Range(0, count)];
        bool[] even = [.. ids.Select(id => id % 2 == 0)];
        var evens = ids.Where(id => id % 2 == 0).ToArray();

        Assert.All(await documents.InsertManyAsync(evens.Select(Document)), Assert.True);
        Assert.All(await products.InsertManyAsync(evens.Select(Some.Product)), Assert.True);
        Assert.All(await sessions.InsertManyAsync(evens.Select(Session)), Assert.True);

        Assert.Equal(even, await documents.UpdateManyAsync(ids.Select(Document)));
        Assert.Equal(even, await products.UpdateManyAsync(ids.Select(Some.Product)));
        Assert.Equal(even, await sessions.UpdateManyAsync(ids.Select(Session)));
        Assert.Equal(even, await documents.ExistsManyAsync(ids.Select(Key)));
        Assert.Equal(even, await products.ExistsManyAsync(ids.Select(id => new ProductKey(id))));
        Assert.Equal(even, await sessions.ExistsManyAsync(ids.Select(id => new SessionKey(id, "s"))));
        Assert.Equal(even, await documents.PatchManyAsync(ids.Select(id => (Key(id), new DocumentPatch { Pages = id }))));
        Assert.Equal(ids.Select(id => id % 2 == 0 ? id : (int?)null), (await documents.GetManyAsync(ids.Select(Key))).Select(document => document?.Pages));
        Assert.Equal(ids.Select(id => id % 2 == 0 ? $"d{id}" : null), (await documents.GetManyAsync<DocumentCard>(ids.Select(Key))).Select(card => card?.Name));
        Assert.Equal(ids.Select(id => id % 2 == 0 ? id : (long?)null), (await sessions.GetManyAsync(ids.Select(id => new SessionKey(id, "s")))).Select(session => session?.User));
        Assert.Equal(even.Select(there => !there), await documents.InsertManyAsync(ids.Select(Document)));
        Assert.Equal(even.Select(there => !there), await sessions.InsertManyAsync(ids.Select(Session)));
        Assert.Equal(even, await products.DeleteManyAsync(ids));
        Assert.All(await documents.DeleteManyAsync(ids.Select(Key)), Assert.True);
        Assert.All(await sessions.DeleteManyAsync(ids.Select(id => ((long)id, "s"))), Assert.True);
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));

        static Document Document(int id) => Some.Document("o", $"d{id}");
        static DocumentKey Key(int id) => new("o", $"d{id}");
        static Session Session(int id) => Some.Session(id, "s");
    }

    [Fact]
    public async Task Of_a_key_that_stands_several_times_one_entity_is_written()
    {
        var tallies = new TallyRepository(_redis);
        var settings = new SettingRepository(_redis);
        Tally[] batch = [.. Enumerable.Range(0, 1500).Select(i => new Tally { Id = $"{i % 3}", Total = i, Note = $"{i}" })];
        Setting[] strings = [.. Enumerable.Range(0, 1500).Select(i => new Setting($"{i % 3}", null, i))];
        bool[] firstThree = [.. Enumerable.Range(0, 1500).Select(i => i < 3)];

        Assert.Equal(firstThree, await tallies.InsertManyAsync(batch));
        Assert.Equal(firstThree, await settings.InsertManyAsync(strings));
        Assert.Equal(["0", "1", "2"], (await tallies.GetManyAsync(["0", "1", "2"])).Select(tally => tally!.Note));
        Assert.Equal([0, 1, 2], (await settings.GetManyAsync(["0", "1", "2"])).Select(setting => setting!.Level));

        await tallies.UpsertManyAsync(batch);
        Assert.All(await settings.UpdateManyAsync(strings), Assert.True);
        Assert.Equal(["1497", "1498", "1499"], (await tallies.GetManyAsync(["0", "1", "2"])).Select(tally => tally!.Note));
        Assert.Equal([1497, 1498, 1499], (await settings.GetManyAsync(["0", "1", "2"])).Select(setting => setting!.Level));

        Assert.Equal(firstThree, await tallies.DeleteManyAsync(batch.Select(tally => tally.Id)));
        Assert.Equal(firstThree, await settings.DeleteManyAsync(strings.Select(setting => setting.Id)));
    }

    /// <summary>Whatever stands there: other types, other expiries. One MSET per 100, of which the driver makes a SET where it has one key.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2001)]
    public async Task What_is_overwritten_is_what_was_passed(int count)
    {
        var (settings, tickets) = (new SettingRepository(_redis), new TicketRepository(_redis));
        int[] ids = [.. Enumerable.Range(0, count)];
        await settings.UpsertAsync(new("0", "before", 1), TimeSpan.FromHours(1));
        await fixture.Server.ExecuteAsync("RPUSH", _redis.Full(new TicketKey(0)), "a");
        (long sets, long all) = (await fixture.Server.CallsAsync("set"), await fixture.Server.CallsAsync("mset"));

        await settings.OverwriteManyAsync(ids.Concat(ids).Select((id, i) => new Setting($"{id}", "text", i)));
        await tickets.OverwriteManyAsync(ids.Select(Ticket));

        Assert.Equal(ids.Select(id => new Setting($"{id}", "text", count + id)), await settings.GetManyAsync(ids.Select(id => $"{id}")));
        Assert.Equal(ids.Select(Ticket), await tickets.GetManyAsync(ids));
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(_redis.Full(new SettingKey("0"))));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(new TicketKey(0))), TimeSpan.FromDays(9).TotalMilliseconds, TimeSpan.FromDays(10).TotalMilliseconds);
        Assert.Equal(count == 1 ? (1, 0) : (1, 20), (await fixture.Server.CallsAsync("set") - sets, await fixture.Server.CallsAsync("mset") - all));

        await settings.OverwriteManyAsync([new("0", "short", 1)], TimeSpan.FromHours(1));
        await tickets.OverwriteManyAsync([Ticket(0)], Timeout.InfiniteTimeSpan);
        Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Full(new SettingKey("0"))), 1, TimeSpan.FromHours(1).TotalMilliseconds);
        Assert.Equal(-1, await fixture.Server.TimeToLiveAsync(_redis.Full(new TicketKey(0))));
        Assert.Equal(2 * count, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);

        static Ticket Ticket(int id) => new(id, $"subject {id}", Stage.Draft);
    }

    [Fact]
    public async Task An_entity_that_is_null_sends_nothing()
    {
        var products = new ProductRepository(_redis);
        Product[] batch = [Some.Product(1), null!];

        Assert.Contains("position 1", (await Assert.ThrowsAsync<ArgumentException>(() => products.UpsertManyAsync(batch))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => products.InsertManyAsync(batch));
        await Assert.ThrowsAsync<ArgumentNullException>(() => products.PatchManyAsync([(1, null!)]));
        await Assert.ThrowsAsync<ArgumentNullException>(() => products.InsertAsync(null!));

        Assert.False(await products.ExistsAsync(1));
    }

    /// <summary>Others on the connection are answered while the batch is under way, and what is under way stays bounded: ten chunks of a hundred calls, of which some are answered and not yet counted as such.</summary>
    private async Task AnswersMeanwhileAsync(Task batch)
    {
        int answers = 0;
        long mostUnderWay = 0;
        while (!batch.IsCompleted)
        {
            mostUnderWay = Math.Max(mostUnderWay, fixture.Connection.GetCounters().TotalOutstanding);
            Assert.Equal("PONG", (string?)await fixture.Connection.GetDatabase().ExecuteAsync("PING").EndsAsync());
            Assert.Null(await new ProductRepository(_redis).GetAsync(-1).EndsAsync());
            answers++;
        }

        await batch;
        Assert.True(answers > 0);
        Assert.InRange(mostUnderWay, 0, 5000);
    }
}
