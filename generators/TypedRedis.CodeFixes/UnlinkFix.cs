using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Performance;

namespace TypedRedis.CodeFixes;

/// <summary>DEL → UNLINK.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class UnlinkFix() : RuleFix(BlockingDelete.Rule)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is not LiteralExpressionSyntax literal)
            yield break;

        yield return new Change("Use UNLINK", () => root.ReplaceNode(
            literal,
            SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal("UNLINK")).WithTriviaFrom(literal)));
    }
}
