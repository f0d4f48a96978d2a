using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>Text in the current culture → in the invariant one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class InvariantTextFix() : RuleFix(CultureInKey.Rule)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        const string Title = "Format it in the invariant culture";
        var culture = Syntax.Name("System.Globalization.CultureInfo.InvariantCulture");
        if (node.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is { } text)
        {
            if (text.Ancestors().OfType<InterpolatedStringExpressionSyntax>().Any())
                yield break;

            var invariant = SyntaxFactory.InvocationExpression(
                    SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, Syntax.Name("System.FormattableString"), SyntaxFactory.IdentifierName("Invariant")),
                    SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(text.WithoutTrivia()))))
                .WithTriviaFrom(text);
            yield return new Change(Title, () => root.ReplaceNode(text, invariant));
        }
        else if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ToString" } } call)
        {
            yield return new Change(Title, () => root.ReplaceNode(call, call.With(SyntaxFactory.Argument(culture))));
        }
        else if (node is ExpressionSyntax value && value.Parent is BinaryExpressionSyntax)
        {
            var receiver = value is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax ? value.WithoutTrivia() : SyntaxFactory.ParenthesizedExpression(value.WithoutTrivia());
            if (model.GetTypeInfo(value, cancellationToken).Type is not { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T })
                yield break;

            var written = SyntaxFactory.InvocationExpression(
                    SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, receiver, SyntaxFactory.IdentifierName("ToString")),
                    SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(culture))))
                .WithTriviaFrom(value);
            yield return new Change(Title, () => root.ReplaceNode(value, written));
        }
    }
}
