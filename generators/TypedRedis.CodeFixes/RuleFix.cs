using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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

        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            foreach (var change in Changes(node, root, model, context.CancellationToken))
            {
                var changed = change.Root();
                if (!Compiles(node, root, changed, model, context.CancellationToken))
                    continue;

                context.RegisterCodeFix(
                    CodeAction.Create(change.Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), equivalenceKey: change.Title),
                    diagnostic);
            }
        }
    }

    /// <summary>The changes to offer; none where a condition does not hold. Those that do not compile are left out.</summary>
    /// <param name="node">What the diagnostic points at.</param>
    /// <param name="root">The file.</param>
    /// <param name="model">Its meaning.</param>
    /// <param name="cancellationToken">Stops it.</param>
    private protected abstract IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken);

    // Whether the member that is changed, which ends as far before the end of the file as it did, has no more errors than before.
    private static bool Compiles(SyntaxNode node, SyntaxNode root, SyntaxNode changed, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } found and not GlobalStatementSyntax ? found : root;
        var span = Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(member.FullSpan.Start, changed.FullSpan.End - (root.FullSpan.End - member.FullSpan.End));
        var tree = root.SyntaxTree.WithRootAndOptions(changed, root.SyntaxTree.Options);
        var other = model.Compilation.ReplaceSyntaxTree(root.SyntaxTree, tree).GetSemanticModel(tree);
        return Errors(other.GetDiagnostics(span, cancellationToken)) <= Errors(model.GetDiagnostics(member.FullSpan, cancellationToken));

        static int Errors(ImmutableArray<Diagnostic> diagnostics) => diagnostics.Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>A change of a file.</summary>
    /// <param name="title">What the editor offers.</param>
    /// <param name="root">Makes the file with the change in it.</param>
    private protected readonly struct Change(string title, Func<SyntaxNode> root)
    {
        public string Title { get; } = title;

        public Func<SyntaxNode> Root { get; } = root;
    }
}
