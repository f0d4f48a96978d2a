namespace TypedRedis.Generators.Facets;

/// <summary><c>[RedisIgnore]</c>: a member that is not stored.</summary>
internal static class IgnoreFacet
{
    public const string Attribute = "RedisIgnoreAttribute";
}
