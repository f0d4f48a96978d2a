namespace TypedRedis;

/// <summary>How the schema that a program has of a model compares with the recorded one.</summary>
public enum SchemaStatus
{
    /// <summary>They are the same.</summary>
    Same,

    /// <summary>None is recorded.</summary>
    New,

    /// <summary>They differ.</summary>
    Changed,

    /// <summary>They differ, and the recorded one is of a higher version of the model: a newer program recorded it.</summary>
    Newer,
}

/// <summary>A difference of two schemas.</summary>
/// <param name="What">What differs: <c>field 'name'</c>, <c>index 'email'</c>, <c>key</c>.</param>
/// <param name="Recorded">What is recorded of it, or null for nothing.</param>
/// <param name="Current">What the program has, or null for nothing.</param>
public sealed record SchemaChange(string What, string? Recorded, string? Current)
{
    /// <inheritdoc/>
    public override string ToString() => (Recorded, Current) switch
    {
        (null, _) => $"{What} is new: {Current}",
        (_, null) => $"{What} is gone; it was {Recorded}",
        _ => $"{What} is {Current}; it was {Recorded}",
    };
}

/// <summary>What is to be said of a model's schema.</summary>
/// <param name="Model">The model's name with its namespace.</param>
/// <param name="Status">How it compares.</param>
/// <param name="Hash">The hash of the program's schema.</param>
/// <param name="RecordedHash">The hash of the recorded one, or null where there is none.</param>
/// <param name="Changes">The differences.</param>
public sealed record SchemaReport(string Model, SchemaStatus Status, string Hash, string? RecordedHash, IReadOnlyList<SchemaChange> Changes)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Model}: {Status}{(Changes.Count == 0 ? "" : $" ({string.Join("; ", Changes)})")}";
}
