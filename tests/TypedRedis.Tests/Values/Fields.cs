using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

internal delegate void WriteField(in CodecContext context, Span<RedisValue> values);

internal delegate T ReadField<out T>(in CodecContext context, ReadOnlySpan<RedisValue> values);

/// <summary>Writes and reads the one field of a model, and checks what is refused.</summary>
internal static class Fields
{
    public static RedisValue Write(WriteField write, RedisContextOptions? options = null)
    {
        var values = new RedisValue[1];
        write(TestContext.Codec(options), values);
        return values[0];
    }

    public static string Text(WriteField write, RedisContextOptions? options = null) => Encoding.UTF8.GetString(((byte[]?)Write(write, options))!);

    public static T Read<T>(RedisValue value, ReadField<T> read, RedisContextOptions? options = null) => read(TestContext.Codec(options), [value]);

    /// <summary>Reads text as it comes from the wire.</summary>
    public static T Read<T>(string text, ReadField<T> read, RedisContextOptions? options = null) => Read((RedisValue)Encoding.UTF8.GetBytes(text), read, options);

    public static RedisDecodeException Refused<T>(RedisValue value, ReadField<T> read, RedisContextOptions? options = null)
    {
        var error = Assert.Throws<RedisDecodeException>(() => { Read(value, read, options); });
        AssertNames(error, error.Field);
        Assert.NotNull(error.Value);
        Assert.Contains($"holds '{error.Value}'", error.Message);
        return error;
    }

    public static RedisDecodeException Refused<T>(string text, ReadField<T> read, RedisContextOptions? options = null)
        => Refused((RedisValue)Encoding.UTF8.GetBytes(text), read, options);

    public static RedisEncodeException Refused(WriteField write, RedisContextOptions? options = null)
    {
        var error = Assert.Throws<RedisEncodeException>(() => { Write(write, options); });
        AssertNames(error, error.Field);
        Assert.Contains("cannot be written", error.Message);
        return error;
    }

    public static void AssertNames(RedisModelException error, string field)
    {
        Assert.Equal("Shop.User", error.Model);
        Assert.Equal("user:42", error.Key);
        Assert.Equal("name", field);
        Assert.StartsWith("Shop.User: ", error.Message);
        Assert.Contains("'name'", error.Message);
        Assert.Contains("'user:42'", error.Message);
    }
}
