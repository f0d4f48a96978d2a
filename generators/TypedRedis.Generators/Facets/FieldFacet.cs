using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary><c>[RedisField("name", EnumFormat = …)]</c>: the name of a member's field, and how an enum stands in it.</summary>
internal static class FieldFacet
{
    public const string Attribute = "RedisFieldAttribute";

    // EnumFormat.Number
    private const int Number = 1;

    // What the fields begin with that are not the user's, such as the one that marks an entity whose own members are all absent.
    private const char Reserved = '_';

    public static bool EnumAsNumber(AttributeData? facet) => facet?.NamedArgument("EnumFormat") is Number;

    /// <summary>Reports an enum format on a member that is written in another way.</summary>
    public static void CheckEnumFormat(AttributeData? facet, IPropertySymbol property, MemberEncoding encoding, string model, ParseContext context)
    {
        if (facet?.NamedArgument("EnumFormat") is null || encoding.Kind is EncodingKind.EnumName or EncodingKind.EnumNumber)
            return;

        context.Report(
            Rules.FacetWithoutEffect,
            LiteralLocation.OfNamedArgument(facet, "EnumFormat", context.CancellationToken),
            $"{model}.{property.Name}",
            "RedisField(EnumFormat = …)",
            "the member is not written as an enum; remove EnumFormat");
    }

    /// <summary>The member's field. Checked by itself, and against the fields of the members before it.</summary>
    /// <param name="fields">The members of the fields so far, by field.</param>
    public static string Name(AttributeData? facet, IPropertySymbol property, INamedTypeSymbol model, AssemblyDefaults defaults, Dictionary<string, string> fields, ParseContext context)
    {
        string? own = facet?.Argument(0) as string;
        string name = own ?? defaults.FieldName(property.Name);
        string? reason =
            name.Length == 0 ? "a field needs a name"
            : name[0] == Reserved ? "TypedRedis keeps fields that begin with '_' for itself; give it another name with [RedisField(\"…\")]"
            : !IsUnicode(name) ? "the name holds half of a surrogate pair, which is no character; choose another name"
            : fields.TryGetValue(name, out string? other) ? $"'{other}' has that field already; give one of them another name with [RedisField(\"…\")]"
            : null;
        if (reason is null)
        {
            fields.Add(name, property.Name);
        }
        else
        {
            var location = own is null ? property.SourceLocation() ?? model.SourceLocation() : LiteralLocation.OfArgument(facet!, 0, context.CancellationToken);
            context.Report(Rules.FieldName, location, model.Name, property.Name, name, reason);
        }

        return name;
    }

    /// <summary>The names that the member's field had before.</summary>
    public static IEnumerable<string> FormerNames(AttributeData? facet)
    {
        if (facet is null)
            yield break;

        foreach (var argument in facet.NamedArguments)
        {
            if (argument.Key != "FormerNames" || argument.Value.Kind != TypedConstantKind.Array || argument.Value.IsNull)
                continue;
            foreach (var name in argument.Value.Values)
                yield return name.Value as string ?? "";
        }
    }

    /// <summary>Reports former names that the field cannot have had.</summary>
    /// <param name="fields">The members of the fields, by field.</param>
    /// <param name="former">The members of the former names so far, by name.</param>
    public static void CheckFormerNames(
        MemberFacets facets, IPropertySymbol property, INamedTypeSymbol model, Dictionary<string, string> fields, Dictionary<string, string> former, ParseContext context)
    {
        var facet = facets.Field;
        int position = 0;
        foreach (string name in FormerNames(facet))
        {
            string? reason =
                name.Length == 0 ? "a field needs a name"
                : name[0] == Reserved ? "TypedRedis keeps fields that begin with '_' for itself; remove it"
                : facets.Encrypted is not null ? "it is [Encrypted], and what is encrypted is bound to its field; let the field keep its name"
                : !IsUnicode(name) ? "the name holds half of a surrogate pair, which is no character; remove it"
                : fields.TryGetValue(name, out string? present) ? present == property.Name ? "that is its present name; remove it"
                    : $"'{present}' has that field now, and a value there could be either's; give that member another field, or move the value in an upgrade"
                : former.TryGetValue(name, out string? other) ? other == property.Name ? "it is named twice; remove one"
                    : $"'{other}' says that it had that field; remove it from one of them"
                : null;
            if (reason is null)
                former.Add(name, property.Name);
            else
                context.Report(Rules.FormerName, LiteralLocation.OfNamedElement(facet!, "FormerNames", position, context.CancellationToken), model.Name, property.Name, name, reason);
            position++;
        }
    }

    private static bool IsUnicode(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
