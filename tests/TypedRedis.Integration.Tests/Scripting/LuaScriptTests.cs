using System.Net;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Scripting;

/// <summary>Methods with scripts against a real server.</summary>
public sealed class LuaScriptTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task A_key_has_the_prefix_of_the_context()
    {
        Assert.Equal(5, await Scripts.AddAsync(_redis, "c", 5));
        Assert.Equal(3, await Scripts.AddAsync(_redis, "c", -2));
        Assert.Equal("3", (await fixture.Server.ExecuteAsync("GET", _redis.Prefix + "c")).Text);

        // An argument stays exact where Lua hands it on; a number of Lua's own does not.
        await Scripts.AddAsync(_redis, "large", long.MaxValue);
        Assert.Equal($"{long.MaxValue}", (await fixture.Server.ExecuteAsync("GET", _redis.Prefix + "large")).Text);
    }

    [Fact]
    public async Task An_entity_with_secrets_is_read_as_by_its_repository()
    {
        var patient = new Patient { Id = 1, Name = "Ann", Weight = 60, History = new('h', 5000), Scan = new byte[500] };
        await new PatientRepository(_redis).InsertAsync(patient);
        Assert.Equivalent(patient, await Scripts.ReadAsync(_redis, 1), strict: true);
        Assert.Null(await Scripts.ReadAsync(_redis, 2));

        var blind = new RedisContext(fixture.Connection, new() { Prefix = _redis.Prefix });
        Assert.Contains("KeyRing", (await Assert.ThrowsAsync<InvalidOperationException>(() => Scripts.ReadAsync(blind, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_in_a_file_with_another()
    {
        await _redis.Database.StringSetAsync("stock", 10);
        Assert.Equal((Outcome.Done, 6), await _redis.ReserveAsync("stock", 4));
        Assert.Equal((Outcome.Refused, 6), await _redis.ReserveAsync("stock", 4, minimum: 3));
        Assert.Equal((Outcome.Done, 3), await _redis.ReserveAsync("stock", 3, minimum: 3));
        Assert.Equal((Outcome.Refused, 3), await _redis.ReserveAsync("stock", 4));
    }

    [Fact]
    public async Task Arguments_of_every_type()
    {
        string[] echo = await Scripts.EchoAsync(
            _redis, "Ä😀", "b"u8.ToArray(), true, -7, ulong.MaxValue, 1d / 3, 1.50m, Guid.Empty, new(2024, 2, 29), new(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(2)),
            TimeSpan.FromMinutes(90), Stage.InReview, Rights.Read | Rights.Share, 42, 'x', IPAddress.Loopback);
        Assert.Equal(
            ["Ä😀", "b", "1", "-7", "18446744073709551615", "0.3333333333333333", "1.50", "00000000-0000-0000-0000-000000000000", "2024-02-29", "2024-02-29T01:02:03.0000000+02:00", "01:30:00", "InReview", "Read,Share", "42", "x", "127.0.0.1"],
            echo);
    }

    [Fact]
    public async Task Null_is_nil_and_empty_is_not()
    {
        Assert.Equal((true, true, true, "-", "-", 0, "", "0"), await Scripts.NullsAsync(_redis, null, null, null, []));
        Assert.Equal((false, false, false, "", "0", 2, "", "1"), await Scripts.NullsAsync(_redis, "", 0, Guid.Empty, [1, 2]));
    }

    [Fact]
    public async Task Collections_stand_behind_what_is_single()
    {
        string first = _redis.Full(new ProductKey(1)), second = _redis.Full(new ProductKey(2));
        Assert.Equal([first, first, "0", "-", "-", "v", "0", "-"], await Scripts.CollectionsAsync(_redis, 1, [], "v"));
        Assert.Equal([first, first, "2", second, first, "v", "2", "9"], await Scripts.CollectionsAsync(_redis, 1, [new(2), new(1)], "v", 8, 9));
        Assert.Equal((_redis.Prefix + "a", 2), await Scripts.KeysAsync(_redis, "a", "b"));
    }

    [Fact]
    public async Task More_keys_than_unpack_can_take()
    {
        string[] reply = await Scripts.CollectionsAsync(_redis, 0, [.. Enumerable.Range(1, 20_000).Select(id => new ProductKey(id))], "v", Enumerable.Range(0, 20_000).Select(i => (long)i));
        Assert.Equal(("20000", "20000"), (reply[2], reply[6]));
    }

    [Fact]
    public async Task Results_of_every_type()
    {
        Assert.Equal(7, await Scripts.Int64Async(_redis, "return 7"));
        Assert.Equal(-9007199254740993, await Scripts.Int64Async(_redis, "return '-9007199254740993'"));
        Assert.Equal(7, await Scripts.NullableAsync(_redis, "return 7"));
        Assert.Null(await Scripts.NullableAsync(_redis, "return nil"));
        Assert.Null(await Scripts.NullableAsync(_redis, "return false"));
        foreach (string yes in new[] { "true", "1", "'1'", "1 == 1" })
            Assert.True(await Scripts.BooleanAsync(_redis, $"return {yes}"));
        foreach (string no in new[] { "false", "0", "'0'", "nil", "1 == 2" })
            Assert.False(await Scripts.BooleanAsync(_redis, $"return {no}"));
        Assert.Null(await Scripts.NullableBooleanAsync(_redis, "return nil"));
        Assert.False(await Scripts.NullableBooleanAsync(_redis, "return 0"));
        Assert.Equal("Ä", await Scripts.TextAsync(_redis, "return 'Ä'"));
        Assert.Equal("OK", await Scripts.TextAsync(_redis, "return redis.status_reply('OK')"));
        Assert.Equal("7", await Scripts.TextAsync(_redis, "return 7"));
        Assert.Null(await Scripts.NullableTextAsync(_redis, "return nil"));
        Assert.Equal([0, 255], await Scripts.BytesAsync(_redis, "return string.char(0, 255)"));
        Assert.Equal(0.1, await Scripts.DoubleAsync(_redis, "return tostring(0.1)"));
        Assert.Equal(1.50m, await Scripts.DecimalAsync(_redis, "return '1.50'"));
        Assert.Equal(Guid.Empty, await Scripts.GuidAsync(_redis, "return '00000000-0000-0000-0000-000000000000'"));
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.Zero), await Scripts.MomentAsync(_redis, "return '2024-02-29T01:02:03.0000000+00:00'"));
        Assert.Equal(Outcome.Refused, await Scripts.OutcomeAsync(_redis, "return 2"));
        Assert.Equal(Outcome.Done, await Scripts.OutcomeAsync(_redis, "return 'Done'"));
        Assert.Equal((int[])[1, 2, 3], (await Scripts.IntegersAsync(_redis, "return { 1, '2', 3 }")).AsEnumerable());
        Assert.Empty(await Scripts.IntegersAsync(_redis, "return {}"));
        Assert.Equal(["a", null, "b"], await Scripts.TextsAsync(_redis, "return { 'a', false, 'b' }"));
        Assert.Null(await Scripts.TextsAsync(_redis, "return nil"));
        var (number, text, flags) = await Scripts.TupleAsync(_redis, "return { 1, false, { true, false, 1 } }");
        Assert.Equal((1, null), (number, text));
        Assert.Equal([true, false, true], flags);
        Assert.Equal([(1, "a"), (2, "b")], await Scripts.RowsAsync(_redis, "return { { 1, 'a' }, { 2, 'b' } }"));
        Assert.Equal(new() { ["a"] = 1, ["b"] = 2 }, await Scripts.MapAsync(_redis, "return { 'a', 1, 'b', 2 }"));
        Assert.Equal("x", await Scripts.ValueAsync(_redis, "return 'x'"));
        Assert.True((await Scripts.ValueAsync(_redis, "return nil")).IsNull);
        Assert.Equal(2, ((RedisResult[])(await Scripts.ResultAsync(_redis, "return { 1, 2 }"))!).Length);
        await Scripts.NothingAsync(_redis, "return { 1, { 'x' } }");
    }

    [Theory]
    [InlineData("return 'x'", "the reply holds 'x', which is not a 64-bit integer.")]
    [InlineData("return nil", "the reply is nil. Return a value on every path of the script, or declare the result nullable.")]
    [InlineData("return { 1, 2 }", "the reply is a table of 2, not one value.")]
    public async Task A_number_that_is_none(string code, string message)
    {
        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => Scripts.Int64Async(_redis, code));
        Assert.StartsWith($"TypedRedis.Integration.Tests.Scripting.Scripts.Int64Async: {message}", error.Message);
        Assert.Equal("reply", error.Field);
    }

    [Theory]
    [InlineData("return 3", "the reply holds '3', which is not a number of Outcome (it has Done, Refused).")]
    [InlineData("return 'Other'", "the reply holds 'Other', which is not a name of Outcome (it has Done, Refused")]
    public async Task A_code_that_the_enum_does_not_have(string code, string message)
        => Assert.Contains(message, (await Assert.ThrowsAsync<RedisDecodeException>(() => Scripts.OutcomeAsync(_redis, code))).Message);

    [Theory]
    [InlineData("return { 1, 'x' }", "the reply is a table of 2, not of 3 (a nil among the values ends a table: return false in its place).", "reply")]
    [InlineData("return { 'x', 'x', {} }", "the reply[1] holds 'x', which is not a 32-bit integer.", "reply[1]")]
    [InlineData("return { 1, 'x', 'y' }", "the reply[3] is 'y', not a table.", "reply[3]")]
    [InlineData("return 'x'", "the reply is 'x', not a table.", "reply")]
    public async Task A_table_that_is_another(string code, string message, string field)
    {
        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => Scripts.TupleAsync(_redis, code));
        Assert.Contains(message, error.Message);
        Assert.Equal(field, error.Field);
    }

    [Fact]
    public async Task A_model_through_its_mapper()
    {
        var documents = new DocumentRepository(_redis);
        var key = new DocumentKey("ann", "notes");
        Assert.Null(await Scripts.FindAsync(_redis, key));
        Assert.Contains("is nil", (await Assert.ThrowsAsync<RedisDecodeException>(() => Scripts.GetAsync(_redis, key))).Message);

        await documents.InsertAsync(Some.RichDocument());
        await _redis.Database.HashSetAsync(key.ToRedisKey(), "of another program", "x");
        Document document = await Scripts.GetAsync(_redis, key);
        Assert.Equal(("ann", "notes", "a title", 3, "Bern"), (document.Owner, document.Name, document.Title, document.Pages, document.Place!.City));
        Assert.Equal(document.Body, (await Scripts.FindAsync(_redis, key))!.Body);

        await _redis.Database.HashSetAsync(key.ToRedisKey(), "pages", "many");
        Assert.Contains("the field 'pages' of", (await Assert.ThrowsAsync<RedisDecodeException>(() => Scripts.GetAsync(_redis, key))).Message);
    }

    [Fact]
    public async Task An_error_of_the_script_has_its_code_and_the_key()
    {
        await _redis.Database.StringSetAsync("limit", 1);
        Assert.Equal(0, await Scripts.TakeAsync(_redis, "limit"));
        var error = await Assert.ThrowsAsync<RedisScriptException>(() => Scripts.TakeAsync(_redis, "limit"));
        Assert.Equal(("LIMIT", _redis.Prefix + "limit", "TypedRedis.Integration.Tests.Scripting.Scripts.TakeAsync"), (error.Code, error.Key, error.Model));
        Assert.Equal($"{error.Model}: the script on '{error.Key}' ended with an error: LIMIT reached", error.Message);
        Assert.IsType<RedisServerException>(error.InnerException);

        await _redis.Database.ListLeftPushAsync("list", "x");
        Assert.Equal("WRONGTYPE", (await Assert.ThrowsAsync<RedisScriptException>(() => Scripts.TakeAsync(_redis, "list"))).Code);
    }

    [Fact]
    public async Task What_is_null_against_its_type_is_refused_before_anything_is_sent()
    {
        Assert.Equal("counter", (await Assert.ThrowsAsync<ArgumentNullException>(() => Scripts.AddAsync(_redis, default, 1))).ParamName);
        Assert.Equal("stock", (await Assert.ThrowsAsync<ArgumentNullException>(() => _redis.ReserveAsync(null!, 1))).ParamName);
        Assert.Contains("the argument 'code' cannot be written: it is null", (await Assert.ThrowsAsync<RedisEncodeException>(() => Scripts.Int64Async(_redis, null!))).Message);
        Assert.Equal("redis", (await Assert.ThrowsAsync<ArgumentNullException>(() => Scripts.AddAsync(null!, "c", 1))).ParamName);
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_cancelled_call_is_not_sent()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Scripts.AddAsync(_redis, "c", 1, new CancellationToken(canceled: true)));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_script_that_is_a_property()
    {
        Assert.Equal(3, (long)await Scripts.Fill.EvaluateAsync(_redis, ["l"], ["a", "b", "c"]));
        Assert.Equal(3, await _redis.Database.ListLengthAsync("l"));
        Assert.Equal("TypedRedis.Integration.Tests.Scripting.Scripts.Fill", Scripts.Fill.Name);
        Assert.Equal(7, (long)await Outer<string>.Inner.Script.EvaluateAsync(_redis, [], []));
        Assert.Same(Outer<int>.Inner.Script, Outer<string>.Inner.Script);
        await Assert.ThrowsAsync<ArgumentException>(() => Scripts.Fill.EvaluateAsync(_redis, [default], []));
        await Assert.ThrowsAsync<ArgumentException>(() => Scripts.Fill.EvaluateAsync(_redis, ["l"], [RedisValue.Null]));
    }

    [Fact]
    public void The_server_gets_no_comments_and_every_line_in_its_place()
        => Assert.Equal("\nredis.call('DEL', KEYS[1])\nreturn redis.call('RPUSH', KEYS[1], unpack(ARGV))", Scripts.Fill.Text);

    [Fact]
    public async Task The_sha_is_that_of_the_server()
    {
        Assert.Equal(Scripts.Fill.Sha, (await fixture.Server.ExecuteAsync("SCRIPT", "LOAD", Scripts.Fill.Text)).Text);
        Assert.Equal(Scripts.Fill.Sha, new RedisScript("x", Scripts.Fill.Text).Sha);
    }
}
