using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StackExchange.Redis;
using TypedRedis.Tests.Values;

namespace TypedRedis.Tests.Protection;

/// <summary>No error of an encrypted field shows any part of its value.</summary>
public class RedactionTests
{
    // Four of these in a row stand in no message, type or path.
    private static readonly Gen<string> Secret = Gen.Elements("QXZJKVqxzjkv67".ToCharArray()).ArrayOf(24).Select(static chars => new string(chars));

    [Fact]
    public void No_error_of_reading_shows_the_value() => Holds(Secret, static secret =>
    {
        foreach (string text in (string[])[secret, "{\"street\":\"" + secret + "\"", "{\"street\":5,\"x\":\"" + secret + "\"}", "\"" + secret + "\"", "[\"" + secret, "7" + secret, "Free," + secret, secret + "\uFFFD"])
        {
            foreach (ReadField<object> read in Reads.All)
            {
                Hidden(secret, (in CodecContext c, RedisValue[] v) => read(c, v), text);
            }

            Hidden(secret, (in CodecContext c, RedisValue[] v) => c.ReadConverted<Leaky, string>(v, 0), text);
            Hidden(secret, (in CodecContext c, RedisValue[] v) => c.ReadParsable<LeakyText>(v, 0), text);
        }

        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.ReadString(v, 0), (RedisValue)(byte[])[.. Encoding.UTF8.GetBytes(secret), 0xFF]);
    });

    [Fact]
    public void No_error_of_writing_shows_the_value() => Holds(Secret, static secret =>
    {
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.Write(v, 0, secret + '\uD800'));
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.WriteParsable(v, 0, new Note(secret + '\uD800')));
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.WriteParsable(v, 0, new LeakyText(secret)));
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.WriteConverted<Leaky, string>(v, 0, secret));
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.WriteJson(v, 0, new LeakyObject(secret)));
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.ToJson(new LeakyObject(secret)));
        Hidden(secret, (in CodecContext c, RedisValue[] v) => c.Write(v, 0, new Uri("C:/" + secret, UriKind.Relative)));
        Hidden(secret, (in CodecContext c, RedisValue[] v) =>
        {
            c.Write(v, 0, secret);
            c.Protect(v);
        });
    });

    [Fact]
    public void No_error_shows_an_enum_without_a_name() => Holds(Gen.Choose(100_000, int.MaxValue), static number => Hidden(
        number.ToString(CultureInfo.InvariantCulture), (in CodecContext c, RedisValue[] v) => c.WriteEnum(v, 0, (Plan)number)));

    [Fact]
    public void Of_a_field_that_is_not_encrypted_the_same_errors_show_it()
    {
        Assert.Contains("C:/QXZJ", Assert.Throws<RedisEncodeException>(() => TestContext.Codec().Write(new RedisValue[1], 0, new Uri("C:/QXZJ", UriKind.Relative))).Message);
        Assert.Contains("QXZJ", Assert.Throws<RedisDecodeException>(() => TestContext.Codec().ReadConverted<Leaky, string>([(RedisValue)"QXZJ"], 0)).InnerException!.Message);
    }

    private static void Holds<T>(Gen<T> values, Action<T> body) => Prop.ForAll(values.ToArbitrary(), body).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    private delegate void Body(in CodecContext context, RedisValue[] values);

    private static void Hidden(string secret, Body body, RedisValue value = default)
    {
        CodecContext context = Secrets.Codec(new(0) { Encrypted = true, MaxSize = 10 });
        try
        {
            body(context, [value]);
        }
        catch (Exception error)
        {
            Assert.True(error is RedisModelException, error.ToString());
            Assert.Null(error.InnerException);
            Assert.Null((error as RedisDecodeException)?.Value);
            string shown = error.ToString();
            for (int start = 0; start + 4 <= secret.Length; start++)
                Assert.DoesNotContain(secret.Substring(start, 4), shown, StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>Throws errors of its own that quote what it is given.</summary>
    private sealed class Leaky : IRedisConverter<string>
    {
        public static RedisValue Write(string value) => throw new IOException(value, new FormatException(value));

        public static string Read(RedisValue value) => throw new FormatException(value, new IOException(value));
    }

    private sealed record LeakyObject(string Text)
    {
        public string Value => throw new IOException(Text);
    }

    private sealed record LeakyText(string Text) : ISpanFormattable, ISpanParsable<LeakyText>
    {
        public string ToString(string? format, IFormatProvider? provider) => throw new IOException(Text);

        public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) => throw new IOException(Text);

        public static LeakyText Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => throw new IOException(s.ToString());

        public static LeakyText Parse(string s, IFormatProvider? provider) => throw new IOException(s);

        public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out LeakyText result) => throw new IOException(s.ToString());

        public static bool TryParse(string? s, IFormatProvider? provider, out LeakyText result) => throw new IOException(s);
    }
}
