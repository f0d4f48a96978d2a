using System.ComponentModel;

namespace TypedRedis;

/// <summary>What is done to the values of a field between their encoding and Redis. Made by emitted code.</summary>
/// <param name="field">The index of the field; 0 where the whole model is one value.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ProtectedField(int field)
{
    /// <summary>The largest value that Redis holds, in bytes.</summary>
    internal const int Largest = 512 * 1024 * 1024;

    /// <summary>The index of the field.</summary>
    public int Field { get; } = field;

    /// <summary>Whether values are encrypted.</summary>
    public bool Encrypted { get; init; }

    /// <summary>Whether values that are not encrypted are read all the same.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>The size in bytes that a value must exceed to be compressed; null where none is.</summary>
    public int? CompressOver { get; init; }

    /// <summary>How they are compressed.</summary>
    public CompressionAlgorithm Compression { get; init; }

    /// <summary>The size in bytes that a value must not exceed; null where there is no limit.</summary>
    public int? MaxSize { get; init; }

    /// <summary>Whether values may stand in Redis in another form than their encoding.</summary>
    internal bool IsEnveloped => Encrypted || CompressOver is not null;

    /// <summary>The same for another field.</summary>
    internal ProtectedField At(int field)
        => new(field) { Encrypted = Encrypted, AllowPlaintext = AllowPlaintext, CompressOver = CompressOver, Compression = Compression, MaxSize = MaxSize };
}
