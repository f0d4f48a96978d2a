namespace TypedRedis;

/// <summary>
/// The time to live of a model's entities. Whole writes (insert, upsert, update) set it; with <see cref="Sliding"/> every read and write of an
/// entity sets it again. Without the attribute, or with <see cref="Never"/>, a write leaves the key's expiry as it is.
/// </summary>
/// <param name="after">A duration such as <c>30d</c>, <c>1h30m</c> or <c>500ms</c> (units <c>w d h m s ms</c>, largest first), or <see cref="Never"/>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ExpiresAttribute(string after) : Attribute
{
    /// <summary>States that entities live until they are deleted, and that this was decided.</summary>
    public const string Never = "never";

    /// <summary>The duration.</summary>
    public string After { get; } = after;

    /// <summary>Whether reads and partial writes start the duration anew. Default: false.</summary>
    public bool Sliding { get; set; }
}
