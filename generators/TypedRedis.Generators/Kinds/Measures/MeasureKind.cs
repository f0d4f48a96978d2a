using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.RedisHash;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>
/// A kind whose store ranks or counts what models speak of, and keeps nothing else of them. The key has a hash tag in any case, so that the keys of periods and of whatever else
/// the store keeps share a slot.
/// </summary>
internal abstract class MeasureKind : EntityKind
{
    public const string Member = "MemberAttribute";

    /// <summary>The kind's noun in the names of emitted types.</summary>
    protected abstract string Noun { get; }

    /// <summary>Why <c>[Expires]</c> has no effect, and what to do.</summary>
    protected virtual string WhyNoExpires => "a period stays as long after its end as Retention says; remove it";

    public sealed override bool TagsKeys => true;

    /// <summary>The periods that an attribute names, as it has them; null for kinds without any.</summary>
    protected virtual object? UnitsOf(AttributeData attribute) => null;

    /// <summary>What the store appends to the key of a period for what else it keeps of it.</summary>
    protected virtual IEnumerable<KeySegment[]> SuffixesOfPeriods(AttributeData attribute) => [];

    /// <summary>What the store appends to the key of all time for what it keeps beside periods, be it for the time of a call.</summary>
    protected virtual IEnumerable<KeySegment[]> SuffixesOfAll(INamedTypeSymbol model, AttributeData attribute) => [];

    public sealed override IEnumerable<KeyTemplate> KeysBeside(INamedTypeSymbol model, AttributeData attribute, KeyTemplate key)
    {
        int units = UnitsOf(attribute) as int? ?? 0;
        var periods = PeriodOptions.Suffixes(units).ToList();
        if ((units & PeriodOptions.AllTime) != 0)
            periods.Insert(0, []);
        var ofPeriods = SuffixesOfPeriods(attribute).ToList();
        return periods.Where(static period => period.Length > 0)
            .Concat(periods.SelectMany(period => ofPeriods.Select(suffix => (KeySegment[])[.. period, .. suffix])))
            .Concat(SuffixesOfAll(model, attribute))
            .Select(suffix => key with { Segments = key.Segments.Concat(suffix).ToEquatableArray() });
    }

    public sealed override EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (ModelIdentity.Parse(type, attribute, context) is not { } identity)
            return null;

        var names = MeasureNames.Of(identity.Stem, Noun);
        EmittedNames.Check(type, identity, attribute, context, (names.Key, false), (names.Mapper, false), (names.Store, true));
        var key = KeyModel.Parse(names.Key, type, attribute, context, TagsKeys);
        CheckFacets(type, key, context);
        string modifier = EmittedNames.Modifier(type, identity, names.Store, context.CancellationToken);
        var model = Parse(new Declaration(type, attribute, key, context), new MeasureFacts(identity, key!, names, modifier));
        return key is null || context.HasErrors ? null : model;
    }

    protected sealed override IEnumerable<Shell> Shells(string stem)
    {
        var names = MeasureNames.Of(stem, Noun);
        return [new(names.Key, "readonly struct"), new(names.Store, "partial class")];
    }

    /// <summary>Reads what only the kind has; null where it has an error.</summary>
    protected abstract MeasureModel? Parse(Declaration declaration, MeasureFacts facts);

    /// <summary>Whether a kind ahead of this one in the list reads the type's <c>[Expires]</c>, and reports what is wrong with it.</summary>
    protected bool IsExpiresRead(INamedTypeSymbol type) => On(type).First(static kind => kind.UsesExpires) != this;

    // Kinds that store members report the attributes that have no effect on them. Where there is none, the first of these does.
    private void CheckFacets(INamedTypeSymbol type, KeyModel? key, ParseContext context)
    {
        var kinds = On(type).ToList();
        if (kinds[0] != this)
            return;

        if (type.FindAttribute(ExpiresFacet.Attribute) is { } expires && !kinds.Exists(static kind => kind.UsesExpires))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(expires, context.CancellationToken), type.Name, "Expires", WhyNoExpires);
        const string Why = "the store ranks or counts, and keeps no property of the model; remove it, or store the model with [RedisHash]";
        ProtectionFacet.RefuseOnType(type, Why.Replace("with [RedisHash]", "with [RedisString]"), context);
        foreach (var index in type.FindAttributes(IndexParser.Attribute))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(index, context.CancellationToken), type.Name, "RedisIndex", Why);
        foreach (var property in type.SelfAndBases().SelectMany(static current => current.GetMembers()).OfType<IPropertySymbol>())
        {
            bool isUsed = key?.Parts.Any(part => part.Part.Name == property.Name) == true || kinds.SelectMany(static kind => kind.Marks).Any(mark => property.FindInheritedAttribute(mark) is not null);
            MemberFacets.Of(property).ReportWithoutEffect(property, type.Name, Why, andIgnore: isUsed, context);
        }
    }
}

/// <summary>A declaration that is read.</summary>
/// <param name="Type">The model.</param>
/// <param name="Attribute">Its attribute.</param>
/// <param name="Key">Its key, or null where that has an error.</param>
/// <param name="Context">Who is told.</param>
internal sealed record Declaration(INamedTypeSymbol Type, AttributeData Attribute, KeyModel? Key, ParseContext Context)
{
    private CancellationToken Token => Context.CancellationToken;

    /// <summary>Whether the attribute sets an option.</summary>
    public bool Has(string option) => Attribute.NamedArguments.Any(argument => argument.Key == option);

    /// <summary>Whether a property is a part of the key.</summary>
    public bool IsPart(IPropertySymbol property) => Key?.Parts.Any(part => part.Part.Name == property.Name) == true;

    public Location Place(string option) => LiteralLocation.OfNamedArgument(Attribute, option, Token);

    public Location TypeLocation => Type.SourceLocation() ?? LiteralLocation.Of(Attribute, Token);

    public void Required(string what, string remedy) => Context.Report(Rules.RequiredOption, LiteralLocation.Of(Attribute, Token), Type.Name, what, remedy);

    public void OutOfRange(string option, string value, string range) => Context.Report(Rules.MeasureOptionRange, Place(option), Type.Name, option, value, range);

    public void Contradiction(string option, string why) => Context.Report(Rules.MeasureOptions, Place(option), Type.Name, option, why);

    /// <summary>A number that an option sets, or the default, where it is in its range.</summary>
    public T Number<T>(string option, T undeclared, Func<T, bool> isInRange, string range)
        where T : struct, IFormattable
    {
        if (Attribute.NamedArgument(option) is not T value)
            return undeclared;
        if (!isInRange(value))
            OutOfRange(option, value.ToString(null, System.Globalization.CultureInfo.InvariantCulture), range);
        return value;
    }

    /// <summary>The name of an enum's constant that an option sets, or null where it sets none; the first of the names is the default.</summary>
    public string Choice(string option, string[] names)
    {
        if (Attribute.NamedArgument(option) is not int value)
            return names[0];
        if (value >= 0 && value < names.Length)
            return names[value];

        OutOfRange(option, value.ToString(System.Globalization.CultureInfo.InvariantCulture), string.Join(", ", names.Take(names.Length - 1)) + " or " + names[names.Length - 1]);
        return names[0];
    }

    /// <summary>A duration that an option sets; null where it has an error, or sets none.</summary>
    public Span? Duration(string option, bool mayBeNever)
    {
        if (!Has(option))
            return null;

        // What does not compile is the compiler's to report.
        if (Attribute.NamedArguments.Any(argument => argument.Key == option && argument.Value.Kind == TypedConstantKind.Error))
        {
            Context.Fail();
            return null;
        }

        string text = Attribute.NamedArgument(option) as string ?? "";
        if (mayBeNever && text == Span.Never)
            return new Span(text, 0);

        var milliseconds = DurationParser.Parse(
            text, Type, mayBeNever ? $"\"{Span.Never}\"" : null, (start, length) => LiteralLocation.InNamedArgument(Attribute, option, start, length, Token), Context.ReportAction);
        if (milliseconds is null)
            Context.Fail();
        else if (milliseconds > Span.Longest)
            OutOfRange(option, $"\"{text}\"", mayBeNever ? $"at most a hundred years, which are 36500d, or \"{Span.Never}\"" : "at most a hundred years, which are 36500d");
        return milliseconds is null ? null : new Span(text, milliseconds.Value);
    }
}

/// <summary>A duration of a declaration.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Milliseconds">How long it is; 0 for <c>never</c>.</param>
internal sealed record Span(string Text, long Milliseconds)
{
    public const string Never = "never";

    // A date that much later is still one that .NET knows.
    public const long Longest = 36500L * 24 * 60 * 60 * 1000;

    public bool IsNever => Milliseconds == 0;
}
