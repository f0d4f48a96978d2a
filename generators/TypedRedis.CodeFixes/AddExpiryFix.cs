using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>A cache entry without an expiry → with one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class CacheExpiryFix() : AddExpiryFix(CacheWithoutExpiry.Rule, "FromMinutes", 10, "Add an expiry of 10 minutes");

/// <summary>A lock without an expiry → with one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LockExpiryFix() : AddExpiryFix(Locks.WithoutExpiry, "FromSeconds", 30, "Add an expiry of 30 seconds");

/// <summary>Adds an expiry, which is a first guess, and hence not of all at once.</summary>
public abstract class AddExpiryFix : RuleFix
{
    private readonly string _unit;
    private readonly int _amount;
    private readonly string _title;

    private protected AddExpiryFix(DiagnosticDescriptor rule, string unit, int amount, string title)
        : base(rule, canFixAll: false)
    {
        _unit = unit;
        _amount = amount;
        _title = title;
    }

    private protected sealed override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        var amount = SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(_amount));
        var expiry = SyntaxFactory.InvocationExpression(Syntax.Name("System.TimeSpan." + _unit), SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(amount))));
        if (node.Call() is { } set && set.WithExpiry(expiry, model, cancellationToken) is { } changed)
            yield return new Change(_title, () => root.ReplaceNode(set, changed));
    }
}
