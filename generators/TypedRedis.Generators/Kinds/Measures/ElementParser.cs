using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>Reads what is ranked or counted: the properties with <c>[Member]</c>.</summary>
internal static class ElementParser
{
    /// <summary>The member, or null where there is an error.</summary>
    /// <param name="verb">What the kind does with its members: <c>ranks</c>.</param>
    public static ElementModel? Parse(Declaration declaration, string verb)
    {
        var (type, context) = (declaration.Type, declaration.Context);
        var marked = Marked(declaration, MeasureKind.Member, (property, why) => Refuse(property, why)).ToList();
        if (marked.Count == 0)
        {
            if (!context.HasErrors)
                context.Report(Rules.NoRankedMember, declaration.TypeLocation, type.Name, verb);
            return null;
        }

        var locals = Identifiers.Locals(marked.Select(static property => property.Name), "member", "context", "text");
        var parts = new List<KeyPartModel>();
        foreach (var property in marked)
        {
            if (property.Type.TypeKind == TypeKind.Error)
            {
                context.Fail();
                continue;
            }

            var kind = PartTypes.KindOf(property.Type, type, out string fault);
            if (declaration.IsPart(property))
                Refuse(property, "it is a part of the key already; take it out of the template, or remove [Member]");
            else if (kind is PartKind.DateTime or PartKind.DateTimeOffset)
                Refuse(property, $"a '{Names.Of(property.Type)}' has no one text; use a DateOnly, or a long of its ticks");
            else if (kind is null)
                Refuse(property, $"it is of type '{TypeNames.ForPeople(property.Type)}': {OfMember(fault)}");
            else
                parts.Add(Part(property, kind.Value, type.ContainingNamespace, locals[parts.Count]));
        }

        return parts.Count == marked.Count ? new ElementModel(parts.ToEquatableArray()) : null;

        void Refuse(IPropertySymbol property, string why)
            => context.Report(Rules.RankedMember, property.SourceLocation() ?? declaration.TypeLocation, type.Name, property.Name, why);
    }

    /// <summary>A member as it stands in a key, of a declaration that was read.</summary>
    public static KeySegment[] Segments(INamedTypeSymbol model)
    {
        var segments = new List<KeySegment>();
        foreach (var property in ModelProperties.Of(model).Where(static property => property.FindInheritedAttribute(MeasureKind.Member) is not null))
        {
            if (PartTypes.KindOf(property.Type, model, out _) is not { } kind)
                continue;

            if (segments.Count > 0)
                segments.Add(new KeyLiteral(":"));
            segments.Add(new KeyPart(property.Name, "", kind, PartFormat.Of(kind, null).Text, Normalizes: false, IsTag: false, Width: 0, IsTerminated: true));
        }

        return [.. segments];
    }

    /// <summary>The properties with an attribute. Those that cannot be read are refused.</summary>
    public static IEnumerable<IPropertySymbol> Marked(Declaration declaration, string attribute, Action<IPropertySymbol, string> refuse)
    {
        var properties = ModelProperties.Of(declaration.Type);
        foreach (var hidden in declaration.Type.GetMembers().OfType<IPropertySymbol>())
        {
            if (!ModelProperties.IsMember(hidden) && hidden.FindAttribute(attribute) is not null)
                refuse(hidden, "only a public property of the instance that can be read tells it; make it one, or remove the attribute");
        }

        return properties.Where(property => property.FindInheritedAttribute(attribute) is not null);
    }

    private static KeyPartModel Part(IPropertySymbol property, PartKind kind, INamespaceSymbol home, string local)
        => new(
            new KeyPart(property.Name, Names.Qualified(property.Type), kind, PartFormat.Of(kind, null).Text, Normalizes: false, IsTag: false, Width: 0, IsTerminated: true),
            Identifiers.Escape(property.Name),
            TypeNames.Of(property.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), home),
            Parameter: local,
            local,
            Identifiers.CanNameTupleElement(property.Name) ? Identifiers.Escape(property.Name) : null);

    // What types say of keys is as true of members; the store is what shows the type.
    private static string OfMember(string fault)
        => fault.Replace("the key is public, as its model is,", "the store is public, as its model is,").Replace("the key could", "the store could").Replace("key part", "member").Replace("two keys", "two members");
}
