using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary>A model in a cache.</summary>
/// <param name="Names">The names of the emitted types.</param>
/// <param name="JsonContext">The serializer context's instance, where the user named one.</param>
/// <param name="Protection">What is done to the encoded value, if anything is.</param>
/// <param name="Options">What the declaration says of entries.</param>
/// <param name="Writes">How the cache writes to its source; null where it does not.</param>
/// <param name="Tags">The declared tags.</param>
/// <param name="Shape">The hash of the value's form.</param>
/// <param name="Instances">How readers in one process get the entities of its own level.</param>
internal sealed record CacheModel(
    ModelIdentity Identity,
    KeyModel CacheKey,
    CacheNames Names,
    string? JsonContext,
    Protection? Protection,
    CacheOptions Options,
    CacheWrites? Writes,
    EquatableArray<TagModel> Tags,
    uint Shape,
    Instances Instances,
    string StoreModifier)
    : EntityModel(Identity, CacheKey, Names.Qualified(Identity, withTag: !Tags.IsEmpty), Identity.Globalize(Names.Cache), StoreModifier);

/// <summary>The names of the types that are emitted for a model in a cache, escaped.</summary>
internal sealed record CacheNames(string Mapper, string Cache, string Key, string Tag)
{
    public static CacheNames Of(string stem) => new($"{stem}CacheMapper", $"{stem}Cache", $"{stem}CacheKey", $"{stem}Tag");

    public EquatableArray<string> Qualified(ModelIdentity identity, bool withTag)
        => new[] { Key, Mapper, Cache, Tag }.Take(withTag ? 4 : 3).Select(identity.Qualify).ToEquatableArray();
}

/// <summary>A duration that an option says.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Milliseconds">How long it is; 0 where the option is off.</param>
internal readonly record struct Duration(string Text, long Milliseconds)
{
    public bool IsOff => Milliseconds == 0;
}

/// <summary>What the process holds at most: entries or bytes.</summary>
/// <param name="Text">As it was written.</param>
internal readonly record struct LocalSize(string Text, int Entries, long Bytes);

/// <summary>What a declaration says of the entries of a cache.</summary>
internal sealed record CacheOptions(
    Duration Ttl,
    double Jitter,
    Duration NegativeTtl,
    double RefreshAhead,
    Duration FailSafe,
    Duration SoftTimeout,
    Duration LoadTimeout,
    Duration LocalTtl,
    LocalSize LocalSize,
    Duration HotTtl,
    int HotReads,
    int HotCopies,
    int Version);

/// <summary>How a cache writes to its source.</summary>
/// <param name="Timeout">How long a write may take there.</param>
/// <param name="Queue">The queue of a write-behind cache.</param>
internal sealed record CacheWrites(Duration Timeout, WriteQueue? Queue);

/// <summary>The queue of a write-behind cache.</summary>
internal sealed record WriteQueue(int BatchSize, Duration FlushEvery, int MaxAttempts, int Partitions);

/// <summary>A tag.</summary>
/// <param name="Method">The method of the tag class, or its property where the tag has no parts; escaped.</param>
/// <param name="Parts">Its parts in their order.</param>
internal sealed record TagModel(string Method, KeyTemplate Template, EquatableArray<TagPartModel> Parts);

/// <summary>A part of a tag.</summary>
/// <param name="Property">The model's property, escaped.</param>
/// <param name="Type">Its type as emitted code writes it, without null.</param>
/// <param name="Parameter">Its parameter of the tag's method.</param>
/// <param name="CanBeNull">Whether an entity may have none: then it has not the tag.</param>
/// <param name="IsNullableValue">Whether the property is a <c>Nullable</c>.</param>
internal sealed record TagPartModel(KeyPart Part, string Property, string Type, string Parameter, bool CanBeNull, bool IsNullableValue);

/// <summary>How readers in one process get the entities of its own level.</summary>
/// <param name="Kind">By the runtime's name.</param>
/// <param name="Reason">Why, for the header.</param>
/// <param name="Copied">The properties that a copy is made of, escaped; empty for a record, which copies itself.</param>
internal sealed record Instances(InstanceKind Kind, string Reason, EquatableArray<string> Copied);

/// <summary>The names are those of the runtime's enum.</summary>
internal enum InstanceKind
{
    Shared,
    Cloned,
    Decoded,
}
