namespace TypedRedis;

/// <summary>How far a walk that upgrades entities has come.</summary>
/// <param name="Entities">Entities that were seen.</param>
/// <param name="Upgraded">Those of them that were upgraded.</param>
public readonly record struct UpgradeProgress(long Entities, long Upgraded);

/// <summary>What a walk that upgrades entities has done.</summary>
/// <param name="Entities">Entities that were seen.</param>
/// <param name="Upgraded">Those of them that were upgraded. All others had the model's form already, or are among the failures.</param>
/// <param name="Failures">
/// What was left as it is: entities of a newer version (<see cref="RedisSchemaVersionException"/>), whose upgrade failed (<see cref="RedisDecodeException"/>), whose value of a unique
/// index another entity has (<see cref="RedisUniqueIndexException"/>), and hashes that are no entities (<see cref="RedisWrongTypeException"/>).
/// </param>
public sealed record UpgradeReport(long Entities, long Upgraded, IReadOnlyList<RedisModelException> Failures)
{
    /// <summary>Whether every entity has the model's form now.</summary>
    public bool IsComplete => Failures.Count == 0;
}
