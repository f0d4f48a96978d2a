using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>What another program wrote and no member can hold: an error that names model, key, field and value.</summary>
public sealed class DecodeErrorTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Models = "TypedRedis.Integration.Tests.Models.";
    private const string Key = "doc:{ann}:notes";

    private static readonly DocumentKey Typed = new("ann", "notes");

    private readonly RedisContext _redis = fixture.NewContext();

    [Theory]
    [InlineData("pages", "many")]
    [InlineData("pages", "2147483648")]
    [InlineData("views", "")]
    [InlineData("stage", "Bogus")]
    [InlineData("stage", "draft")]
    [InlineData("stage", "0")]
    [InlineData("before", "Bogus")]
    [InlineData("rights", "Read,Bogus")]
    [InlineData("place", "{")]
    [InlineData("labels", "null")]
    [InlineData("reviewer", "nobody")]
    [InlineData("score", "a lot")]
    public async Task An_undecodable_field_is_named(string field, string value)
    {
        var documents = new DocumentRepository(_redis);
        await documents.InsertAsync(Some.RichDocument());
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, field, value);

        await NamesAsync(() => documents.GetAsync(Typed), "Document", Key, field, value);
        await NamesAsync(() => documents.GetManyAsync([new("nobody", "x"), Typed]), "Document", Key, field, value);
        await NamesAsync(() => documents.ScanAsync().CountAsync().AsTask(), "Document", Key, field, value);
        if (field is "views" or "stage")
        {
            await NamesAsync(() => documents.GetAsync<DocumentCard>(Typed), "DocumentCard", Key, field, value);
            await NamesAsync(() => documents.GetManyAsync<DocumentCard>([Typed]), "DocumentCard", Key, field, value);
        }
        else
        {
            Assert.NotNull(await documents.GetAsync<DocumentCard>(Typed));
        }
    }

    [Fact]
    public async Task A_missing_required_field_is_named()
    {
        var products = new ProductRepository(_redis);
        await products.InsertAsync(Some.Product());
        await fixture.Server.ExecuteAsync("HDEL", _redis.Prefix + "product:42", "price");

        await NamesAsync(() => products.GetAsync(42), "Product", "product:42", "price", value: null);
        await NamesAsync(() => products.GetManyAsync([41, 42]), "Product", "product:42", "price", value: null);
        Assert.NotNull(await products.GetAsync<ProductName>(42));
    }

    [Fact]
    public async Task Absent_fields_that_are_not_required_keep_the_members_initial_value()
    {
        var documents = new DocumentRepository(_redis);
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "body", "b");

        Document document = (await documents.GetAsync(Typed))!;

        Assert.Equal(ModelBased.Shown.Of(new Document { Owner = "ann", Name = "notes", Body = "b" }), ModelBased.Shown.Of(document));
    }

    [Fact]
    public async Task A_hash_without_the_field_that_every_entity_has_is_no_entity_and_stays()
    {
        var documents = new DocumentRepository(_redis);
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "title", "t");

        Func<Task>[] refused =
        [
            () => documents.GetAsync(Typed),
            () => documents.GetManyAsync([Typed]),
            () => documents.InsertAsync(Some.Document()),
            () => documents.UpsertAsync(Some.Document()),
            () => documents.UpdateAsync(Some.Document()),
            () => documents.UpsertManyAsync([Some.Document()]),
            () => documents.DeleteAsync(Typed),
            () => documents.DeleteManyAsync([Typed]),
            async () => await documents.ScanAsync().CountAsync(),
        ];
        foreach (Func<Task> call in refused)
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(call);
            Assert.Equal(_redis.Prefix + Key, error.Key);
            Assert.Contains("'body'", error.Message, StringComparison.Ordinal);
        }

        await documents.InsertAsync(Some.Document("bob"));
        Assert.Equal(1, await documents.DeleteAllAsync());
        Assert.False(await documents.ExistsAsync(Typed));
        Assert.False(await documents.PatchAsync(Typed, new DocumentPatch { Title = "u" }));
        Assert.False(await documents.ExpireAsync(Typed, TimeSpan.FromHours(1)));
        Assert.Null(await documents.GetTimeToLiveAsync(Typed));
        await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => documents.IncrementViewsAsync(Typed));
        Assert.Equal(new() { ["title"] = "t" }, await fixture.Server.HashAsync(_redis.Prefix + Key));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData(" 1")]
    [InlineData("9223372036854775808")]
    [InlineData("WRONGTYPE")]
    [InlineData("NOSCRIPT OVERFLOW increment or decrement would overflow")]
    public async Task A_counter_that_is_no_integer_is_named_and_stays(string value)
    {
        var documents = new DocumentRepository(_redis);
        await documents.InsertAsync(Some.Document());
        await fixture.Server.ExecuteAsync("HSET", _redis.Prefix + Key, "views", value, "likes", value);

        await NamesAsync(() => documents.IncrementViewsAsync(Typed), "Document", Key, "views", value);
        if (value != "9223372036854775808")    // It is an integer, but none that the member can hold.
            await NamesAsync(() => documents.IncrementLikesAsync(Typed), "Document", Key, "likes", value);

        var fields = await fixture.Server.HashAsync(_redis.Prefix + Key);
        Assert.Equal((value, value), (fields["views"], fields["likes"]));
    }

    [Fact]
    public async Task An_overflow_names_model_key_field_and_value()
    {
        var documents = new DocumentRepository(_redis);
        await documents.InsertAsync(Some.Document() with { Views = long.MaxValue, Likes = int.MinValue });

        var ofLong = await Assert.ThrowsAsync<OverflowException>(() => documents.IncrementViewsAsync(Typed));
        var ofInt = await Assert.ThrowsAsync<OverflowException>(() => documents.IncrementLikesAsync(Typed, -1));

        Assert.All([Models + "Document", _redis.Prefix + Key, "views", "9223372036854775807"], part => Assert.Contains(part, ofLong.Message, StringComparison.Ordinal));
        Assert.All([Models + "Document", _redis.Prefix + Key, "likes", "-2147483648"], part => Assert.Contains(part, ofInt.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_entity_is_named_by_an_increment()
    {
        var error = await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => new DocumentRepository(_redis).IncrementViewsAsync(Typed));

        Assert.Equal((Models + "Document", _redis.Prefix + Key), (error.Model, error.Key));
        Assert.False(await fixture.Server.ExistsAsync(_redis.Prefix + Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"Id":"colour","Text":"blue","Level":"high"}""")]
    public async Task A_string_that_is_no_entity_is_named(string value)
    {
        var settings = new SettingRepository(_redis);
        await fixture.Server.ExecuteAsync("SET", _redis.Prefix + "setting:colour", value);

        await NamesAsync(() => settings.GetAsync("colour"), "Setting", "setting:colour", "(value)", value);
        await NamesAsync(() => settings.GetManyAsync(["x", "colour"]), "Setting", "setting:colour", "(value)", value);
    }

    [Fact]
    public async Task A_string_that_was_copied_to_another_key_is_named()
    {
        var settings = new SettingRepository(_redis);
        await settings.InsertAsync(Some.Setting("one"));
        await fixture.Server.ExecuteAsync("COPY", _redis.Prefix + "setting:one", _redis.Prefix + "setting:two");

        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => settings.GetAsync("two"));

        Assert.Equal(_redis.Prefix + "setting:two", error.Key);
        Assert.Contains(_redis.Prefix + "setting:one", error.Message, StringComparison.Ordinal);
    }

    private async Task NamesAsync(Func<Task> call, string model, string key, string field, string? value)
    {
        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => call().EndsAsync());
        Assert.Equal((Models + model, _redis.Prefix + key, field, value), (error.Model, error.Key, error.Field, error.Value));
        Assert.All([error.Model, error.Key!, error.Field, error.Value ?? "missing"], part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
