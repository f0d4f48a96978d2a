using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StackExchange.Redis;

namespace TypedRedis.Tests.Protection;

/// <summary>Compression, its limits, and <c>[MaxSize]</c>.</summary>
public class SizeTests
{
    // Values around the threshold of 64 bytes, that compress well or not at all, some of which begin like an envelope.
    private static readonly Gen<byte[]> Values =
        from head in Gen.Elements<byte[]>([], [0xFF], [0xFF, 0x54], [0xFF, 0x54, 0x52], [0xFF, 0x54, 0x52, 0], [0xFF, 0x54, 0x52, 1], [0xFF, 0x54, 0x52, 2], [0xFF, 0x54, 0x52, 0x10], [0xFF, 0x54, 0x52, 0x7F])
        from length in Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(50, 80), Gen.Choose(0, 5000))
        from distinct in Gen.Elements(1, 4, 256)
        from seed in Gen.Choose(0, int.MaxValue)
        select (byte[])[.. head, .. Enumerable.Range(0, length).Select(i => (byte)(new Random(seed ^ i).Next(distinct)))];

    [Fact]
    public void Every_value_reads_back_as_itself() => Always.Holds(Values, static value =>
    {
        foreach (ProtectedField field in Secrets.All)
        {
            CodecContext context = Secrets.Codec(field);
            byte[] stored = Secrets.Protect(context, value);
            Assert.Equal(value, Secrets.Unprotect(context, stored));
            if (!field.Encrypted)
            {
                Assert.True(stored.Length <= value.Length + Envelope.HeaderSize);
                Assert.True(stored.Length <= value.Length || value.AsSpan().StartsWith(Envelope.Mark));
            }
        }
    });

    [Theory]
    [InlineData(CompressionAlgorithm.Brotli, Envelope.Brotli)]
    [InlineData(CompressionAlgorithm.Zlib, Envelope.Zlib)]
    public void A_value_over_the_threshold_is_compressed(CompressionAlgorithm algorithm, byte kind)
    {
        CodecContext context = Secrets.Codec(new(0) { CompressOver = 1000, Compression = algorithm });

        string below = new('a', 1000);
        Assert.Equal(below, Encoding.UTF8.GetString(Secrets.Protect(context, below)));

        string above = new('a', 1001);
        byte[] stored = Secrets.Protect(context, above);
        Assert.Equal([0xFF, 0x54, 0x52, kind, 0, 0, 0x03, 0xE9], stored[..8]);
        Assert.InRange(stored.Length, 9, 60);
        Assert.Equal(above, Encoding.UTF8.GetString(Secrets.Unprotect(context, stored)));
    }

    [Fact]
    public void What_other_programs_compressed_is_read()
    {
        // Made by Python's zlib and by Node's Brotli.
        byte[] zlib = Convert.FromHexString("ff5452010000006478014b4ca43d00007a4725e5");
        byte[] brotli = Convert.FromHexString("ff545202000000641b6300f825c202b140a003");
        foreach (ProtectedField field in (ProtectedField[])[Secrets.Brotli, Secrets.Zlib])
        {
            Assert.Equal(new string('a', 100), Encoding.ASCII.GetString(Secrets.Unprotect(Secrets.Codec(field), zlib)));
            Assert.Equal(new string('a', 100), Encoding.ASCII.GetString(Secrets.Unprotect(Secrets.Codec(field), brotli)));
        }
    }

    [Theory]
    [InlineData(CompressionAlgorithm.Brotli)]
    [InlineData(CompressionAlgorithm.Zlib)]
    public void What_cannot_be_compressed_stays_as_it_is(CompressionAlgorithm algorithm)
    {
        CodecContext context = Secrets.Codec(new(0) { CompressOver = 1, Compression = algorithm });
        foreach (int length in (int[])[2, 8, 9, 16, 1000, 100_000])
        {
            byte[] noise = RandomNumberGenerator.GetBytes(length);
            noise[0] = 0;
            Assert.Equal(noise, Secrets.Protect(context, noise));
        }
    }

    [Fact]
    public void Integers_stay_integers()
    {
        RedisValue[] values = [long.MinValue];
        Secrets.Codec(new(0) { CompressOver = 1, MaxSize = 20 }).Protect(values);
        Assert.True(values[0].IsInteger);
    }

    [Theory]
    [InlineData(CompressionAlgorithm.Brotli)]
    [InlineData(CompressionAlgorithm.Zlib)]
    public void Damaged_data_is_an_error_and_never_another_value(CompressionAlgorithm algorithm)
    {
        CodecContext context = Secrets.Codec(new(0) { CompressOver = 64, Compression = algorithm });
        byte[] stored = Secrets.Protect(context, string.Join(' ', Enumerable.Range(0, 200)));

        for (int length = 4; length < stored.Length; length++)
            Damaged(context, stored[..length]);
        foreach (int delta in (int[])[-1, 1, 1000, -20])
        {
            byte[] wrong = [.. stored];
            BinaryPrimitives.WriteInt32BigEndian(wrong.AsSpan(4), BinaryPrimitives.ReadInt32BigEndian(wrong.AsSpan(4)) + delta);
            Damaged(context, wrong);
        }

        Damaged(context, [.. stored[..8], .. RandomNumberGenerator.GetBytes(40)]);
        Damaged(context, [.. stored, 0]);
    }

    [Theory]
    [InlineData(CompressionAlgorithm.Brotli)]
    [InlineData(CompressionAlgorithm.Zlib)]
    public void A_bomb_is_refused_before_it_goes_off(CompressionAlgorithm algorithm)
    {
        // 64 MB of zeros in some hundred bytes or some KB.
        byte[] bomb = Secrets.Protect(Secrets.Codec(new(0) { CompressOver = 64, Compression = algorithm }), new byte[64 * 1024 * 1024]);
        CodecContext limited = Secrets.Codec(new(0) { CompressOver = 64, Compression = algorithm, MaxSize = 1024 * 1024 });

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more than the limit of 1048576", Damaged(limited, bomb).Message);

        // The header lies.
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(4), 1024 * 1024);
        Damaged(limited, bomb);

        // A header that promises much over little data makes nobody allocate it.
        byte[] liar = [.. bomb[..4], 0x1F, 0xFF, 0xFF, 0xFF, .. bomb[8..40]];
        Damaged(Secrets.Codec(new(0) { CompressOver = 64 }), liar);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);

        BinaryPrimitives.WriteUInt32BigEndian(liar.AsSpan(4), uint.MaxValue);
        Assert.Contains("more than the limit of 536870912", Damaged(Secrets.Codec(new(0) { CompressOver = 64 }), liar).Message);
    }

    [Fact]
    public void A_value_over_MaxSize_is_refused_and_named()
    {
        foreach (var (encrypted, compressOver) in ((bool, int?)[])[(false, null), (false, 64), (true, null), (true, 64)])
        {
            CodecContext context = Secrets.Codec(new(0) { Encrypted = encrypted, CompressOver = compressOver, MaxSize = 100 });
            Assert.Equal(new string('a', 100), Encoding.UTF8.GetString(Secrets.Unprotect(context, Secrets.Protect(context, new string('a', 100)))));

            RedisValue[] values = [new string('a', 101)];
            var error = Assert.Throws<RedisEncodeException>(() => Secrets.Codec(new(0) { Encrypted = encrypted, CompressOver = compressOver, MaxSize = 100 }).Protect(values));
            Assert.Equal(("Shop.User", "p:user:42", "ssn"), (error.Model, error.Key, error.Field));
            Assert.Contains("has 101 bytes, more than the 100 of [MaxSize]", error.Message);
        }

        RedisValue[] number = [-1234];
        Assert.Contains("has 5 bytes", Assert.Throws<RedisEncodeException>(() => Secrets.Codec(new(0) { MaxSize = 4 }).Protect(number)).Message);
    }

    [Fact]
    public void A_limit_alone_leaves_values_as_they_are()
    {
        CodecContext context = Secrets.Codec(new(0) { MaxSize = 100 });
        byte[] value = [0xFF, 0x54, 0x52, 0x10, 1, 2, 3];
        Assert.Equal(value, Secrets.Protect(context, value));
        Assert.Equal(value, Secrets.Unprotect(context, value));
    }

    private static RedisDecodeException Damaged(CodecContext context, byte[] stored) => Assert.Throws<RedisDecodeException>(() => { Secrets.Unprotect(context, stored); });
}
