using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary>The facets of one member, read once for all kinds. Not part of any model: it holds symbols.</summary>
internal readonly struct MemberFacets
{
    // Why two facets exclude each other; the first is named first.
    private static readonly (string One, string Other, string Why)[] Conflicts =
    [
        (JsonFacet.Attribute, ConverterFacet.Attribute, "one says JSON and the other a form of its own; remove one of them"),
        (CounterFacet.Attribute, ProtectionFacet.Encrypted, "Redis counts in plain numbers, which it can read; remove one of them"),
        (CounterFacet.Attribute, ProtectionFacet.Compressed, "Redis counts in plain numbers, which are short; remove [Compressed]"),
        (CounterFacet.Attribute, ProtectionFacet.MaxSize, "a counter is never longer than 20 bytes; remove [MaxSize]"),
        (ConcurrencyTokenFacet.Attribute, ProtectionFacet.Encrypted, "a version is compared and counted in Redis as plain text; remove [Encrypted]"),
        (ConcurrencyTokenFacet.Attribute, ProtectionFacet.Compressed, "a version is compared and counted in Redis as plain text; remove [Compressed]"),
        (AtomicFacet.Attribute, ProtectionFacet.Encrypted, "Redis compares and changes plain values only; remove one of them"),
        (AtomicFacet.Attribute, ProtectionFacet.Compressed, "Redis compares and changes plain values only; remove one of them"),
        (CounterFacet.Attribute, JsonFacet.Attribute, "Redis counts in plain numbers, not in JSON; remove one of them"),
        (CounterFacet.Attribute, ConverterFacet.Attribute, "Redis counts in plain numbers, not in what the converter writes; remove one of them"),
        (ConcurrencyTokenFacet.Attribute, CounterFacet.Attribute, "one counts the writes of the entity and the other what the program counts; make them two members"),
        (ConcurrencyTokenFacet.Attribute, JsonFacet.Attribute, "a version is compared and counted in Redis as plain text; remove [RedisJson]"),
        (ConcurrencyTokenFacet.Attribute, ConverterFacet.Attribute, "a version is compared and counted in Redis as plain text; remove [RedisConverter]"),
        (ConcurrencyTokenFacet.Attribute, AtomicFacet.Attribute, "every write sets the version by itself; remove [Atomic]"),
        (ConcurrencyTokenFacet.Attribute, IndexedFacet.Attribute, "every write changes the version, so that nobody looks for one; remove [Indexed]"),
    ];

    private MemberFacets(IPropertySymbol property)
    {
        Ignore = property.FindInheritedAttribute(IgnoreFacet.Attribute);
        Field = property.FindInheritedAttribute(FieldFacet.Attribute);
        Json = property.FindInheritedAttribute(JsonFacet.Attribute);
        Converter = property.FindInheritedAttribute(ConverterFacet.Attribute);
        Counter = property.FindInheritedAttribute(CounterFacet.Attribute);
        Encrypted = property.FindInheritedAttribute(ProtectionFacet.Encrypted);
        Compressed = property.FindInheritedAttribute(ProtectionFacet.Compressed);
        MaxSize = property.FindInheritedAttribute(ProtectionFacet.MaxSize);
        Token = property.FindInheritedAttribute(ConcurrencyTokenFacet.Attribute);
        Atomic = property.FindInheritedAttribute(AtomicFacet.Attribute);
        Indexes = property.FindInheritedAttributes(IndexedFacet.Attribute).ToImmutableArray();
    }

    public AttributeData? Ignore { get; }

    public AttributeData? Field { get; }

    public AttributeData? Json { get; }

    public AttributeData? Converter { get; }

    public AttributeData? Counter { get; }

    public AttributeData? Encrypted { get; }

    public AttributeData? Compressed { get; }

    public AttributeData? MaxSize { get; }

    public AttributeData? Token { get; }

    public AttributeData? Atomic { get; }

    /// <summary>Those of the property, then those of the properties that it overrides.</summary>
    public ImmutableArray<AttributeData> Indexes { get; }

    public bool IsIgnored => Ignore is not null;

    private IEnumerable<AttributeData> All => new[] { Ignore, Field, Json, Converter, Counter, Token, Atomic, Encrypted, Compressed, MaxSize }.Concat(Indexes).OfType<AttributeData>();

    public static MemberFacets Of(IPropertySymbol property) => new(property);

    /// <summary>Reports facets that exclude each other.</summary>
    public void CheckConflicts(IPropertySymbol property, string model, ParseContext context)
    {
        if (All.Count() < 2)
            return;

        foreach (var (one, other, why) in Conflicts)
        {
            if (Find(one) is not null && Find(other) is { } second)
                context.Report(Rules.FacetConflict, LiteralLocation.Of(second, context.CancellationToken), model, property.Name, ShortName(one), ShortName(other), why);
        }
    }

    /// <summary>Reports every facet as one without effect.</summary>
    /// <param name="andIgnore">Whether <c>[RedisIgnore]</c> is reported too; it is no fault where it says what is so anyway.</param>
    /// <param name="ofIndexed">Why <c>[Indexed]</c> has none, and what to do, where there is more to say of it.</param>
    /// <param name="ofProtected">The same of <c>[Encrypted]</c>, <c>[Compressed]</c> and <c>[MaxSize]</c>.</param>
    /// <param name="except">The attributes that do have an effect.</param>
    public void ReportWithoutEffect(
        IPropertySymbol property,
        string model,
        string why,
        bool andIgnore,
        ParseContext context,
        string? ofIndexed = null,
        string? ofProtected = null,
        string[]? except = null)
    {
        foreach (var attribute in All)
        {
            string name = attribute.AttributeClass!.Name;
            if ((attribute == Ignore && !andIgnore) || (except is not null && Array.IndexOf(except, name) >= 0))
                continue;
            context.Report(
                Rules.FacetWithoutEffect,
                LiteralLocation.Of(attribute, context.CancellationToken),
                $"{model}.{property.Name}",
                ShortName(name),
                (name == IndexedFacet.Attribute ? ofIndexed : attribute == Encrypted || attribute == Compressed || attribute == MaxSize ? ofProtected : null) ?? why);
        }
    }

    private static string ShortName(string attribute) => attribute.Substring(0, attribute.Length - "Attribute".Length);

    private AttributeData? Find(string name) => All.FirstOrDefault(attribute => attribute.AttributeClass!.Name == name);
}
