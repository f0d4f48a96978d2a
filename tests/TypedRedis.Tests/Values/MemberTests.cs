using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis.Tests;

/// <summary>Members and scores of what ranks and counts.</summary>
public class MemberTests
{
    private static readonly CodecContext Context = new(
        TestContext.Create(new RedisContextOptions { Prefix = "shop:" }), new LeaderboardSchema("Shop.Run", "Points") { Units = PeriodUnits.AllTime }, "{board:x}");

    public static TheoryData<long> Exact => [0, 1, -1, 1L << 53, -(1L << 53), (1L << 53) + 2, long.MinValue, 1L << 62, long.MaxValue - 1023];

    public static TheoryData<long> Inexact => [(1L << 53) + 1, -(1L << 53) - 1, long.MaxValue, long.MaxValue - 1, long.MinValue + 1, 1_000_000_000_000_000_001];

    [Theory]
    [MemberData(nameof(Exact))]
    public void Scores_that_a_double_holds_are_read_back(long score)
    {
        Assert.Equal(score, Context.ReadInt64Score(Context.WriteScore(score)));
        Assert.Equal(score, Context.ReadTimeSpanScore(Context.WriteScore(new TimeSpan(score))).Ticks);
    }

    [Theory]
    [MemberData(nameof(Inexact))]
    public void Scores_that_a_double_does_not_hold_are_refused(long score)
    {
        var error = Assert.Throws<RedisEncodeException>(() => Context.WriteScore(score));
        Assert.Equal(("Shop.Run", "shop:{board:x}", "Points"), (error.Model, error.Key, error.Field));
        Assert.Contains(score.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Contains("those up to 2^53 are exact", error.Message, StringComparison.Ordinal);
        Assert.Contains("28 years", Assert.Throws<RedisEncodeException>(() => Context.WriteScore(new TimeSpan(score))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_long_is_exact_or_refused() => Always.Holds(Gens.Integer<long>(), static score =>
    {
        // A double has 53 bits: what is exact has none below them.
        bool isExact = score == 0 || score == long.MinValue || 64 - long.LeadingZeroCount(Math.Abs(score)) - long.TrailingZeroCount(score) <= 53;
        double? written = null;
        try
        {
            written = Context.WriteScore(score);
        }
        catch (RedisEncodeException)
        {
        }

        Assert.Equal(isExact, written is not null);
        if (written is { } exact)
            Assert.Equal(score, Context.ReadInt64Score(exact));
    });

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Scores_that_have_no_place_are_refused(double score)
    {
        Assert.Contains("has no place in a ranking", Assert.Throws<RedisEncodeException>(() => Context.WriteScore(score)).Message, StringComparison.Ordinal);
        foreach (Action read in new Action[] { () => Context.ReadDoubleScore(score), () => Context.ReadInt32Score(score), () => Context.ReadInt64Score(score), () => Context.ReadTimeSpanScore(score) })
            Assert.Equal("Points", Assert.Throws<RedisDecodeException>(read).Field);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-1e300)]
    [InlineData(9223372036854775808.0)]
    public void Scores_that_are_no_integers_are_refused(double score)
    {
        Assert.Throws<RedisDecodeException>(() => Context.ReadInt32Score(score));
        Assert.Throws<RedisDecodeException>(() => Context.ReadTimeSpanScore(score));
        var error = Assert.Throws<RedisDecodeException>(() => Context.ReadInt64Score(score));
        Assert.Contains(score.ToString("R", CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Equal(score, Context.ReadDoubleScore(Context.WriteScore(score)));
    }

    [Fact]
    public void Integers_of_32_bits_have_their_range()
    {
        Assert.Equal(int.MaxValue, Context.ReadInt32Score(Context.WriteScore(int.MaxValue)));
        Assert.Equal(int.MinValue, Context.ReadInt32Score(Context.WriteScore(int.MinValue)));
        Assert.Throws<RedisDecodeException>(() => Context.ReadInt32Score(int.MaxValue + 1.0));
        Assert.Throws<RedisDecodeException>(() => Context.ReadInt32Score(int.MinValue - 1.0));
    }

    [Fact]
    public void Negative_zero_is_zero()
    {
        Assert.False(double.IsNegative(Context.WriteScore(-0.0)));
        Assert.False(double.IsNegative(Context.ReadDoubleScore(-0.0)));
        Assert.Equal(0, Context.ReadInt64Score(-0.0));
    }

    [Fact]
    public void Texts_are_members_as_they_are()
    {
        Assert.Equal("a:b{%}é😀", (string?)Context.WriteMember("a:b{%}é😀"));
        Assert.Equal("a:b{%}é😀", Context.ReadTextMember("a:b{%}é😀"));
        Assert.Equal("", Context.ReadTextMember(Context.WriteMember("")));
        var error = Assert.Throws<RedisEncodeException>(() => Context.WriteMember(null!));
        Assert.Equal(("Shop.Run", "shop:{board:x}", "(member)"), (error.Model, error.Key, error.Field));
        Assert.Contains("at index 1", Assert.Throws<RedisEncodeException>(() => Context.WriteMember("a\ud800")).Message, StringComparison.Ordinal);
        Assert.Contains("UTF-8 text", Assert.Throws<RedisDecodeException>(() => Context.ReadTextMember(new byte[] { 0xFF })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_are_checked_before_they_are_written()
    {
        Assert.Equal("x", Context.MemberPart("x", "Name"));
        Assert.Equal('x', Context.MemberPart('x', "Name"));
        Assert.Contains("the part 'Name' of a member", Assert.Throws<RedisEncodeException>(() => Context.MemberPart(null!, "Name")).Message, StringComparison.Ordinal);
        Assert.Equal("Name", Assert.Throws<RedisEncodeException>(() => Context.MemberPart("\udc00", "Name")).Field);
        Assert.Equal("Name", Assert.Throws<RedisEncodeException>(() => Context.MemberPart('\udc00', "Name")).Field);
    }

    [Fact]
    public void Integers_are_read_in_their_one_text()
    {
        Assert.Equal(ulong.MaxValue, Context.ReadIntegerMember<ulong>(Context.WriteMember(ulong.MaxValue)));
        Assert.Equal(Int128.MinValue, Context.ReadIntegerMember<Int128>(Context.WriteMember(Int128.MinValue)));
        Assert.Equal(UInt128.MaxValue, Context.ReadIntegerMember<UInt128>(Context.WriteMember(UInt128.MaxValue)));
        Assert.True(Context.WriteMember(7UL).IsInteger && Context.WriteMember((Int128)(-7)).IsInteger && Context.WriteMember((UInt128)7).IsInteger);
        Assert.Equal(-128, Context.ReadIntegerMember<sbyte>("-128"));
        foreach (RedisValue wrong in new RedisValue[] { "128", 128, "01", "+1", "-0", "", " 1", "x", RedisValue.Null })
        {
            var error = Assert.Throws<RedisDecodeException>(() => Context.ReadIntegerMember<sbyte>(wrong));
            Assert.Contains("an integer from -128 to 127", error.Message, StringComparison.Ordinal);
            Assert.Contains("'shop:{board:x}'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_writer_of_keys_writes_members()
    {
        var text = new KeyWriter(stackalloc byte[4]);
        text.Part("a:b", "Name");
        text.Literal(":"u8);
        text.Part(7);
        Assert.Equal("a%3Ab:7", (string?)text.ToRedisValue());
    }
}
