namespace TypedRedis;

/// <summary>How <see cref="CompressedAttribute"/> compresses.</summary>
public enum CompressionAlgorithm
{
    /// <summary>Brotli of quality 1: small and fast.</summary>
    Brotli,

    /// <summary>Zlib (RFC 1950) at its fastest level: for readers without Brotli.</summary>
    Zlib,
}
