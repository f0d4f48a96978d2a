namespace TypedRedis;

/// <summary>
/// Encrypts a member of a <see cref="RedisHashAttribute"/> model, or a <see cref="RedisStringAttribute"/> model as a whole, with AES-256-GCM and the current key
/// of <see cref="RedisContextOptions.KeyRing"/>. The value is bound to its full key and field: moved elsewhere, or changed, it is an error. Whether a member that can
/// be null is there, and how long its value is, stays visible. No error message quotes the value.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, Inherited = true)]
public sealed class EncryptedAttribute : Attribute
{
    /// <summary>
    /// Whether a value that is not encrypted is read as it is, instead of being an error. For the time in which values written before the attribute are
    /// encrypted: whoever can write to Redis can then replace a secret by a text of theirs. Default: false.
    /// </summary>
    public bool AllowPlaintext { get; set; }
}
