using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>A key of ours that holds what is not ours: an error that names model and key, and the value stays.</summary>
public sealed class WrongTypeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Models = "TypedRedis.Integration.Tests.Models.";

    private readonly RedisContext _redis = fixture.NewContext();

    public static TheoryData<string> ForeignToHashes => ["string", "list", "set", "zset", "stream"];

    public static TheoryData<string> ForeignToStrings => ["hash", "list", "set", "zset", "stream"];

    [Theory]
    [MemberData(nameof(ForeignToHashes))]
    public Task Every_verb_of_a_rich_hash_refuses_it(string type)
        => RefusesAsync(type, "doc:{ann}:notes", Call.Of(new DocumentRepository(_redis), Some.RichDocument()), "Document");

    [Theory]
    [MemberData(nameof(ForeignToHashes))]
    public Task Every_verb_of_a_plain_hash_refuses_it(string type)
        => RefusesAsync(type, "product:42", Call.Of(new ProductRepository(_redis), Some.Product()), "Product");

    [Theory]
    [MemberData(nameof(ForeignToStrings))]
    public Task Every_verb_of_a_sliding_string_refuses_it(string type)
        => RefusesAsync(type, "session:{7}:s1", Call.Of(new SessionRepository(_redis), Some.Session()), "Session");

    [Theory]
    [MemberData(nameof(ForeignToStrings))]
    public Task Every_verb_of_a_plain_string_refuses_it(string type)
        => RefusesAsync(type, "setting:colour", Call.Of(new SettingRepository(_redis), Some.Setting()), "Setting");

    [Fact]
    public async Task A_batch_of_several_chunks_names_the_right_key()
    {
        var products = new ProductRepository(_redis);
        var documents = new DocumentRepository(_redis);
        var settings = new SettingRepository(_redis);
        foreach (int bad in (int[])[0, 99, 100, 1300])
        {
            string product = _redis.Prefix + $"product:{bad}";
            string document = _redis.Prefix + $"doc:{{o{bad}}}:n";
            string setting = _redis.Prefix + $"setting:{bad}";
            await PlantAsync("set", product);
            await PlantAsync("set", document);
            await PlantAsync("set", setting);
            var some = Enumerable.Range(0, 1400);

            await NamesAsync(product, () => products.UpsertManyAsync(some.Select(Some.Product)));
            await NamesAsync(product, () => products.InsertManyAsync(some.Select(Some.Product)));
            await NamesAsync(product, () => products.GetManyAsync(some));
            await NamesAsync(product, () => products.ExistsManyAsync(some.Select(id => new ProductKey(id))));
            await NamesAsync(product, () => products.PatchManyAsync(some.Select(id => (new ProductKey(id), new ProductPatch { Active = false }))));
            await NamesAsync(product, () => products.DeleteManyAsync(some));
            await NamesAsync(document, () => documents.UpsertManyAsync(some.Select(id => Some.Document($"o{id}", "n"))));
            await NamesAsync(document, () => documents.GetManyAsync(some.Select(id => ($"o{id}", "n"))));
            await NamesAsync(setting, () => settings.UpsertManyAsync(some.Select(id => Some.Setting($"{id}"))));
            await NamesAsync(setting, () => settings.GetManyAsync(some.Select(id => $"{id}")));
            await NamesAsync(setting, () => settings.ExistsManyAsync(some.Select(id => new SettingKey($"{id}"))));
            await NamesAsync(setting, () => settings.DeleteManyAsync(some.Select(id => $"{id}")));
            await fixture.Server.FlushAllAsync();
        }
    }

    [Fact]
    public async Task Walks_pass_by()
    {
        var products = new ProductRepository(_redis);
        var settings = new SettingRepository(_redis);
        await PlantAsync("list", _redis.Prefix + "product:1");
        await PlantAsync("list", _redis.Prefix + "setting:1");
        await products.InsertAsync(Some.Product(2));
        await settings.InsertAsync(Some.Setting("2"));

        Assert.Equal([new ProductKey(2)], await products.ScanKeysAsync().ToListAsync());
        Assert.Equal([new SettingKey("2")], await settings.ScanKeysAsync().ToListAsync());
        Assert.Equal(1, await products.DeleteAllAsync());
        Assert.Equal(1, await settings.DeleteAllAsync());
        Assert.Equal([_redis.Prefix + "product:1", _redis.Prefix + "setting:1"], await fixture.Server.KeysAsync(_redis.Prefix));
    }

    private async Task RefusesAsync(string type, string key, Call[] calls, string model)
    {
        string full = _redis.Prefix + key;
        foreach (Call call in calls.Where(call => !call.TakesAnyType))
        {
            await PlantAsync(type, full);
            byte[] before = (await fixture.Server.ExecuteAsync("DUMP", full)).Bytes.ToArray();

            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(() => call.RunAsync(default).EndsAsync());

            Assert.True(error.Model.StartsWith(Models + model, StringComparison.Ordinal), $"{call}: {error.Message}");
            Assert.Equal(full, error.Key);
            Assert.Contains(error.Model, error.Message, StringComparison.Ordinal);
            Assert.Contains(full, error.Message, StringComparison.Ordinal);
            Assert.Equal(before, (await fixture.Server.ExecuteAsync("DUMP", full)).Bytes.ToArray());
            Assert.InRange(await fixture.Server.TimeToLiveAsync(full), TimeSpan.FromMinutes(30).TotalMilliseconds, TimeSpan.FromMinutes(60).TotalMilliseconds);
        }
    }

    private static async Task NamesAsync(string key, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RedisWrongTypeException>(() => call().EndsAsync());
        Assert.Equal(key, error.Key);
    }

    private async Task PlantAsync(string type, string key)
    {
        await fixture.Server.ExecuteAsync("DEL", key);
        await fixture.Server.ExecuteAsync(type switch
        {
            "string" => ["SET", key, "x"],
            "hash" => ["HSET", key, "f", "v"],
            "list" => ["RPUSH", key, "x"],
            "set" => ["SADD", key, "x"],
            "zset" => ["ZADD", key, "1", "x"],
            "stream" => ["XADD", key, "*", "f", "v"],
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        });
        await fixture.Server.ExecuteAsync("PEXPIRE", key, "3600000");
    }
}
