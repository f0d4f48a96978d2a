namespace TypedRedis;

/// <summary>
/// Indexes several members together: entities are found by the values of all but the last member and a range of the last,
/// <c>users.ByCountryAndRating.RangeAsync("FR", 3, 5)</c>. Members may be parts of the key. Otherwise like <see cref="IndexedAttribute"/>.
/// </summary>
/// <remarks>
/// An index that has the part of the key which is its hash tag, <c>{#Tenant}</c>, among the members that are compared for equality stands in the slot of its entities: on a
/// cluster it is then kept like on a single server, in one atomic step and one round trip.
/// </remarks>
/// <param name="name">The name of the repository's property: <c>ByCountryAndRating</c>.</param>
/// <param name="members">The members, by <c>nameof</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = true, AllowMultiple = true)]
public sealed class RedisIndexAttribute(string name, params string[] members) : Attribute
{
    /// <summary>The name of the repository's property.</summary>
    public string Name { get; } = name;

    /// <summary>The members.</summary>
    public string[] Members { get; } = members;

    /// <summary>Whether at most one entity can have the values; all members are compared for equality then. Default: false.</summary>
    public bool Unique { get; set; }

    /// <summary>Whether the last member is compared for equality like the others, instead of giving the order. Default: false.</summary>
    public bool Exact { get; set; }
}
