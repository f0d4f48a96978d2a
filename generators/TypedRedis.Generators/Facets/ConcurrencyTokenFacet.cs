using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary>What a concurrency token is. The names are those of the runtime's enum.</summary>
internal enum TokenType
{
    None,
    Int32,
    Int64,
    Guid,
}

/// <summary><c>[ConcurrencyToken]</c>: the version of an entity.</summary>
internal static class ConcurrencyTokenFacet
{
    public const string Attribute = "ConcurrencyTokenAttribute";

    /// <param name="other">The name of the model's token so far, or null.</param>
    public static TokenType Parse(AttributeData facet, IPropertySymbol property, string model, string? other, ParseContext context)
    {
        var type = property.Type switch
        {
            { SpecialType: SpecialType.System_Int32 } => TokenType.Int32,
            { SpecialType: SpecialType.System_Int64 } => TokenType.Int64,
            var candidate when candidate.Is("System", "Guid") => TokenType.Guid,
            _ => TokenType.None,
        };
        string? reason =
            type == TokenType.None
                ? $"it is of type '{TypeNames.ForPeople(property.Type)}', and a version is a number or a Guid that is never null; make it an 'int', a 'long' or a 'Guid'"
            : other is not null ? $"'{other}' is it already, and an entity has one version; remove [ConcurrencyToken] from one of them"
            : null;
        if (reason is not null)
            context.Report(Rules.ConcurrencyToken, LiteralLocation.Of(facet, context.CancellationToken), model, property.Name, reason);
        return type;
    }
}
