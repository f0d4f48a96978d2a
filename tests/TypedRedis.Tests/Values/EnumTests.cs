using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>Enums by name and by number.</summary>
public class EnumTests
{
    [Fact]
    public void A_value_is_written_by_the_name_declared_first()
        => Cultures.ForEach(static () =>
        {
            Assert.Equal("Free", Name(Plan.Free));
            Assert.Equal("Pro", Name(Plan.Professional));
            Assert.Equal("Größe", Name(Plan.Größe));
            Assert.Equal("Top", Name(Wide.Top));
        });

    [Fact]
    public void Flags_are_separated_by_commas()
    {
        Assert.Equal("Read", Name(Rights.Read));
        Assert.Equal("ReadWrite", Name(Rights.Read | Rights.Write));
        Assert.Equal("ReadWrite,Share,Top", Name(Rights.ReadWrite | Rights.Share | Rights.Top));
        Assert.Equal("Write,Share", Name(Rights.Write | Rights.Share));
        Assert.Equal("", Name((Rights)0));
        Assert.Equal("None", Name(Modes.None));
        Assert.Equal("A,Last", Name(Modes.A | Modes.Last));
    }

    [Fact]
    public void Every_value_with_names_reads_back()
    {
        NameReadsBack(Gen.Elements(Plan.Free, Plan.Pro, Plan.Größe));
        NameReadsBack(Gen.Elements(Wide.Zero, Wide.Top));
        NameReadsBack(Gen.Choose(0, 0xFFFF).Select(static bits => (Rights)(bits & 0x800B)));
        NameReadsBack(Gen.Elements(Modes.None, Modes.A, Modes.Last, Modes.A | Modes.Last));
        NameReadsBack(Gen.Choose(0, 6).Select(static day => (DayOfWeek)day));
        NameReadsBack(Gen.Elements(Enum.GetValues<System.Net.HttpStatusCode>()));
    }

    [Fact]
    public void An_alias_is_read() => Assert.Equal(Plan.Pro, Fields.Read("Professional", (in c, v) => c.ReadEnum<Plan>(v, 0)));

    [Fact]
    public void A_value_without_a_name_is_refused()
    {
        RedisEncodeException error = Fields.Refused((in c, v) => c.WriteEnum(v, 0, default(Plan)));
        Assert.Contains("0 is not a value of Plan, which has Free, Pro, Größe", error.Message);
        Assert.Contains("EnumFormat.Number", error.Message);
        Cultures.ForEach(static () => Assert.Contains(": -4 is not a value of Plan", Fields.Refused((in c, v) => c.WriteEnum(v, 0, (Plan)(-4))).Message));
        Fields.Refused((in c, v) => c.WriteEnum(v, 0, (Rights)4));
        Fields.Refused((in c, v) => c.WriteEnum(v, 0, Rights.Read | (Rights)4));
        Fields.Refused((in c, v) => c.WriteEnum(v, 0, (Wide)3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("free")]
    [InlineData("FREE")]
    [InlineData("Gold")]
    [InlineData("1")]
    [InlineData(" Free")]
    [InlineData("Free,Pro")]
    [InlineData("value__")]
    public void An_unknown_name_is_refused_with_the_known_ones(string text)
    {
        RedisDecodeException error = Fields.Refused(text, (in c, v) => c.ReadEnum<Plan>(v, 0));
        Assert.Contains("which is not a name of Plan (it has Free, Pro, Größe;", error.Message);
        Assert.Equal(text, error.Value);
    }

    [Theory]
    [InlineData("Read, Write")]
    [InlineData("Read,")]
    [InlineData(",Read")]
    [InlineData("Read,,Write")]
    [InlineData("Read,Gold")]
    [InlineData("3")]
    public void Flags_of_an_unknown_name_are_refused(string text)
        => Assert.Contains("flags are separated by commas", Fields.Refused(text, (in c, v) => c.ReadEnum<Rights>(v, 0)).Message);

    [Fact]
    public void Flags_are_read_in_any_order()
        => Assert.Equal(Rights.ReadWrite | Rights.Top, Fields.Read("Top,Write,Read", (in c, v) => c.ReadEnum<Rights>(v, 0)));

    [Fact]
    public void Every_value_reads_back_as_a_number()
    {
        NumberReadsBack(Gens.Integer<int>().Select(static value => (Plan)value));
        NumberReadsBack(Gens.Integer<ushort>().Select(static value => (Rights)value));
        NumberReadsBack(Gens.Integer<long>().Select(static value => (Modes)value));
        NumberReadsBack(Gens.Integer<ulong>().Select(static value => (Wide)value));
        Assert.Equal("18446744073709551615", Fields.Text((in c, v) => c.WriteEnumNumber(v, 0, Wide.Top)));
        Assert.Equal("-3", Fields.Text((in c, v) => c.WriteEnumNumber(v, 0, (Plan)(-3))));
    }

    [Fact]
    public void A_number_beyond_the_enum_is_refused()
    {
        foreach (string text in (string[])["-1", "65536", "Read", ""])
        {
            Assert.Contains("a number in the range of Rights", Fields.Refused(text, (in c, v) => c.ReadEnumNumber<Rights>(v, 0)).Message);
        }

        Fields.Refused(-1, (in c, v) => c.ReadEnumNumber<Rights>(v, 0));
        Fields.Refused(65536, (in c, v) => c.ReadEnumNumber<Rights>(v, 0));
        Fields.Refused(-1, (in c, v) => c.ReadEnumNumber<Wide>(v, 0));
        Fields.Refused(1L << 31, (in c, v) => c.ReadEnumNumber<Plan>(v, 0));
        Fields.Refused("18446744073709551616", (in c, v) => c.ReadEnumNumber<Wide>(v, 0));
    }

    private static string Name<TEnum>(TEnum value)
        where TEnum : struct, Enum
        => Fields.Text((in c, v) => c.WriteEnum(v, 0, value));

    private static void NameReadsBack<TEnum>(Gen<TEnum> values)
        where TEnum : struct, Enum
        => Always.Holds(values, static value => Assert.Equal(value, Fields.Read(Name(value), (in c, v) => c.ReadEnum<TEnum>(v, 0))));

    private static void NumberReadsBack<TEnum>(Gen<TEnum> values)
        where TEnum : struct, Enum
        => Always.Holds(values, static value =>
        {
            RedisValue written = Fields.Write((in c, v) => c.WriteEnumNumber(v, 0, value));
            Assert.Equal(value, Fields.Read(written, (in c, v) => c.ReadEnumNumber<TEnum>(v, 0)));
            Assert.Equal(value, Fields.Read((RedisValue)(byte[]?)written, (in c, v) => c.ReadEnumNumber<TEnum>(v, 0)));
            Assert.Equal(Convert.ToString(Convert.ChangeType(value, Enum.GetUnderlyingType(typeof(TEnum)), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), (string?)written);
        });
}
