using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;

namespace TypedRedis.Generators.Model;

/// <summary>The stored members of a model whose members are fields of a hash, and how an instance is made of them.</summary>
internal sealed record EntityMembers(EquatableArray<MemberModel> Members, ConstructionModel Construction)
{
    /// <summary>Reads the members. Null where no instance could be made.</summary>
    public static EntityMembers? Parse(INamedTypeSymbol type, KeyModel key, ParseContext context)
    {
        var candidates = Candidates(type, key, context);
        if (ConstructorChoice.Choose(type, candidates, context) is not { } choice)
            return null;

        var home = type.ContainingNamespace;
        var defaults = AssemblyDefaults.Of(type.ContainingAssembly);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var locals = Identifiers.Locals(candidates.Select(static property => property.Name), "entity", "values", "context");
        var members = new List<MemberModel>();
        var slots = new List<Slot>();
        for (int i = 0; i < candidates.Count; i++)
        {
            var property = candidates[i];
            bool isPart = IsPart(property, key);
            if (!IsSet(property, isPart, choice, type, context))
                continue;

            if (isPart)
            {
                slots.Add(new Slot(property, Identifiers.Escape(property.Name), -1, null));
                continue;
            }

            if (ParseMember(property, locals[i], members.Count, home, type, defaults, fields, slots, context) is { } member)
                members.Add(member);
        }

        var construction = new ConstructionParser(type, choice, home, context).Parse(slots);
        return new EntityMembers(members.ToEquatableArray(), construction);
    }

    private static MemberModel? ParseMember(
        IPropertySymbol property,
        string local,
        int index,
        INamespaceSymbol home,
        INamedTypeSymbol type,
        AssemblyDefaults defaults,
        Dictionary<string, string> fields,
        List<Slot> slots,
        ParseContext context)
    {
        var facets = MemberFacets.Of(property);
        var encoding = EncodingParser.Parse(property, facets, type.Name, home, defaults, context);
        string field = FieldFacet.Name(facets.Field, property, type, defaults, fields, context);
        slots.Add(new Slot(property, null, index, encoding));
        bool counts = facets.Counter is not null && CounterFacet.Check(facets.Counter, property, type.Name, context);
        if (encoding is null)
            return null;

        FieldFacet.CheckEnumFormat(facets.Field, property, encoding, type.Name, context);
        bool isNullable = property.Type.CanBeNull();
        return new MemberModel(
            property.Name,
            Identifiers.Escape(property.Name),
            field,
            TypeNames.Of(isNullable && property.Type.IsReferenceType ? property.Type.WithNullableAnnotation(NullableAnnotation.Annotated) : property.Type, home),
            TypeNames.ForPeople(property.Type.WithoutNull()),
            local,
            isNullable,
            property.Type.IsReferenceType,
            encoding,
            !counts ? CounterType.None : property.Type.SpecialType == SpecialType.System_Int32 ? CounterType.Int32 : CounterType.Int64);
    }

    // The properties that are stored or stand in the key, unless it turns out that nothing sets them.
    private static List<IPropertySymbol> Candidates(INamedTypeSymbol type, KeyModel key, ParseContext context)
    {
        ReportHiddenFacets(type, context);
        var candidates = new List<IPropertySymbol>();
        foreach (var property in ModelProperties.Of(type))
        {
            var facets = MemberFacets.Of(property);
            if (IsPart(property, key))
            {
                facets.ReportWithoutEffect(property, type.Name, "a part of the key stands in the key and is not stored in a field; remove it", andIgnore: true, context);
            }
            else
            {
                if (facets.IsIgnored)
                {
                    facets.ReportWithoutEffect(property, type.Name, "the member is [RedisIgnore] and not stored; remove one of them", andIgnore: false, context);
                    continue;
                }

                facets.CheckConflicts(property, type.Name, context);
            }

            candidates.Add(property);
        }

        return candidates;
    }

    // Facets on properties that are not stored whatever they carry.
    private static void ReportHiddenFacets(INamedTypeSymbol type, ParseContext context)
    {
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (!ModelProperties.IsMember(property))
                MemberFacets.Of(property).ReportWithoutEffect(property, type.Name, "only public properties of the instance that can be read are stored; make it one, or remove the attribute", andIgnore: false, context);
        }
    }

    private static bool IsSet(IPropertySymbol property, bool isPart, ConstructorChoice choice, INamedTypeSymbol type, ParseContext context)
    {
        if (choice.Feeds(property))
            return true;

        var access = ConstructorChoice.AccessOf(property, context);
        if (access == PropertyAccess.Settable)
            return true;
        if (access == PropertyAccess.Computed && !isPart)
        {
            MemberFacets.Of(property).ReportWithoutEffect(property, type.Name, "it is computed and not stored; remove the attribute, or give it an init accessor", andIgnore: false, context);
            return false;
        }

        context.Report(Rules.NoSettablePath, property.SourceLocation() ?? type.SourceLocation(), type.Name, property.Name, ConstructionParser.WhyUnset(property));
        return false;
    }

    private static bool IsPart(IPropertySymbol property, KeyModel key) => key.Parts.Any(part => part.Part.Name == property.Name);
}
