using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Views of one connection never see or change what is another's.</summary>
public sealed class TenantTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly string[] Hostile = ["t1", "t10", "a", "a:user", "a%3Auser", "*", "?", "[a-z]", "{x}", "x", "\\", "doc", "é 😀", "T1", "t1:", " "];

    private readonly RedisContext _redis = fixture.NewContext();

    /// <summary>Each tenant works alone on the very keys of the others, deletes all of its own and counts them.</summary>
    [Fact]
    public Task Tenants_work_on_the_same_keys_side_by_side() => SideBySideAsync([.. Hostile.Select(_redis.WithTenant)]);

    [Fact]
    public Task Prefixes_work_on_the_same_keys_side_by_side()
        => SideBySideAsync([.. ((string[])["x*", "x?", "x[ab]", "xa", "xb", "x", "x\\", "x\\*", "x-y", "x^", "[^x]", "**"]).Select(_redis.WithPrefix)]);

    [Fact]
    public async Task The_context_that_tenants_come_of_sees_none_of_them()
    {
        var documents = new DocumentRepository(_redis);
        await documents.InsertAsync(Some.Document("root", "root"));
        foreach (string tenant in Hostile)
            await new DocumentRepository(_redis.WithTenant(tenant)).InsertAsync(Some.Document(tenant, tenant));

        Assert.Equal([new DocumentKey("root", "root")], await documents.ScanKeysAsync().ToListAsync());
        Assert.Equal(1, await documents.DeleteAllAsync());

        foreach (string tenant in Hostile)
            Assert.Equal(1, await new DocumentRepository(_redis.WithTenant(tenant)).DeleteAllAsync());
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task Nested_views_add_up()
    {
        RedisContext nested = _redis.WithPrefix("shop").WithTenant("a:b").WithTenant("{c}").WithPrefix("d:");

        await new ProductRepository(nested).UpsertAsync(Some.Product(1));
        await new SettingRepository(nested).UpsertAsync(Some.Setting("*"));

        Assert.Equal(_redis.Prefix + "shop:a%3Ab:%7Bc%7D:d:", nested.Prefix);
        Assert.Equal([nested.Prefix + "product:1", nested.Prefix + "setting:%2A"], await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal([new ProductKey(1)], await new ProductRepository(nested).ScanKeysAsync().ToListAsync());
    }

    [Fact]
    public async Task No_verb_reads_or_changes_what_another_tenant_has()
    {
        RedisContext mine = _redis.WithTenant("t1");
        RedisContext other = _redis.WithTenant("t10");
        await new DocumentRepository(other).InsertAsync(Some.RichDocument());
        await new ProductRepository(other).InsertAsync(Some.Product());
        await new SessionRepository(other).InsertAsync(Some.Session());
        await new SettingRepository(other).InsertAsync(Some.Setting());
        var before = await DumpAsync(other);
        Assert.Equal(4, before.Count);

        foreach (Call call in (Call[])[
            .. Call.Of(new DocumentRepository(mine), Some.Document()),
            .. Call.Of(new ProductRepository(mine), Some.Product()),
            .. Call.Of(new SessionRepository(mine), Some.Session()),
            .. Call.Of(new SettingRepository(mine), Some.Setting())])
        {
            var error = await Record.ExceptionAsync(() => call.RunAsync(default).EndsAsync());
            Assert.True(error is null or RedisEntityNotFoundException, $"{call}: {error}");
        }

        Assert.Equal(before, await DumpAsync(other));
    }

    [Fact]
    public void Prefixes_that_move_keys_or_have_no_bytes_are_refused()
    {
        foreach (string prefix in (string[])["a{b", "}", "a\nb", "\ud800"])
        {
            Assert.Throws<ArgumentException>(() => _redis.WithPrefix(prefix));
            Assert.Throws<ArgumentException>(() => new RedisContext(fixture.Connection, new() { Prefix = prefix }));
        }
    }

    [Fact]
    public void Tenants_without_a_name_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _redis.WithTenant(""));
        Assert.Throws<ArgumentNullException>(() => _redis.WithTenant(null!));
        Assert.Throws<ArgumentException>(() => _redis.WithTenant("\udc00"));
    }

    private static async Task SideBySideAsync(RedisContext[] contexts)
    {
        Assert.Equal(contexts.Length, contexts.Select(context => context.Prefix).Distinct().Count());
        await Task.WhenAll(contexts.SelectMany((context, i) => (Task[])
        [
            Task.Run(() => new ModelRun<Document, DocumentKey>(new DocumentScenario(context), worker: 0, alone: true, Seeds.Of(i)).RunAsync(60)),
            Task.Run(() => new ModelRun<Product, ProductKey>(new ProductScenario(context), worker: 0, alone: true, Seeds.Of(100 + i)).RunAsync(60)),
            Task.Run(() => new ModelRun<Setting, SettingKey>(new SettingScenario(context), worker: 0, alone: true, Seeds.Of(200 + i)).RunAsync(60)),
        ]));
    }

    private async Task<Dictionary<string, string>> DumpAsync(RedisContext redis)
    {
        var dump = new Dictionary<string, string>();
        foreach (string key in await fixture.Server.KeysAsync(redis.Prefix))
            dump.Add(key, Convert.ToHexString((await fixture.Server.ExecuteAsync("DUMP", key)).Bytes.Span));
        return dump;
    }
}
