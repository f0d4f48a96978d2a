using StackExchange.Redis;

namespace TypedRedis.Tests.Protection;

/// <summary>A model with one field, <c>ssn</c>, that is protected in one way or another.</summary>
internal static class Secrets
{
    /// <summary>The bytes from 0 to 31.</summary>
    public static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    public static readonly byte[] OtherKey = [.. Enumerable.Range(0, 32).Select(static i => (byte)(255 - i))];

    public static readonly ProtectedField Encrypted = new(0) { Encrypted = true };

    public static readonly ProtectedField Brotli = new(0) { CompressOver = 64 };

    public static readonly ProtectedField Zlib = new(0) { CompressOver = 64, Compression = CompressionAlgorithm.Zlib };

    public static readonly ProtectedField EncryptedBrotli = new(0) { Encrypted = true, CompressOver = 64 };

    public static readonly ProtectedField EncryptedZlib = new(0) { Encrypted = true, CompressOver = 64, Compression = CompressionAlgorithm.Zlib };

    public static readonly ProtectedField[] All = [Encrypted, Brotli, Zlib, EncryptedBrotli, EncryptedZlib];

    public static EncryptionKeyRing Ring() => new("k1", Key);

    public static CodecContext Codec(
        ProtectedField field, EncryptionKeyRing? ring = null, string prefix = "p:", string key = "user:42", string name = "ssn")
        => new(
            TestContext.Create(new RedisContextOptions { Prefix = prefix, KeyRing = ring ?? Ring() }),
            new HashSchema("Shop.User", [name], presence: 0) { Protected = [field] },
            (RedisKey)System.Text.Encoding.UTF8.GetBytes(key));

    /// <summary>What stands in Redis for a value.</summary>
    public static byte[] Protect(in CodecContext context, RedisValue value)
    {
        RedisValue[] values = [value];
        context.Protect(values);
        return values[0]!;
    }

    /// <summary>The value of what stands in Redis.</summary>
    public static byte[] Unprotect(in CodecContext context, byte[] stored)
    {
        RedisValue[] values = [stored];
        context.Unprotect(values);
        return values[0]!;
    }
}
