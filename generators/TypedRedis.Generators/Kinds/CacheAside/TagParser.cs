using System.Text;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary>Reads the templates of a cache's tags.</summary>
internal static class TagParser
{
    private const string Option = "Tags";

    // What a static class has, or hides, besides its methods.
    private static readonly string[] OwnMembers = ["ToString", "Equals", "GetHashCode", "GetType", "ReferenceEquals", "MemberwiseClone", "Finalize"];

    /// <summary>The tags; those that are wrong are reported and left out.</summary>
    public static EquatableArray<TagModel> Parse(INamedTypeSymbol type, AttributeData attribute, string tagClass, ParseContext context)
    {
        var tags = new List<TagModel>();
        var declared = attribute.NamedArguments.FirstOrDefault(static argument => argument.Key == Option).Value;
        if (declared is not { Kind: TypedConstantKind.Array, IsNull: false })
        {
            // What does not compile is the compiler's to report.
            if (declared.Type is not null && declared.Kind == TypedConstantKind.Error)
                context.Fail();
            return tags.ToEquatableArray();
        }

        for (int element = 0; element < declared.Values.Length; element++)
        {
            if (declared.Values[element].Kind == TypedConstantKind.Error)
            {
                context.Fail();
                continue;
            }

            int position = element;
            string text = declared.Values[element].Value as string ?? "";
            void Fault(int start, int length, string fault) => context.Report(
                Rules.CacheTag,
                LiteralLocation.InNamedElement(attribute, Option, position, start, length, context.CancellationToken),
                type.Name,
                KeyText.Printable(text.Substring(start, length)),
                fault);

            if (KeyTemplateParser.ParseTag(type, text, Fault) is not { } template)
            {
                context.Fail();
                continue;
            }

            string name = NameOf(template);
            if (FaultOf(type, template, name, tags, tagClass) is { } fault)
                Fault(0, text.Length, fault);
            else
                tags.Add(new TagModel(Identifiers.Escape(name), template, Parts(type, template)));
        }

        return tags.ToEquatableArray();
    }

    private static string? FaultOf(INamedTypeSymbol type, KeyTemplate template, string name, List<TagModel> tags, string tagClass)
    {
        if (!Identifiers.IsValid(name))
            return $": no method can have the name '{name}', which its text before the first part gives; begin it with a letter";
        if (Array.IndexOf(OwnMembers, name) >= 0 || name == tagClass)
            return $": the class of the tags has a member '{name}' itself; begin the tag with different text";
        if (tags.Find(tag => tag.Method == Identifiers.Escape(name)) is { } same)
            return $": its method would be '{name}', as that of '{same.Template.Text}' is; begin them with different text";

        var own = new DeclaredKey(type, template, Location.None);
        foreach (var tag in tags)
        {
            if (TemplateOverlap.CommonKey(new DeclaredKey(type, tag.Template, Location.None), own) is { } common)
                return $": '{tag.Template.Text}' can give the same tag, '{KeyText.Printable(common)}' for one; begin them with different text";
        }

        return null;
    }

    // The text before the first part, in Pascal case: "in-stock:" is InStock.
    private static string NameOf(KeyTemplate template)
    {
        var name = new StringBuilder();
        bool startsWord = true;
        foreach (char character in template.Segments[0] is KeyLiteral literal ? literal.Text : "")
        {
            if (!char.IsLetterOrDigit(character))
            {
                startsWord = true;
                continue;
            }

            name.Append(startsWord ? char.ToUpperInvariant(character) : character);
            startsWord = false;
        }

        return name.ToString();
    }

    private static EquatableArray<TagPartModel> Parts(INamedTypeSymbol type, KeyTemplate template)
    {
        var parts = template.Parts.ToArray();
        var parameters = Identifiers.Locals(parts.Select(static part => part.Name), "tag");
        return parts
            .Select((part, index) => (Part: part, Parameter: parameters[index], Property: ModelProperties.Find(type, part.Name)))
            .Where(static part => part.Property is not null)
            .Select(part => new TagPartModel(
                part.Part,
                Identifiers.Escape(part.Part.Name),
                TypeNames.Of(part.Property!.Type.WithoutNull(), type.ContainingNamespace),
                part.Parameter,
                part.Property.Type.CanBeNull(),
                part.Property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T))
            .ToEquatableArray();
    }
}
