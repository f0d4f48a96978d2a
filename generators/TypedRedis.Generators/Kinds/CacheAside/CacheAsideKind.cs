using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.RedisHash;
using TypedRedis.Generators.Kinds.RedisString;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary><c>[CacheAside("product:{Id}", Ttl = "10m")]</c>: the whole model as one JSON value, loaded from a source.</summary>
internal sealed class CacheAsideKind : EntityKind
{
    public const string Attribute = "CacheAsideAttribute";
    public const string WriteThrough = "WriteThroughAttribute";
    public const string WriteBehind = "WriteBehindAttribute";

    public override string AttributeName => "TypedRedis." + Attribute;

    protected override string FileSuffix => "-cache";

    public override EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (ModelIdentity.Parse(type, attribute, context) is not { } identity)
            return null;

        var names = CacheNames.Of(identity.Stem);
        EmittedNames.Check(type, identity, attribute, context, (names.Key, false), (names.Mapper, false), (names.Cache, true));
        var options = new CacheOptionsParser(type, attribute, context);
        var entries = options.Entries();
        var writes = options.Writes();
        var tags = TagParser.Parse(type, attribute, names.Tag, context);
        if (!tags.IsEmpty)
            EmittedNames.Check(type, identity, attribute, context, (names.Tag, false));
        var defaults = AssemblyDefaults.Of(type.ContainingAssembly);
        string? json = JsonFacet.ContextOfModel(attribute, type, defaults, context);
        CheckFacets(type, context);
        var protection = Protection(type, context);
        var key = KeyModel.Parse(names.Key, type, attribute, context);
        if (key is not null && writes is { Queue: not null })
            options.CheckKey(key);
        return key is null || entries is null || context.HasErrors
            ? null
            : new CacheModel(
                identity,
                key,
                names,
                json,
                protection,
                entries,
                writes,
                tags,
                ShapeText.HashOf(type, entries.Version, attribute.NamedArgument("JsonContext") as ITypeSymbol ?? defaults.JsonContext),
                InstanceParser.Parse(type, isShared: attribute.NamedArgument("ShareInstances") is true, context),
                EmittedNames.Modifier(type, identity, names.Cache, context.CancellationToken));
    }

    public override string Emit(EntityModel model) => CacheEmitter.Emit((CacheModel)model);

    /// <summary>Reports what belongs to a cache and stands on a model that has none.</summary>
    public static void CheckModelWithoutCache(INamedTypeSymbol type, ParseContext context)
    {
        if (type.FindAttribute(Attribute) is not null)
            return;

        foreach (string name in new[] { WriteThrough, WriteBehind })
        {
            if (type.FindAttribute(name) is { } attribute)
            {
                context.Report(
                    Rules.FacetWithoutEffect,
                    LiteralLocation.Of(attribute, context.CancellationToken),
                    type.Name,
                    name.Replace("Attribute", ""),
                    "it says how a cache writes to its source; add [CacheAside(…)], or remove it");
            }
        }
    }

    protected override IEnumerable<Shell> Shells(string stem)
    {
        var names = CacheNames.Of(stem);
        return [new(names.Key, "readonly struct"), new(names.Cache, "partial class")];
    }

    // Attributes that are for other stores have their effect there.
    private static void CheckFacets(INamedTypeSymbol type, ParseContext context)
    {
        bool isHash = type.FindAttribute(RedisHashKind.Attribute) is not null;
        if (isHash)
            CheckSecrets(type, context);
        if (isHash || type.FindAttribute(RedisStringKind.Attribute) is not null || type.FindAttribute("AtomicValueAttribute") is not null)
            return;

        if (type.FindAttribute(ExpiresFacet.Attribute) is { } expires && !EntityKind.On(type).Any(static kind => kind.UsesExpires))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(expires, context.CancellationToken), type.Name, "Expires", "the entries of a cache live as long as its Ttl says; remove it");
        foreach (var index in type.FindAttributes(IndexParser.Attribute))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(index, context.CancellationToken), type.Name, "RedisIndex", "Redis sees no member of a model that is cached as one JSON value; store it with [RedisHash], or remove the attribute");
        foreach (var property in type.SelfAndBases().SelectMany(static current => current.GetMembers()).OfType<IPropertySymbol>())
        {
            MemberFacets.Of(property).ReportWithoutEffect(
                property,
                type.Name,
                "the model is cached as one JSON value; remove it, use the serializer's own attributes, or store the model with [RedisHash]",
                andIgnore: true,
                context,
                ofProtected: "the model is cached as one JSON value; put it on the model, of which it then treats that value");
        }
    }

    // What the hash encrypts would stand in the cache for all to read.
    private static void CheckSecrets(INamedTypeSymbol type, ParseContext context)
    {
        if (type.FindAttribute(ProtectionFacet.Encrypted) is not null)
            return;

        foreach (var property in ModelProperties.Of(type))
        {
            if (MemberFacets.Of(property) is { Encrypted: { } encrypted, IsIgnored: false } && !ShapeText.IsIgnored(property))
            {
                context.Report(
                    Rules.FacetWithoutEffect,
                    LiteralLocation.Of(encrypted, context.CancellationToken),
                    $"{type.Name}.{property.Name}",
                    "Encrypted",
                    "the cache writes the model as one JSON value, in which the member would stand in plain text; put [Encrypted] on the model too, or [JsonIgnore] on the member");
            }
        }
    }

    // A model that is a string too has its attributes checked there.
    private static Protection? Protection(INamedTypeSymbol type, ParseContext context)
    {
        if (type.FindAttribute(RedisStringKind.Attribute) is null)
            return ProtectionFacet.OfValue(type, context);

        var quiet = new ParseContext(context.Compilation, report: null, context.CancellationToken);
        var protection = ProtectionFacet.OfValue(type, quiet);
        if (quiet.HasErrors)
            context.Fail();
        return protection;
    }
}
