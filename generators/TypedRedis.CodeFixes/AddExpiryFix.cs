using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>A cache entry without an expiry → with one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class CacheExpiryFix() : AddExpiryFix(CacheWithoutExpiry.Rule, "System.TimeSpan.FromMinutes(10)", "Add an expiry of 10 minutes");

/// <summary>A lock without an expiry → with one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LockExpiryFix() : AddExpiryFix(Locks.WithoutExpiry, "System.TimeSpan.FromSeconds(30)", "Add an expiry of 30 seconds");

/// <summary>Adds an expiry, which is a first guess.</summary>
public abstract class AddExpiryFix : RuleFix
{
    private readonly string _expiry;
    private readonly string _title;

    private protected AddExpiryFix(DiagnosticDescriptor rule, string expiry, string title)
        : base(rule, canFixAll: false)
    {
        _expiry = expiry;
        _title = title;
    }

    private protected sealed override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { } set || set.Argument(model, "expiry", cancellationToken) is not null)
            yield break;

        var changed = set.With(Syntax.Named("expiry", Syntax.Name(_expiry)));
        if (changed.Compiles(set, model))
            yield return new Change(_title, () => root.ReplaceNode(set, changed));
    }
}
