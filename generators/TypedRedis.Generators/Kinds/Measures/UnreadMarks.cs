using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>Reports attributes of properties that tell a kind what is what, on types that have no such kind.</summary>
internal static class UnreadMarks
{
    private static readonly HashSet<string> Known = new(EntityKind.All.SelectMany(static kind => kind.Marks), StringComparer.Ordinal);

    public static void Check(INamedTypeSymbol type, ParseContext context)
    {
        // A class that is derived from may have them for the kinds of others.
        var kinds = EntityKind.On(type).ToList();
        if (!type.IsSealed && !type.IsValueType && !kinds.Exists(static kind => kind is MeasureKind))
            return;

        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            foreach (var attribute in property.GetAttributes())
            {
                string? name = attribute.AttributeClass?.Name;
                if (name is null || !Known.Contains(name) || !attribute.AttributeClass.Is(SymbolExtensions.OwnNamespace, name) || kinds.Exists(kind => kind.Marks.Contains(name)))
                    continue;

                var readers = EntityKind.All.Where(kind => kind.Marks.Contains(name)).Select(static kind => $"[{Short(kind.AttributeName.Substring(SymbolExtensions.OwnNamespace.Length + 1))}]").ToList();
                string remedy = readers.Count == 1 ? readers[0] : string.Join(", ", readers.Take(readers.Count - 1)) + " or " + readers[readers.Count - 1];
                context.Report(
                    Rules.FacetWithoutEffect,
                    LiteralLocation.Of(attribute, context.CancellationToken),
                    $"{type.Name}.{property.Name}",
                    Short(name),
                    $"it is for {remedy}; put that on the type, or remove it");
            }
        }
    }

    private static string Short(string attribute) => attribute.Substring(0, attribute.Length - "Attribute".Length);
}
