namespace TypedRedis.Generators.Facets;

/// <summary><c>[Atomic]</c>: a member with atomic operations of its own.</summary>
internal static class AtomicFacet
{
    public const string Attribute = "AtomicAttribute";
}
