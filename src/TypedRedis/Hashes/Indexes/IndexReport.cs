using System.Globalization;

namespace TypedRedis;

/// <summary>How far a walk over the entities and the indexes of a model has come.</summary>
/// <param name="Entities">How many entities were looked at.</param>
/// <param name="Entries">How many entries of indexes were looked at.</param>
public readonly record struct IndexProgress(long Entities, long Entries);

/// <summary>What a walk over the entities and the indexes of a model has found.</summary>
/// <param name="Entities">How many entities were looked at.</param>
/// <param name="Entries">How many entries of indexes were looked at.</param>
/// <param name="Missing">How many entities were not in an index by the values that they have, or were in one by others.</param>
/// <param name="Orphaned">How many entries stood for no entity with that value.</param>
/// <param name="Clashes">Entities that could not be put into a unique index, because another one has the value.</param>
/// <param name="IsRepaired">Whether what was found, but for clashes, was repaired.</param>
public sealed record IndexReport(
    long Entities, long Entries, long Missing, long Orphaned, IReadOnlyList<RedisUniqueIndexException> Clashes, bool IsRepaired)
{
    /// <summary>Whether entities and indexes fitted.</summary>
    public bool IsConsistent => Missing == 0 && Orphaned == 0 && Clashes.Count == 0;

    /// <summary>The counts.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Entities} entities, {Entries} entries; {Missing} missing, {Orphaned} orphaned, {Clashes.Count} clashes{(IsRepaired ? "; repaired" : "")}");
}
