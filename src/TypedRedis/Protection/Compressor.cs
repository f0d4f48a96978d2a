using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace TypedRedis;

/// <summary>Compresses values into envelopes and back.</summary>
internal static class Compressor
{
    /// <summary>The envelope's header and the length of the value.</summary>
    public const int Overhead = Envelope.HeaderSize + sizeof(int);

    // How fast, and how well: quality 1 of 11 and the window of the format's own tools.
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 22;

    // More than that is never allocated on the word of a header alone.
    private const int FirstBuffer = 1024 * 1024;

    /// <summary>The value as an envelope, or null where that would not be smaller than the value.</summary>
    public static byte[]? TryCompress(ReadOnlySpan<byte> value, CompressionAlgorithm algorithm)
    {
        if (value.Length <= Overhead)
        {
            return null;
        }

        // Brotli stops where there is no more room; a stream that is full throws, which costs more than room for the worst case of Zlib.
        byte[] rented = ArrayPool<byte>.Shared.Rent(Overhead + value.Length + (algorithm == CompressionAlgorithm.Zlib ? (value.Length / 8) + 64 : 0));
        try
        {
            int length;
            bool fits = algorithm == CompressionAlgorithm.Zlib
                ? TryZlib(value, rented, out length)
                : BrotliEncoder.TryCompress(value, rented.AsSpan(Overhead, value.Length - Overhead), out length, BrotliQuality, BrotliWindow);
            if (!fits || Overhead + length >= value.Length)
            {
                return null;
            }

            Envelope.WriteHeader(rented, algorithm == CompressionAlgorithm.Zlib ? Envelope.Zlib : Envelope.Brotli);
            BinaryPrimitives.WriteInt32BigEndian(rented.AsSpan(Envelope.HeaderSize), value.Length);
            return rented.AsSpan(0, Overhead + length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>The value of an envelope of <see cref="TryCompress"/>, or null with what is wrong with it.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="limit">The largest length that the value may have.</param>
    /// <param name="fault">What is wrong, to stand behind "it is".</param>
    public static byte[]? Decompress(ReadOnlySpan<byte> envelope, int limit, out string fault)
    {
        fault = "damaged: its compressed data ends too early, is too long or is not what its header says";
        if (envelope.Length <= Overhead)
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(envelope[Envelope.HeaderSize..]);
        if (length > (uint)limit)
        {
            fault = $"compressed from {length} bytes, more than the limit of {limit}";
            return null;
        }

        ReadOnlySpan<byte> data = envelope[Overhead..];
        try
        {
            return envelope[Envelope.HeaderSize - 1] == Envelope.Zlib ? FromZlib(data, (int)length) : FromBrotli(data, (int)length);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static bool TryZlib(ReadOnlySpan<byte> value, byte[] destination, out int length)
    {
        using var stream = new MemoryStream(destination, Overhead, destination.Length - Overhead);
        length = 0;
        try
        {
            using (var zlib = new ZLibStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            {
                zlib.Write(value);
            }
        }
        catch (NotSupportedException)
        {
            // The stream is full.
            return false;
        }

        length = (int)stream.Position;
        return true;
    }

    private static byte[]? FromBrotli(ReadOnlySpan<byte> data, int length)
    {
        using var decoder = new BrotliDecoder();
        byte[] value = GC.AllocateUninitializedArray<byte>(Math.Min(length, FirstBuffer));
        int filled = 0;
        while (true)
        {
            OperationStatus status = decoder.Decompress(data, value.AsSpan(filled), out int consumed, out int written);
            data = data[consumed..];
            filled += written;
            if (status == OperationStatus.Done)
            {
                return filled == length && data.IsEmpty ? value : null;
            }

            if (status != OperationStatus.DestinationTooSmall || filled == length)
            {
                return null;
            }

            Grow(ref value, length);
        }
    }

    private static unsafe byte[]? FromZlib(ReadOnlySpan<byte> data, int length)
    {
        fixed (byte* start = data)
        {
            using var source = new UnmanagedMemoryStream(start, data.Length);
            using var zlib = new ZLibStream(source, CompressionMode.Decompress);
            byte[] value = GC.AllocateUninitializedArray<byte>(Math.Min(length, FirstBuffer));
            int filled = 0;
            while (filled < length)
            {
                if (filled == value.Length)
                {
                    Grow(ref value, length);
                }

                int read = zlib.Read(value, filled, value.Length - filled);
                if (read == 0)
                {
                    return null;
                }

                filled += read;
            }

            // A stream that ends behind its last byte but before its checksum is one that lost its end.
            return zlib.ReadByte() < 0 && data.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(data[^sizeof(uint)..]) == Adler32(value) ? value : null;
        }
    }

    // RFC 1950.
    private static uint Adler32(ReadOnlySpan<byte> value)
    {
        const uint Modulus = 65521;
        const int MostBeforeOverflow = 5552;
        uint a = 1;
        uint b = 0;
        while (!value.IsEmpty)
        {
            ReadOnlySpan<byte> block = value[..Math.Min(value.Length, MostBeforeOverflow)];
            foreach (byte octet in block)
            {
                a += octet;
                b += a;
            }

            a %= Modulus;
            b %= Modulus;
            value = value[block.Length..];
        }

        return (b << 16) | a;
    }

    private static void Grow(ref byte[] value, int length) => Array.Resize(ref value, (int)Math.Min(length, 2L * value.Length));
}
