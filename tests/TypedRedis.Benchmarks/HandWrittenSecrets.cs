using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace TypedRedis.Benchmarks;

/// <summary>What a careful developer writes for a secret of some KB: AES-GCM bound to key and field, Brotli of the same quality; one cipher that is kept, for one caller at a time.</summary>
internal sealed class HandWrittenSecrets(byte[] key) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(key, TagSize);

    public byte[] Encrypt(string text, string redisKey, string field) => Encrypt(Encoding.UTF8.GetBytes(text), redisKey, field);

    public string Decrypt(byte[] stored, string redisKey, string field) => Encoding.UTF8.GetString(DecryptBytes(stored, redisKey, field));

    public byte[] CompressAndEncrypt(string text, string redisKey, string field) => Encrypt(Compress(text), redisKey, field);

    public string DecryptAndDecompress(byte[] stored, string redisKey, string field) => Decompress(DecryptBytes(stored, redisKey, field));

    public static byte[] Compress(string text)
    {
        byte[] value = Encoding.UTF8.GetBytes(text);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(value.Length));
        BrotliEncoder.TryCompress(value, buffer, out int length, quality: 1, window: 22);
        byte[] result = [.. BitConverter.GetBytes(value.Length), .. buffer.AsSpan(0, length)];
        ArrayPool<byte>.Shared.Return(buffer);
        return result;
    }

    public static string Decompress(byte[] stored)
    {
        var value = new byte[BitConverter.ToInt32(stored)];
        return BrotliDecoder.TryDecompress(stored.AsSpan(sizeof(int)), value, out int length) && length == value.Length
            ? Encoding.UTF8.GetString(value)
            : throw new InvalidDataException();
    }

    public void Dispose() => _cipher.Dispose();

    private byte[] Encrypt(byte[] value, string redisKey, string field)
    {
        var result = new byte[NonceSize + value.Length + TagSize];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceSize));
        _cipher.Encrypt(result.AsSpan(0, NonceSize), value, result.AsSpan(NonceSize, value.Length), result.AsSpan(NonceSize + value.Length), Data(redisKey, field));
        return result;
    }

    private byte[] DecryptBytes(byte[] stored, string redisKey, string field)
    {
        var value = new byte[stored.Length - NonceSize - TagSize];
        _cipher.Decrypt(stored.AsSpan(0, NonceSize), stored.AsSpan(NonceSize, value.Length), stored.AsSpan(NonceSize + value.Length), value, Data(redisKey, field));
        return value;
    }

    private static byte[] Data(string redisKey, string field) => Encoding.UTF8.GetBytes($"{redisKey}\0{field}");
}
