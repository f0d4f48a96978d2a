namespace TypedRedis.Generators.Facets;

/// <summary><c>[Indexed]</c>: a member by which entities are found. Several may stand on one member.</summary>
internal static class IndexedFacet
{
    public const string Attribute = "IndexedAttribute";
}
