using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Model;

/// <summary>A key struct.</summary>
/// <param name="Name">The struct's name, escaped.</param>
/// <param name="Template">The template that it formats and parses.</param>
/// <param name="Parts">Its parts in their order.</param>
internal sealed record KeyModel(string Name, KeyTemplate Template, EquatableArray<KeyPartModel> Parts)
{
    // What a key struct has besides its parts.
    private static readonly string[] OwnMembers =
        ["Pattern", "ToRedisKey", "TryParse", "ToString", "Equals", "GetHashCode", "GetType", "PrintMembers", "ReferenceEquals", "MemberwiseClone", "Finalize"];

    /// <summary>The type of what identifies an entity: the part's own, or a tuple of several.</summary>
    public string PartsType => KeyPartModel.TypeOf(Parts);

    /// <summary>Reads the template of an attribute's first argument. Null where there is an error.</summary>
    /// <param name="isTagged">Whether the key has a hash tag in any case; see <see cref="KeyTemplate.Tagged"/>.</param>
    public static KeyModel? Parse(string name, INamedTypeSymbol model, AttributeData attribute, ParseContext context, bool isTagged = false)
    {
        var template = KeyTemplateParser.Parse(model, attribute, 0, context.ReportAction, context.CancellationToken);
        if (template is null)
        {
            context.Fail();
            return null;
        }

        var parts = template.Parts.ToArray();
        var parameters = Identifiers.Locals(parts.Select(static part => part.Name));
        var locals = Identifiers.Locals(parts.Select(static part => part.Name), "key", "result", "utf8Key");
        var models = new List<KeyPartModel>(parts.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            var part = parts[i];
            if (Array.IndexOf(OwnMembers, part.Name) >= 0 || part.Name == name)
            {
                context.Report(
                    Rules.EmittedName,
                    ModelProperties.Find(model, part.Name)?.SourceLocation() ?? model.SourceLocation(),
                    model.Name,
                    $"{name}.{part.Name}",
                    "the key has a member of that name itself; rename the property");
                return null;
            }

            var property = ModelProperties.Find(model, part.Name);
            if (property is null)
            {
                context.Fail();
                return null;
            }

            models.Add(new KeyPartModel(
                part,
                Identifiers.Escape(part.Name),
                TypeNames.Of(property.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated), model.ContainingNamespace),
                parameters[i],
                locals[i],
                Identifiers.CanNameTupleElement(part.Name) ? Identifiers.Escape(part.Name) : null));
        }

        return new KeyModel(Identifiers.Escape(name), isTagged ? template.Tagged() : template, models.ToEquatableArray());
    }
}

/// <summary>A part of a key struct.</summary>
/// <param name="Part">What the template says of it.</param>
/// <param name="Property">Its property, escaped, on the model and on the key.</param>
/// <param name="Type">Its type as emitted code writes it.</param>
/// <param name="Parameter">Its parameter of the key's constructor.</param>
/// <param name="Local">Its local where a key is parsed.</param>
/// <param name="TupleElement">The name of its element of a tuple of all parts, or null where C# refuses the name.</param>
internal sealed record KeyPartModel(KeyPart Part, string Property, string Type, string Parameter, string Local, string? TupleElement)
{
    /// <summary>The type of the values of parts: of one its own, of several a tuple.</summary>
    public static string TypeOf(EquatableArray<KeyPartModel> parts) => parts.Count == 1
        ? parts[0].Type
        : $"({string.Join(", ", parts.Select(static part => part.TupleElement is { } name ? $"{part.Type} {name}" : part.Type))})";

    /// <summary>The value of one of several parts of a tuple.</summary>
    public string ElementOf(string tuple, int index) => $"{tuple}.{TupleElement ?? $"Item{index + 1}"}";
}
