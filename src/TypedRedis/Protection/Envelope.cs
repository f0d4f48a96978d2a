namespace TypedRedis;

/// <summary>What stands before a value that is not in Redis as it was encoded: three bytes that no UTF-8 begins with, and one that says what follows.</summary>
internal static class Envelope
{
    /// <summary>The mark and the byte behind it.</summary>
    public const int HeaderSize = 4;

    /// <summary>The value as it is. Written where it begins with the mark itself.</summary>
    public const byte Plain = 0x00;

    /// <summary>The length of the value (four bytes, the highest first), then Zlib data.</summary>
    public const byte Zlib = 0x01;

    /// <summary>The length of the value (four bytes, the highest first), then Brotli data.</summary>
    public const byte Brotli = 0x02;

    /// <summary>The length of the key's id (one byte), the id, a nonce of 12 bytes, the ciphertext, a tag of 16 bytes: AES-256-GCM.</summary>
    public const byte AesGcm = 0x10;

    public static ReadOnlySpan<byte> Mark => [0xFF, (byte)'T', (byte)'R'];

    /// <summary>The byte that says what follows; null where the value is no envelope.</summary>
    public static byte? KindOf(ReadOnlySpan<byte> value) => value.Length >= HeaderSize && value.StartsWith(Mark) ? value[Mark.Length] : null;

    /// <summary>Whether the value would be taken for an envelope if it stood in Redis as it is.</summary>
    public static bool MustEscape(ReadOnlySpan<byte> value) => value.StartsWith(Mark);

    public static void WriteHeader(Span<byte> destination, byte kind)
    {
        Mark.CopyTo(destination);
        destination[Mark.Length] = kind;
    }

    /// <summary>The value behind a header that says so.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> value)
    {
        byte[] escaped = GC.AllocateUninitializedArray<byte>(HeaderSize + value.Length);
        WriteHeader(escaped, Plain);
        value.CopyTo(escaped.AsSpan(HeaderSize));
        return escaped;
    }
}
