using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>SET, then EXPIRE → SET with the expiry.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class SetWithExpiryFix() : RuleFix(SetThenExpire.Rule)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { } expire || expire.Statement() is not { } statement
            || expire.Argument(model, "expiry", cancellationToken)?.Expression is not { } expiry
            || model.GetTypeInfo(expiry, cancellationToken).Type?.Name != "TimeSpan"
            || expire.Argument(model, "key", cancellationToken)?.Expression is not { } key
            || Set(statement, key, model, cancellationToken) is not { } set)
            yield break;

        var changed = set.With(Syntax.Named("expiry", expiry));
        if (!changed.Compiles(set, model))
            yield break;

        yield return new Change("Set the expiry in the same step", () =>
        {
            var tracked = root.TrackNodes(set, statement);
            tracked = tracked.ReplaceNode(tracked.GetCurrentNode(set)!, changed);
            var empty = tracked.GetCurrentNode(statement)!;

            // What stood alone under an `if` leaves the `if` without a body: the whole of it goes, and its condition, the SET, becomes a statement.
            return empty.Parent is BlockSyntax or GlobalStatementSyntax ? Remove(tracked, empty) : tracked;
        });
    }

    private static SyntaxNode Remove(SyntaxNode root, StatementSyntax statement)
        => statement.Parent is GlobalStatementSyntax global ? root.RemoveNode(global, SyntaxRemoveOptions.KeepNoTrivia)! : root.Without(statement);

    // The SET right before, as a statement or a declaration of the same block, so that nothing can come between, nor be given another expiry.
    private static InvocationExpressionSyntax? Set(ExpressionStatementSyntax statement, ExpressionSyntax key, SemanticModel model, CancellationToken cancellationToken)
    {
        var before = Previous(statement);
        if (before is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax))
            return null;

        var calls = before.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "StringSet" or "StringSetAsync" })
            .ToList();
        return calls.Count == 1
            && calls[0].Argument(model, "expiry", cancellationToken) is null
            && calls[0].Argument(model, "key", cancellationToken)?.Expression is { } other
            && model.GetOperation(other, cancellationToken).IsSameAs(model.GetOperation(key, cancellationToken))
                ? calls[0]
                : null;
    }

    private static StatementSyntax? Previous(StatementSyntax statement)
    {
        switch (statement.Parent)
        {
            case BlockSyntax block:
                int index = block.Statements.IndexOf(statement);
                return index > 0 ? block.Statements[index - 1] : null;
            case GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } global:
                int place = unit.Members.IndexOf(global);
                return place > 0 ? (unit.Members[place - 1] as GlobalStatementSyntax)?.Statement : null;
            default:
                return null;
        }
    }
}
