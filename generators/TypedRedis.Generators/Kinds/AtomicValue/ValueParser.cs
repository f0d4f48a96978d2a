using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.CacheAside;
using TypedRedis.Generators.Kinds.RedisHash;
using TypedRedis.Generators.Kinds.RedisString;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.AtomicValue;

/// <summary>Finds the member that is the value: the one that is no part of the key.</summary>
internal sealed class ValueParser(INamedTypeSymbol type, AttributeData attribute, KeyModel key, ParseContext context)
{
    // What says how the value is written. Everything else on it has no effect.
    private static readonly string[] Effective = [FieldFacet.Attribute, ConverterFacet.Attribute, JsonFacet.Attribute];

    // Then attributes may have their effect on the hash.
    private readonly bool _isHashToo = type.FindAttribute(RedisHashKind.Attribute) is not null;

    public MemberModel? Parse()
    {
        CheckModel();
        if (FindValue() is not { } property)
            return null;

        var facets = MemberFacets.Of(property);
        facets.CheckConflicts(property, type.Name, context);
        ReportWithoutEffect(property, "the member is the whole value, which the store changes in atomic steps anyway; remove it", except: Effective);
        if (!_isHashToo && facets.Field?.Argument(0) is string)
        {
            context.Report(
                Rules.FacetWithoutEffect,
                LiteralLocation.OfArgument(facets.Field, 0, context.CancellationToken),
                $"{type.Name}.{property.Name}",
                "RedisField(\"…\")",
                "the member is the whole value and stands in no field; remove the name");
        }

        var home = type.ContainingNamespace;
        if (EncodingParser.Parse(property, facets, type.Name, home, AssemblyDefaults.Of(type.ContainingAssembly), context) is not { } encoding)
            return null;

        FieldFacet.CheckEnumFormat(facets.Field, property, encoding, type.Name, context);
        CheckType(property, encoding);
        var counter = encoding.Kind != EncodingKind.Number ? CounterType.None : property.Type.SpecialType switch
        {
            SpecialType.System_Int32 => CounterType.Int32,
            SpecialType.System_Int64 => CounterType.Int64,
            _ => CounterType.None,
        };
        return new MemberModel(
            property.Name,
            Identifiers.Escape(property.Name),
            Field: "",
            TypeNames.Of(property.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), home),
            TypeNames.ForPeople(property.Type.WithoutNull()),
            TypeNames.Cref(property, home),
            Local: "value",
            IsNullable: false,
            property.Type.IsReferenceType,
            encoding,
            counter)
        {
            Bounds = Bounds(property, counter),
        };
    }

    private void CheckModel()
    {
        const string Why = "the value stands in Redis as it is, for commands to compare and to count";
        if (type.FindAttribute(RedisStringKind.Attribute) is null && type.FindAttribute(CacheAsideKind.Attribute) is null && !_isHashToo)
            ProtectionFacet.RefuseOnType(type, Why + "; remove it, or store the model with [RedisString]", context);
        foreach (var index in _isHashToo ? [] : type.FindAttributes(IndexParser.Attribute))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(index, context.CancellationToken), type.Name, "RedisIndex", Why + "; remove it, or store the model with [RedisHash]");
    }

    private IPropertySymbol? FindValue()
    {
        IPropertySymbol? value = null;
        foreach (var property in Properties())
        {
            if (value is not null)
            {
                context.Report(
                    Rules.AtomicValueMembers,
                    property.SourceLocation() ?? type.SourceLocation(),
                    type.Name,
                    $"it has '{value.Name}' and '{property.Name}'; mark all but one [RedisIgnore], name it in the template, or store the model with [RedisHash]");
                return null;
            }

            value = property;
        }

        if (value is null)
            context.Report(Rules.AtomicValueMembers, type.SourceLocation(), type.Name, "it has none; add a property, such as 'public required long Count { get; init; }'");
        return value;
    }

    // What could be the value. Reports facets elsewhere.
    private IEnumerable<IPropertySymbol> Properties()
    {
        foreach (var hidden in type.GetMembers().OfType<IPropertySymbol>().Where(static property => !ModelProperties.IsMember(property)))
        {
            ReportWithoutEffect(hidden, "only a public property of the instance that can be read is the value; make it one, or remove the attribute");
        }

        var candidates = new List<IPropertySymbol>();
        foreach (var property in ModelProperties.Of(type))
        {
            if (key.Parts.Any(part => part.Part.Name == property.Name))
                ReportWithoutEffect(property, "a part of the key stands in the key and not in the value; remove it", andIgnore: true);
            else if (MemberFacets.Of(property).IsIgnored)
                ReportWithoutEffect(property, "the member is [RedisIgnore] and not stored; remove one of them");
            else if (ConstructorChoice.AccessOf(property, within: null, context) == PropertyAccess.Computed)
                ReportWithoutEffect(property, "it is computed and not stored; remove the attribute, or give it an init accessor");
            else
                candidates.Add(property);
        }

        return candidates;
    }

    private void ReportWithoutEffect(IPropertySymbol property, string why, bool andIgnore = false, string[]? except = null)
    {
        if (!_isHashToo)
            MemberFacets.Of(property).ReportWithoutEffect(property, type.Name, why, andIgnore, context, except: except);
    }

    private void CheckType(IPropertySymbol property, MemberEncoding encoding)
    {
        bool isNullable = property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || property.Type.NullableAnnotation == NullableAnnotation.Annotated;
        string? reason =
            isNullable ? $"a value that is absent is null already; make it '{TypeNames.ForPeople(property.Type.WithoutNull())}'"
            : encoding.Kind == EncodingKind.Json ? "it would be JSON, and this is for one number, text or other scalar; store the model with [RedisString], or write the value with a [RedisConverter]"
            : null;
        if (reason is not null)
            context.Report(Rules.AtomicValueType, property.SourceLocation() ?? type.SourceLocation(), type.Name, property.Name, TypeNames.ForPeople(property.Type), reason);
    }

    private CounterBounds? Bounds(IPropertySymbol property, CounterType counter)
    {
        if (counter != CounterType.None)
            return CounterFacet.Bounds(attribute, property, type.Name, context);

        foreach (string name in new[] { "Minimum", "Maximum" })
        {
            if (attribute.NamedArgument(name) is not null)
            {
                context.Report(
                    Rules.AtomicValueBound,
                    LiteralLocation.OfNamedArgument(attribute, name, context.CancellationToken),
                    type.Name,
                    name,
                    property.Name,
                    TypeNames.ForPeople(property.Type));
            }
        }

        return null;
    }
}
