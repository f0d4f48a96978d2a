using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>What cannot be written.</summary>
public class EncodeTests
{
    [Fact]
    public void Half_of_a_surrogate_pair_is_refused_with_its_place()
        => Always.Holds(Gens.LoneSurrogate, static value =>
        {
            Assert.Contains($"at index {value.Index} ", Fields.Refused((in c, v) => c.Write(v, 0, value.Text)).Message);
            Assert.Contains($"at index {value.Index} ", Fields.Refused((in c, v) => c.WriteParsable(v, 0, new Note(value.Text))).Message);
            Assert.Contains("at index 0 ", Fields.Refused((in c, v) => c.Write(v, 0, value.Text[value.Index])).Message);
        });

    [Fact]
    public void A_null_reference_is_refused()
    {
        Assert.Contains("is null", Fields.Refused((in c, v) => c.Write(v, 0, (string)null!)).Message);
        Assert.Contains("is null", Fields.Refused((in c, v) => c.Write(v, 0, (byte[])null!)).Message);
        Assert.Contains("is null", Fields.Refused((in c, v) => c.Write(v, 0, (Version)null!)).Message);
        Assert.Contains("is null", Fields.Refused((in c, v) => c.Write(v, 0, (Uri)null!)).Message);
        Assert.Contains("is null", Fields.Refused((in c, v) => c.WriteParsable<Note>(v, 0, null!)).Message);
        Assert.Contains("is null", Fields.Refused((in c, v) => c.WriteJson<Address>(v, 0, null!)).Message);
        Assert.Contains("is null", Fields.Refused((in c, v) => v[0] = c.ToJson<Address>(null!)).Message);
    }

    [Theory]
    [InlineData("C:/a")]
    [InlineData("a|\\b")]
    [InlineData(@"\\host\x")]
    public void A_relative_URI_that_would_be_read_as_an_absolute_one_is_refused(string text)
        => Assert.Contains("is a relative URI", Fields.Refused((in c, v) => c.Write(v, 0, new Uri(text, UriKind.Relative))).Message);

    [Fact]
    public void A_converter_that_answers_null_or_throws_is_named()
    {
        Assert.Contains("BadConverter.Write answered RedisValue.Null", Fields.Refused((in c, v) => c.WriteConverted<BadConverter, int>(v, 0, 0)).Message);

        RedisEncodeException thrown = Fields.Refused((in c, v) => c.WriteConverted<BadConverter, int>(v, 0, 1));
        Assert.Contains("not today", thrown.Message);
        Assert.IsType<ArgumentException>(thrown.InnerException);
    }

    [Fact]
    public void What_a_converter_or_a_parser_throws_is_wrapped()
    {
        RedisDecodeException converter = Fields.Refused("x", (in c, v) => c.ReadConverted<BadConverter, int>(v, 0));
        Assert.IsType<OverflowException>(converter.InnerException);
        Assert.Contains("BadConverter", converter.Message);
        Assert.IsType<FormatException>(Fields.Refused("xyz", (in c, v) => c.ReadConverted<HexConverter, int>(v, 0)).InnerException);
        Assert.IsType<OverflowException>(Fields.Refused("throw", (in c, v) => c.ReadParsable<Note>(v, 0)).InnerException);
        Assert.Null(Fields.Refused("5", (in c, v) => c.ReadParsable<Temperature>(v, 0)).InnerException);
    }

    [Fact]
    public void The_value_in_an_error_is_short_and_printable()
    {
        Assert.Equal("a\\n\\r\\t\\x00\\x7F\\u0085\\u202E'b", Fields.Refused("a\n\r\t\0\u007f\u0085\u202e'b", (in c, v) => c.ReadInt32(v, 0)).Value);
        Assert.Equal(new string('x', 64), Fields.Refused(new string('x', 64), (in c, v) => c.ReadInt32(v, 0)).Value);
        Assert.Equal(new string('x', 63) + "…", Fields.Refused(new string('x', 65), (in c, v) => c.ReadInt32(v, 0)).Value);
        Assert.Equal(new string('x', 62) + "…", Fields.Refused(new string('x', 62) + "\n\n", (in c, v) => c.ReadInt32(v, 0)).Value);
        Assert.Equal(new string('x', 62) + "😀", Fields.Refused(new string('x', 62) + "😀", (in c, v) => c.ReadInt32(v, 0)).Value);
        Assert.Equal(new string('x', 63) + "…", Fields.Refused(new string('x', 63) + "😀", (in c, v) => c.ReadInt32(v, 0)).Value);
        Always.Holds(Gens.Bytes, static bytes =>
        {
            if (bytes is not [(>= (byte)'0' and <= (byte)'9') or (byte)'-', ..])
            {
                string value = Fields.Refused(bytes, (in c, v) => c.ReadInt32(v, 0)).Value!;
                Assert.InRange(value.Length, 0, 64);
                Assert.DoesNotContain(value, char.IsControl);
            }
        });
    }

    [Fact]
    public void An_error_of_a_whole_value_names_the_value()
    {
        var context = new CodecContext(TestContext.Create(new RedisContextOptions { Prefix = "shop:" }), new StringSchema("Shop.User"), "user:42");
        var error = Assert.Throws<RedisDecodeException>(() => context.FromJson<Address>("{"));
        Assert.Equal("shop:user:42", error.Key);
        Assert.Equal("(value)", error.Field);
        Assert.Contains("'shop:user:42'", error.Message);
        Assert.Contains("is missing", Assert.Throws<RedisDecodeException>(() => context.FromJson<Address>(RedisValue.Null)).Message);
    }
}
