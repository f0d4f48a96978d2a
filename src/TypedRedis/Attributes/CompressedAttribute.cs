namespace TypedRedis;

/// <summary>
/// Compresses a member of a <see cref="RedisHashAttribute"/> model, or a <see cref="RedisStringAttribute"/> model as a whole, where that makes its value smaller.
/// What was compressed is read whatever the threshold and the algorithm are now, and so is what was written before the attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, Inherited = true)]
public sealed class CompressedAttribute : Attribute
{
    /// <summary>The size that a value must exceed to be compressed: a whole number with the unit <c>B</c>, <c>KB</c> or <c>MB</c> (1 KB is 1024 bytes). Default: <c>1KB</c>.</summary>
    public string Threshold { get; set; } = "1KB";

    /// <summary>The algorithm. Default: <see cref="CompressionAlgorithm.Brotli"/>.</summary>
    public CompressionAlgorithm Algorithm { get; set; }
}
