namespace TypedRedis;

/// <summary>
/// Indexes a member, so that entities can be found by its value: <c>users.ByEmail.FindAsync("ann@example.com")</c>. Every write of an entity, whatever the verb,
/// changes its indexes in the same atomic step. An entity whose member is null is not in the index; a collection has one entry per element.
/// </summary>
/// <remarks>
/// On a Redis Cluster an index stands in other slots than its entities, unless it has the key's hash tag among its members (<see cref="RedisIndexAttribute"/>).
/// No step is atomic over several slots, so there a write that changes an indexed value takes several round trips: it announces itself at the entity, claims the
/// new entries, writes the entity, and gives up the old entries. What holds all the same: no two entities have one unique value; a query never returns an entity
/// without the value; an entity whose write has ended is found.
/// </remarks>
[AttributeUsage(AttributeTargets.Property, Inherited = true, AllowMultiple = true)]
public sealed class IndexedAttribute : Attribute
{
    /// <summary>Whether at most one entity can have a value. A second one is refused with <see cref="RedisUniqueIndexException"/>. Default: false.</summary>
    public bool Unique { get; set; }

    /// <summary>
    /// Whether entities are kept in the order of the member, for ranges and pages in both directions. For integers, floating-point numbers, decimals, dates and
    /// times. Default: false.
    /// </summary>
    public bool Sorted { get; set; }

    /// <summary>The name of the repository's property. Default: <c>By{Member}</c>. Its snake_case without <c>By</c> stands in the keys of the index.</summary>
    public string? Name { get; set; }
}
