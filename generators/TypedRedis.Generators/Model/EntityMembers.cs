using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;

namespace TypedRedis.Generators.Model;

/// <summary>The stored members of a model whose members are fields of a hash, and how an instance is made of them.</summary>
internal sealed record EntityMembers(EquatableArray<MemberModel> Members, ConstructionModel Construction)
{
    /// <summary>Reads the members. Null where no instance could be made.</summary>
    public static EntityMembers? Parse(INamedTypeSymbol type, KeyModel key, ParseContext context) => new EntityMembersParser(type, key, context).Parse();
}

/// <summary>Reads the members of one model.</summary>
internal sealed class EntityMembersParser(INamedTypeSymbol type, KeyModel key, ParseContext context)
{
    private readonly INamespaceSymbol _home = type.ContainingNamespace;
    private readonly AssemblyDefaults _defaults = AssemblyDefaults.Of(type.ContainingAssembly);

    // The member of each field so far.
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly List<MemberModel> _members = [];
    private readonly List<Slot> _slots = [];

    public EntityMembers? Parse()
    {
        var candidates = Candidates();
        if (ConstructorChoice.Choose(type, candidates.ConvertAll(static candidate => candidate.Property), within: null, context) is not { } choice)
            return null;

        var names = candidates.ConvertAll(static candidate => candidate.Property.Name);
        var locals = Identifiers.Locals(names, ["entity", "values", "context", .. names]);
        for (int i = 0; i < candidates.Count; i++)
        {
            var (property, facets) = candidates[i];
            if (!IsSet(property, facets, choice))
                continue;
            if (IsPart(property))
                _slots.Add(new Slot(property, Identifiers.Escape(property.Name), -1, null));
            else
                AddMember(property, facets, locals[i]);
        }

        CheckFormerNames(candidates);
        var construction = new ConstructionParser(type, choice, _home, context).Parse(_slots);
        return new EntityMembers(_members.ToEquatableArray(), construction);
    }

    // The properties that are stored or stand in the key, unless it turns out that nothing sets them.
    private List<(IPropertySymbol Property, MemberFacets Facets)> Candidates()
    {
        ReportHiddenFacets();
        var candidates = new List<(IPropertySymbol Property, MemberFacets Facets)>();
        foreach (var property in ModelProperties.Of(type))
        {
            var facets = MemberFacets.Of(property);
            if (IsPart(property))
            {
                facets.ReportWithoutEffect(property, type.Name, "a part of the key stands in the key and is not stored in a field; remove it", andIgnore: true, context,
                    ofIndexed: "an entity is found by its whole key without an index; to find entities by a part of the key, name the part in a [RedisIndex] on the model");
            }
            else if (facets.IsIgnored)
            {
                facets.ReportWithoutEffect(property, type.Name, "the member is [RedisIgnore] and not stored; remove one of them", andIgnore: false, context);
                continue;
            }
            else
            {
                facets.CheckConflicts(property, type.Name, context);
            }

            if (Suppressions.IsForbidden(property))
            {
                string remedy = IsPart(property) ? "have it be a warning" : "mark it [RedisIgnore], or have it be a warning";
                context.Report(Rules.NoSettablePath, property.SourceLocation() ?? type.SourceLocation(), type.Name, property.Name, $"it is [Obsolete] as an error, so that generated code cannot name it; {remedy}");
                continue;
            }

            candidates.Add((property, facets));
        }

        return candidates;
    }

    // Facets on properties that are not stored whatever they carry.
    private void ReportHiddenFacets()
    {
        foreach (var member in type.GetMembers())
        {
            if (member is IPropertySymbol property && !ModelProperties.IsMember(property))
            {
                MemberFacets.Of(property).ReportWithoutEffect(
                    property, type.Name, "only public properties of the instance that can be read are stored; make it one, or remove the attribute", andIgnore: false, context);
            }
        }
    }

    // Against the present names of all members, and so behind them.
    private void CheckFormerNames(List<(IPropertySymbol Property, MemberFacets Facets)> candidates)
    {
        var former = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (property, facets) in candidates)
        {
            if (!IsPart(property) && _members.Exists(member => member.Name == property.Name))
                FieldFacet.CheckFormerNames(facets, property, type, _fields, former, context);
        }
    }

    private bool IsSet(IPropertySymbol property, MemberFacets facets, ConstructorChoice choice)
    {
        if (choice.Feeds(property))
            return true;

        var access = ConstructorChoice.AccessOf(property, within: null, context);
        if (access == PropertyAccess.Settable)
            return true;
        if (access == PropertyAccess.Computed && !IsPart(property))
        {
            facets.ReportWithoutEffect(property, type.Name, "it is computed and not stored; remove the attribute, or give it an init accessor", andIgnore: false, context);
            return false;
        }

        context.Report(Rules.NoSettablePath, property.SourceLocation() ?? type.SourceLocation(), type.Name, property.Name, ConstructionParser.WhyUnset(property));
        return false;
    }

    private void AddMember(IPropertySymbol property, MemberFacets facets, string local)
    {
        var encoding = EncodingParser.Parse(property, facets, type.Name, _home, _defaults, context);
        string field = FieldFacet.Name(facets.Field, property, type, _defaults, _fields, context);
        bool counts = facets.Counter is not null && CounterFacet.Check(facets.Counter, property, type.Name, context);
        var token = facets.Token is null ? TokenType.None
            : ConcurrencyTokenFacet.Parse(facets.Token, property, type.Name, _members.Find(static member => member.Token != TokenType.None)?.Name, context);
        _slots.Add(new Slot(property, null, _members.Count, encoding));
        if (encoding is null)
            return;

        FieldFacet.CheckEnumFormat(facets.Field, property, encoding, type.Name, context);
        if (facets.Encrypted is not null)
            PrintedSecrets.CheckMember(type, property, context);
        bool isNullable = property.Type.CanBeNull();
        var written = isNullable && property.Type.IsReferenceType ? property.Type.WithNullableAnnotation(NullableAnnotation.Annotated) : property.Type;
        _members.Add(new MemberModel(
            property.Name,
            Identifiers.Escape(property.Name),
            field,
            TypeNames.Of(written, _home),
            TypeNames.ForPeople(property.Type.WithoutNull()),
            TypeNames.Cref(property, _home),
            local,
            isNullable,
            property.Type.IsReferenceType,
            encoding,
            !counts ? CounterType.None : property.Type.SpecialType == SpecialType.System_Int32 ? CounterType.Int32 : CounterType.Int64)
        {
            Bounds = counts ? CounterFacet.Bounds(facets.Counter!, property, type.Name, context) : null,
            Token = token,
            Protection = ProtectionFacet.Parse(facets.Encrypted, facets.Compressed, facets.MaxSize, $"{type.Name}.{property.Name}", context),
            IsAtomic = facets.Atomic is not null,
            FormerNames = FieldFacet.FormerNames(facets.Field).ToEquatableArray(),
        });
    }

    private bool IsPart(IPropertySymbol property) => key.Parts.Any(part => part.Part.Name == property.Name);
}
