using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.RedisHash;
using TypedRedis.Generators.Kinds.RedisString;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Projection;

/// <summary><c>[RedisProjection&lt;User&gt;]</c>: some members of a model in a hash.</summary>
internal sealed class ProjectionKind : EntityKind
{
    public override string AttributeName => "TypedRedis.RedisProjectionAttribute`1";

    protected override string FileSuffix => "-projection";

    public override EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (attribute.AttributeClass?.TypeArguments[0] is not INamedTypeSymbol { TypeKind: not TypeKind.Error } entityType)
        {
            context.Fail();
            return null;
        }

        if (WhyNotProjection(type, context) is { } shape)
            return Refuse(type, entityType, type.SourceLocation(), type.Name, shape, context);
        if (entityType.FindAttribute(RedisHashKind.Attribute) is not { } entityAttribute)
        {
            string reason = entityType.FindAttribute(RedisStringKind.Attribute) is null
                ? "the model has no [RedisHash]; put it on the model, or name another"
                : "a [RedisString] model is one value, of which no part can be read; store it with [RedisHash], or read it whole";
            return Refuse(type, entityType, LiteralLocation.Of(attribute, context.CancellationToken), entityType.Name, reason, context);
        }

        if (ProjectedEntity.Parse(entityType, entityAttribute, context) is not { } entity)
        {
            if (context.IsOurs(entityType))
                context.Fail();
            else
                Refuse(type, entityType, LiteralLocation.Of(attribute, context.CancellationToken), entityType.Name, "its assembly has no generated mapper for it that this assembly sees; make the model public and compile it with TypedRedis", context);
            return null;
        }

        if (type.FindAttribute(ExpiresFacet.Attribute) is { } expires)
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(expires, context.CancellationToken), type.Name, "Expires", "a projection has its model's expiry; put it on the model");
        ProtectionFacet.RefuseOnType(type, "a projection reads its members as the model writes them; put it on the model's members", context);
        foreach (var index in type.FindAttributes(IndexParser.Attribute))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(index, context.CancellationToken), type.Name, "RedisIndex", "a projection is found by its model's indexes; put it on the model");
        return ParseMembers(type, entity, context);
    }

    public override string Emit(EntityModel model) => ProjectionEmitter.Emit((ProjectionModel)model);

    private static ProjectionModel? ParseMembers(INamedTypeSymbol type, ProjectedEntity entity, ParseContext context)
    {
        var properties = Candidates(type, context);
        if (ConstructorChoice.Choose(type, properties, within: type, context) is not { } choice)
            return null;

        var home = Home(type, entity);
        string Name(string name) => home is null ? entity.Identity.Globalize(name) : TypeNames.Qualify(entity.Type.ContainingNamespace, home) + name;
        var slots = new List<Slot>();
        var fields = new List<(int Index, string Member)>();
        foreach (var property in properties)
        {
            bool isPart = entity.IsKeyPart(property.Name);
            int index = entity.FieldOf(property.Name);
            if (!choice.Feeds(property) && ConstructorChoice.AccessOf(property, within: type, context) is not PropertyAccess.Settable and var access)
            {
                if (access == PropertyAccess.ConstructorOnly)
                    context.Report(Rules.NoSettablePath, property.SourceLocation() ?? type.SourceLocation(), type.Name, property.Name, ConstructionParser.WhyUnset(property));
                continue;
            }

            if (!isPart && index < 0)
            {
                Refuse(type, entity.Type, property.SourceLocation() ?? type.SourceLocation(), property.Name,
                    $"the model stores no such member ({Parsing.Names.Suggestion(property.Name, entity.MemberNames.ToList())}); mark it [RedisIgnore] if it is not to be read", context);
                continue;
            }

            var source = ModelProperties.Find(entity.Type, property.Name)!;
            if (!Fits(property.Type, source.Type))
            {
                Refuse(type, entity.Type, property.SourceLocation() ?? type.SourceLocation(), property.Name,
                    $"the model's member is of type '{TypeNames.ForPeople(source.Type)}'; give it the same type", context);
                continue;
            }

            slots.Add(isPart
                ? new Slot(property, Identifiers.Escape(property.Name), -1, null)
                : new Slot(property, null, fields.Count, Encoding(type, property, source, entity, home, context)));
            if (isPart)
                continue;

            fields.Add((index, property.Name));
            if (MemberFacets.Of(source).Encrypted is not null)
                PrintedSecrets.CheckMember(type, property, context);
        }

        // A member that was refused is required no more.
        if (context.HasErrors)
            return null;

        var construction = new ConstructionParser(type, choice, home, context).Parse(slots);
        return context.HasErrors ? null : new ProjectionModel(
            Identity(type, entity),
            HierarchyInfo.Of(type),
            entity.Identity.FullName,
            Name(entity.Identity.Reference),
            Name(entity.Names.Key),
            Name(entity.Names.Mapper),
            fields.ToEquatableArray(),
            construction);
    }

    private static List<IPropertySymbol> Candidates(INamedTypeSymbol type, ParseContext context)
    {
        var candidates = new List<IPropertySymbol>();
        foreach (var property in ModelProperties.Of(type))
        {
            var facets = MemberFacets.Of(property);
            facets.ReportWithoutEffect(property, type.Name, "a projection reads its members as the model writes them; put it on the model's member", andIgnore: false, context);
            if (!facets.IsIgnored)
                candidates.Add(property);
        }

        return candidates;
    }

    // The model's member says how its field is read.
    private static MemberEncoding? Encoding(INamedTypeSymbol type, IPropertySymbol property, IPropertySymbol source, ProjectedEntity entity, INamespaceSymbol? home, ParseContext context)
    {
        var quiet = new ParseContext(context.Compilation, report: null, context.CancellationToken);
        var encoding = EncodingParser.Parse(source, MemberFacets.Of(source), entity.Type.Name, home, AssemblyDefaults.Of(entity.Type.ContainingAssembly), quiet);
        if (quiet.HasErrors || encoding is null)
            Refuse(type, entity.Type, property.SourceLocation() ?? type.SourceLocation(), property.Name, "this assembly cannot name the converter or the serializer context of the model's member; make it public", context);
        return encoding;
    }

    // The namespace in which emitted code may write bare names: none inside a type of the user's that has types, or the mapper's name, among its own members.
    private static INamespaceSymbol? Home(INamedTypeSymbol type, ProjectedEntity entity)
        => type.ContainingType is null && type.SelfAndBases().All(current => current.GetTypeMembers().IsEmpty && current.GetMembers(entity.Names.Mapper).IsEmpty)
            ? type.ContainingNamespace
            : null;

    // The same type; a reference may be nullable here and not there, but not the other way round.
    private static bool Fits(ITypeSymbol type, ITypeSymbol source)
        => SymbolEqualityComparer.Default.Equals(type, source) && (type.CanBeNull() || !source.CanBeNull() || source.NullableAnnotation == NullableAnnotation.None);

    private static ModelIdentity Identity(INamedTypeSymbol type, ProjectedEntity entity)
    {
        var names = new List<string>();
        for (var current = type; current is not null; current = current.ContainingType)
            names.Insert(0, Identifiers.Escape(current.Name));
        var suppressed = new SortedSet<string>(Suppressions.Of(type).Concat(entity.Identity.Suppressed), StringComparer.Ordinal);
        string fullName = TypeNames.ForPeople(type);
        return new ModelIdentity(
            TypeNames.Of(type.ContainingNamespace),
            string.Join(".", names),
            fullName,
            FileNames.Of(type, fullName),
            type.Name,
            type.DeclaredAccessibility == Accessibility.Public,
            suppressed.ToEquatableArray());
    }

    private static string? WhyNotProjection(INamedTypeSymbol type, ParseContext context)
    {
        if (type.TypeKind != TypeKind.Class || type.IsStatic || type.IsAbstract)
            return "it must be a class or a record of which instances can be made";
        if (type.IsFileLocal)
            return "it is file-local, so that its other half cannot be generated; make it internal";
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsGenericType)
                return "it is generic, or nested in a generic type; make it non-generic";
        }

        return HierarchyInfo.FindClosed(type, context.CancellationToken) is { } closed
            ? $"'{closed.Name}' is not partial, so that the projection's other half cannot be generated; make it partial"
            : null;
    }

    private static ProjectionModel? Refuse(INamedTypeSymbol type, INamedTypeSymbol entity, Location? location, string what, string why, ParseContext context)
    {
        context.Report(Rules.Projection, location, type.Name, entity.Name, what, why);
        return null;
    }
}
