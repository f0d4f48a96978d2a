using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>What stands in Redis after each write, field by field.</summary>
public sealed class StoredFieldsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Key = "doc:{ann}:notes";

    private static readonly DocumentKey Typed = new("ann", "notes");

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Insert_writes_every_member_that_is_not_null()
    {
        await Documents.InsertAsync(Some.RichDocument() with { Views = 5, Likes = -1, Rights = Rights.Read | Rights.Write, Labels = ["a", "b"], Score = 0.1 });

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["title"] = "a title",
                ["body"] = "of ann",
                ["pages"] = "3",
                ["views"] = "5",
                ["likes"] = "-1",
                ["stage"] = "Draft",
                ["before"] = "Draft",
                ["rights"] = "Read,Write",
                ["place"] = """{"City":"Bern","Height":540}""",
                ["labels"] = """["a","b"]""",
                ["reviewer"] = "00000000-0000-0000-0000-000000000000",
                ["score"] = "0.1",
                ["thumbnail"] = "\u0001\u0002\u0003",
            },
            await FieldsAsync(Key));
    }

    public static TheoryData<string> WholeWrites => ["Upsert", "Update", "UpsertMany", "UpdateMany", "Upsert with expiry", "Update for ever"];

    [Theory]
    [MemberData(nameof(WholeWrites))]
    public async Task A_whole_write_after_a_richer_entity_leaves_exactly_the_new_fields(string write)
    {
        await Documents.InsertAsync(Some.RichDocument());
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "of_another_program", "1");

        await WriteAsync(write, Some.Document());

        Assert.Equal(["body", "labels", "likes", "rights", "score", "stage", "views"], (await FieldsAsync(Key)).Keys);
        Assert.Equal(Shown(Some.Document()), Shown(await Documents.GetAsync(Typed)));
    }

    [Theory]
    [MemberData(nameof(WholeWrites))]
    public async Task A_whole_write_keeps_the_counters_of_an_entity_that_exists(string write)
    {
        await Documents.InsertAsync(Some.Document() with { Views = 10, Likes = 20 });
        await Documents.IncrementViewsAsync(Typed, 5);

        await WriteAsync(write, Some.RichDocument() with { Views = 1000, Likes = 2000 });

        var fields = await FieldsAsync(Key);
        Assert.Equal(("15", "20", "a title"), (fields["views"], fields["likes"], fields["title"]));
    }

    [Fact]
    public async Task A_counter_field_that_an_entity_lacks_is_written()
    {
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "body", "written before the model had counters");

        Assert.False(await Documents.UpsertAsync(Some.Document() with { Views = 3 }));

        Assert.Equal("3", (await FieldsAsync(Key))["views"]);
    }

    [Fact]
    public async Task A_patch_sets_clears_and_leaves_alone_what_it_does_not_know()
    {
        await Documents.InsertAsync(Some.RichDocument());
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "of_another_program", "1");
        var before = await FieldsAsync(Key);

        Assert.True(await Documents.PatchAsync(Typed, new DocumentPatch { Title = null, Pages = 4, Place = null }));

        before.Remove("title");
        before.Remove("place");
        before["pages"] = "4";
        Assert.Equal(before, await FieldsAsync(Key));
    }

    [Fact]
    public async Task PatchMany_does_the_same()
    {
        await Documents.InsertAsync(Some.RichDocument());
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "of_another_program", "1");

        Assert.Equal((bool[])[false, true], await Documents.PatchManyAsync([(new("nobody", "x"), new DocumentPatch { Pages = 1 }), (Typed, new DocumentPatch { Thumbnail = null })]));

        var fields = await FieldsAsync(Key);
        Assert.DoesNotContain("thumbnail", fields.Keys);
        Assert.Equal("1", fields["of_another_program"]);
        Assert.Equal([_redis.Prefix + Key], await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task An_empty_patch_tells_whether_there_is_an_entity_and_changes_nothing()
    {
        Assert.False(await Documents.PatchAsync(Typed, new DocumentPatch()));
        await Documents.InsertAsync(Some.RichDocument());
        var before = await FieldsAsync(Key);

        Assert.True(await Documents.PatchAsync(Typed, new DocumentPatch()));

        Assert.Equal(before, await FieldsAsync(Key));
    }

    [Fact]
    public async Task A_patch_may_set_a_counter()
    {
        await Documents.InsertAsync(Some.Document() with { Views = 10 });

        await Documents.PatchAsync(Typed, new DocumentPatch { Views = 0 });

        Assert.Equal(1, await Documents.IncrementViewsAsync(Typed));
    }

    [Fact]
    public async Task An_entity_of_nulls_is_marked_and_stays_so()
    {
        var profiles = new ProfileRepository(_redis);
        await profiles.InsertAsync(new Profile { Id = 1, Nick = "n", Age = 1, Birthday = DateOnly.MinValue });
        Assert.Equal(["_", "age", "birthday", "nick"], (await FieldsAsync("profile:1")).Keys);

        await profiles.PatchAsync(1, new ProfilePatch { Nick = null, Age = null, Birthday = null });
        Assert.Equal(["_"], (await FieldsAsync("profile:1")).Keys);
        Assert.Equal(new Profile { Id = 1 }, await profiles.GetAsync(1));

        Assert.False(await profiles.UpsertAsync(new Profile { Id = 1, Age = 2 }));
        Assert.Equal(["_", "age"], (await FieldsAsync("profile:1")).Keys);
    }

    [Fact]
    public async Task A_plain_upsert_tells_whether_it_created()
    {
        var products = new ProductRepository(_redis);

        Assert.True(await products.UpsertAsync(Some.Product()));
        Assert.False(await products.UpsertAsync(Some.Product() with { Name = "other" }));

        Assert.Equal("other", (await products.GetAsync(42))!.Name);
        Assert.Equal(["active", "changed_at", "name", "price"], (await FieldsAsync("product:42")).Keys);
    }

    [Fact]
    public async Task A_plain_upsert_leaves_fields_that_the_model_does_not_have()
    {
        var products = new ProductRepository(_redis);
        await products.InsertAsync(Some.Product());
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + "product:42", "of_another_program", "1");

        Assert.False(await products.UpsertAsync(Some.Product()));
        await products.UpsertManyAsync([Some.Product()]);
        Assert.Equal("1", (await FieldsAsync("product:42"))["of_another_program"]);

        Assert.True(await products.UpdateAsync(Some.Product()));
        Assert.DoesNotContain("of_another_program", (await FieldsAsync("product:42")).Keys);
    }

    [Fact]
    public async Task What_a_member_cannot_hold_stops_a_batch_before_its_chunk()
    {
        var products = new ProductRepository(_redis);
        Product[] batch = [.. Enumerable.Range(0, 1200).Select(id => id == 750 ? Some.Product(id) with { Name = "\ud800" } : Some.Product(id))];

        foreach (Func<Task> write in (Func<Task>[])[() => products.InsertManyAsync(batch), () => products.UpsertManyAsync(batch)])
        {
            Assert.Equal(_redis.Prefix + "product:750", (await Assert.ThrowsAsync<RedisEncodeException>(write)).Key);
            await Bounded.BecomesTrueAsync(async () => await products.ScanKeysAsync().CountAsync() == 700);
            Assert.Equal(700, await products.DeleteAllAsync());
        }
    }

    [Fact]
    public async Task A_key_that_cannot_be_formatted_sends_nothing()
    {
        var settings = new SettingRepository(_redis);
        await settings.UpsertManyAsync(Enumerable.Range(0, 1200).Select(id => Some.Setting($"{id}")));
        SettingKey[] keys = [.. Enumerable.Range(0, 1200).Select(id => new SettingKey($"{id}")), new SettingKey("\ud800")];

        await Assert.ThrowsAsync<ArgumentException>(() => settings.DeleteManyAsync(keys));
        await Assert.ThrowsAsync<InvalidOperationException>(() => settings.DeleteManyAsync([keys[0], default]));
        Assert.Equal(1200, await settings.DeleteAllAsync());
    }

    [Fact]
    public async Task What_a_member_cannot_hold_sends_nothing()
    {
        var products = new ProductRepository(_redis);
        Product bad = Some.Product(2) with { Name = "\ud800" };

        foreach (Func<Task> write in (Func<Task>[])[
            () => products.InsertAsync(bad),
            () => products.UpsertAsync(bad),
            () => products.UpdateAsync(bad),
            () => products.InsertManyAsync([Some.Product(1), bad]),
            () => products.UpsertManyAsync([Some.Product(1), bad]),
            () => products.UpdateManyAsync([Some.Product(1), bad]),
            () => products.PatchManyAsync([(1, new ProductPatch { Price = 1 }), (2, new ProductPatch { Name = "\ud800" })])])
        {
            var error = await Assert.ThrowsAsync<RedisEncodeException>(write);
            Assert.Equal(("TypedRedis.Integration.Tests.Models.Product", _redis.Prefix + "product:2", "name"), (error.Model, error.Key, error.Field));
        }

        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    private DocumentRepository Documents => new(_redis);

    private Task WriteAsync(string write, Document entity) => write switch
    {
        "Upsert" => Documents.UpsertAsync(entity),
        "Update" => Documents.UpdateAsync(entity),
        "UpsertMany" => Documents.UpsertManyAsync([entity]),
        "UpdateMany" => Documents.UpdateManyAsync([entity]),
        "Upsert with expiry" => Documents.UpsertAsync(entity, TimeSpan.FromHours(1)),
        "Update for ever" => Documents.UpdateAsync(entity, Timeout.InfiniteTimeSpan),
        _ => throw new ArgumentOutOfRangeException(nameof(write)),
    };

    private Task<SortedDictionary<string, string>> FieldsAsync(string key) => fixture.Server.HashAsync(_redis.Prefix + key);

    private static string Shown(object? entity) => ModelBased.Shown.Of(entity);
}
