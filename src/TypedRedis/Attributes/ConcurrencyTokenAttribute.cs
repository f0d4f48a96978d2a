namespace TypedRedis;

/// <summary>
/// Makes an <see cref="int"/>, <see cref="long"/> or <see cref="Guid"/> member the version of its entity: an entity, or a patch that assigns it, is written only
/// where the stored version is the one that it carries, and the stored version becomes the next one (the integer plus 1, a new Guid) in the same atomic step. An
/// entity that was changed meanwhile is refused with <see cref="RedisConcurrencyException"/>.
/// </summary>
/// <remarks>
/// Insert stores the version as it is. A patch that does not assign the member is written whatever the version, and makes it the next one. Counters count without
/// it. The instance that was written keeps the version that it had: read it again, or use <c>UpdateAsync(key, change)</c>, which returns what it has stored.
/// </remarks>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class ConcurrencyTokenAttribute : Attribute;
