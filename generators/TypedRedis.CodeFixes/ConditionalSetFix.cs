using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary><c>if (!KeyExists(key)) StringSet(key, …)</c> → <c>StringSet(key, …, when: When.NotExists)</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ConditionalSetFix() : RuleFix(ExistsThenAct.Rule)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { } question
            || model.GetSymbolInfo(question, cancellationToken).Symbol is not IMethodSymbol { Name: "KeyExists" or "KeyExistsAsync" }
            || question.Ancestors().OfType<IfStatementSyntax>().FirstOrDefault() is not { Else: null } branch
            || Asks(branch.Condition, question) is not { } isNegated
            || Only(branch.Statement) is not ExpressionStatementSyntax only
            || only.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(call => call.Statement() == only
                && model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "StringSet" or "StringSetAsync" }) is not { } set
            || set.Argument(model, "when", cancellationToken) is not null)
            yield break;

        var when = SyntaxFactory.MemberAccessExpression(
            SyntaxKind.SimpleMemberAccessExpression, Syntax.Name("StackExchange.Redis.When"), SyntaxFactory.IdentifierName(isNegated ? "NotExists" : "Exists"));
        var changed = set.With(Syntax.Named("when", when));
        if (changed.Compiles(set, model))
        {
            yield return new Change(
                $"Let StringSet decide, with When.{(isNegated ? "NotExists" : "Exists")}",
                () => root.ReplaceNode(branch, only.ReplaceNode(set, changed).WithTriviaFrom(branch)));
        }
    }

    private static StatementSyntax? Only(StatementSyntax statement) => statement is BlockSyntax block ? block.Statements.Count == 1 ? block.Statements[0] : null : statement;

    // Whether the condition is the question and nothing else: true where it is negated.
    private static bool? Asks(ExpressionSyntax condition, InvocationExpressionSyntax question)
    {
        bool isNegated = false;
        while (true)
        {
            switch (condition)
            {
                case ParenthesizedExpressionSyntax inner:
                    condition = inner.Expression;
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                    isNegated = !isNegated;
                    condition = not.Operand;
                    break;
                case AwaitExpressionSyntax awaited:
                    condition = awaited.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } configured }:
                    condition = configured.Expression;
                    break;
                default:
                    return condition == question ? isNegated : null;
            }
        }
    }
}
