using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TypedRedis.Analyzers.Rules.Models;

/// <summary>Models that are declared properly, and will not do what is expected of them. What is no model at all, the generator's own analyzer says.</summary>
internal sealed class ModelRules : Rule
{
    public static readonly DiagnosticDescriptor ShortFailSafe = Describe(
        "TR4101",
        "The fail-safe is shorter than the life of an entry",
        "Where the source of '{0}' fails, entries are served {1} beyond their {2} and no longer: FailSafe counts from the end of Ttl; make it as long as the source may be away",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor IndexedCounter = Describe(
        "TR4102",
        "Each increment moves an entity in an index",
        "'{0}.{1}' is a counter with an exact index, so that each increment takes the entity out of one set and puts it into another: use Sorted = true, which finds ranges, or leave the index out",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor UnboundedMember = Describe(
        "TR4103",
        "A collection in an entity has no bound",
        "'{0}.{1}' is read and written whole with each entity, and nothing keeps it small: give it [MaxSize], or store its items as entities with an index",
        DiagnosticSeverity.Info);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [ShortFailSafe, IndexedCounter, UnboundedMember];

    public override void Register(RuleRegistry registry)
    {
        var compilation = registry.Start.Compilation;
        if (compilation.GetTypeByMetadataName("TypedRedis.RedisHashAttribute") is not { } hash)
            return;

        // By name within the runtime's assembly.
        bool Is(AttributeData attribute, string name)
            => attribute.AttributeClass?.Name == name && SymbolEqualityComparer.Default.Equals(attribute.AttributeClass.ContainingAssembly, hash.ContainingAssembly);

        registry.Start.RegisterSymbolAction(context => Check(context, (INamedTypeSymbol)context.Symbol, Is), SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context, INamedTypeSymbol type, Func<AttributeData, string, bool> isAttribute)
    {
        if (type.TypeKind != TypeKind.Class)
            return;

        bool isStored = false, isBounded = false;
        foreach (var attribute in type.GetAttributes())
        {
            if (isAttribute(attribute, "CacheAsideAttribute"))
                CheckFailSafe(context, type, attribute);
            isStored |= isAttribute(attribute, "RedisHashAttribute") || isAttribute(attribute, "RedisStringAttribute");
            isBounded |= isAttribute(attribute, "MaxSizeAttribute");
        }

        if (!isStored)
            return;

        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            if (property.IsStatic || property.DeclaredAccessibility != Accessibility.Public || property.IsIndexer || property.SetMethod is null)
                continue;

            var attributes = property.GetAttributes();
            if (attributes.Any(attribute => isAttribute(attribute, "RedisIgnoreAttribute")))
                continue;

            if (attributes.FirstOrDefault(attribute => isAttribute(attribute, "IndexedAttribute") && !attribute.NamedArguments.Any(static argument => argument is { Key: "Sorted", Value: { Kind: TypedConstantKind.Primitive, Value: true } })) is { } index
                && attributes.Any(attribute => isAttribute(attribute, "CounterAttribute")))
                context.ReportDiagnostic(Diagnostic.Create(IndexedCounter, LocationOf(index, null, context) ?? property.Locations[0], type.Name, property.Name));
            if (!isBounded && IsCollection(property.Type) && !attributes.Any(attribute => isAttribute(attribute, "MaxSizeAttribute")))
                context.ReportDiagnostic(Diagnostic.Create(UnboundedMember, property.Locations[0], type.Name, property.Name));
        }
    }

    private static void CheckFailSafe(SymbolAnalysisContext context, INamedTypeSymbol type, AttributeData attribute)
    {
        string? ttl = Argument(attribute, "Ttl"), failSafe = Argument(attribute, "FailSafe");
        if (Milliseconds(ttl) is { } life && Milliseconds(failSafe) is { } beyond && beyond < life)
            context.ReportDiagnostic(Diagnostic.Create(ShortFailSafe, LocationOf(attribute, "FailSafe", context) ?? type.Locations[0], type.Name, failSafe, ttl));
    }

    private static string? Argument(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    // An argument of an attribute, or all of it.
    private static Location? LocationOf(AttributeData attribute, string? argument, SymbolAnalysisContext context)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is not AttributeSyntax syntax)
            return null;

        return argument is null
            ? syntax.GetLocation()
            : (syntax.ArgumentList?.Arguments.FirstOrDefault(given => given.NameEquals?.Name.Identifier.ValueText == argument)?.Expression ?? (Microsoft.CodeAnalysis.SyntaxNode)syntax).GetLocation();
    }

    private static bool IsCollection(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } => false,
        IArrayTypeSymbol => true,
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => IsCollection(nullable.TypeArguments[0]),
        { SpecialType: SpecialType.System_String } => false,
        _ => type.ContainingNamespace?.ToDisplayString() is "System.Collections.Generic" or "System.Collections.Immutable" && type.AllInterfaces.Concat([type]).Any(static candidate => candidate.Name == "IEnumerable"),
    };

    // 1h30m. Null for what is none, which the generator's own analyzer reports.
    private static double? Milliseconds(string? duration)
    {
        if (duration is null)
            return null;

        double sum = 0;
        for (int i = 0; i < duration.Length;)
        {
            int start = i;
            while (i < duration.Length && duration[i] is >= '0' and <= '9')
                i++;
            int end = i;
            while (i < duration.Length && duration[i] is not (>= '0' and <= '9'))
                i++;
            double? unit = duration.Substring(end, i - end) switch
            {
                "ms" => 1,
                "s" => 1000,
                "m" => 60_000,
                "h" => 3_600_000,
                "d" => 86_400_000,
                "w" => 604_800_000,
                _ => null,
            };
            if (unit is null || !double.TryParse(duration.Substring(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out double number))
                return null;
            sum += number * unit.Value;
        }

        return sum == 0 ? null : sum;
    }
}
