using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>SET, then EXPIRE → SET with the expiry.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class SetWithExpiryFix() : RuleFix(SetThenExpire.Rule)
{
    private const string Title = "Set the expiry in the same step";

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        // A key and a time, by itself in a statement.
        if (node.Call() is not { ArgumentList.Arguments.Count: 2 } expire || expire.Statement() is not { } statement || statement.HasCommentsInside()
            || expire.Argument(model, "expiry", cancellationToken)?.Expression is not { } expiry
            || !IsTimeSpan(model.GetTypeInfo(expiry, cancellationToken).Type) || !expiry.IsHarmless(model, cancellationToken))
            yield break;

        // Right behind the SET, or first in the `if` that its answer decides.
        var branch = Branch(statement);
        var before = branch is null ? statement.Previous() : branch.Condition is IdentifierNameSyntax ? branch.Previous() : branch;
        var value = before is IfStatementSyntax ? branch?.Condition : Value(before);
        if (before is null || value?.Awaited() is not { } set || set.Method(model, cancellationToken) != "StringSet"
            || set.ArgumentList.Writes()
            || !set.IsSame(expire, model, cancellationToken, "key")
            || Target(before, model, cancellationToken) is { } target && Names(expiry, target, model, cancellationToken)
            || (branch is not null && before != branch && !IsAnswer(branch.Condition, before, model, cancellationToken))
            || set.WithExpiry(expiry, model, cancellationToken) is not { } changed)
            yield break;

        if (branch is null)
        {
            yield return new Change(Title, () =>
            {
                var tracked = root.TrackNodes(before, statement);
                tracked = tracked.ReplaceNode(tracked.GetCurrentNode(before)!, WithComments(before.ReplaceNode(set, changed), statement));
                return tracked.Without(tracked.GetCurrentNode(statement)!);
            });
            yield break;
        }

        bool isAlone = branch.Statement == statement || branch.Statement is BlockSyntax { Statements.Count: 1 };
        if (statement.HasCommentsAround() || (isAlone && (branch.Else is not null || branch.HasCommentsInside() || (before != branch && branch.HasCommentsAround()))))
            yield break;

        if (isAlone && before == branch)
        {
            var condition = branch.Condition;
            while (condition is ParenthesizedExpressionSyntax inner)
                condition = inner.Expression;
            yield return new Change(Title, () => root.ReplaceNode(branch, SyntaxFactory.ExpressionStatement(condition.ReplaceNode(set, changed).WithoutTrivia()).WithTriviaFrom(branch)));
            yield break;
        }

        yield return new Change(Title, () =>
        {
            StatementSyntax gone = isAlone ? branch : statement;
            var tracked = root.TrackNodes(set, gone);
            tracked = tracked.ReplaceNode(tracked.GetCurrentNode(set)!, changed);
            return tracked.Without(tracked.GetCurrentNode(gone)!);
        });
    }

    private static bool IsTimeSpan(ITypeSymbol? type)
        => type is INamedTypeSymbol { Name: "TimeSpan" } || (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && nullable.TypeArguments[0].Name == "TimeSpan");

    private static IfStatementSyntax? Branch(StatementSyntax statement)
        => statement.Parent is IfStatementSyntax alone ? alone
            : statement.Parent is BlockSyntax { Parent: IfStatementSyntax branch } block && block.Statements[0] == statement && branch.Statement == block ? branch
            : null;

    // What a statement evaluates: of a declaration and of an assignment the value.
    private static ExpressionSyntax? Value(StatementSyntax? statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment } => assignment.Right,
        ExpressionStatementSyntax only => only.Expression,
        LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration when declaration.UsingKeyword.IsKind(SyntaxKind.None) => declaration.Declaration.Variables[0].Initializer?.Value,
        _ => null,
    };

    // Where it puts it.
    private static ISymbol? Target(StatementSyntax statement, SemanticModel model, CancellationToken cancellationToken) => statement switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } => model.GetSymbolInfo(assignment.Left, cancellationToken).Symbol,
        LocalDeclarationStatementSyntax declaration => model.GetDeclaredSymbol(declaration.Declaration.Variables[0], cancellationToken),
        _ => null,
    };

    // A bool that only the SET before decides.
    private static bool IsAnswer(ExpressionSyntax condition, StatementSyntax before, SemanticModel model, CancellationToken cancellationToken)
        => Target(before, model, cancellationToken) is ILocalSymbol { Type.SpecialType: SpecialType.System_Boolean } local
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(condition, cancellationToken).Symbol, local);

    private static bool Names(SyntaxNode expression, ISymbol symbol, SemanticModel model, CancellationToken cancellationToken)
        => expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, symbol));

    // What was said about the EXPIRE stands above the SET.
    private static StatementSyntax WithComments(StatementSyntax set, StatementSyntax expire)
    {
        var leading = set.GetLeadingTrivia();
        var indent = leading.Count > 0 && leading[leading.Count - 1].IsKind(SyntaxKind.WhitespaceTrivia) ? leading[leading.Count - 1] : SyntaxFactory.Whitespace("");
        var line = expire.DescendantTrivia().Concat(set.DescendantTrivia()).FirstOrDefault(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        if (!line.IsKind(SyntaxKind.EndOfLineTrivia))
            line = SyntaxFactory.LineFeed;
        return set.WithLeadingTrivia(leading.AddRange(expire.CommentsAround().SelectMany(comment => new[] { comment, line, indent })));
    }
}
