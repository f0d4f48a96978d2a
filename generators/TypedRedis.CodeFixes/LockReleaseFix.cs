using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>DEL of a lock → LockRelease with the token that it was taken with.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LockReleaseFix() : RuleFix(Locks.FreedByDelete)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { Expression: MemberAccessExpressionSyntax access, ArgumentList.Arguments.Count: 1 } delete
            || Token(delete, model, cancellationToken) is not { } token)
            yield break;

        string name = access.Name.Identifier.Text == "KeyDeleteAsync" ? "LockReleaseAsync" : "LockRelease";
        var released = delete
            .WithExpression(access.WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(access.Name)))
            .With(SyntaxFactory.Argument(token.WithoutTrivia()));
        yield return new Change("Release the lock with its token", () => root.ReplaceNode(delete, released));
    }

    // The token of the one place where the lock is taken, if it still has its value here.
    private static ExpressionSyntax? Token(InvocationExpressionSyntax delete, SemanticModel model, CancellationToken cancellationToken)
    {
        var body = delete.Ancestors().FirstOrDefault(static ancestor => ancestor is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax);
        var takes = body?.DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(call => call.SpanStart < delete.SpanStart && IsTake(call, model, cancellationToken) && call.IsSame(delete, model, cancellationToken, "key"))
            .ToList();
        return takes is { Count: 1 } && takes[0].Argument(model, "value", cancellationToken)?.Expression is { } token && IsConstant(token, delete, body!, model, cancellationToken) ? token : null;
    }

    private static bool IsTake(InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
        => call.Method(model, cancellationToken) == "LockTake"
            || (call.Method(model, cancellationToken) == "StringSet"
                && call.Argument(model, "when", cancellationToken)?.Expression is { } when
                && model.GetSymbolInfo(when, cancellationToken).Symbol?.Name == "NotExists");

    // A constant, or a name of what is given a value once.
    private static bool IsConstant(ExpressionSyntax token, SyntaxNode place, SyntaxNode body, SemanticModel model, CancellationToken cancellationToken)
    {
        if (token is LiteralExpressionSyntax)
            return true;
        if (token is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or IdentifierNameSyntax }))
            return false;

        var symbol = model.GetSymbolInfo(token, cancellationToken).Symbol;
        return symbol switch
        {
            IFieldSymbol field => field.IsConst || (field.IsReadOnly && token is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }),
            ILocalSymbol or IParameterSymbol { RefKind: RefKind.None } => model.LookupSymbols(place.SpanStart, name: symbol.Name).Contains(symbol, SymbolEqualityComparer.Default)
                && !body.DescendantNodes().Any(node => node.Written() is { } written && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(written, cancellationToken).Symbol, symbol)),
            _ => false,
        };
    }
}
