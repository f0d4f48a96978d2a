using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>What is read besides what was written, and what is refused.</summary>
public class DecodeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("7", 7)]
    [InlineData("007", 7)]
    [InlineData("-12", -12)]
    [InlineData("127", 127)]
    [InlineData("-128", -128)]
    public void Integers_are_an_optional_sign_and_digits(string text, int value)
    {
        Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadSByte(v, 0)));
        Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadInt16(v, 0)));
        Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadInt32(v, 0)));
        Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadInt64(v, 0)));
        Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadInt128(v, 0)));
        Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadBigInteger(v, 0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" 7")]
    [InlineData("7 ")]
    [InlineData("7\n")]
    [InlineData("7\0")]
    [InlineData("+7")]
    [InlineData("-")]
    [InlineData("--7")]
    [InlineData("1,000")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x1F")]
    [InlineData("(1)")]
    [InlineData("$1")]
    [InlineData("٧")]
    [InlineData("−7")]
    [InlineData("seven")]
    public void Anything_else_is_no_integer(string text)
        => Cultures.ForEach(() =>
        {
            Assert.Contains("which is not an integer from 0 to 255", Fields.Refused(text, (in c, v) => c.ReadByte(v, 0)).Message);
            Fields.Refused(text, (in c, v) => c.ReadSByte(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadInt16(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadUInt16(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadInt32(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadUInt32(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadInt64(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadUInt64(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadInt128(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadUInt128(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadBigInteger(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadEnumNumber<DayOfWeek>(v, 0));
        });

    [Fact]
    public void What_is_out_of_range_is_refused_as_text_and_as_an_integer_of_the_driver()
    {
        Range<sbyte>((in c, v) => c.ReadSByte(v, 0));
        Range<byte>((in c, v) => c.ReadByte(v, 0));
        Range<short>((in c, v) => c.ReadInt16(v, 0));
        Range<ushort>((in c, v) => c.ReadUInt16(v, 0));
        Range<int>((in c, v) => c.ReadInt32(v, 0));
        Range<uint>((in c, v) => c.ReadUInt32(v, 0));
        Range<long>((in c, v) => c.ReadInt64(v, 0));
        Range<ulong>((in c, v) => c.ReadUInt64(v, 0));
        Range<Int128>((in c, v) => c.ReadInt128(v, 0));
        Range<UInt128>((in c, v) => c.ReadUInt128(v, 0));

        static void Range<T>(ReadField<T> read)
            where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
        {
            foreach (BigInteger value in (BigInteger[])[BigInteger.CreateChecked(T.MaxValue) + 1, BigInteger.CreateChecked(T.MinValue) - 1])
            {
                Fields.Refused(value.ToString(), read);
                if (value >= long.MinValue && value <= long.MaxValue)
                {
                    Fields.Refused((long)value, read);
                }
            }

            Assert.Equal(T.MaxValue, Fields.Read(T.MaxValue.ToString()!, read));
            Assert.Equal(T.MinValue, Fields.Read(T.MinValue.ToString()!, read));
        }
    }

    [Theory]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("+inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("Infinity", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("NaN", double.NaN)]
    [InlineData("nan", double.NaN)]
    [InlineData("5", 5)]
    [InlineData("-0", -0.0)]
    [InlineData(".5", 0.5)]
    [InlineData("-.5", -0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e3", 1000)]
    [InlineData("1E+3", 1000)]
    [InlineData("1.5e-3", 0.0015)]
    [InlineData("0.25", 0.25)]
    public void Floating_point_numbers_are_read_as_Redis_and_NET_write_them(string text, double value)
        => Cultures.ForEach(() =>
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(Fields.Read(text, (in c, v) => c.ReadDouble(v, 0))));
            Assert.Equal((float)value, Fields.Read(text, (in c, v) => c.ReadSingle(v, 0)));
            Assert.Equal((Half)value, Fields.Read(text, (in c, v) => c.ReadHalf(v, 0)));
        });

    [Theory]
    [InlineData("")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\0")]
    [InlineData("+1")]
    [InlineData("+Infinity")]
    [InlineData("infinity")]
    [InlineData("INF")]
    [InlineData("-nan")]
    [InlineData("∞")]
    [InlineData("1,5")]
    [InlineData("1,000.5")]
    [InlineData("1e")]
    [InlineData(".")]
    [InlineData("-")]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    public void Anything_else_is_no_floating_point_number(string text)
        => Cultures.ForEach(() =>
        {
            Fields.Refused(text, (in c, v) => c.ReadDouble(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadSingle(v, 0));
            Fields.Refused(text, (in c, v) => c.ReadHalf(v, 0));
        });

    [Fact]
    public void Floating_point_numbers_beyond_their_type_are_refused()
    {
        Fields.Refused("1e39", (in c, v) => c.ReadSingle(v, 0));
        Fields.Refused("70000", (in c, v) => c.ReadHalf(v, 0));
        Fields.Refused(70000, (in c, v) => c.ReadHalf(v, 0));
    }

    [Theory]
    [InlineData("1.00", "1.00")]
    [InlineData("-1.50", "-1.50")]
    [InlineData("5", "5")]
    [InlineData("5.", "5")]
    [InlineData(".5", "0.5")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    public void Decimals_are_read_with_all_their_digits(string text, string value)
        => Cultures.ForEach(() => Assert.Equal(value, Fields.Read(text, (in c, v) => c.ReadDecimal(v, 0)).ToString(CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1\0")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("0.00000000000000000000000000001")]
    [InlineData("0.33333333333333333333333333333333")]
    public void A_decimal_that_would_lose_digits_is_refused(string text)
        => Assert.Contains("decimal", Fields.Refused(text, (in c, v) => c.ReadDecimal(v, 0)).Message);

    [Fact]
    public void Integers_of_the_driver_are_read_as_numbers_of_every_type()
    {
        Assert.Equal(5m, Fields.Read(5, (in c, v) => c.ReadDecimal(v, 0)));
        Assert.Equal(5.0, Fields.Read(5, (in c, v) => c.ReadDouble(v, 0)));
        Assert.Equal(5f, Fields.Read(5, (in c, v) => c.ReadSingle(v, 0)));
        Assert.Equal((BigInteger)5, Fields.Read(5, (in c, v) => c.ReadBigInteger(v, 0)));
        Assert.Equal("5", Fields.Read(5, (in c, v) => c.ReadString(v, 0)));
        Assert.Equal('5', Fields.Read(5, (in c, v) => c.ReadChar(v, 0)));
        Assert.True(Fields.Read(1, (in c, v) => c.ReadBoolean(v, 0)));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("2")]
    [InlineData("01")]
    [InlineData("")]
    public void A_boolean_is_one_or_zero(string text)
    {
        Fields.Refused(text, (in c, v) => c.ReadBoolean(v, 0));
        Fields.Refused(2, (in c, v) => c.ReadBoolean(v, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("😀")]
    public void A_character_is_one_of_UTF16(string text) => Fields.Refused(text, (in c, v) => c.ReadChar(v, 0));

    [Theory]
    [InlineData(new byte[] { 0xFF }, "\\xFF")]
    [InlineData(new byte[] { 0x61, 0xC0, 0x80 }, "a\\xC0\\x80")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "\\xED\\xA0\\x80")]
    public void Bytes_that_are_no_UTF8_are_no_text(byte[] bytes, string shown)
    {
        Assert.Equal(shown, Fields.Refused(bytes, (in c, v) => c.ReadString(v, 0)).Value);
        Fields.Refused(bytes, (in c, v) => c.ReadChar(v, 0));
        Fields.Refused(bytes, (in c, v) => c.ReadUri(v, 0));
        Fields.Refused(bytes, (in c, v) => c.ReadGuid(v, 0));
        Fields.Refused(bytes, (in c, v) => c.ReadParsable<Note>(v, 0));
        Fields.Refused(bytes, (in c, v) => c.ReadEnum<Plan>(v, 0));
        Fields.Refused(bytes, (in c, v) => c.ReadJson<string>(v, 0));
    }

    [Fact]
    public void Dates_and_the_like_have_one_form()
        => Cultures.ForEach(static () =>
        {
            Fields.Refused("2025-1-1", (in c, v) => c.ReadDateOnly(v, 0));
            Fields.Refused("2025-02-29", (in c, v) => c.ReadDateOnly(v, 0));
            Fields.Refused("2025-01-01 ", (in c, v) => c.ReadDateOnly(v, 0));
            Fields.Refused("23:59", (in c, v) => c.ReadTimeOnly(v, 0));
            Fields.Refused("24:00:00.0000000", (in c, v) => c.ReadTimeOnly(v, 0));
            Fields.Refused("2025-01-01", (in c, v) => c.ReadDateTime(v, 0));
            Fields.Refused("2025-01-01T00:00:00Z", (in c, v) => c.ReadDateTime(v, 0));
            Fields.Refused("2025-01-01T00:00:00.0000000Z ", (in c, v) => c.ReadDateTime(v, 0));
            Fields.Refused("2025-01-01T00:00:00.0000000", (in c, v) => c.ReadDateTimeOffset(v, 0));
            Fields.Refused("5", (in c, v) => c.ReadTimeSpan(v, 0));
            Fields.Refused(5, (in c, v) => c.ReadTimeSpan(v, 0));
            Fields.Refused(" 00:00:05", (in c, v) => c.ReadTimeSpan(v, 0));
            Fields.Refused("1.02", (in c, v) => c.ReadVersion(v, 0));
            Fields.Refused(" 1.2", (in c, v) => c.ReadVersion(v, 0));
            Fields.Refused("1", (in c, v) => c.ReadVersion(v, 0));
            Fields.Refused("{00000000-0000-0000-0000-000000000000}", (in c, v) => c.ReadGuid(v, 0));
            Fields.Refused("00000000-0000-0000-0000-000000000000 ", (in c, v) => c.ReadGuid(v, 0));
            Fields.Refused("", (in c, v) => c.ReadGuid(v, 0));
            Fields.Refused("http://[", (in c, v) => c.ReadUri(v, 0));
        });

    [Fact]
    public void Absent_and_empty_are_not_the_same()
    {
        Assert.Equal("", Fields.Read(RedisValue.EmptyString, (in c, v) => c.ReadString(v, 0)));
        Assert.Empty(Fields.Read(RedisValue.EmptyString, (in c, v) => c.ReadBytes(v, 0)));
        Assert.True(Fields.Read(RedisValue.EmptyString, (in c, v) => c.ReadMemory(v, 0)).IsEmpty);
        Assert.False(Fields.Write((in c, v) => c.Write(v, 0, "")).IsNull);
        Assert.False(Fields.Write((in c, v) => c.Write(v, 0, Array.Empty<byte>())).IsNull);
        Assert.False(Fields.Write((in c, v) => c.Write(v, 0, default(ReadOnlyMemory<byte>))).IsNull);
    }

    [Fact]
    public void Bytes_from_the_wire_and_bytes_to_it_are_not_copied()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Same(bytes, Fields.Read(bytes, (in c, v) => c.ReadBytes(v, 0)));
        Assert.Same(bytes, (byte[]?)Fields.Write((in c, v) => c.Write(v, 0, bytes)));
        Assert.Same(bytes, (byte[]?)Fields.Write((in c, v) => c.Write(v, 0, (ReadOnlyMemory<byte>)bytes)));
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_and_nothing_else()
    {
        Gen<byte[]> digits = Gen.Elements("0123456789+-.eE:T,Z nai\0"u8.ToArray()).ArrayOf();
        Always.Holds(Gen.OneOf(Gens.Bytes, digits), static bytes =>
        {
            foreach (ReadField<object> read in Reads.All)
            {
                try
                {
                    Fields.Read((RedisValue)bytes, read);
                }
                catch (RedisDecodeException error)
                {
                    Fields.AssertNames(error, error.Field);
                }
            }
        });
    }

    [Fact]
    public void A_missing_field_is_named_whatever_its_type()
        => Assert.All(Reads.All, static read =>
        {
            var error = Assert.Throws<RedisDecodeException>(() => { Fields.Read(RedisValue.Null, read); });
            Fields.AssertNames(error, error.Field);
            Assert.Null(error.Value);
            Assert.Contains("the required field 'name' of 'user:42' is missing", error.Message);
        });
}
