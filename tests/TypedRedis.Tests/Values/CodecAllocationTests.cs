using System.Numerics;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>Writing costs the bytes of the value, and nothing for integers; reading costs the value.</summary>
public class CodecAllocationTests
{
    private static readonly RedisValue[] Slot = new RedisValue[1];

    [Fact]
    public void Integers_are_written_without_allocation()
        => Written(0, (in c, v) =>
        {
            c.Write(v, 0, (sbyte)-1);
            c.Write(v, 0, (byte)1);
            c.Write(v, 0, (short)-1);
            c.Write(v, 0, (ushort)1);
            c.Write(v, 0, int.MinValue);
            c.Write(v, 0, uint.MaxValue);
            c.Write(v, 0, long.MinValue);
            c.Write(v, 0, 1UL);
            c.Write(v, 0, (Int128)(-5));
            c.Write(v, 0, (UInt128)5);
            c.Write(v, 0, new BigInteger(5));
            c.Write(v, 0, true);
            c.Write(v, 0, 5.0);
            c.Write(v, 0, -5f);
            c.WriteEnum(v, 0, Plan.Pro);
            c.WriteEnumNumber(v, 0, Plan.Pro);
        });

    [Fact]
    public void Text_is_written_as_one_array()
    {
        Written(36, (in c, v) => c.Write(v, 0, Guid.Empty));
        Written(20, (in c, v) => c.Write(v, 0, ulong.MaxValue));
        Written(39, (in c, v) => c.Write(v, 0, UInt128.MaxValue));
        Written(31, (in c, v) => c.Write(v, 0, BigInteger.Pow(10, 30)), slack: 200);
        Written(4, (in c, v) => c.Write(v, 0, -1.5));
        Written(3, (in c, v) => c.Write(v, 0, 0.1f));
        Written(3, (in c, v) => c.Write(v, 0, (Half)0.5));
        Written(4, (in c, v) => c.Write(v, 0, 1.00m));
        Written(10, (in c, v) => c.Write(v, 0, DateOnly.MaxValue));
        Written(16, (in c, v) => c.Write(v, 0, TimeOnly.MaxValue));
        Written(28, (in c, v) => c.Write(v, 0, DateTime.UnixEpoch));
        Written(33, (in c, v) => c.Write(v, 0, DateTimeOffset.UnixEpoch));
        Written(8, (in c, v) => c.Write(v, 0, TimeSpan.FromHours(1)));
        Written(2, (in c, v) => c.Write(v, 0, 'ü'));
        Written(8, (in c, v) => c.Write(v, 0, "größe!"));
        Written(2000, (in c, v) => c.Write(v, 0, LongText));
        Written(10, (in c, v) => c.WriteEnum(v, 0, Rights.Share | Rights.Read));
    }

    [Fact]
    public void Values_are_read_without_allocation()
    {
        Read("-5", (in c, v) => c.ReadInt32(v, 0) + c.ReadInt64(v, 0) + c.ReadSByte(v, 0) + (long)c.ReadInt128(v, 0) + c.ReadDouble(v, 0) + (double)c.ReadDecimal(v, 0));
        Read("0.25", (in c, v) => c.ReadDouble(v, 0) + c.ReadSingle(v, 0) + (double)c.ReadHalf(v, 0) + (double)c.ReadDecimal(v, 0));
        Read("1", (in c, v) => c.ReadBoolean(v, 0) ? 1 : 0);
        Read("x", (in c, v) => c.ReadChar(v, 0));
        Read("01234567-89ab-cdef-0123-456789abcdef", (in c, v) => c.ReadGuid(v, 0).Version);
        Read("2025-12-31", (in c, v) => c.ReadDateOnly(v, 0).Day);
        Read("23:59:59.0000000", (in c, v) => c.ReadTimeOnly(v, 0).Hour);
        Read("2025-12-31T23:59:59.0000000Z", (in c, v) => c.ReadDateTime(v, 0).Day + c.ReadDateTimeOffset(v, 0).Day);
        Read("1.02:03:04", (in c, v) => c.ReadTimeSpan(v, 0).Days);
        Read("Pro", (in c, v) => (int)c.ReadEnum<Plan>(v, 0));
        Read("Read,Top", (in c, v) => (int)c.ReadEnum<Rights>(v, 0));
        Read("2", (in c, v) => (int)c.ReadEnumNumber<Plan>(v, 0));
        Read("bytes", (in c, v) => c.ReadBytes(v, 0).Length + c.ReadMemory(v, 0).Length);
    }

    [Fact]
    public void A_string_is_read_as_one_string()
        => Assert.Equal(Allocations.OfString(5), Allocations.PerCall(Reader("größe"u8.ToArray(), (in c, v) => c.ReadString(v, 0).Length)));

#if !DEBUG // Generic code that is not optimised boxes a struct to compare it with null.
    [Fact]
    public void Structs_with_their_own_text_are_not_boxed()
    {
        Written(6, (in c, v) => c.WriteParsable(v, 0, new Temperature(1.5m)));
        Read("21.5°C", (in c, v) => (double)c.ReadParsable<Temperature>(v, 0).Degrees);
    }
#endif

    private static readonly string LongText = new('x', 2000);

    private static void Written(int length, WriteField write, long slack = 0)
    {
        CodecContext context = TestContext.Codec();
        long bytes = Allocations.PerCall(() => write(context, Slot));
        long expected = length == 0 ? 0 : Allocations.OfArray(length);
        Assert.InRange(bytes, expected, expected + slack);
        if (length > 0)
        {
            Assert.Equal(length, ((byte[]?)Slot[0])!.Length);
        }
    }

    private static void Read(string text, ReadField<double> read)
        => Assert.Equal(0, Allocations.PerCall(Reader(Encoding.UTF8.GetBytes(text), read)));

    private static Action Reader(byte[] text, ReadField<double> read)
    {
        CodecContext context = TestContext.Codec();
        RedisValue[] values = [text];
        return () => read(context, values);
    }
}
