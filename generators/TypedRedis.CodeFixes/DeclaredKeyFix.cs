using System.Composition;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;
using TypedRedis.Analyzers.Driver;
using TypedRedis.Analyzers.Rules.Keys;

namespace TypedRedis.CodeFixes;

/// <summary><c>"user:" + id</c> → <c>new UserKey(id).ToRedisKey()</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class DeclaredKeyFix() : RuleFix(AdHocKeys.Declared)
{
    private static readonly Regex Part = new(@"\{(?<name>[A-Za-z_]\w*)(?::(?<format>[^{}]*))?\}", RegexOptions.CultureInvariant);

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is not ExpressionSyntax key || key.HasCommentsInside()
            || model.GetOperation(key, cancellationToken) is not { } operation || KeyText.Of(operation) is not { } text
            || Of(text, model.Compilation) is not var (type, values))
            yield break;

        var arguments = values.Select(SyntaxFactory.Argument).ToList();
        var made = SyntaxFactory.ObjectCreationExpression(SyntaxFactory.ParseTypeName(type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)).WithAdditionalAnnotations(Simplifier.Annotation))
            .WithNewKeyword(SyntaxFactory.Token(SyntaxKind.NewKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            .WithArgumentList(SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(arguments, Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), arguments.Count - 1))));
        var replacement = SyntaxFactory.InvocationExpression(SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, made, SyntaxFactory.IdentifierName("ToRedisKey"))).WithTriviaFrom(key);
        yield return new Change($"Use {type.Name}", () => root.ReplaceNode(key, replacement), kind: "Use declared keys");
    }

    /// <summary>The declared key of a text, with the arguments of its constructor; null where there is none, or its text may be another.</summary>
    internal static (INamedTypeSymbol Type, IReadOnlyList<ExpressionSyntax> Arguments)? Of(KeyText text, Compilation compilation)
    {
        if (DeclaredKey.Of(compilation).FirstOrDefault(candidate => candidate.Shape == text.Shape) is not { } declared
            || compilation.GetTypeByMetadataName(declared.KeyType) is not { } type)
            return null;

        // A value for each part, and a parameter of the part's name for each value.
        var parts = Part.Matches(declared.Template).Cast<Match>().ToList();
        if (parts.Count != text.Values.Count
            || type.InstanceConstructors.FirstOrDefault(constructor => constructor.Parameters.Length == parts.Count
                && constructor.Parameters.All(parameter => parts.Count(part => IsNamed(parameter, part)) == 1)) is not { } constructor)
            return null;

        var arguments = new List<ExpressionSyntax>();
        foreach (var parameter in constructor.Parameters)
        {
            int place = parts.FindIndex(part => IsNamed(parameter, part));
            if (Value(text.Values[place], parameter.Type, parts[place].Groups["format"].Value) is not { } value)
                return null;

            arguments.Add(value.WithoutTrivia());
        }

        return (type, arguments);
    }

    private static bool IsNamed(IParameterSymbol parameter, Match part) => parameter.Name.Equals(part.Groups["name"].Value, StringComparison.OrdinalIgnoreCase);

    // What the part is made of, where the key has the same text: a string, or an integer, which may be a text by now.
    private static ExpressionSyntax? Value(IOperation value, ITypeSymbol part, string format)
    {
        if (format.Length > 0 || value.Parent is IInterpolationOperation { FormatString: not null } or IInterpolationOperation { Alignment: not null })
            return null;

        if (IsInteger(part) && value is IInvocationOperation { TargetMethod: { Name: "ToString", Parameters.Length: 0 }, Instance: { } instance })
            value = instance;
        return (part.SpecialType == SpecialType.System_String && value.Type?.SpecialType == SpecialType.System_String) || (IsInteger(part) && IsInteger(value.Type)) ? value.Syntax as ExpressionSyntax : null;
    }

    private static bool IsInteger(ITypeSymbol? type) => type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
}
