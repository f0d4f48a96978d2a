using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary>
/// Writes the form of a model's JSON as text: its members with their names, types and serializer attributes, and those of all types that it is made of, except the framework's. The text
/// depends neither on the order of members in the source nor on namespaces and assemblies, and differs where a member is added, removed, renamed or has another type.
/// </summary>
internal sealed class ShapeText
{
    // Generic types can refer to ever larger ones of their own kind. Those beyond are named only.
    private const int MostTypes = 256;

    private const string Json = "System.Text.Json.Serialization";

    // They say nothing of the form.
    private static readonly string[] Irrelevant = ["JsonConstructorAttribute", "JsonPropertyOrderAttribute", "JsonSerializableAttribute"];

    private readonly Dictionary<ITypeSymbol, int> _numbers = new(SymbolEqualityComparer.Default);
    private readonly List<INamedTypeSymbol> _types = [];

    private ShapeText()
    {
    }

    /// <summary>The hash of the text.</summary>
    public static uint HashOf(INamedTypeSymbol model, int version, ITypeSymbol? context)
    {
        // FNV-1a.
        uint hash = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(Of(model, version, context)))
            hash = unchecked((hash ^ value) * 16777619);
        return hash;
    }

    /// <summary>The text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="version">Its declared version.</param>
    /// <param name="context">The serializer context, whose attribute may say how all names are written; or null.</param>
    public static string Of(INamedTypeSymbol model, int version, ITypeSymbol? context)
    {
        var shape = new ShapeText();
        var text = new StringBuilder("version ").Append(Invariant(version)).Append(context is null ? "" : shape.Written(context)).Append('\n');
        shape.Reference(model);
        for (int i = 0; i < shape._types.Count; i++)
            shape.Define(text, shape._types[i], i);
        return text.ToString();
    }

    /// <summary>Whether the serializer leaves the member out.</summary>
    public static bool IsIgnored(ISymbol member)
        => Attributes(member).Any(static attribute => attribute.AttributeClass!.Name == "JsonIgnoreAttribute" && attribute.NamedArgument("Condition") is null or 1);

    private static IEnumerable<AttributeData> Attributes(ISymbol symbol)
        => symbol.GetAttributes().Where(static attribute =>
            attribute.AttributeClass is { } type && type.ContainingNamespace.Is(Json) && Array.IndexOf(Irrelevant, type.Name) < 0);

    private static bool IsFramework(INamedTypeSymbol type)
    {
        if (type.DeclaringSyntaxReferences.Length > 0)
            return false;

        var outermost = type.ContainingNamespace;
        while (outermost is { ContainingNamespace.IsGlobalNamespace: false })
            outermost = outermost.ContainingNamespace;
        return outermost is { Name: "System" or "Microsoft" };
    }

    private static string Invariant(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    // Types are numbered in the order in which they are met, so that two of one name differ.
    private void Define(StringBuilder text, INamedTypeSymbol type, int number)
    {
        text.Append(Invariant(number)).Append(' ').Append(type.TypeKind.ToString().ToLowerInvariant()).Append(Written(type)).Append('\n');
        if (type.EnumUnderlyingType is { } underlying)
        {
            text.Append("  of ").Append(Reference(underlying)).Append('\n');
            foreach (var constant in type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).OrderBy(static field => field.Name, StringComparer.Ordinal))
                text.Append("  ").Append(constant.Name).Append(" = ").Append(Invariant(constant.ConstantValue)).Append(Written(constant)).Append('\n');
            return;
        }

        var collections = type.AllInterfaces
            .Where(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T)
            .OrderBy(static candidate => candidate.TypeArguments[0].Name, StringComparer.Ordinal);
        foreach (var collection in collections)
            text.Append("  of ").Append(Reference(collection.TypeArguments[0])).Append('\n');
        foreach (var (member, memberType) in Members(type).OrderBy(static member => member.Member.Name, StringComparer.Ordinal))
            text.Append("  ").Append(member.Name).Append(": ").Append(Reference(memberType)).Append(Written(member)).Append('\n');
    }

    private static IEnumerable<(ISymbol Member, ITypeSymbol Type)> Members(INamedTypeSymbol type)
    {
        var properties = type.TypeKind == TypeKind.Interface
            ? type.AllInterfaces.Insert(0, type).SelectMany(ModelProperties.Of)
            : ModelProperties.Of(type);
        foreach (var property in properties)
        {
            if (!IsIgnored(property))
                yield return (property, property.Type);
        }

        foreach (var member in type.SelfAndBases().SelectMany(static current => current.GetMembers()))
        {
            if (!Attributes(member).Any(static attribute => attribute.AttributeClass!.Name == "JsonIncludeAttribute"))
                continue;
            if (member is IFieldSymbol field)
                yield return (field, field.Type);
            else if (member is IPropertySymbol property && !ModelProperties.IsMember(property))
                yield return (property, property.Type);
        }
    }

    // The type as a member names it.
    private string Reference(ITypeSymbol type)
    {
        string mark = type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated ? "?" : "";
        if (type is IArrayTypeSymbol array)
            return $"{Reference(array.ElementType)}[{new string(',', array.Rank - 1)}]{mark}";
        if (type is not INamedTypeSymbol named)
            return type.Name + mark;
        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return Reference(named.TypeArguments[0]) + "?";

        var arguments = new List<string>();
        for (var current = named; current is not null; current = current.ContainingType)
            arguments.AddRange(current.TypeArguments.Select(Reference));
        string text = arguments.Count == 0 ? named.Name : $"{named.Name}<{string.Join(", ", arguments)}>";
        return $"{text}{(IsFramework(named) ? "" : Number(named))}{mark}";
    }

    private string Number(INamedTypeSymbol type)
    {
        if (!_numbers.TryGetValue(type, out int number))
        {
            if (_types.Count == MostTypes)
                return "#";

            _numbers.Add(type, number = _types.Count);
            _types.Add(type);
        }

        return "#" + Invariant(number);
    }

    // The attributes that tell the serializer something.
    private string Written(ISymbol symbol)
    {
        var written = Attributes(symbol)
            .OrderBy(static attribute => attribute.AttributeClass!.Name, StringComparer.Ordinal)
            .ThenBy(static attribute => string.Join(",", attribute.ConstructorArguments.Select(static argument => argument.Kind == TypedConstantKind.Type ? ((ITypeSymbol?)argument.Value)?.Name : argument.ToCSharpString())), StringComparer.Ordinal)
            .Select(attribute => $" [{Reference(attribute.AttributeClass!)}({string.Join(", ", attribute.ConstructorArguments.Select(Constant).Concat(attribute.NamedArguments.Select(argument => $"{argument.Key} = {Constant(argument.Value)}")))})]");
        return string.Concat(written);
    }

    private string Constant(TypedConstant constant) => constant switch
    {
        { IsNull: true } => "null",
        { Kind: TypedConstantKind.Array } => $"[{string.Join(", ", constant.Values.Select(Constant))}]",
        { Kind: TypedConstantKind.Type } => Reference((ITypeSymbol)constant.Value!),
        { Kind: TypedConstantKind.Error } => "",
        _ => $"{Invariant(constant.Value)}",
    };
}
