using System.Text.Json;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>Members and whole values as JSON.</summary>
public class JsonTests
{
    private static readonly Address Home = new("Straße 1", 7);

    private static readonly RedisContextOptions SnakeCase = new()
    {
        JsonSerializerOptions = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper },
    };

    private static readonly RedisContextOptions SourceGenerated = new()
    {
        JsonSerializerOptions = new JsonSerializerOptions { TypeInfoResolver = TestJson.Default },
    };

    [Fact]
    public void A_named_context_is_used()
    {
        RedisValue written = Fields.Write((in c, v) => c.WriteJson(v, 0, Home, TestJson.Default), SnakeCase);
        Assert.Equal("""{"street":"Stra\u00DFe 1","number":7}""", (string?)written);
        Assert.Equal(Home, Fields.Read(written, (in c, v) => c.ReadJson<Address>(v, 0, TestJson.Default), SnakeCase));
        Assert.Equal([Home], Fields.Read("""[{"street":"Straße 1","number":7}]""", (in c, v) => c.ReadJson<List<Address>>(v, 0, TestJson.Default)));
    }

    [Fact]
    public void Otherwise_the_options_of_the_context_are_used()
    {
        Assert.Equal("""{"STREET":"Stra\u00DFe 1","NUMBER":7}""", Fields.Text((in c, v) => c.WriteJson(v, 0, Home), SnakeCase));
        Assert.Equal("""{"Street":"Stra\u00DFe 1","Number":7}""", Fields.Text((in c, v) => c.WriteJson(v, 0, Home), SourceGenerated));
        Assert.Equal(Home, Fields.Read("""{"STREET":"Straße 1","NUMBER":7}""", (in c, v) => c.ReadJson<Address>(v, 0), SnakeCase));
    }

    [Fact]
    public void Otherwise_reflection_is_used_where_it_is_allowed()
    {
        Assert.True(JsonSerializer.IsReflectionEnabledByDefault);
        Assert.Equal("""{"Value":1}""", Fields.Text((in c, v) => c.WriteJson(v, 0, new Unknown(1))));
        Assert.Equal(new Unknown(1), Fields.Read("""{"Value":1}""", (in c, v) => c.ReadJson<Unknown>(v, 0)));
    }

    [Fact]
    public void A_type_that_the_context_or_the_options_do_not_know_is_an_error_that_says_what_to_do()
    {
        var named = Assert.Throws<NotSupportedException>(() => { Fields.Write((in c, v) => c.WriteJson(v, 0, new Unknown(1), TestJson.Default)); });
        Assert.Contains("Shop.User: the field 'name' is JSON of Unknown, and TestJson does not know the type", named.Message);
        Assert.Contains("[JsonSerializable(typeof(…))]", named.Message);
        Assert.Throws<NotSupportedException>(() => { Fields.Read("{}", (in c, v) => c.ReadJson<List<Unknown>>(v, 0, TestJson.Default)); });

        var options = Assert.Throws<NotSupportedException>(() => { Fields.Read("{}", (in c, v) => c.ReadJson<List<Unknown>>(v, 0), SourceGenerated); });
        Assert.Contains("List<Unknown>", options.Message);
        Assert.Contains("RedisContextOptions.JsonSerializerOptions", options.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("x")]
    [InlineData("""{"street":5}""")]
    public void What_is_no_JSON_of_the_type_is_refused(string text)
    {
        RedisDecodeException error = Fields.Refused(text, (in c, v) => c.ReadJson<Address>(v, 0, TestJson.Default));
        Assert.IsType<JsonException>(error.InnerException);
        Assert.Contains("which is not JSON of Address (", error.Message);
    }

    [Fact]
    public void Null_is_refused_where_the_type_is_not_nullable()
    {
        Assert.Contains("a JSON value of Address other than null", Fields.Refused("null", (in c, v) => c.ReadJson<Address>(v, 0)).Message);
        Fields.Refused("null", (in c, v) => c.ReadJson<double>(v, 0, TestJson.Default));
        Assert.Null(Fields.Read("null", (in c, v) => c.ReadJson<int?>(v, 0, TestJson.Default)));
        Assert.Equal(5, Fields.Read("5", (in c, v) => c.ReadJson<int?>(v, 0, TestJson.Default)));
    }

    [Fact]
    public void What_cannot_be_serialized_is_refused()
    {
        RedisEncodeException error = Fields.Refused((in c, v) => c.WriteJson(v, 0, double.NaN, TestJson.Default));
        Assert.IsType<ArgumentException>(error.InnerException);
    }

    [Fact]
    public void Whole_values_read_back()
    {
        CodecContext context = TestContext.Codec();
        Assert.Equal(Home, context.FromJson<Address>(context.ToJson(Home)));
        Assert.Equal(Home, context.FromJson<Address>(context.ToJson(Home, TestJson.Default), TestJson.Default));
        Assert.Equal(5.0, context.FromJson<double>(5));
    }
}
