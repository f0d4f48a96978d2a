using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TypedRedis.Tests.Keys;

/// <summary>Each sort of part by itself: every type, format and enum.</summary>
public class KeyPartTests
{
    private enum Tiny : sbyte
    {
        Low = sbyte.MinValue,
        Zero = 0,
    }

    private enum Huge : ulong
    {
        Zero,
        Top = ulong.MaxValue,
    }

    private enum Level : byte
    {
        A = 1,
        B = 255,
    }

    [Flags]
    private enum Rights
    {
        Read = 1,
        Write = 2,
        Both = 3,
        Share = 8,
    }

    private delegate void WritePart<T>(ref KeyWriter writer, T value);

    private delegate bool ReadPart<T>(ref KeyReader reader, out T value);

    [Fact]
    public void Integers_of_every_size_read_back()
    {
        ReadsBack<sbyte>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<byte>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<short>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<ushort>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<int>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<uint>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<long>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<ulong>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<Int128>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
        ReadsBack<UInt128>((ref w, v) => w.Part(v), (ref r, out v) => r.Part(out v));
    }

    [Theory]
    [InlineData("D")]
    [InlineData("D8")]
    [InlineData("d3")]
    [InlineData("X4")]
    [InlineData("x")]
    [InlineData("B16")]
    [InlineData("0000")]
    public void Integers_of_every_size_read_back_from_a_format(string format)
    {
        ReadsBack<sbyte>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<byte>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<short>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<ushort>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<int>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<uint>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<long>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<ulong>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<Int128>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        ReadsBack<UInt128>((ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
    }

    [Theory]
    [InlineData("D")]
    [InlineData("N")]
    public void Guids_read_back_from_a_format(string format)
        => ReadsBack(Gens.Guid, (ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));

    [Theory]
    [InlineData("yyyy-MM-dd", true)]
    [InlineData("yyyyMMdd", true)]
    [InlineData("dd/MM/yyyy", true)]
    [InlineData("O", true)]
    [InlineData("yyyy'年'MM", false)]
    [InlineData("yyyy", false)]
    [InlineData("d MMMM yyyy", true)]
    public void Dates_read_back_as_what_their_format_keeps(string format, bool whole)
    {
        Gen<DateOnly> values = Gens.DateOnly.Select(value => KeyPart.Normalize(value, format));
        ReadsBack(values, (ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        if (whole)
        {
            Always.Holds(Gens.DateOnly, value => Assert.Equal(value, KeyPart.Normalize(value, format)));
        }
    }

    [Theory]
    [InlineData("HHmmssfffffff")]
    [InlineData("O")]
    [InlineData("HH:mm")]
    [InlineData("HHmm")]
    [InlineData("hh:mm tt")]
    public void Times_read_back_as_what_their_format_keeps(string format)
    {
        Gen<TimeOnly> values = Gens.TimeOnly.Select(value => KeyPart.Normalize(value, format));
        ReadsBack(values, (ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
    }

    [Theory]
    [InlineData("yyyy-MM-dd")]
    [InlineData("yyyyMMddHH")]
    [InlineData("yyyy-MM")]
    [InlineData("HH:mm")]
    [InlineData("yyyy-MM-ddTHH:mm:ss.fffffff")]
    [InlineData("O")]
    [InlineData("s")]
    [InlineData("u")]
    [InlineData("R")]
    public void Points_in_time_read_back_as_what_their_format_keeps(string format)
    {
        Gen<DateTime> dates = Gens.DateTime.Select(value => KeyPart.Normalize(value, format));
        ReadsBack(dates, (ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        Always.Holds(dates, static value => Assert.Equal(DateTimeKind.Unspecified, value.Kind));

        Gen<DateTimeOffset> instants = Gens.DateTimeOffset.Select(value => KeyPart.Normalize(value, format));
        ReadsBack(instants, (ref w, v) => w.Part(v, format), (ref r, out v) => r.Part(out v, format));
        Always.Holds(instants, static value => Assert.Equal(TimeSpan.Zero, value.Offset));
    }

    [Theory]
    [InlineData("yyyy-MM")]
    [InlineData("yyyy-MM-dd")]
    [InlineData("yyyyMMdd")]
    [InlineData("yyyy-MM-ddTHH")]
    [InlineData("yyyy-MM-dd-HH")]
    [InlineData("yyyyMMddHH")]
    [InlineData("yyyy-MM-ddTHH:mm")]
    [InlineData("yyyy-MM-dd-HH-mm")]
    [InlineData("yyyyMMddHHmm")]
    [InlineData("yyyy-MM-ddTHH:mm:ss")]
    [InlineData("yyyyMMddHHmmss")]
    [InlineData("O")]
    public void Normalizing_is_writing_and_reading_and_twice_is_once(string format)
    {
        const string Ticks = "yyyy-MM-ddTHH:mm:ss.fffffff";
        Always.Holds(Gens.DateTime, value =>
        {
            DateTime normal = KeyPart.Normalize(value, format);
            Assert.Equal(normal, KeyPart.Normalize(normal, format));
            Assert.Equal(Write(value, (ref w, v) => w.Part(v, format)), Write(normal, (ref w, v) => w.Part(v, format)));
            Assert.Equal(normal, DateTime.ParseExact(value.ToString(format.Replace("O", Ticks), CultureInfo.InvariantCulture), format.Replace("O", Ticks), CultureInfo.InvariantCulture));
        });
        Always.Holds(Gens.DateTimeOffset, value =>
        {
            DateTimeOffset normal = KeyPart.Normalize(value, format);
            Assert.Equal(normal, KeyPart.Normalize(normal, format));
            Assert.Equal(Write(value, (ref w, v) => w.Part(v, format)), Write(normal, (ref w, v) => w.Part(v, format)));
        });
    }

    [Fact]
    public void Keys_of_the_same_instant_are_equal_whatever_their_offset()
    {
        var here = new DateTimeOffset(2025, 1, 1, 1, 0, 0, TimeSpan.FromHours(2));
        Assert.Equal(new VisitKey(Plan.Free, 'a', here), new VisitKey(Plan.Free, 'a', here.ToUniversalTime().AddSeconds(30)));
    }

    [Fact]
    public void A_format_that_cannot_be_read_back_is_refused()
    {
        Cultures.ForEach(static () =>
        {
            ArgumentException error = Assert.Throws<ArgumentException>("value", () => KeyPart.Normalize(new DateTime(2025, 1, 2), "dddd"));
            Assert.Contains("2025-01-02T00:00:00.0000000 ", error.Message);
            Assert.Contains("'dddd'", error.Message);
        });
    }

    [Fact]
    public void An_enum_is_its_first_name_or_else_its_number()
    {
        Assert.Equal("Pro", Text(Plan.Professional));
        Assert.Equal("Größe", Text(Plan.Größe));
        Assert.Equal("7", Text((Plan)7));
        Assert.Equal("-7", Text((Plan)(-7)));
        Assert.Equal("-2147483648", Text((Plan)int.MinValue));
        Assert.Equal("Low", Text(Tiny.Low));
        Assert.Equal("-1", Text((Tiny)(-1)));
        Assert.Equal("Top", Text(Huge.Top));
        Assert.Equal("18446744073709551614", Text((Huge)(ulong.MaxValue - 1)));
        Assert.Equal("Both", Text(Rights.Read | Rights.Write));
        Assert.Equal("9", Text(Rights.Read | Rights.Share));
        Assert.Equal("0", Text((Rights)0));
    }

    [Fact]
    public void Every_value_of_an_enum_reads_back()
    {
        EnumReadsBack(Gens.Integer<int>().Select(static value => (Plan)value));
        EnumReadsBack(Gen.Choose(-10, 110).Select(static value => (Plan)value));
        EnumReadsBack(Gens.Integer<sbyte>().Select(static value => (Tiny)value));
        EnumReadsBack(Gens.Integer<ulong>().Select(static value => (Huge)value));
        EnumReadsBack(Gens.Integer<byte>().Select(static value => (Level)value));
        EnumReadsBack(Gen.Choose(0, 20).Select(static value => (Rights)value));
        EnumReadsBack(Gens.Integer<short>().Select(static value => (DayOfWeek)value));
    }

    [Theory]
    [InlineData("Both,Share")]
    [InlineData("1")]
    [InlineData("+9")]
    [InlineData("09")]
    [InlineData("read")]
    [InlineData("Rea")]
    [InlineData("Reads")]
    [InlineData("")]
    [InlineData("4294967296")]
    [InlineData("-2147483649")]
    [InlineData("value__")]
    public void Another_text_of_an_enum_is_refused(string text)
    {
        var reader = new KeyReader(Encoding.UTF8.GetBytes(text));
        Assert.False(reader.Part(out Rights value));
        Assert.Equal(default, value);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("256")]
    [InlineData("255")]
    public void A_number_outside_the_enum_or_with_a_name_is_refused(string text)
    {
        var reader = new KeyReader(Encoding.UTF8.GetBytes(text));
        Assert.False(reader.Part(out Level _));
    }

    [Fact]
    public void A_part_of_fixed_width_takes_its_width_and_no_less()
    {
        var reader = new KeyReader("120250102-"u8);
        Assert.True(reader.Part(out bool flag, "", 1));
        Assert.True(flag);
        Assert.True(reader.Part(out DateOnly day, "yyyyMMdd", 8));
        Assert.Equal(new DateOnly(2025, 1, 2), day);
        Assert.True(reader.Literal("-"u8));
        Assert.True(reader.End());

        reader = new KeyReader("2025010"u8);
        Assert.False(reader.Part(out day, "yyyyMMdd", 8));
        reader = new KeyReader(""u8);
        Assert.False(reader.Part(out flag, "", 1));
        reader = new KeyReader("2"u8);
        Assert.False(reader.Part(out flag));
        reader = new KeyReader("20250102030405"u8);
        Assert.True(reader.Part(out DateTime time, "yyyyMMddHHmmss", 14));
        Assert.Equal(new DateTime(2025, 1, 2, 3, 4, 5), time);
        reader = new KeyReader("2025010203"u8);
        Assert.True(reader.Part(out DateTimeOffset instant, "yyyyMMddHH", 10));
        Assert.Equal(new DateTimeOffset(2025, 1, 2, 3, 0, 0, TimeSpan.Zero), instant);
    }

    [Fact]
    public void Characters_read_back()
        => ReadsBack(Gens.Char, static (ref w, v) => w.Part(v, "c"), static (ref r, out v) => r.Part(out v));

    private static void ReadsBack<T>(WritePart<T> write, ReadPart<T> read)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
        => ReadsBack(Gens.Integer<T>(), write, read);

    private static void EnumReadsBack<TEnum>(Gen<TEnum> values)
        where TEnum : struct, Enum
        => ReadsBack(values, static (ref w, v) => w.Part(v), static (ref r, out v) => r.Part(out v));

    private static void ReadsBack<T>(Gen<T> values, WritePart<T> write, ReadPart<T> read)
        => Always.Holds(values, value =>
        {
            byte[] text = Write(value, write);
            var reader = new KeyReader([.. text, .. ":next"u8]);
            Assert.True(read(ref reader, out T parsed));
            Assert.Equal(value, parsed);
            Assert.True(reader.Literal(":next"u8));
            Assert.True(reader.End());
        });

    private static byte[] Write<T>(T value, WritePart<T> write)
    {
        var writer = new KeyWriter(stackalloc byte[4]);
        write(ref writer, value);
        return writer.ToRedisKey()!;
    }

    private static string Text<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => Encoding.UTF8.GetString(Write(value, static (ref w, v) => w.Part(v)));
}
