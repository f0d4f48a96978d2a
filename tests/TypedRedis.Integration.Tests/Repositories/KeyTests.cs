using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Emitted keys, there and back over the server.</summary>
public sealed class KeyTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Theory]
    [InlineData("ann", "notes", "doc:{ann}:notes")]
    [InlineData("a:b*{}%", "?[x]\\", "doc:{a%3Ab%2A%7B%7D%25}:%3F%5Bx%5D%5C")]
    [InlineData("é😀", "", "doc:{é😀}:")]
    [InlineData(" ", "\r\n\0\x7f", "doc:{ }:%0D%0A%00%7F")]
    [InlineData("%3A", "_", "doc:{%253A}:_")]
    public async Task Stand_as_documented_and_lead_to_their_entity(string owner, string name, string key)
    {
        var documents = new DocumentRepository(_redis);
        await documents.InsertAsync(Some.Document(owner, name));

        Assert.Equal([_redis.Prefix + key], await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal(key, new DocumentKey(owner, name).ToString());
        Assert.Equal((owner, name), await documents.GetAsync((owner, name)) is { } document ? (document.Owner, document.Name) : default);
        Assert.Equal([new DocumentKey(owner, name)], await documents.ScanKeysAsync().ToListAsync());
    }

    [Fact]
    public async Task A_walk_parses_back_every_one()
    {
        var documents = new DocumentRepository(_redis);
        var tallies = new TallyRepository(_redis);
        var seen = new SeenRepository(_redis);
        var texts = Enumerable.Range(0, 18).Select(Scenario<Document, DocumentKey>.Hostile).ToArray();
        DocumentKey[] documentKeys = [.. texts.Where(owner => owner != "").SelectMany(owner => texts, (owner, name) => new DocumentKey(owner, name))];
        TallyKey[] tallyKeys = [.. texts.Select(id => new TallyKey(id))];
        SeenKey[] seenKeys = [.. ((long[])[0, -1, long.MinValue, long.MaxValue]).SelectMany(_ => (DateOnly[])[DateOnly.MinValue, DateOnly.MaxValue, new(2025, 2, 28)], (user, day) => new SeenKey(user, day))];
        await documents.InsertManyAsync(documentKeys.Select(key => Some.Document(key.Owner, key.Name)));
        await tallies.InsertManyAsync(tallyKeys.Select(key => Some.Tally(key.Id)));
        await seen.InsertManyAsync(seenKeys.Select(key => new Seen(key.User, key.Day)));

        Assert.Equal(documentKeys.ToHashSet(), await documents.ScanKeysAsync(pageSize: 7).ToHashSetAsync());
        Assert.Equal(tallyKeys.ToHashSet(), await tallies.ScanKeysAsync().ToHashSetAsync());
        Assert.Equal(seenKeys.ToHashSet(), await seen.ScanKeysAsync().ToHashSetAsync());
        Assert.Equal(documentKeys, (await documents.GetManyAsync(documentKeys)).Select(document => new DocumentKey(document!.Owner, document.Name)));
        Assert.Equal(documentKeys.Length + tallyKeys.Length + seenKeys.Length, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
        Assert.Equal(documentKeys.Length, await documents.DeleteAllAsync());
    }

    [Fact]
    public async Task A_walk_passes_by_what_no_key_of_the_model_can_be()
    {
        var products = new ProductRepository(_redis);
        await products.InsertAsync(Some.Product(7));
        foreach (string other in (string[])["product:007", "product:", "product:x", "product:7:reviews", "product:2147483648", "Product:8", "xproduct:8"])
            await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + other, "name", "n");

        Assert.Equal([new ProductKey(7)], await products.ScanKeysAsync().ToListAsync());
        Assert.Equal(1, await products.DeleteAllAsync());
        Assert.Equal(7, (await fixture.Server.KeysAsync(_redis.Prefix)).Length);
    }

    [Fact]
    public async Task A_key_without_its_parts_is_refused_by_name()
    {
        var documents = new DocumentRepository(_redis);

        Assert.Contains("Owner", (await Assert.ThrowsAsync<InvalidOperationException>(() => documents.GetAsync(default))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => documents.GetManyAsync([new("a", "b"), default]));
        await Assert.ThrowsAsync<ArgumentException>(() => documents.GetAsync(("", "b")));
        await Assert.ThrowsAsync<ArgumentException>(() => documents.InsertAsync(Some.Document("a", "\ud800")));
    }
}
