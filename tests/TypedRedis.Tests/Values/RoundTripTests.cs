using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>Every type reads back as itself, as it was written, as it comes from the wire, and encrypted and compressed, in every culture.</summary>
public class RoundTripTests
{
    private delegate void WriteField<T>(in CodecContext context, Span<RedisValue> values, T value);

    private delegate T ReadField<T>(in CodecContext context, ReadOnlySpan<RedisValue> values);

    [Fact]
    public void Strings() => Holds(Gens.Text, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadString(s, 0));

    [Fact]
    public void Bytes() => Holds(Gens.Bytes, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadBytes(s, 0));

    [Fact]
    public void Memory() => Holds(
        Gens.Bytes.SelectMany(bytes => Gen.Choose(0, bytes.Length).Select(start => new ReadOnlyMemory<byte>(bytes)[start..])),
        (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadMemory(s, 0), static (left, right) => left.Span.SequenceEqual(right.Span));

    [Fact]
    public void Booleans() => Holds(Gens.Bool, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadBoolean(s, 0));

    [Fact]
    public void Characters() => Holds(Gens.Char, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadChar(s, 0));

    [Fact]
    public void Integers()
    {
        Integer<sbyte>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadSByte(s, 0));
        Integer<byte>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadByte(s, 0));
        Integer<short>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadInt16(s, 0));
        Integer<ushort>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadUInt16(s, 0));
        Integer<int>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadInt32(s, 0));
        Integer<uint>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadUInt32(s, 0));
        Integer<long>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadInt64(s, 0));
        Integer<ulong>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadUInt64(s, 0));
        Integer<Int128>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadInt128(s, 0));
        Integer<UInt128>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadUInt128(s, 0));
        Holds(Gens.BigInteger, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadBigInteger(s, 0));
    }

    [Fact]
    public void Floating_point_numbers_bit_by_bit_and_as_short_as_possible()
    {
        Float<Half, short>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadHalf(s, 0));
        Float<float, int>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadSingle(s, 0));
        Float<double, long>((in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadDouble(s, 0));
    }

    [Fact]
    public void Integers_as_floating_point_numbers_have_the_text_of_their_type()
    {
        WriteField<float> single = static (in c, s, v) => c.Write(s, 0, v);
        WriteField<double> wide = static (in c, s, v) => c.Write(s, 0, v);
        for (int power = 0; power < 25; power++)
        {
            double value = Math.Pow(10, power);
            foreach (double near in (double[])[value, value - 1, value + 1, -value, 9 * value, Math.BitIncrement(value), Math.BitDecrement(value)])
            {
                Assert.Equal(near.ToString("R", CultureInfo.InvariantCulture), (string?)Written(wide, near));
                Assert.Equal(((float)near).ToString("R", CultureInfo.InvariantCulture), (string?)Written(single, (float)near));
            }
        }
    }

    [Fact]
    public void Decimals_keep_their_scale() => Holds(
        Gens.Decimal, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadDecimal(s, 0),
        static (left, right) => left == right && left.Scale == right.Scale);

    [Fact]
    public void Guids() => Holds(Gens.Guid, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadGuid(s, 0));

    [Fact]
    public void Dates() => Holds(Gens.DateOnly, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadDateOnly(s, 0));

    [Fact]
    public void Times_of_day() => Holds(Gens.TimeOnly, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadTimeOnly(s, 0));

    [Fact]
    public void Dates_and_times_keep_their_kind()
    {
        Gen<DateTime> fixedKinds = Gens.DateTime.Where(static value => value.Kind != DateTimeKind.Local);

        // A local time that the clock skips is no point in time, and before time zones, offsets had seconds, which the text has not.
        Gen<DateTime> local = Gen.OneOf(
            Gen.Elements(DateTime.MinValue, DateTime.MaxValue).Select(static value => DateTime.SpecifyKind(value, DateTimeKind.Local)),
            Gen.Choose(0, int.MaxValue).Select(static seconds => DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(seconds % 10_000_000).ToLocalTime()));
        Holds(Gen.OneOf(fixedKinds, local), (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadDateTime(s, 0),
            static (left, right) => left == right && left.Kind == right.Kind);
    }

    [Fact]
    public void Points_in_time_keep_their_offset() => Holds(
        Gens.DateTimeOffset, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadDateTimeOffset(s, 0), static (left, right) => left.EqualsExact(right));

    [Fact]
    public void Durations() => Holds(Gens.TimeSpan, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadTimeSpan(s, 0));

    [Fact]
    public void Versions() => Holds(Gens.Version, (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadVersion(s, 0));

    [Fact]
    public void Uris()
    {
        Gen<Uri> random = Gens.Text.Select(static text => Of(text, UriKind.RelativeOrAbsolute));
        Gen<Uri> relative = Gens.Text.Select(static text => Of(text, UriKind.Relative));
        Gen<Uri> known = Gen.Elements(
            new Uri("https://example.com/a%20b?q=ü#f"), new Uri("HTTPS://EXAMPLE.com:443/../x"), new Uri("mailto:a@b.c"), new Uri("urn:isbn:1"),
            new Uri("file:///etc/hosts"), new Uri(@"\\unc\x"), new Uri("/etc/hosts", UriKind.Absolute), new Uri("/etc/hosts", UriKind.Relative), new Uri("//host/path", UriKind.Relative),
            new Uri("a/b?c", UriKind.Relative), new Uri("", UriKind.Relative), new Uri("?q", UriKind.Relative), new Uri("#f", UriKind.Relative));
        Holds(Gen.OneOf(random, relative, known), (in c, s, v) => c.Write(s, 0, v), (in c, s) => c.ReadUri(s, 0), static (left, right)
            => left.IsAbsoluteUri == right.IsAbsoluteUri
                && (left.IsAbsoluteUri ? left.AbsoluteUri == right.AbsoluteUri : left.OriginalString == right.OriginalString));

        // Relative URIs that look absolute are refused: see EncodeTests. System.Uri throws over some malformed hosts.
        static Uri Of(string text, UriKind kind)
        {
            try
            {
                return Uri.TryCreate(text, kind, out Uri? uri) && !UriText.IsAmbiguous(uri, uri.OriginalString) ? uri : new Uri("/none", UriKind.Relative);
            }
            catch (IndexOutOfRangeException)
            {
                return new Uri("", UriKind.Relative);
            }
        }
    }

    [Fact]
    public void Values_with_their_own_text()
    {
        Holds(Gens.Integer<ulong>().Select(static value => new Temperature(value)), (in c, s, v) => c.WriteParsable(s, 0, v), (in c, s) => c.ReadParsable<Temperature>(s, 0));
        Holds(Gens.Text.Select(static text => new Note(text)), (in c, s, v) => c.WriteParsable(s, 0, v), (in c, s) => c.ReadParsable<Note>(s, 0));
        Holds(Gens.Decimal, (in c, s, v) => c.WriteParsable(s, 0, v), (in c, s) => c.ReadParsable<decimal>(s, 0));
    }

    [Fact]
    public void Values_with_a_converter()
    {
        Holds(Gens.Integer<int>(), (in c, s, v) => c.WriteConverted<HexConverter, int>(s, 0, v), (in c, s) => c.ReadConverted<HexConverter, int>(s, 0));
        Holds(Gens.Integer<int>(), (in c, s, v) => c.WriteConverted<PlainConverter, int>(s, 0, v), (in c, s) => c.ReadConverted<PlainConverter, int>(s, 0));
    }

    private static void Integer<T>(WriteField<T> write, ReadField<T> read)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        Holds(Gens.Integer<T>(), write, read);
        Always.Holds(Gens.Integer<T>(), value
            => Assert.Equal(value.ToString(null, CultureInfo.InvariantCulture), (string?)Written(write, value)));
    }

    private static void Float<T, TBits>(WriteField<T> write, ReadField<T> read)
        where T : struct, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
        where TBits : struct, IEquatable<TBits>
    {
        // Of the many values that are no number, one is stored.
        Holds(Gens.Float<T>(), write, read, static (left, right) => T.IsNaN(left)
            ? T.IsNaN(right)
            : Unsafe.BitCast<T, TBits>(left).Equals(Unsafe.BitCast<T, TBits>(right)));
        Always.Holds(Gens.Float<T>(), value
            => Assert.Equal(value.ToString("R", CultureInfo.InvariantCulture), (string?)Written(write, value)));
    }

    private static void Holds<T>(Gen<T> values, WriteField<T> write, ReadField<T> read, Func<T, T, bool>? equal = null)
    {
        CodecContext context = TestContext.Codec();
        Always.Holds(values, value =>
        {
            RedisValue written = Written(write, value);
            Assert.False(written.IsNull);
            RedisValue wire = ((byte[]?)written)!.ToArray();
            Same(value, read(context, [written]));
            Same(value, read(context, [wire]));
            foreach (ProtectedField field in Protection.Secrets.All)
            {
                CodecContext secret = Protection.Secrets.Codec(field);
                RedisValue[] slot = [written];
                secret.Protect(slot);
                slot[0] = ((byte[]?)slot[0])!.ToArray();
                secret.Unprotect(slot);
                Same(value, read(secret, slot));
            }
        });

        // The same values have the same texts in every culture.
        T[] samples = values.Sample(20).ToArray();
        string[] texts = Texts();
        Cultures.ForEach(() => Assert.Equal(texts, Texts()));

        string[] Texts() => Array.ConvertAll(samples, value => Encoding.Latin1.GetString(((byte[]?)Written(write, value))!));

        void Same(T expected, T actual)
        {
            if (equal is null)
            {
                Assert.Equal(expected, actual);
            }
            else if (!equal(expected, actual))
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{expected} became {actual}"));
            }
        }
    }

    private static RedisValue Written<T>(WriteField<T> write, T value)
    {
        var slot = new RedisValue[1];
        write(TestContext.Codec(), slot, value);
        return slot[0];
    }
}
