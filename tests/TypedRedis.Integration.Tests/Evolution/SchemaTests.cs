using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Evolution;

/// <summary>What is recorded of models, and how it compares.</summary>
public sealed class SchemaTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Key = "typedredis:{}:schemas";
    private const string Person = "TypedRedis.Integration.Tests.Models.Person";

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task What_is_new_is_recorded_and_the_same_then()
    {
        SchemaReport report = await _redis.Schemas.CheckAsync<Person>();
        Assert.Equal((Person, SchemaStatus.New, null), (report.Model, report.Status, report.RecordedHash));
        Assert.Equal(SchemaStatus.New, (await _redis.Schemas.CheckAsync<Person>()).Status);
        Assert.Equal(SchemaStatus.New, (await _redis.Schemas.RecordAsync<Person>()).Status);
        report = await _redis.Schemas.CheckAsync<Person>();
        Assert.Equal((SchemaStatus.Same, report.Hash), (report.Status, report.RecordedHash));
        Assert.Matches("^[0-9a-f]{16}$", report.Hash);
        Assert.Equal(new[] { _redis.Prefix + Key }, await fixture.Server.KeysAsync(_redis.Prefix));
        Assert.Equal(SchemaStatus.New, (await _redis.WithPrefix("other").Schemas.CheckAsync<Person>()).Status);
    }

    [Fact]
    public async Task A_whole_assembly_is_compared()
    {
        IReadOnlyList<SchemaReport> reports = await _redis.Schemas.RecordAsync(typeof(Person).Assembly);
        Assert.All(reports, report => Assert.Equal(SchemaStatus.New, report.Status));
        Assert.Contains(reports, report => report.Model.EndsWith(".Session", StringComparison.Ordinal));
        await _redis.Database.HashDeleteAsync(Key, Person);
        reports = await _redis.Schemas.CheckAsync(typeof(Person).Assembly);
        Assert.Equal(Person, Assert.Single(reports, report => report.Status != SchemaStatus.Same).Model);
        Assert.Empty(await _redis.Schemas.CheckAsync(typeof(object).Assembly));
        await Assert.ThrowsAsync<ArgumentException>(() => _redis.Schemas.CheckAsync<string>());
    }

    [Fact]
    public async Task Differences_are_named()
    {
        // The second version, by hand: fields renamed, of another encoding, gone and new.
        await RecordAsync("""
            {"kind":"hash","key":"people:{Id}","keyType":"X","pattern":"person:*","parts":[{"name":"Id","type":"integer"}],"fields":[
            {"name":"email","member":"Mail","type":"string","encoding":"text","nullable":true},
            {"name":"first","member":"X","type":"string","encoding":"text","nullable":false},
            {"name":"last","member":"Last","type":"string","encoding":"json","nullable":false},
            {"name":"active_minutes","member":"ActiveMinutes","type":"long","encoding":"number","nullable":false},
            {"name":"visits","member":"Visits","type":"int","encoding":"number","nullable":false,"counter":true},
            {"name":"language","member":"Language","type":"string","encoding":"text","nullable":false}],
            "indexes":[{"name":"last","kind":"exact","members":["Last"]}],"modelVersion":2,"version":1}
            """);
        SchemaReport report = await _redis.Schemas.CheckAsync<Person>();
        Assert.Equal(SchemaStatus.Changed, report.Status);
        Assert.NotEqual(report.Hash, report.RecordedHash);
        Assert.Equal(
            new[]
            {
                "field 'mail' is text of string, nullable; it was field 'email': text of string, nullable",
                "field 'logins' is number of int, a counter; it was field 'visits': number of int, a counter",
                "field 'active_minutes' is gone; it was number of long",
                "field 'active_seconds' is new: number of long",
                "field 'last' is text of string; it was json of string",
                "index 'last' is gone; it was exact of Last",
                "key is person:{Id}, Id: integer; it was people:{Id}, Id: integer",
                "version is 3; it was 2",
            },
            report.Changes.Select(change => change.ToString()));
        Assert.Equal(SchemaStatus.Changed, (await _redis.Schemas.RecordAsync<Person>()).Status);
        Assert.Equal(SchemaStatus.Same, (await _redis.Schemas.CheckAsync<Person>()).Status);
    }

    [Fact]
    public async Task What_a_newer_program_recorded_stays()
    {
        await RecordAsync("""{"kind":"hash","key":"person:{Id}","parts":[],"fields":[],"modelVersion":4}""");
        Assert.Equal(SchemaStatus.Newer, (await _redis.Schemas.RecordAsync<Person>()).Status);
        Assert.Equal(SchemaStatus.Newer, (await _redis.Schemas.CheckAsync<Person>()).Status);
    }

    [Theory]
    [InlineData("no schema")]
    [InlineData("[1]")]
    [InlineData("""{"modelVersion":"x"}""")]
    [InlineData("""{"fields":[1]}""")]
    public async Task What_is_no_schema_is_named(string text)
    {
        await RecordAsync(text);
        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => _redis.Schemas.CheckAsync<Person>());
        Assert.Equal((Person, _redis.Prefix + Key), (error.Field, error.Key));
    }

    [Fact]
    public async Task Programs_that_record_at_once_agree()
        => Assert.Single((await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => _redis.Schemas.RecordAsync<Person>()))).Select(report => report.Hash).Distinct());

    private Task RecordAsync(string manifest) => _redis.Database.HashSetAsync(Key, Person, manifest);
}
