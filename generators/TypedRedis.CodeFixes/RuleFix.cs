using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TypedRedis.CodeFixes;

/// <summary>A fix of one diagnostic at a time. It is offered only where every condition of it holds, and what it makes compiles.</summary>
public abstract class RuleFix : CodeFixProvider
{
    private readonly string _id;
    private readonly bool _canFixAll;

    private protected RuleFix(DiagnosticDescriptor rule, bool canFixAll = true)
    {
        _id = rule.Id;
        _canFixAll = canFixAll;
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(_id);

    public sealed override FixAllProvider? GetFixAllProvider() => _canFixAll ? WellKnownFixAllProviders.BatchFixer : null;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
            return;

        var diagnostic = context.Diagnostics[0];
        var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        foreach (var change in Changes(node, root, model, context.CancellationToken))
        {
            context.RegisterCodeFix(
                CodeAction.Create(change.Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(change.Root())), equivalenceKey: change.Title),
                diagnostic);
        }
    }

    /// <summary>The changes to offer; none where a condition does not hold.</summary>
    /// <param name="node">What the diagnostic points at.</param>
    /// <param name="root">The file.</param>
    /// <param name="model">Its meaning.</param>
    /// <param name="cancellationToken">Stops it.</param>
    private protected abstract IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken);

    /// <summary>A change of a file.</summary>
    /// <param name="title">What the editor offers.</param>
    /// <param name="root">Makes the file with the change in it.</param>
    private protected readonly struct Change(string title, Func<SyntaxNode> root)
    {
        public string Title { get; } = title;

        public Func<SyntaxNode> Root { get; } = root;
    }
}
