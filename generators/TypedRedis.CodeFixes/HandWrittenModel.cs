using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;
using TypedRedis.Analyzers.Rules.Keys;

namespace TypedRedis.CodeFixes;

/// <summary>The model that a call of <c>HashSet</c> writes by hand.</summary>
/// <param name="Name">Its name, which is free.</param>
/// <param name="Template">The template of its key.</param>
/// <param name="Parts">The members that the key is made of, in the order of the template.</param>
/// <param name="Fields">The members that are fields.</param>
internal sealed record HandWrittenModel(string Name, string Template, IReadOnlyList<HandWrittenMember> Parts, IReadOnlyList<HandWrittenMember> Fields)
{
    // What a template takes without a word, between parts.
    private static readonly Regex KeyLiteral = new("^[a-z0-9:._-]+$", RegexOptions.CultureInvariant);

    private static readonly Regex LastWord = new("(?<word>[a-z][a-z0-9_-]*)[:.]*$", RegexOptions.CultureInvariant);

    // Those that the patch and the record need for themselves.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "IsEmpty", "IsAssigned", "Assign", "Write", "Equals", "GetHashCode", "GetType", "ToString", "ReferenceEquals", "MemberwiseClone", "Finalize", "Clone", "EqualityContract", "PrintMembers",
    };

    /// <summary>The model of a key and of entries; null where one of them does not say it all, or the texts in Redis would not be the same.</summary>
    public static HandWrittenModel? Of(ExpressionSyntax key, ExpressionSyntax entries, SemanticModel model, CancellationToken cancellationToken)
    {
        if (model.GetOperation(key, cancellationToken) is not { } operation || KeyText.Of(operation) is not { } text || IsDeclared(text.Shape, model.Compilation))
            return null;

        var fields = new List<HandWrittenMember>();
        foreach (var entry in Entries(entries))
        {
            if (entry.ArgumentList?.Arguments is not { Count: 2 } arguments || arguments.Any(static argument => argument.NameColon is not null)
                || model.GetConstantValue(arguments[0].Expression, cancellationToken).Value is not string field
                || HandWrittenMember.OfField(field, arguments[1].Expression, model, cancellationToken) is not { } member)
                return null;

            fields.Add(member);
        }

        var parts = new List<HandWrittenMember>();
        string template = "";
        for (int i = 0; i < text.Pieces.Count; i++)
        {
            string? next = i + 1 < text.Pieces.Count ? text.Pieces[i + 1] : ":";
            if (text.Pieces[i] is { } literal)
            {
                if (!KeyLiteral.IsMatch(literal))
                    return null;
                template += literal;
                continue;
            }

            // A part ends with a colon or with the key.
            if (i == 0 || next?.StartsWith(":", StringComparison.Ordinal) != true || HandWrittenMember.OfPart(text.Values[parts.Count], model, cancellationToken) is not { } part)
                return null;

            parts.Add(part);
            template += "{" + part.Name + "}";
        }

        if (fields.Count < 2 || parts.Count == 0 || !LastWord.Match(text.Pieces[0]!).Success || Names.Pascal(LastWord.Match(text.Pieces[0]!).Groups["word"].Value) is not { } word)
            return null;

        foreach (string name in new[] { word, word + "Entity" })
        {
            if (IsFree(name, key, model) && Distinct(name, template, parts, fields) is { } found)
                return found;
        }

        return null;
    }

    // A part with the name of a field is called after the model too: PersonId.
    private static HandWrittenModel? Distinct(string name, string template, List<HandWrittenMember> parts, List<HandWrittenMember> fields)
    {
        var renamed = new List<HandWrittenMember>();
        foreach (var part in parts)
        {
            if (!fields.Exists(field => field.Name == part.Name))
            {
                renamed.Add(part);
                continue;
            }

            renamed.Add(part with { Name = name + part.Name });
            template = template.Replace("{" + part.Name + "}", "{" + name + part.Name + "}");
        }

        var names = new HashSet<string>(StringComparer.Ordinal) { name };
        return renamed.Concat(fields).All(member => names.Add(member.Name) && !Reserved.Contains(member.Name)) ? new HandWrittenModel(name, template, renamed, fields) : null;
    }

    private static bool IsFree(string name, SyntaxNode place, SemanticModel model)
        => new[] { "", "Key", "Hash", "Patch", "Repository" }.All(suffix => model.LookupNamespacesAndTypes(place.SpanStart, name: name + suffix).IsEmpty);

    private static IEnumerable<BaseObjectCreationExpressionSyntax> Entries(ExpressionSyntax entries)
    {
        IEnumerable<ExpressionSyntax?> elements = entries switch
        {
            ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            ImplicitArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions,
            CollectionExpressionSyntax collection => collection.Elements.Select(static element => (element as ExpressionElementSyntax)?.Expression),
            _ => [],
        };
        return elements.All(static element => element is BaseObjectCreationExpressionSyntax { Initializer: null }) ? elements.Cast<BaseObjectCreationExpressionSyntax>() : [];
    }

    // By a model whose keys might be the same.
    private static bool IsDeclared(string shape, Compilation compilation)
    {
        string[] segments = shape.Split(':');
        return DeclaredKey.Of(compilation).Any(declared => declared.Shape.Split(':') is var others && others.Length == segments.Length
            && others.Zip(segments, static (one, other) => one == other || one.Contains("{}") || other.Contains("{}")).All(static same => same));
    }
}

/// <summary>A member of such a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type in full.</param>
/// <param name="Field">The field, where it is not that of the name.</param>
/// <param name="Value">The value that it gets.</param>
internal sealed record HandWrittenMember(string Name, string Type, string? Field, ExpressionSyntax Value)
{
    /// <summary>The member of a field; null where its value has another text in a model.</summary>
    public static HandWrittenMember? OfField(string field, ExpressionSyntax value, SemanticModel model, CancellationToken cancellationToken)
    {
        if (field.StartsWith("_", StringComparison.Ordinal) || Names.Pascal(field) is not { } name || Written(value, model, cancellationToken) is not var (source, type))
            return null;

        bool isDefault = Names.IsSnake(field) && !model.Compilation.Assembly.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "RedisDefaultsAttribute");
        return new HandWrittenMember(name, type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), isDefault ? null : field, source.WithoutTrivia());
    }

    /// <summary>The member of a part of the key; null where its text would be another.</summary>
    public static HandWrittenMember? OfPart(IOperation part, SemanticModel model, CancellationToken cancellationToken)
    {
        if (part.Parent is IInterpolationOperation { FormatString: not null } or IInterpolationOperation { Alignment: not null } || part.Syntax is not ExpressionSyntax value)
            return null;

        // Which is its text by itself.
        var (source, type) = part.Type is { } guid && IsOf(guid, "System", "Guid") ? (value, guid) : Written(value, model, cancellationToken) ?? default;
        if (type is null || !(type.SpecialType == SpecialType.System_String || IsInteger(type) || IsOf(type, "System", "Guid")))
            return null;

        return new HandWrittenMember(Names.Of(source) ?? "Id", type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), Field: null, source.WithoutTrivia());
    }

    // A value that the driver writes as a model does, and its type. That of a text that was made of something else is the type of that.
    private static (ExpressionSyntax Value, ITypeSymbol Type)? Written(ExpressionSyntax value, SemanticModel model, CancellationToken cancellationToken)
    {
        while (value is ParenthesizedExpressionSyntax inner)
            value = inner.Expression;
        if (value is CastExpressionSyntax cast && model.GetTypeInfo(cast, cancellationToken).Type?.Name == "RedisValue")
            return Written(cast.Expression, model, cancellationToken);
        if (value is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ToString", Expression: var of }, ArgumentList.Arguments: var arguments }
            && model.GetTypeInfo(of, cancellationToken).Type is { } written
            && IsRoundTrip(written, arguments.Count == 0 ? "" : model.GetConstantValue(arguments[0].Expression, cancellationToken).Value as string))
            return (of, written);

        var info = model.GetTypeInfo(value, cancellationToken);
        bool isNotNull = info.Nullability.FlowState == NullableFlowState.NotNull || value is InterpolatedStringExpressionSyntax || model.GetConstantValue(value, cancellationToken) is { HasValue: true, Value: not null };
        return info.Type switch
        {
            { SpecialType: SpecialType.System_Boolean } type => (value, type),
            { } type when IsInteger(type) => (value, type),
            { SpecialType: SpecialType.System_String } type when isNotNull => (value, type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
            IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte, Rank: 1 } type when isNotNull => (value, type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)),
            _ => null,
        };
    }

    // Whether a format is the one that a model uses.
    private static bool IsRoundTrip(ITypeSymbol type, string? format) => format switch
    {
        "" => IsInteger(type) || IsOf(type, "System", "Guid", "TimeSpan"),
        "O" or "o" => IsOf(type, "System", "DateTime", "DateTimeOffset", "DateOnly", "TimeOnly"),
        "D" => IsOf(type, "System", "Guid"),
        "c" => IsOf(type, "System", "TimeSpan"),
        _ => false,
    };

    private static bool IsOf(ITypeSymbol type, string space, params string[] names) => names.Contains(type.Name) && type.ContainingNamespace?.ToDisplayString() == space;

    private static bool IsInteger(ITypeSymbol type) => type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
}
