using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>DEL of a lock → LockRelease with the token that it was taken with.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LockReleaseFix() : RuleFix(Locks.FreedByDelete)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { Expression: MemberAccessExpressionSyntax access } delete
            || delete.ArgumentList.Arguments.Count != 1
            || Token(delete, model, cancellationToken) is not { } token)
            yield break;

        string name = access.Name.Identifier.Text == "KeyDeleteAsync" ? "LockReleaseAsync" : "LockRelease";
        var released = delete
            .WithExpression(access.WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(access.Name)))
            .With(SyntaxFactory.Argument(token.WithoutTrivia()));
        if (released.Compiles(delete, model))
            yield return new Change("Release the lock with its token", () => root.ReplaceNode(delete, released));
    }

    // The token, where it can be named here, too.
    private static ExpressionSyntax? Token(InvocationExpressionSyntax delete, SemanticModel model, CancellationToken cancellationToken)
    {
        var key = model.GetOperation(delete.ArgumentList.Arguments[0].Expression, cancellationToken);
        var body = delete.Ancestors().FirstOrDefault(static ancestor => ancestor is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax);
        var take = body?.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => call.SpanStart < delete.SpanStart
                && model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: "LockTake" or "LockTakeAsync" or "StringSet" or "StringSetAsync" }
                && call.Argument(model, "key", cancellationToken)?.Expression is { } other
                && model.GetOperation(other, cancellationToken).IsSameAs(key))
            .LastOrDefault();
        var token = take?.Argument(model, "value", cancellationToken)?.Expression;
        return token is not null && token.IsSimple() && IsVisible(token, delete, model, cancellationToken) ? token : null;
    }

    private static bool IsVisible(ExpressionSyntax token, SyntaxNode place, SemanticModel model, CancellationToken cancellationToken)
    {
        var symbol = model.GetSymbolInfo(token, cancellationToken).Symbol;
        return symbol is null ? token is LiteralExpressionSyntax
            : symbol is not ILocalSymbol local || model.LookupSymbols(place.SpanStart, name: local.Name).Contains(local, SymbolEqualityComparer.Default);
    }
}
